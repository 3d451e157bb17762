"""The lines of a file of channels: accounts that are there and were never planned here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.importing.columns import simple
from channels.importing.found import Found, NewChannel, SomeUnit, There
from channels.importing.known import KnownChannels
from channels.importing.rows import Row
from channels.models import Channel, Platform
from channels.platforms import Account, AddressRefused, recognise
from governance.models import Unit, User

#: No social medium of ours is older.
_EARLIEST = date(1995, 1, 1)
_LONGEST_HANDLE = 100
_SEVERAL = re.compile(r"[\s,;]+(?:https?:|www\.)")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?|(\d{1,2})[./](\d{1,2})[./ ](\d{4})")

#: What tells channels without an address apart: medium, unit and name.
_Named = tuple[int, int, str]


class _Register:
    """The channels there are, by address and by what else they are known by."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        # what is in use comes last and is what is found
        ordered = sorted(channels, key=lambda each: each.state in _IN_USE)
        self.by_url: Mapping[str, Channel] = {each.url: each for each in ordered if each.url}
        self.by_name: Mapping[_Named, Channel] = {
            (each.platform_id, each.unit_id, simple(each.name)): each for each in ordered
        }
        self.waiting_by_name = {key: each for key, each in self.by_name.items() if not each.url}


_IN_USE = (Channel.State.WAITING, Channel.State.OPEN)


def check_channels(rows: Sequence[Row], known: KnownChannels, found: Found) -> None:
    """What each line is: a new channel, or one that is in the register in whatever state."""
    register = _Register(known.channels)
    seen: dict[object, int] = {}
    for row in rows:
        account = _account(row, known)
        unit = found.unit(row, known.units)
        row.texts["contact_email"] = row.email("contact_email")
        new = _new(row, account, unit, known) if account and unit is not None else None
        if account is None or account.platform is None:
            continue
        name = row["name"] or str(unit or row["unit"])
        same = account.url or (account.platform.pk, str(unit), simple(name))
        if same in seen:
            key = "url" if account.url else "platform"
            row.fault(key, _("The same channel stands on line %(n)d.") % {"n": seen[same]})
            continue
        seen[same] = row.number
        there = _there(account, unit, name, register)
        if there is not None:
            found.there.append(There(row.number, there.name, _standing(there)))
        elif account.url and (plan := known.asked_for.get(account.url)):
            row.fault(
                "url",
                _("A plan for this address already waits for approval: %(plan)s.") % {"plan": plan},
            )
        elif new is not None:
            found.new.append(new)


# --- the account --------------------------------------------------------------------------------


def _account(row: Row, known: KnownChannels) -> Account | None:
    """The account that the line is about, its medium known; None with a fault."""
    named = _named_platform(row, known)
    if row.is_faulty_at("url") or (row["platform"] and named is None):
        return None
    if not row["url"]:
        if named is None:
            row.fault("url", _("Write the address, or at least the name of the platform."))
            return None
        return Account(named, "")
    if " " in row["url"] or _SEVERAL.search(row["url"]):
        row.fault(
            "url",
            _("More than one address stands here. Give each a line of its own.")
            if _SEVERAL.search(row["url"])
            else _("Write the web address as the browser shows it: https://…"),
        )
        return None
    try:
        account = recognise(row["url"], known.platforms.all)
    except AddressRefused as refused:
        row.fault("url", str(refused))
        return None
    if max(len(account.handle), len(account.stable_id)) > _LONGEST_HANDLE:
        row.fault("url", _("The name of the account is too long to be one."))
        return None
    return _of_platform(row, account, named)


def _of_platform(row: Row, account: Account, named: Platform | None) -> Account | None:
    """The account with the medium that its address tells, or else the line."""
    if account.platform is None:
        if named is None:
            row.fault("url", _("The address does not tell the platform. Name it on the line."))
            return None
        return Account(named, account.url, account.handle, account.stable_id)
    if named is not None and named != account.platform:
        row.fault(
            "platform",
            _("The address is one at %(platform)s.") % {"platform": account.platform.name},
        )
        return None
    return account


def _named_platform(row: Row, known: KnownChannels) -> Platform | None:
    text = row["platform"]
    named = known.platforms.find(text) if text else []
    if text and len(named) != 1:
        row.fault(
            "platform",
            _("More than one platform stands here. Give each a line of its own.")
            if named
            else _("No platform of this name is known. Write its address, or for example %(name)s.")
            % {"name": ", ".join(each.name for each in known.platforms.all[:3])},
        )
    return named[0] if len(named) == 1 else None


# --- what is there ------------------------------------------------------------------------------


def _there(
    account: Account, unit: SomeUnit | None, name: str, register: _Register
) -> Channel | None:
    """The channel that the register has of this account.

    One that was entered without its address is known by medium, unit and name.
    """
    if account.url and (there := account.urls & register.by_url.keys()):
        return register.by_url[next(iter(there))]
    if not isinstance(unit, Unit) or account.platform is None:
        return None
    key = account.platform.pk, unit.pk, simple(name)
    return (register.waiting_by_name if account.url else register.by_name).get(key)


def _standing(channel: Channel) -> str:
    """How it stands, at which unit; and that it lacks its address."""
    words = f"{channel.get_state_display()}, {channel.unit}"
    if channel.closed_on:
        words += f", {date_format(channel.closed_on, 'SHORT_DATE_FORMAT')}"
    if not channel.url:
        words += ", " + _("without its address: enter it in the register")
    return words


# --- what is said of it -------------------------------------------------------------------------


def _new(row: Row, account: Account, unit: SomeUnit, known: KnownChannels) -> NewChannel | None:
    if account.platform is None:
        return None
    responsible, name, email = _responsible(row, known)
    return NewChannel(
        line=row.number,
        name=row["name"] or str(unit),
        unit=unit,
        platform=account.platform,
        url=account.url,
        handle=account.handle,
        stable_id=account.stable_id,
        purpose=row["purpose"],
        audience=row["audience"],
        responsible=responsible,
        responsible_name=name,
        responsible_email=email,
        contact_email=row["contact_email"],
        contact_phone=row["contact_phone"],
        opened_on=_opened_on(row, known.today),
    )


def _responsible(row: Row, known: KnownChannels) -> tuple[User | None, str, str]:
    """The colleague whose e-mail it is, or the name and e-mail of somebody without an account.

    Names are not looked up: two may have the same, and rights come with it.
    """
    key = "responsible_email"
    if not row[key] and "@" in row["responsible"]:
        key = "responsible"
    email = row.email(key)
    user = known.people.get(email)
    if user is not None and (user.is_active or user.approved_at is None):
        return user, user.shown_name, ""
    name = row["responsible"] if key != "responsible" else ""
    if email:
        row.remark(
            key, _("Nobody with this e-mail has an account here: named without one, and no rights.")
        )
    elif name:
        row.remark("responsible", _("Without an e-mail: named without an account, and no rights."))
    return None, name or email, email


def _opened_on(row: Row, today: date) -> date | None:
    """The day; ISO, or day, month and year as they are written in the Nordic countries."""
    text = row["opened_on"]
    if not text:
        return None
    found = _DAY.fullmatch(text)
    parts = [int(part) for part in found.groups() if part] if found else []
    try:
        day = date(*parts) if found and found[1] else date(*reversed(parts))
    except (TypeError, ValueError):
        row.fault("opened_on", _("Write the day as 2019-05-03."))
        return None
    if not _EARLIEST <= day <= today:
        row.fault("opened_on", _("The day lies ahead, or too far back."))
        return None
    return day
