"""What the register says of the channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from channels.actions.custody import open_custody_duties
from channels.addresses import recognise_address
from channels.confirming import REGISTER
from channels.models import Channel, Plan, Platform
from channels.platforms import Account, AddressRefused
from channels.rights import require_on
from channels.steps import step_waiting
from governance.audit import record
from governance.errors import AgainstPolicy
from governance.models import Municipality, Unit, User
from governance.obligations import meet_open
from governance.permissions import require
from governance.public_pages import touch
from governance.transitions import locked

#: What may be changed about a channel beside its address and its unit.
EDITABLE: Final = (
    "name",
    "purpose",
    "audience",
    "description",
    "account_class",
    "comments_open",
    "office_hours_only",
    "language",
    "contact_email",
    "contact_phone",
    "stable_id",
)
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss"})


def lock_addresses(municipality: Municipality) -> None:
    """Let nobody else enter an address in the municipality's register until the commit."""
    # a weaker lock than FOR UPDATE, which every insert that refers to the municipality would await
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def require_free_address(municipality: Municipality, account: Account, channel: Channel) -> None:
    """Raise AgainstPolicy where another channel waits or is open at the account."""
    there = Channel.objects.filter(
        municipality=municipality,
        url__in=account.urls,
        state__in=(Channel.State.WAITING, Channel.State.OPEN),
    )
    used_by = there.exclude(pk=channel.pk).select_related("unit").first()
    if used_by is not None:
        raise AgainstPolicy(
            _("%(channel)s at %(unit)s is at this address already.")
            % {"channel": used_by.name, "unit": used_by.unit},
            field="url",
        )


def free_slug(municipality: Municipality, name: str, platform: Platform) -> str:
    """An address in the register that no channel of the municipality has had."""
    stem = _stem(name, platform)
    there = Channel.objects.filter(municipality=municipality, slug__startswith=stem)
    return _free(stem, set(there.values_list("slug", flat=True)))


def free_slugs(municipality: Municipality, named: Iterable[tuple[str, Platform]]) -> list[str]:
    """`free_slug` for several channels at once, by one query; no two are the same."""
    taken = set(Channel.objects.filter(municipality=municipality).values_list("slug", flat=True))
    found = []
    for name, platform in named:
        slug = _free(_stem(name, platform), taken)
        taken.add(slug)
        found.append(slug)
    return found


def _stem(name: str, platform: Platform) -> str:
    return slugify(f"{name} {platform.key}".translate(_LETTERS))[:70].strip("-")


def _free(stem: str, taken: set[str]) -> str:
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _require_no_plan_waits(plan: Plan | None, channel: Channel, now: datetime) -> None:
    """Raise AgainstPolicy while a plan for a new channel at the address waits: nobody goes round
    its approval.
    """
    if plan is None or (plan.channel_id is not None and plan.channel_id == channel.pk):
        return
    step = step_waiting(plan, now)
    raise AgainstPolicy(
        _("A plan for this address already waits for approval: %(plan)s.") % {"plan": plan},
        clause=step.clause if step else "",
        field="url",
    )


def set_address(channel: Channel, text: str, *, now: datetime) -> None:
    """Write a recognised address on the unsaved channel. Raises AgainstPolicy for its field."""
    lock_addresses(channel.municipality)
    try:
        found = recognise_address(text, channel.municipality)
    except AddressRefused as refused:
        raise AgainstPolicy(str(refused), field="url") from None
    account = found.account
    require_free_address(channel.municipality, account, channel)
    _require_no_plan_waits(found.asked_for, channel, now)
    if account.platform is not None:
        channel.platform = account.platform
    channel.url, channel.handle = account.url, account.handle
    channel.stable_id = account.stable_id or channel.stable_id


@transaction.atomic
def enter_existing_channel(
    unit: Unit,
    *,
    url: str,
    name: str,
    by: User,
    now: datetime,
    platform: Platform | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Channel:
    """Enter a channel that was open before it could be planned here.

    It has no plan and no approval, and shows none. `platform` is needed where the address tells
    none. Raises NotAllowed without `edit_register` on the unit, AgainstPolicy for the address.
    """
    require(by, "edit_register", unit, now=now)
    today = unit.municipality.today(now)
    channel = Channel(
        municipality=unit.municipality,
        unit=unit,
        name=name.strip(),
        state=Channel.State.OPEN,
        created_at=now,
        opened_on=today,
        last_confirmed_on=today,
        **{"language": unit.municipality.locale, **_editable(facts or {})},
    )
    if platform is not None:
        channel.platform = platform
    set_address(channel, url, now=now)
    if channel.platform_id is None:
        raise AgainstPolicy(_("Choose the medium: the address does not tell."), field="platform")
    channel.slug = free_slug(unit.municipality, name, channel.platform)
    channel.save()
    touch(unit.municipality)
    open_custody_duties([channel], now=now)
    record("channel.entered", channel, by=by, now=now, existing=True)
    return channel


@transaction.atomic
def change_channel(channel: Channel, *, by: User, now: datetime, **changes: Any) -> Channel:
    """Change what the register says of the channel; `url` moves it to another address.

    Raises NotAllowed without `edit_channel` on the channel, AgainstPolicy for the address, and
    TypeError for what cannot be changed this way.
    """
    channel = locked(channel)
    require_on(by, "edit_channel", channel, now=now)
    if (url := changes.pop("url", None)) is not None and url != channel.url:
        set_address(channel, url, now=now)
    changed = sorted(
        name for name, value in _editable(changes).items() if getattr(channel, name) != value
    )
    for name in changed:
        setattr(channel, name, changes[name])
    channel.save()
    touch(channel.municipality)
    record("channel.changed", channel, by=by, now=now, fields=changed, url=channel.url)
    return channel


def _editable(changes: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(changes) - set(EDITABLE):
        raise TypeError(f"{', '.join(sorted(unknown))} of a channel is not changed this way.")
    return dict(changes)


@transaction.atomic
def confirm_channel(channel: Channel, *, by: User, now: datetime) -> Channel:
    """Say that what the register says of the channel is still true, and meet what was owed of it.

    Raises NotAllowed without `edit_channel` on the channel.
    """
    channel = locked(channel)
    require_on(by, "edit_channel", channel, now=now)
    channel.last_confirmed_on = channel.municipality.today(now)
    channel.save(update_fields=["last_confirmed_on"])
    meet_open(REGISTER, channel, by=by, now=now)
    touch(channel.municipality)
    record("channel.confirmed", channel, by=by, now=now)
    return channel
