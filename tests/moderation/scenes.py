"""What people write on a page of Ekby's, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from channels.models import Channel
from governance.models import AuditEntry, User
from moderation.actions import Finding, Removal, remove, take_up
from moderation.models import Action, Item
from tests.town import NOW


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
