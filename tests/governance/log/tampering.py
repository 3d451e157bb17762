"""Rows for the log, and the hand of somebody who owns the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from governance.audit import leaf_of, record
from governance.models import AuditEntry, Checkpoint
from governance.verification import Report
from tests.town import NOW, Town

Sign = Callable[[], Checkpoint | None]


def act(town: Town, times: int = 1) -> None:
    for which in range(times):
        record("x", town.library, by=town.anna, now=NOW, which=which)


@contextmanager
def as_owner_of_the_database(table: str = "governance_auditentry") -> Iterator[Callable[..., None]]:
    """Whoever owns the tables can switch the trigger off; then only the checkpoints tell."""
    with connection.cursor() as cursor:
        # deferred constraints of the test's own rows would stand in the way of ALTER TABLE
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER only_grows")
        yield cursor.execute
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER only_grows")


def renumber_after(number: int, execute: Callable[..., None]) -> None:
    """Close the gap that a removed row left."""
    # by way of numbers that nobody has: the constraint is asked row by row, in whatever order
    execute(
        "UPDATE governance_auditentry SET number = number + 1000000 WHERE number > %s", [number]
    )
    execute("UPDATE governance_auditentry SET number = number - 1000001 WHERE number > 1000000")
    execute("UPDATE governance_audithead SET size = size - 1")


def rewrite(number: int, execute: Callable[..., None], title: str = "vd") -> None:
    """Change a row and its digest with it, as somebody would who knows how it is made."""
    entry = AuditEntry.objects.get(number=number)
    entry.actor_title = title
    leaf = leaf_of(entry)
    execute(
        "UPDATE governance_auditentry SET actor_title = %s, leaf = %s WHERE number = %s",
        [title, leaf, number],
    )


def only_fault(report: Report) -> str:
    assert len(report.faults) == 1, report.faults
    return report.faults[0]
