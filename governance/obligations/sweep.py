"""The sweep: one statement moves on what has come to its next step and writes down who is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from governance import audit
from governance.models import User

# Claims up to `limit` open rows whose step has come, passing over what another worker holds;
# moves each on past *every* step that has come, so that missed runs catch up; and inserts one
# escalation for each step. Ladders are computed when rows are opened, hence no calendar here.
_ADVANCE = """
WITH claimed AS MATERIALIZED (
    SELECT id, steps, step
    FROM governance_obligation
    WHERE met_at IS NULL AND waived_at IS NULL AND next_step_at <= %(now)s
    ORDER BY next_step_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), passed AS MATERIALIZED (
    SELECT claimed.id,
           rung.place - 1 AS step,
           (rung.step ->> 'at')::timestamptz AS planned_at,
           rung.step ->> 'who' AS who,
           rung.step ->> 'kind' AS kind
    FROM claimed
    CROSS JOIN LATERAL jsonb_array_elements(claimed.steps) WITH ORDINALITY AS rung (step, place)
    WHERE rung.place > claimed.step AND (rung.step ->> 'at')::timestamptz <= %(now)s
), moved AS (
    UPDATE governance_obligation AS obligation
    SET step = reached.step,
        next_step_at = (obligation.steps -> reached.step ->> 'at')::timestamptz
    FROM (
        SELECT claimed.id, claimed.step + count(passed.id)::int AS step
        FROM claimed LEFT JOIN passed USING (id)
        GROUP BY claimed.id, claimed.step
    ) AS reached
    WHERE obligation.id = reached.id
    RETURNING obligation.id, municipality_id, duty, period, subject_type_id, subject_id,
              subject_label, clause, policy_id
), told AS (
    INSERT INTO governance_escalation (obligation_id, step, planned_at, at, who, kind)
    SELECT id, step, planned_at, %(now)s, who, kind FROM passed
    ON CONFLICT (obligation_id, step) DO NOTHING
)
SELECT moved.id, municipality_id, duty, period, app_label || '.' || model, subject_id,
       subject_label, clause, policy_id, passed.step, who, kind
FROM moved
JOIN django_content_type AS type ON type.id = subject_type_id
LEFT JOIN passed ON passed.id = moved.id
ORDER BY municipality_id, moved.id, passed.step
"""


# Most runs find nothing: this asks so in a fraction of the time it takes to plan the other.
_ANYTHING = """
SELECT 1 FROM governance_obligation
WHERE met_at IS NULL AND waived_at IS NULL AND next_step_at <= %s LIMIT 1
"""


def advance_due(now: datetime, limit: int = 500) -> int:
    """Move on up to `limit` open obligations whose next step has come; returns how many.

    Call until it returns 0. Any number of workers may call it at once; a run repeated or killed
    changes nothing in the result. The log's rows follow in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANYTHING, [now])
        if cursor.fetchone() is None:
            return 0
    return _advance(now, limit)


@transaction.atomic
def _advance(now: datetime, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, {"now": now, "limit": limit})
        rows = cursor.fetchall()
    passed = [row for row in rows if row[-1] is not None]
    if passed:
        audit.record_many(map(_line, passed), by=User.objects.system(), now=now)
    return len({row[0] for row in rows})


def _line(row: tuple[Any, ...]) -> audit.Line:
    (pk, place, duty, period, kind_of_subject, subject, label, clause, policy, step, who, kind) = (
        row
    )
    return audit.Line(
        municipality_id=place,
        act="obligation.reminded" if kind == "remind" else "obligation.escalated",
        subject_type=kind_of_subject,
        subject_id=subject,
        subject_label=label,
        clause=clause,
        policy_id=policy,
        facts={"obligation": pk, "duty": duty, "period": period, "step": step, "who": who},
    )
