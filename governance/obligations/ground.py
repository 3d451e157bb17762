"""What obligations of a municipality are planned on at a moment: its policy and its calendars."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar, cast

from django.db import transaction

from governance.calendars import Calendars
from governance.models import Municipality, Obligation, PolicyVersion
from governance.policy.in_force import NoPolicyInForce, none_in_force, policy_of
from governance.policy.types import Policy

logger = logging.getLogger(__name__)

T = TypeVar("T")

_COLUMNS: Final = ", ".join(
    str(each.column) for each in PolicyVersion._meta.concrete_fields if each.name != "content"
)
# One statement, and not written anew by the ORM each time: whatever is planned asks for this first.
# The version is that of `PolicyVersionQuerySet.in_force`, the rest that of `Calendars.of`.
_READ: Final = f"""
SELECT {_COLUMNS},
    ARRAY(SELECT unit_id FROM governance_closedday
        WHERE municipality_id = %(municipality)s ORDER BY id) AS closed_units,
    ARRAY(SELECT day FROM governance_closedday
        WHERE municipality_id = %(municipality)s ORDER BY id) AS closed_days,
    EXISTS (SELECT FROM governance_officehours
        WHERE municipality_id = %(municipality)s) AS has_hours
FROM governance_policyversion
WHERE municipality_id = %(municipality)s AND in_force_from <= %(day)s
ORDER BY in_force_from DESC, number DESC
LIMIT 1
"""  # noqa: S608 - names of columns, no values


class _Read(Protocol):
    """What the statement brings beside the version's own columns."""

    closed_units: list[int | None]
    closed_days: list[date]
    has_hours: bool


class _Failed:
    """In the place of what could not be read for all rows together, so that it is tried once."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a municipality's obligations are planned on at a moment.

    Of rows that are planned again together (`for_rows`) it keeps what was read for all of them.
    """

    municipality: Municipality
    calendars: Calendars
    version: PolicyVersion | None
    policy: Policy | None
    _subjects: Mapping[str, Collection[Any]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def in_force(self) -> Policy:
        """The policy, for who has nothing to do where none binds. Raises NoPolicyInForce."""
        if self.policy is None:
            raise none_in_force(self.municipality)
        return self.policy

    def for_rows(self, rows: Iterable[Obligation]) -> Ground:
        """The same for rows that are planned again together, each with its subject at hand."""
        subjects: dict[str, dict[int, Any]] = {}
        for row in rows:
            if row.subject is not None:
                subjects.setdefault(row.duty, {})[row.subject_id] = row.subject
        return replace(self, _subjects={k: [*v.values()] for k, v in subjects.items()}, _kept={})

    def once(
        self, row: Obligation, read: Callable[[Collection[Any]], T], *, per: Hashable = None
    ) -> T:
        """What `read` brings of the subjects of all rows that owe the same as this one and are
        planned again with it, read at the first of them; `per`: what else it depends on.

        Where that fails it is read of the row's own subject, so that a fault stays with the row
        that has it.
        """
        if row.duty not in self._subjects:
            return read([row.subject])
        key = row.duty, per
        if key not in self._kept:
            self._kept[key] = self._of_all(row.duty, read)
        found: T | _Failed = self._kept[key]
        return read([row.subject]) if isinstance(found, _Failed) else found

    def _of_all(self, duty: str, read: Callable[[Collection[Any]], T]) -> T | _Failed:
        try:
            # within a savepoint, so that a fault of the database leaves the transaction usable
            with transaction.atomic():
                return read(self._subjects[duty])
        except Exception:
            logger.exception("%s could not be read for all rows together", duty)
            return _Failed()

    @classmethod
    def of(cls, municipality: Municipality, now: datetime) -> Ground:
        """The policy and calendars of the municipality; without a policy nothing is told."""
        try:
            return cls.binding(municipality, now)
        except NoPolicyInForce:
            return cls(municipality, Calendars.of(municipality), None, None)

    @classmethod
    def binding(cls, municipality: Municipality, now: datetime) -> Ground:
        """The same where a policy binds. Raises NoPolicyInForce."""
        asked = {"municipality": municipality.pk, "day": municipality.today(now)}
        version = next(iter(PolicyVersion.objects.raw(_READ, asked)), None)
        if version is None:
            raise none_in_force(municipality)
        read = cast("_Read", version)
        closed = zip(read.closed_units, read.closed_days, strict=True)
        hours = municipality.office_hours.select_related("unit") if read.has_hours else ()
        calendars = Calendars.made(municipality, closed, hours)
        return cls(municipality, calendars, version, policy_of(version))
