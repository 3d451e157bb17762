"""Beat and a worker on their own: they open, advance and send without anybody's help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from governance.models import Escalation, Notice, Obligation
from governance.obligations import open_obligations
from tests.governance.duties import LOOK, adopt_ladder, only, plan
from tests.live import Mailbox, eventually, running_worker
from tests.town import Town, later
from tests.trips.steps import body

TOLD_OF_LATE = """
[[routine.check_in.tell]]
after = "0 days"
who = "operations_manager"
"""


@pytest.fixture(autouse=True)
def look() -> Iterator[None]:
    with only(LOOK):
        yield


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_beat_opens_advances_and_sends(
    town: Town, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPEN_EVERY_SECONDS", "ADVANCE_EVERY_SECONDS", "SEND_EVERY_SECONDS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.governance.looking_settings")
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    now = timezone.now()
    missed = [plan(town.library, later(now, days=-days)) for days in (2, 3)]
    open_obligations(missed, now=later(now, days=-4))
    with running_worker(mailbox.port, beat=True):
        (mail,) = eventually(lambda: mailbox.to(town.anna.email), what="the mail")
        eventually(lambda: Obligation.objects.count() == 5, what="today's obligations")
        eventually(lambda: Notice.objects.filter(sent_at__isnull=False).count() == 1)
    assert body(mail).count("/look/") == 2
    assert Escalation.objects.count() == 2, "each step once, however often beat came round"
    assert len(mailbox.messages) == 1
