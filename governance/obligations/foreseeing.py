"""What would become of what is open if a municipality adopted another version of its policy now.

It is not reckoned, it is done: the version is adopted, what is open is moved, what it asks for is
opened, all by the functions that do so in earnest; what came of it is read, and everything is
rolled back. So what is shown is what would happen. Meanwhile everything open in the municipality is
held, and from the adoption on so is the end of its log: whoever meets a duty there waits, and then
whoever does anything that the log tells of. Hence `MOST_OPEN`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from governance.errors import NoLongerPossible
from governance.models import Municipality, Obligation, PolicyVersion, User
from governance.obligations.opening import open_due
from governance.obligations.registry import label_of
from governance.obligations.replanning import replan
from governance.policy.adoption import adopt_policy

#: With more open duties than these a page does not compare: it would hold them for too long.
MOST_OPEN: Final = 2_000
#: So long a comparison waits for somebody who is at one of the rows, before it gives up.
_PATIENCE: Final = "5s"

#: PostgreSQL's codes for a lock that was not obtained in that time, and for two who wait for each
#: other.
_OTHERS_AT_WORK: Final = frozenset({"55P03", "40P01"})

Kind = Literal["appears", "moves", "goes"]
KINDS: Final[tuple[Kind, ...]] = ("appears", "moves", "goes")

_REMEMBER = """
CREATE TEMPORARY TABLE open_before ON COMMIT DROP AS
SELECT id, due_on, due_at, who FROM governance_obligation
WHERE municipality_id = %s AND met_at IS NULL AND waived_at IS NULL
"""

_DIFFERENT = """
WITH open_after AS (
    SELECT id, due_on, due_at, who FROM governance_obligation
    WHERE municipality_id = %(place)s AND met_at IS NULL AND waived_at IS NULL
), different AS (
    SELECT id,
           CASE WHEN before.id IS NULL THEN 'appears'
                WHEN after.id IS NULL THEN 'goes' ELSE 'moves' END AS kind,
           before.due_on AS due_on_before, before.due_at AS due_at_before,
           before.who AS who_before,
           after.due_on AS due_on_after, after.due_at AS due_at_after, after.who AS who_after
    FROM open_before AS before FULL JOIN open_after AS after USING (id)
    WHERE (before.due_on, before.due_at, before.who)
          IS DISTINCT FROM (after.due_on, after.due_at, after.who)
       OR before.id IS NULL OR after.id IS NULL
)
"""

_COUNTED = """
SELECT kind, row.duty, count(*) FROM different JOIN governance_obligation AS row USING (id)
GROUP BY kind, row.duty
"""

_CHANGED = """
SELECT count(*) FROM different WHERE kind <> 'goes'
"""

_LISTED = """
SELECT different.kind, row.duty, row.subject_type_id, row.subject_id, row.period, row.subject_label,
       unit.name, due_on_before, due_at_before, who_before, due_on_after, due_at_after, who_after
FROM different JOIN governance_obligation AS row USING (id)
JOIN governance_unit AS unit ON unit.id = row.unit_id
ORDER BY array_position(ARRAY['appears', 'moves', 'goes'], different.kind), row.duty,
         coalesce(due_at_after, due_at_before), unit.name, row.subject_label, row.period, row.id
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Due:
    """When something is owed and by whom (a role)."""

    on: date | None
    at: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One obligation that would appear (`before` None), move, or go (`after` None)."""

    kind: Kind
    duty: str
    subject_type: int
    subject_id: int
    period: str
    subject: str
    unit: str
    before: Due | None
    after: Due | None

    @property
    def label(self) -> str:
        return label_of(self.duty)


@dataclass(frozen=True, slots=True)
class Count:
    """How many obligations of a duty would appear, move or go."""

    kind: Kind
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would come of the adoption. To be read before the comparison ends."""

    municipality: Municipality
    version: PolicyVersion
    stays: int

    def counts(self) -> list[Count]:
        """How many of each duty, in the order of appearing, moving, going."""
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERENT + _COUNTED, {"place": self.municipality.pk})
            found = [Count(kind, label_of(duty), n) for kind, duty, n in cursor.fetchall()]
        return sorted(found, key=lambda each: (KINDS.index(each.kind), each.label))

    def differences(self, most: int | None = None) -> Iterator[Difference]:
        """Each obligation that would appear, move or go; the first `most` of them, or all."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(_DIFFERENT + _LISTED, {"place": self.municipality.pk, "most": most})
            for row in cursor:
                yield _difference(row)


@contextmanager
def foreseen(
    municipality: Municipality, content: str, *, by: User, now: datetime, most_open: int | None
) -> Iterator[Foreseen]:
    """What adopting `content` with effect from today would change in what is open at `now`.

    Nothing of it remains when the block ends. Raises what `adopt_policy` raises, and
    NoLongerPossible where more than `most_open` duties are open or somebody is at one of them.
    """
    _refuse_too_many(municipality, most_open)
    with _told_of_others_at_work(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        _hold_open(municipality)
        # what the version in force asks for by now is no difference that the new one makes
        _bring_up_to_date(municipality, now)
        with connection.cursor() as cursor:
            cursor.execute(_REMEMBER, [municipality.pk])
        today = municipality.today(now)
        version = adopt_policy(
            municipality,
            content,
            decision="–",
            adopted_on=today,
            in_force_from=today,
            by=by,
            now=now,
        )
        _bring_up_to_date(municipality, now)
        yield Foreseen(municipality, version, _staying(municipality))
        transaction.set_rollback(True)


@contextmanager
def _told_of_others_at_work() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) not in _OTHERS_AT_WORK:
            raise
        raise NoLongerPossible(
            _("Somebody is at one of the duties just now. Compare again in a moment.")
        ) from error


def _hold_open(municipality: Municipality) -> None:
    """Lock what is open before anything is written to the log, as whoever meets a duty does.

    The other way round the two would wait for each other.
    """
    rows = Obligation.objects.open().filter(municipality=municipality).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def _bring_up_to_date(municipality: Municipality, now: datetime) -> None:
    """What the task `open_due` does, for one municipality."""
    replan(municipality, now=now)
    # what could not be opened for somebody else's lock would be shown as not asked for
    open_due(now, [municipality], let_through=OperationalError)


def _refuse_too_many(municipality: Municipality, most: int | None) -> None:
    if most is None:
        return
    rows = Obligation.objects.open().filter(municipality=municipality)
    if len(rows.order_by().values_list("pk")[: most + 1]) > most:
        raise NoLongerPossible(
            _(
                "More than %(most)s duties are open, too many for a page. Ask whoever operates"
                " the installation for the command “policy compare”."
            )
            % {"most": most}
        )


def _staying(municipality: Municipality) -> int:
    rows = Obligation.objects.open().filter(municipality=municipality)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT + _CHANGED, {"place": municipality.pk})
        (changed,) = cursor.fetchone()
    return rows.count() - int(changed)


def _difference(row: tuple[Any, ...]) -> Difference:
    kind, duty, subject_type, subject_id, period, label, unit, *dues = row
    return Difference(
        kind=kind,
        duty=duty,
        subject_type=subject_type,
        subject_id=subject_id,
        period=period,
        subject=label,
        unit=unit,
        before=None if kind == "appears" else Due(*dues[:3]),
        after=None if kind == "goes" else Due(*dues[3:]),
    )
