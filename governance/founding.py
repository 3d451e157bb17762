"""How a municipality begins: its row, the unit that is all of it, and its first person.

Everybody else is added and approved by that person, the information officer, in the admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from governance.audit import record
from governance.letters import link, tell
from governance.models import Appointment, Municipality, Unit, User
from governance.roles import Role

_ZONES: Final = {
    Municipality.Country.SWEDEN: "Europe/Stockholm",
    Municipality.Country.NORWAY: "Europe/Oslo",
}


@dataclass(frozen=True)
class Officer:
    """The first person of a municipality: who keeps its register and lets the others in."""

    name: str
    email: str
    title: str = ""


@transaction.atomic
def found_municipality(officer: Officer, *, by: User, now: datetime, **facts: Any) -> Municipality:
    """Enter a municipality with its root unit and an information officer who may sign in.

    `facts` are the fields of Municipality; the time zone follows from the country if it is not
    given. The officer is told by mail and chooses a password. There is no right to this in any
    municipality: it is for the installation's operator, from the command line.

    Raises ValidationError with a list of faults for each field that cannot be as it is.
    """
    facts.setdefault("time_zone", _ZONES.get(facts.get("country", ""), ""))
    municipality = Municipality(**facts)
    municipality.full_clean()
    person = User(
        email=User.objects.normalize_email(officer.email).lower(),
        name=officer.name,
        title=officer.title,
        municipality=municipality,
        is_active=True,
        requested_at=now,
        approved_at=now,
        approved_by=by,
    )
    person.set_unusable_password()
    person.full_clean(exclude=["municipality", "approved_by"])
    municipality.save()
    person.save()
    root = Unit.objects.create(
        municipality=municipality, name=municipality.name, kind=Unit.Kind.MUNICIPALITY
    )
    appointment = Appointment.objects.create(
        municipality=municipality,
        user=person,
        role=Role.INFORMATION_OFFICER,
        unit=root,
        starts_on=municipality.today(now),
        decided_by=by,
        created_at=now,
    )
    tell_of_account(person, now=now)
    record(
        "municipality.founded",
        municipality,
        by=by,
        now=now,
        slug=municipality.slug,
        officer=person.pk,
        appointment=appointment.pk,
    )
    return municipality


@transaction.atomic
def enter_operator(*, name: str, email: str, by: User, now: datetime) -> User:
    """Enter somebody who keeps what is the same for every municipality, and sees none of them.

    They choose a password as everybody does. From the command line only. Raises ValidationError
    with a list of faults for each field that cannot be as it is.
    """
    operator = User(
        email=User.objects.normalize_email(email).lower(),
        name=name,
        is_active=True,
        is_operator=True,
        requested_at=now,
        approved_at=now,
        approved_by=by,
    )
    operator.set_unusable_password()
    operator.full_clean(exclude=["municipality", "approved_by"])
    operator.save()
    return operator


@transaction.atomic
def dismiss_operator(email: str) -> User:
    """Let an operator sign in no more. Raises User.DoesNotExist where there is none to dismiss."""
    running = User.objects.filter(is_operator=True, is_active=True)
    operator = running.select_for_update(no_key=True).get(email__iexact=email)
    operator.is_active = False
    operator.save(update_fields=["is_active"])
    return operator


def tell_of_account(person: User, *, now: datetime) -> None:
    """Tell somebody that they may sign in, and where they choose their password."""
    if person.municipality is None:
        return
    municipality = person.municipality
    tell(
        [person],
        "account_approved",
        lambda: (
            _("You can sign in to Uppsikt"),
            _(
                "Your account with %(municipality)s is approved. Your e-mail address is your"
                " user name.\n\nChoose a password here: %(choose)s\n\nThen sign in: %(sign_in)s"
            )
            % {
                "municipality": municipality,
                "choose": link("account_reset_password"),
                "sign_in": link("account_login"),
            },
        ),
        municipality=municipality,
        now=now,
    )
