"""Who can sign in to the demo. Everybody else in it has no password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password

from demo.organisation import PASSWORD, Place
from governance.founding import enter_operator
from governance.models import Municipality, User
from governance.permissions import actors
from governance.roles import Role

#: The roles that get a login, in the order in which they are printed.
_PRINTED = (
    Role.EMPLOYEE,
    Role.OPERATIONS_MANAGER,
    Role.DEPARTMENT_MANAGER,
    Role.SECTOR_HEAD,
    Role.INFORMATION_OFFICER,
    Role.UNIT_COMMUNICATOR,
    Role.CENTRAL_REGISTRAR,
    Role.AUDITOR,
)


def give(place: Place, now: datetime) -> None:
    """A password to whoever is nearest the municipality's first storied channel in each role."""
    storied = place.facts["storied"][0]
    account = next(each for each in place.accounts if each.key == storied)
    encoded = make_password(PASSWORD)  # it takes long, as it should, and is the same for all
    for role in _PRINTED:
        nearest = actors(role, account.unit, now)
        if nearest:
            person = nearest[0]
            person.password = encoded
            person.save(update_fields=["password"])


def give_operator(now: datetime) -> None:
    """Whoever keeps what is the same for all of them: the platforms."""
    operator = enter_operator(
        name="Drift", email="drift@uppsikt.example", by=User.objects.system(), now=now
    )
    operator.password = make_password(PASSWORD)
    operator.save(update_fields=["password"])


def table() -> list[dict[str, str]]:
    """A row for each login: municipality, role, name, e-mail and password."""
    rows = []
    for municipality in Municipality.objects.order_by("pk"):
        people = User.objects.filter(municipality=municipality).exclude(password="")
        for person in people.prefetch_related("appointments__unit"):
            if not person.has_usable_password():
                continue
            appointment = min(
                person.appointments.all(),
                key=lambda each: (
                    _PRINTED.index(Role(each.role)) if each.role in _PRINTED else len(_PRINTED)
                ),
            )
            rows.append(
                {
                    "municipality": municipality.name,
                    "role": f"{person.title}, {appointment.unit}",
                    "name": person.name,
                    "email": person.email,
                    "password": PASSWORD,
                    "order": f"{_PRINTED.index(Role(appointment.role)):02d}",
                }
            )
    rows.sort(key=lambda row: (row["municipality"], row["order"]))
    return [{key: row[key] for key in row if key != "order"} for row in rows] + _operators()


def _operators() -> list[dict[str, str]]:
    return [
        {
            "municipality": "Uppsikt",
            "role": "drift av installationen",
            "name": operator.name,
            "email": operator.email,
            "password": PASSWORD,
        }
        for operator in User.objects.filter(is_operator=True)
    ]
