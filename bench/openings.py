"""Opening a day's looks for 30 000 channels against one statement that inserts the same rows.

The floor writes the rows with their ladders as constants, in one `INSERT … SELECT`, without
knowing of policies, calendars or plans. Ours is what beat's task does for one municipality.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from bench.ratios import Report, alternate, milliseconds
from channels.models import Channel, Platform
from governance.models import Municipality, Obligation, Unit, User
from governance.obligations import open_obligations
from governance.policy.adoption import adopt_policy
from moderation.duties import plan_check_ins

NOW: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHANNELS: Final = 30_000

_FLOOR = """
INSERT INTO governance_obligation (municipality_id, unit_id, duty, subject_type_id, subject_id,
    subject_label, path, period, clause, says, strength, requirements, who, blocks, opened_at,
    due_on, due_at, steps, step, next_step_at, problem, waive_reason, policy_id)
SELECT channel.municipality_id, channel.unit_id, shown.duty, %(kind)s, channel.id, channel.name,
    shown.path, shown.period, shown.clause, shown.says, shown.strength, shown.requirements,
    shown.who, shown.blocks, shown.opened_at, shown.due_on, shown.due_at, shown.steps, 0,
    shown.next_step_at, '', '', shown.policy_id
FROM channels_channel AS channel, bench_shown AS shown
WHERE channel.state = 'open'
"""


def measure(report: Report) -> None:
    """No goal: the ratio is printed, and that nothing is planned twice."""
    report.heading(f"Opening a day: {CHANNELS} channels against one INSERT … SELECT")
    municipality = _lay_out()
    _open(municipality)
    assert Obligation.objects.count() == CHANNELS
    kind = ContentType.objects.get_for_model(Channel).pk
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_shown AS SELECT * FROM governance_obligation LIMIT 1")

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, {"kind": kind})

    sides = alternate(lambda: _open(municipality), floor, before=_rewind, rounds=3)
    report.ratio("opened / inserted", sides)
    report.note(f"for each channel: {median(sides.ours) / CHANNELS * 1e6:.0f} µs")
    _open(municipality)
    again = alternate(lambda: _open(municipality), lambda: _count(municipality), rounds=3)
    report.note(f"once more, with all of it open: {milliseconds(again.ours)}")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_shown")


def _open(municipality: Municipality) -> None:
    open_obligations(plan_check_ins(municipality, NOW), now=NOW)


def _count(municipality: Municipality) -> None:
    Obligation.objects.filter(municipality=municipality).count()


def _rewind() -> None:
    Obligation.objects.all()._raw_delete(using="default")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE governance_obligation")
        cursor.execute("CHECKPOINT")


def _lay_out() -> Municipality:
    """One municipality under Vårgårda's file, all of its channels open."""
    place = Municipality.objects.create(
        slug="bench", name="Bench", country="SE", locale="sv", time_zone="Europe/Stockholm"
    )
    unit = Unit.objects.create(municipality=place, name="Bench", kind=Unit.Kind.MUNICIPALITY)
    policies = Path(settings.BASE_DIR) / "governance" / "policies"
    first = date(2020, 1, 1)
    adopt_policy(
        place,
        (policies / "vargarda.toml").read_text(encoding="utf-8"),
        decision="KF 1/2020",
        adopted_on=first,
        in_force_from=first,
        by=User.objects.system(),
        now=NOW,
    )
    platform = Platform.objects.get(key="facebook")
    Channel.objects.bulk_create(
        (
            Channel(
                municipality=place,
                unit=unit,
                platform=platform,
                name=f"Kanal {number}",
                slug=f"kanal-{number}",
                handle=f"kanal{number}",
                url=f"https://www.facebook.com/kanal{number}",
                state=Channel.State.OPEN,
                opened_on=first,
                created_at=NOW - timedelta(days=60),
            )
            for number in range(CHANNELS)
        ),
        batch_size=1000,
    )
    return place
