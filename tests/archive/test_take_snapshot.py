"""Taking snapshots: what is kept, which duty it meets, who may, what the diary hears."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.actions.snapshots import register_snapshot, take_snapshot
from archive.duties import plan_snapshots
from archive.models import Snapshot
from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import FileRefused
from governance.models import AuditEntry, Obligation
from governance.obligations import open_due, open_obligations, replan_everywhere
from tests.channels_of_town import open_channel
from tests.pictures import upload
from tests.town import NOW, POLICIES, Town, adopt_text, at, later

#: In the window of the first half-year.
JUNE = at("2026-06-10", "10:00")


@pytest.fixture
def channel(town: Town) -> Channel:
    return open_channel(town.library)


def snapshot_duties() -> list[Obligation]:
    return list(Obligation.objects.filter(duty="snapshot").order_by("period"))


def test_a_snapshot_in_the_window_meets_the_half_years_duty(town: Town, channel: Channel) -> None:
    open_due(JUNE)
    snapshot = take_snapshot(channel, [upload()], by=town.ben, now=JUNE)
    assert snapshot.period == "2026-H1"
    assert [duty.met_by for duty in snapshot_duties()] == [town.ben]
    assert snapshot.files.get().file.name == "skärmbild.png"
    assert AuditEntry.objects.filter(act="snapshot.taken").count() == 1


def test_two_channels_of_one_name_are_owed_snapshots_that_can_be_told_apart(town: Town) -> None:
    open_channel(town.library)
    open_channel(town.library, platform="instagram", slug="bilder")
    open_due(JUNE)
    said = sorted(duty.subject_label for duty in snapshot_duties())
    assert said == ["Ekby bibliotek, Facebook", "Ekby bibliotek, Instagram"]


def test_before_the_window_nothing_is_asked_for_and_a_snapshot_is_an_extra_one(
    town: Town, channel: Channel
) -> None:
    assert list(plan_snapshots(town.municipality, NOW)) == []
    snapshot = take_snapshot(channel, [upload()], by=town.ben, now=NOW)
    assert snapshot.trigger == Snapshot.Trigger.EXTRA
    assert snapshot.period == ""
    open_due(JUNE)
    assert [duty.is_open for duty in snapshot_duties()] == [True]


def test_a_picture_taken_before_the_window_does_not_count_though_handed_in_later(
    town: Town, channel: Channel
) -> None:
    open_due(JUNE)
    take_snapshot(channel, [upload()], taken_at=at("2026-04-01"), by=town.ben, now=JUNE)
    assert [duty.is_open for duty in snapshot_duties()] == [True]


def test_the_duty_is_due_when_the_last_day_of_the_half_year_is_over(
    town: Town, channel: Channel
) -> None:
    open_due(JUNE)
    (duty,) = snapshot_duties()
    assert str(duty.due_on) == "2026-06-30"
    assert not duty.is_overdue(at("2026-06-30", "23:59"))
    assert duty.is_overdue(at("2026-07-01", "00:01"))
    assert duty.clause


def test_each_half_year_asks_anew_and_twice_a_day_asks_once(town: Town, channel: Channel) -> None:
    open_due(JUNE)
    open_due(later(JUNE, hours=5))
    take_snapshot(channel, [upload()], by=town.ben, now=JUNE)
    open_due(at("2026-12-20"))
    assert [duty.period for duty in snapshot_duties()] == ["2026-H1", "2026-H2"]


def test_a_closed_channel_owes_no_snapshot(town: Town, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(state="closed", closed_on="2026-05-01")
    assert open_obligations(plan_snapshots(town.municipality, JUNE), now=JUNE) == 0


def test_the_window_costs_the_same_number_of_queries_for_one_channel_and_for_thirty(
    town: Town, channel: Channel
) -> None:

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            list(plan_snapshots(town.municipality, JUNE))
        return len(caught)

    before = queries()
    for number in range(30):
        open_channel(town.school, f"Klass {number}")
    assert queries() == before


@pytest.mark.parametrize("who", ["ola", "rut"])
def test_a_colleague_without_an_assignment_may_not(town: Town, channel: Channel, who: str) -> None:
    with pytest.raises(NotAllowed):
        take_snapshot(channel, [upload()], by=getattr(town, who), now=JUNE)
    assert Snapshot.objects.count() == 0


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_kept(
    town: Town, channel: Channel
) -> None:
    broken = SimpleUploadedFile("bild.png", b"<script>", "image/png")
    with pytest.raises(FileRefused):
        take_snapshot(channel, [upload(), broken], by=town.ben, now=JUNE)
    with pytest.raises(AgainstPolicy):
        take_snapshot(channel, [], by=town.ben, now=JUNE)


def test_a_moment_ahead_of_us_is_refused(town: Town, channel: Channel) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        take_snapshot(channel, [upload()], taken_at=later(JUNE, hours=1), by=town.ben, now=JUNE)
    assert refusal.value.field == "taken_at"


def test_the_registrar_gives_the_number_once(town: Town, channel: Channel) -> None:
    snapshot = take_snapshot(channel, [upload()], by=town.ben, now=JUNE)
    with pytest.raises(NotAllowed):
        register_snapshot(snapshot, "KS 2026/1", by=town.ben, now=JUNE)
    with pytest.raises(AgainstPolicy):
        register_snapshot(snapshot, "  ", by=town.rut, now=JUNE)
    register_snapshot(snapshot, " KS 2026/1 ", by=town.rut, now=JUNE)
    with pytest.raises(NoLongerPossible, match="KS 2026/1"):
        register_snapshot(snapshot, "KS 2026/2", by=town.rut, now=JUNE)
    snapshot.refresh_from_db()
    assert snapshot.diary_number == "KS 2026/1"


def replanned(town: Town, content: str) -> Obligation:
    adopt_text(town.municipality, content, number=2, in_force_from=JUNE.date())
    replan_everywhere(JUNE)
    return Obligation.objects.get(duty="snapshot", period="2026-H1")


def test_an_open_snapshot_moves_to_the_day_and_clause_of_a_new_policy(
    town: Town, channel: Channel
) -> None:
    open_due(JUNE)
    before = Obligation.objects.get(duty="snapshot")
    content = (POLICIES / "vargarda.toml").read_text()
    rule = content[content.index("[snapshot.interval]") :].partition("\n\n")[0]
    shorter = rule.replace('    "4.4 Registrering, bevarande och gallring",\n', "")
    after = replanned(town, content.replace(rule, shorter))
    assert after.problem == ""
    assert (after.pk, after.is_open, after.due_at) == (before.pk, True, before.due_at)
    assert ("4.4" in before.clause, "4.4" in after.clause) == (True, False)


def test_a_policy_that_asks_for_whole_years_opens_its_own(town: Town, channel: Channel) -> None:
    open_due(JUNE)
    content = (POLICIES / "vargarda.toml").read_text()
    after = replanned(town, content.replace("{ months = 6, basis", "{ months = 12, basis"))
    assert not after.is_open


def test_a_policy_that_asks_for_no_snapshots_lets_the_open_one_go(
    town: Town, channel: Channel
) -> None:
    open_due(JUNE)
    after = replanned(town, (POLICIES / "volda.toml").read_text())
    assert after.waived_at == JUNE
