"""The library's page in Ekby, open, with Cleo who answers for it and Dag beside her."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from guardian.shortcuts import assign_perm
from PIL import Image

from channels.models import Channel, EditorAssignment, Platform
from governance.models import AuditEntry, Unit, User
from governance.roles import Role
from moderation.actions import Finding, Removal, remove, take_up
from moderation.models import Action, Item
from tests.town import NOW, Town

RIGHTS = ("check_in", "moderate", "take_snapshot", "edit_channel")


def open_channel(
    unit: Unit, name: str = "Ekby bibliotek", *, opened_on: date = date(2026, 1, 7), **fields: Any
) -> Channel:
    """An open channel of the unit on Facebook, nobody's yet."""
    platform, _made = Platform.objects.get_or_create(key="facebook", defaults={"name": "Facebook"})
    slug = name.lower().replace(" ", "-")
    return Channel.objects.create(
        municipality=unit.municipality,
        unit=unit,
        platform=platform,
        name=name,
        slug=slug,
        url=f"https://www.facebook.com/{slug}",
        state=Channel.State.OPEN,
        opened_on=opened_on,
        created_at=NOW,
        **fields,
    )


def assign(
    user: User, channel: Channel, role: Role = Role.RESPONSIBLE_PERSON, since: date | None = None
) -> EditorAssignment:
    """The person in the role on the channel, with the rights that go with it."""
    for right in RIGHTS:
        assign_perm(right, user, channel)
    return EditorAssignment.objects.create(
        municipality=channel.municipality,
        channel=channel,
        user=user,
        name=user.name,
        role=role,
        starts_on=since or date(2026, 1, 7),
        appointed_by=user,
        appointed_at=NOW,
        document="Uppdrag",
    )


def library_page(town: Town, **fields: Any) -> Channel:
    """Cleo answers for it, Dag is an administrator."""
    channel = open_channel(town.library, **fields)
    assign(town.cleo, channel)
    assign(town.dag, channel, Role.ADMINISTRATOR)
    return channel


def picture(
    name: str = "kommentar.png", colour: tuple[int, int, int] = (200, 40, 40)
) -> SimpleUploadedFile:
    """A real picture as a form uploads it."""
    content = BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")


def comment(channel: Channel, by: User, *, now: datetime = NOW, **fields: Any) -> Item:
    """A finding with words and a picture."""
    values: dict[str, Any] = {
        "url": "https://www.facebook.com/ekby/posts/8842",
        "author": "bengt_o_71",
        "text": "Vi vet var hon parkerar.",
    }
    kept = fields.pop("picture", picture())
    return take_up(channel, Finding(**(values | fields)), by=by, now=now, picture=kept)


def removed(item: Item, by: User, *, now: datetime = NOW, **fields: Any) -> Action:
    """The finding removed as an obvious threat."""
    values: dict[str, Any] = {"category": "unlawful_threat", "obvious": True}
    return remove(item, Removal(**(values | fields)), by=by, now=now)


def logged(act: str) -> list[AuditEntry]:
    """The log's entries of an act, oldest first."""
    return list(AuditEntry.objects.filter(act=act).order_by("number"))
