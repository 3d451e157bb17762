"""What beat starts is what the page for operators says it starts."""

from __future__ import annotations

import re
from pathlib import Path

from celery import current_app
from celery.schedules import crontab
from django.conf import settings

PAGE = Path(settings.BASE_DIR) / "docs" / "operations.md"
ROW = re.compile(
    r"\| `(\w+)` \| ((?:every \d+ seconds)|(?:at \d\d:\d\d)|(?:\d+ minutes past every hour)) \|"
)


def in_words(schedule: object) -> str:
    """A schedule as the page writes it."""
    if not isinstance(schedule, crontab):
        return f"every {float(schedule):.0f} seconds"  # type: ignore[arg-type]
    hours: set[int] = schedule.hour  # type: ignore[attr-defined]
    (minute,) = schedule.minute  # type: ignore[attr-defined]
    if len(hours) == 24:
        return f"{minute} minutes past every hour"
    (hour,) = hours
    return f"at {hour:02}:{minute:02}"


def test_the_page_for_operators_lists_every_task_of_beat_with_its_time() -> None:
    told = dict(ROW.findall(PAGE.read_text()))
    assert told == {
        name: in_words(entry["schedule"]) for name, entry in settings.CELERY_BEAT_SCHEDULE.items()
    }


def test_every_task_that_beat_starts_is_there() -> None:
    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
