"""A fortnight of one municipality, in which a machine fails; prints the facts at its end.

The tasks that beat would send are sent with a clock of their own, every so many hours, to real
workers over a real broker. From 18 June to 1 July lie Midsummer and the end of a half-year. Some
channels are looked at every day, one now and then, one never, and a manager is away.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import OperationalError, connection
from redis import Redis

from channels.models import Channel
from channels.platforms import enter
from governance.celery import app
from governance.models import Escalation, Municipality, Notice, Obligation, User
from governance.verification import verify
from moderation.actions import check_in
from tests.channels_of_town import assign, library_page, open_channel
from tests.faults import house
from tests.faults.telling import ENDED
from tests.town import STOCKHOLM, away, build

BEGINS: Final = datetime(2026, 6, 18, 1, 30, tzinfo=STOCKHOLM)
DAYS: Final = 14
#: After the last fault the machines run on for so long, so that what was put off is done.
QUIET: Final = timedelta(days=2, hours=16)
LOOKING: Final = 9  # o'clock
TASKS: Final = ("open_due", "advance", "send_notices")
#: Seconds without news after which a task is given up for lost.
GIVEN_UP: Final = 3.0


@dataclass
class Simulation:
    """The machines, and whoever breaks them at moments that the seed chooses."""

    chance: Random
    env: dict[str, str]
    post: house.PostOffice
    moments: list[datetime]
    workers: list[str] = field(default_factory=lambda: ["worker-1"])
    beats: int = 1
    silent: set[int] = field(default_factory=set)
    breaking: dict[int, Callable[[], None]] = field(default_factory=dict)
    mending: dict[int, Callable[[], None]] = field(default_factory=dict)
    kills: int = 0

    def some(self, count: int) -> list[int]:
        """So many moments of the fortnight, neither its first nor its last day."""
        return sorted(self.chance.sample(range(4, len(self.moments) - 4), count))

    def kill_somebody(self) -> None:
        """A worker dies while it is at it, and another is started in its place."""
        time.sleep(self.chance.uniform(0, 0.05))
        victim = self.chance.choice(self.workers)
        house.kill_worker(victim)
        self.kills += 1
        house.start_worker(victim, self.env)


def nothing(_simulation: Simulation) -> None:
    """Every machine runs."""


def workers_killed(simulation: Simulation) -> None:
    """One of two workers is killed at random points, four times."""
    simulation.workers.append("worker-2")
    for moment in simulation.some(4):
        simulation.breaking[moment] = simulation.kill_somebody


def many_workers(simulation: Simulation) -> None:
    """Four workers share the work."""
    simulation.workers += ["worker-2", "worker-3", "worker-4"]


def two_beats(simulation: Simulation) -> None:
    """Two clocks send every task twice."""
    simulation.workers.append("worker-2")
    simulation.beats = 2


def database_restarted(simulation: Simulation) -> None:
    """The database server ends in the middle of the work, three times."""

    def restart() -> None:
        time.sleep(simulation.chance.uniform(0, 0.05))
        house.restart_database()
        connection.close()

    for moment in simulation.some(3):
        simulation.breaking[moment] = restart


def redis_flushed(simulation: Simulation) -> None:
    """Redis forgets everything, the tasks that wait among it, five times."""

    def flush() -> None:
        with Redis.from_url(simulation.env["REDIS_URL"]) as redis:
            redis.flushall()

    for moment in simulation.some(5):
        simulation.breaking[moment] = flush


def mail_down(simulation: Simulation) -> None:
    """The mail server is away for a day."""
    per_day = _per_day(simulation)
    first = simulation.chance.randrange(per_day, len(simulation.moments) - 3 * per_day)
    simulation.breaking[first] = simulation.post.close
    simulation.mending[first + per_day] = simulation.post.open


def beat_stopped(simulation: Simulation) -> None:
    """No task is sent for a week."""
    per_day = _per_day(simulation)
    first = simulation.chance.randrange(per_day, 5 * per_day)
    simulation.silent = set(range(first, first + 7 * per_day))


FAULTS: Final[dict[str, Callable[[Simulation], None]]] = {
    each.__name__: each
    for each in (
        nothing,
        workers_killed,
        many_workers,
        two_beats,
        database_restarted,
        redis_flushed,
        mail_down,
        beat_stopped,
    )
}


def _per_day(simulation: Simulation) -> int:
    step = simulation.moments[1] - simulation.moments[0]
    return round(timedelta(days=1) / step)


def main(fault: str, seed: int, hours: int) -> None:
    """Live through the fortnight and print what there is at its end."""
    post = house.PostOffice()
    step = timedelta(hours=hours)
    count = round((timedelta(days=DAYS) + QUIET) / step)
    moments = [BEGINS + number * step for number in range(count)]
    env = house.environment(fault, mail_port=post.port)
    simulation = Simulation(Random(seed), env, post, moments[: round(timedelta(days=DAYS) / step)])
    FAULTS[fault](simulation)
    people = _people()
    with Redis.from_url(env["REDIS_URL"]) as redis:
        redis.flushall()
    post.open()
    try:
        for name in simulation.workers:
            house.start_worker(name, env)
        for number, now in enumerate(moments):
            _live_through(simulation, number, now, people)
    finally:
        for name in simulation.workers:
            house.stop_worker(name)
        post.close()
    print(json.dumps(_facts(simulation), ensure_ascii=False))  # noqa: T201 - the answer


def _live_through(
    simulation: Simulation, number: int, now: datetime, people: Callable[[datetime], None]
) -> None:
    if mend := simulation.mending.get(number):
        mend()
    _patiently(lambda: people(now))
    if number in simulation.silent:
        return
    breaks = simulation.breaking.get(number)
    broken = simulation.chance.choice(TASKS) if breaks else None
    # one after the other, as their own intervals part them outside
    for task in TASKS:
        for _beat in range(simulation.beats):
            app.send_task(f"governance.tasks.{task}", kwargs={"at": now.isoformat()})
        if breaks and task == broken:
            breaks()
        _settle(simulation)


def _settle(simulation: Simulation) -> None:
    """Until what was just sent has ended, or is lost."""
    patience = time.monotonic() + GIVEN_UP
    with Redis.from_url(simulation.env["REDIS_URL"]) as redis:
        while int(redis.get(ENDED) or 0) < simulation.beats and time.monotonic() < patience:
            time.sleep(0.005)
        redis.delete(ENDED)


def _patiently(act: Callable[[], None]) -> None:
    """Done again where the database went away under it, as a person would."""
    for _attempt in range(20):
        try:
            return act()
        except OperationalError:
            connection.close()
            time.sleep(0.2)
    return act()


def _people() -> Callable[[datetime], None]:
    """Ekby with four channels; what its people do at a moment."""
    User.objects.system()
    enter()
    town = build()
    daily = library_page(town)
    seldom = open_channel(town.library, "Bokbussen")
    assign(town.cleo, seldom)
    never = open_channel(town.library, "Sagostunden")
    assign(town.dag, never)
    open_channel(town.school, "Skolan")
    Channel.objects.update(created_at=BEGINS - timedelta(days=60))
    away(town.anna, town.ola, "2026-06-22", "2026-06-26")

    def act(now: datetime) -> None:
        if now.hour != LOOKING:
            return
        looked = [daily] if now.day % 3 else [daily, seldom]
        for channel in looked:
            if not channel.check_ins.filter(day=now.date()).exists():
                check_in(channel, by=town.cleo, now=now)

    return act


# --- the facts ---------------------------------------------------------------------------------


def _facts(simulation: Simulation) -> dict[str, Any]:
    place = Municipality.objects.get(slug="ekby")
    unsent = Notice.objects.filter(sent_at__isnull=True).count()
    told = {f"{each.pk}": each for each in Notice.objects.all()}
    taken = {_number(name): count for name, count in simulation.post.taken.items()}
    return {
        "obligations": sorted(_row(each) for each in Obligation.objects.all()),
        "escalations": sorted(
            [*_key(each.obligation), each.step, each.who, each.kind, each.planned_at.isoformat()]
            for each in Escalation.objects.select_related("obligation")
        ),
        "untold": Escalation.objects.filter(handled_at__isnull=True).count(),
        "notices": sorted([each.address, each.subject, each.text] for each in told.values()),
        "unsent": unsent,
        "lost": sorted(set(told) - set(taken)),
        "twice": sorted(number for number, count in taken.items() if count > 1),
        "kills": simulation.kills,
        "log": [str(fault) for fault in verify(place).faults],
    }


def _number(message_id: str) -> str:
    return message_id.removeprefix("<notice-").partition("-")[0]


def _key(row: Any) -> list[str]:
    return [row.duty, row.subject_label, row.period]


def _row(row: Any) -> list[Any]:
    moments = (row.due_at, row.met_at, row.waived_at)
    return [*_key(row), row.who, *(moment.isoformat() if moment else "" for moment in moments)]
