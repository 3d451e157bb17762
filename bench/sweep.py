"""The sweep of open obligations against one set-based statement that does the same.

The floor moves the rows on, writes the escalations and writes a row of the log for each, in one
SQL statement, without knowing of ladders, actors or digests. Ours is what beat's task does,
`advance_due` until nothing is left, the log's digests and all.
"""

from __future__ import annotations

import resource
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from bench.ratios import Report, Sides, alternate, milliseconds
from governance.models import AuditEntry, Escalation, Municipality, Unit
from governance.obligations import advance_due
from governance.tasks import BATCH

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: How many are open, and how many of them are due.
SIZES = ((1_000, 10), (10_000, 1_000), (100_000, 1_000), (1_000_000, 1_000))
FEW = 10
#: MiB by which the process may have grown between the smallest size and the largest.
GROWTH = 32

_FLOOR = """
WITH claimed AS (
    SELECT id FROM governance_obligation
    WHERE met_at IS NULL AND waived_at IS NULL AND next_step_at <= %(now)s
    ORDER BY next_step_at FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE governance_obligation SET step = step + 1, next_step_at = NULL
    FROM claimed WHERE claimed.id = governance_obligation.id
    RETURNING governance_obligation.*
), told AS (
    INSERT INTO governance_escalation (obligation_id, step, planned_at, at, who, kind)
    SELECT id, step - 1, %(now)s, %(now)s, who, 'tell' FROM moved
)
INSERT INTO bench_log (municipality_id, number, at, actor_id, actor_name, actor_title, act,
    subject_type, subject_id, subject_label, clause, policy_id, facts, leaf)
SELECT municipality_id, id, %(now)s, 1, 'Uppsikt', '', 'obligation.escalated', 'governance.unit',
    subject_id, subject_label, clause, policy_id,
    jsonb_build_object('obligation', id, 'duty', duty, 'period', period, 'step', 0, 'who', who),
    ''
FROM moved
"""


def measure(report: Report) -> None:
    """Goal 1: at most twice the floor; time follows what is due; an idle sweep in 1 ms."""
    lay_out()
    swept: dict[int, Sides] = {}
    peaks: list[int] = []
    for there, due in SIZES:
        open_rows(there, due)
        report.heading(f"Sweep: {there:,} open obligations, {due:,} due".replace(",", " "))
        swept[there] = _measure_size(report, due)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    report.heading("Sweep: what its time and memory follow")
    for less, more in ((10_000, 100_000), (100_000, 1_000_000)):
        growth = median(swept[more].ours) / median(swept[less].ours)
        report.goal(f"{more:,} / {less:,} open, as many due".replace(",", " "), growth, at_most=1.5)
    report.goal("growth of memory, MiB", (peaks[-1] - peaks[0]) / 1024, at_most=GROWTH)
    _check(report)


def _measure_size(report: Report, due: int) -> Sides:
    sides = alternate(sweep, _floor, before=lambda: rewind(due))
    if due > FEW:
        report.goal("sweep / one statement", sides.ratio, at_most=2.0, detail=_detail(sides))
    else:  # the fixed cost of a transaction and of the log's lock, and little else
        report.note(f"sweep / one statement: {sides.ratio:.2f}; {_detail(sides)}")
    report.note(f"for each due obligation: {median(sides.ours) / due * 1e6:.0f} µs")
    idle = _idle()
    report.goal("idle sweep, ms", 1000 * median(idle), at_most=1.0, detail=milliseconds(idle))
    return sides


def _detail(sides: Sides) -> str:
    return (
        f"ours {milliseconds(sides.ours)}, floor {milliseconds(sides.floor)}, "
        f"worst round {sides.worst:.2f}"
    )


def sweep() -> None:
    """Move on all that has come to its step, as beat's task does."""
    while advance_due(now=NOW, limit=BATCH):
        pass


def _floor() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FLOOR, {"now": NOW})


def _idle() -> list[float]:
    """Seconds of a sweep with nothing due."""
    sweep()
    taken = []
    for _round in range(50):
        began = perf_counter()
        advance_due(now=NOW)
        taken.append(perf_counter() - began)
    return taken


def lay_out() -> None:
    """A municipality of one unit, and the table that the floor writes its log into."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_log (LIKE governance_auditentry INCLUDING ALL)")
    municipality = Municipality.objects.create(
        slug="ekby", name="Ekby", country="SE", locale="sv", time_zone="Europe/Stockholm"
    )
    Unit.objects.create(municipality=municipality, name="Ekby", kind=Unit.Kind.MUNICIPALITY)


def open_rows(there: int, due: int) -> None:
    """So many open obligations with ladders of three steps, and no others; the first are due."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE governance_obligation CASCADE")
        cursor.execute(
            """
            INSERT INTO governance_obligation (municipality_id, unit_id, duty, subject_type_id,
                subject_id, subject_label, path, period, clause, says, strength, requirements, who,
                blocks, opened_at, due_on, due_at, steps, step, next_step_at, problem, waive_reason)
            SELECT unit.municipality_id, unit.id, 'check_in', %(kind)s, n, 'Ekby bibliotek på '
                || 'Facebook', '/channels/' || n || '/', '2026-03-01', '2.1 Att använda sociala '
                || 'medier', 'Kanalen följs upp minst en gång om dagen.', 'must', '{VGD-21}',
                'responsible_person', false, %(opened)s, '2026-03-01', moment,
                jsonb_build_array(
                    jsonb_build_object('at', moment, 'who', 'administrator', 'kind', 'tell'),
                    jsonb_build_object('at', moment + interval '1 day', 'who',
                        'operations_manager', 'kind', 'tell'),
                    jsonb_build_object('at', moment + interval '3 days', 'who', 'sector_head',
                        'kind', 'tell')),
                0, moment, '', ''
            FROM governance_unit AS unit,
                generate_series(1, %(there)s) AS n,
                LATERAL (SELECT %(now)s::timestamptz + CASE WHEN n <= %(due)s
                    THEN interval '-1 hour' ELSE n %% 1000 * interval '1 minute' + interval '1 hour'
                    END AS moment) AS due
            """,
            {
                "kind": ContentType.objects.get_for_model(Unit).pk,
                "opened": NOW - timedelta(days=1),
                "there": there,
                "now": NOW,
                "due": due,
            },
        )
        cursor.execute("VACUUM ANALYZE governance_obligation")
        cursor.execute("CHECKPOINT")  # or the disk is busy with these rows during the rounds


def rewind(due: int) -> None:
    """The first are due again; the log only grows, as it does in life."""
    Escalation.objects.all()._raw_delete(using="default")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_log")
        cursor.execute(
            "UPDATE governance_obligation SET step = 0, next_step_at = (steps -> 0 ->> 'at')"
            "::timestamptz WHERE subject_id <= %s",
            [due],
        )
        cursor.execute("VACUUM governance_obligation")
        cursor.execute("VACUUM governance_escalation")


def _check(report: Report) -> None:
    """What was timed was also right."""
    _there, due = SIZES[-1]
    rewind(due)
    logged = AuditEntry.objects.count()
    sweep()
    told = Escalation.objects.count()
    assert told == due, told
    assert AuditEntry.objects.count() == logged + due
    assert AuditEntry.objects.order_by("-number")[0].number == logged + due
    report.note(f"checked: {told} escalations and as many rows of the log, none twice")
