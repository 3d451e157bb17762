"""What a checked file makes: units, people with their roles, channels with what they owe.

Parts of carrying out an import, inside its transaction, which has permitted it. Each returns what
the audit log is to say. A few statements for each kind of thing, whatever the number of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from simple_history.utils import bulk_create_with_history

from channels.actions.custody import open_custody_duties
from channels.actions.missing_plans import owe_plans
from channels.actions.people import drawn_up, write_many
from channels.actions.register import free_slugs
from channels.importing.columns import simple
from channels.importing.found import NewAppointment, NewChannel, NewPerson, NewUnit, SomeUnit
from channels.models import Channel, Import
from governance.audit import Line, line
from governance.models import Appointment, Unit, User
from governance.policy.in_force import policy_for
from governance.public_pages import touch
from governance.roles import Role


@dataclass(frozen=True)
class Bringing:
    """In which import, by whom and when; `units` are those made first, by their simple name."""

    file: Import
    by: User
    now: datetime
    units: Mapping[str, Unit]

    @property
    def today(self) -> date:
        return self.file.municipality.today(self.now)

    def unit(self, unit: SomeUnit) -> Unit:
        """The unit itself, or the one that was made of that name."""
        return unit if isinstance(unit, Unit) else self.units[simple(unit)]

    def line(self, act: str, subject: Unit | User | Appointment | Channel, **facts: Any) -> Line:
        """A row of the log that names the import."""
        facts["import"] = self.file.pk
        return line(act, subject, now=self.now, **facts)


def make_missing_units(
    names: Iterable[str], below: Unit, file: Import, *, by: User, now: datetime
) -> tuple[dict[str, Unit], list[Line]]:
    """The units that a file names and that are not there, all below one; and what to record."""
    once = {simple(name): name for name in reversed(list(names))}
    new = [
        NewUnit(0, name, Unit.Kind.UNIT, Unit.Activity.GENERAL, below, None)
        for name in once.values()
    ]
    bringing = Bringing(file, by, now, {})
    made = _save_units([(each, below) for each in new], bringing)
    lines = [bringing.line("unit.added", each, parent=below.pk) for each in made]
    return dict(zip(once, made, strict=True)), lines


def make_units(new: Sequence[NewUnit], bringing: Bringing) -> list[Line]:
    """The units of a file, those above before those below: a statement or two for each level."""
    made: dict[int, Unit] = {}
    waiting = list(new)
    while waiting:
        above = [(each, each.parent or made.get(each.above or 0)) for each in waiting]
        level = [(each, unit) for each, unit in above if unit is not None]
        units = _save_units(level, bringing)
        made |= {each.line: unit for (each, _above), unit in zip(level, units, strict=True)}
        waiting = [each for each in waiting if each.line not in made]
    touch(bringing.file.municipality)
    return [
        bringing.line("unit.added", unit, parent=unit.parent_id) for _line, unit in _in_order(made)
    ]


def _in_order(made: Mapping[int, Unit]) -> list[tuple[int, Unit]]:
    """In the order of the lines."""
    return sorted(made.items(), key=lambda pair: pair[0])


def _save_units(new: Sequence[tuple[NewUnit, Unit]], bringing: Bringing) -> list[Unit]:
    units = [
        Unit(
            municipality=bringing.file.municipality,
            parent=parent,
            name=each.name,
            kind=each.kind,
            activity=each.activity,
        )
        for each, parent in new
    ]
    made: list[Unit] = bulk_create_with_history(
        units, Unit, default_user=bringing.by, default_date=bringing.now
    )
    return made


def make_people(
    new: Sequence[NewPerson], roles: Sequence[NewAppointment], bringing: Bringing
) -> list[Line]:
    """Accounts that wait to be approved, and appointments from today."""
    users = [_person(each, bringing) for each in new]
    users = bulk_create_with_history(
        users, User, default_user=bringing.by, default_date=bringing.now
    )
    emails = {each.email for each in roles}
    by_email = {
        each.email: each
        for each in User.objects.filter(municipality=bringing.file.municipality, email__in=emails)
    }
    appointments = Appointment.objects.bulk_create(
        _appointment(each, by_email[each.email], bringing) for each in roles
    )
    return [
        *(bringing.line("person.added", each) for each in users),
        *(
            bringing.line(
                "person.appointed",
                each,
                user=each.user_id,
                role=each.role,
                unit=each.unit_id,
                starts_on=each.starts_on,
                ends_on=None,
            )
            for each in appointments
        ),
    ]


def _person(new: NewPerson, bringing: Bringing) -> User:
    person = User(
        email=new.email,
        name=new.name,
        title=new.title,
        phone=new.phone,
        municipality=bringing.file.municipality,
        requested_at=bringing.now,
    )
    person.set_unusable_password()
    return person


def _appointment(new: NewAppointment, user: User, bringing: Bringing) -> Appointment:
    unit = bringing.unit(new.unit)
    return Appointment(
        municipality=bringing.file.municipality,
        user=user,
        role=new.role,
        unit=unit,
        starts_on=bringing.today,
        decided_by=bringing.by,
        created_at=bringing.now,
    )


def make_channels(new: Sequence[NewChannel], due_on: date, bringing: Bringing) -> list[Line]:
    """The channels as they are: open without approval, or waiting for their address.

    Each owes its plan by `due_on`, and whatever access the policy asks for.
    """
    municipality = bringing.file.municipality
    slugs = free_slugs(municipality, [(each.name, each.platform) for each in new])
    channels: list[Channel] = bulk_create_with_history(
        [_channel(each, slug, bringing) for each, slug in zip(new, slugs, strict=True)],
        Channel,
        default_user=bringing.by,
        default_date=bringing.now,
    )
    policy = policy_for(municipality, bringing.now)
    assignments = [
        drawn_up(
            channel,
            Role.RESPONSIBLE_PERSON,
            name=each.responsible_name,
            user=each.responsible,
            contact=each.responsible_email,
            purpose=each.purpose,
            policy=policy,
            by=bringing.by,
            now=bringing.now,
        )
        for each, channel in zip(new, channels, strict=True)
        if each.responsible_name
    ]
    write_many(assignments)
    owe_plans(channels, due_on, now=bringing.now)
    open_custody_duties(channels, now=bringing.now)
    touch(municipality)
    return [
        *(bringing.line("channel.entered", each, existing=True) for each in channels),
        *(
            bringing.line(
                "editor.assigned",
                each.channel,
                assignment=each.pk,
                user=each.user_id,
                role=each.role,
            )
            for each in assignments
        ),
    ]


def _channel(new: NewChannel, slug: str, bringing: Bringing) -> Channel:
    municipality = bringing.file.municipality
    is_open = bool(new.url)
    return Channel(
        municipality=municipality,
        unit=bringing.unit(new.unit),
        platform=new.platform,
        name=new.name,
        slug=slug,
        url=new.url,
        handle=new.handle,
        stable_id=new.stable_id,
        purpose=new.purpose,
        audience=new.audience,
        language=municipality.locale,
        contact_email=new.contact_email or municipality.email,
        contact_phone=new.contact_phone or municipality.phone,
        state=Channel.State.OPEN if is_open else Channel.State.WAITING,
        created_at=bringing.now,
        opened_on=new.opened_on or (bringing.today if is_open else None),
        last_confirmed_on=bringing.today if is_open else None,
    )
