"""Taking up a finding, with a copy of it first."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import ProgrammingError
from pytest_django import Settings

from channels.models import Channel
from governance.audit import digest
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import FileRefused
from governance.models import StoredFile
from moderation.actions import Finding, add_picture, look_at_evidence, take_up
from moderation.models import Evidence, Item
from tests.channels_of_town import open_channel
from tests.moderation.scenes import comment, logged, picture
from tests.town import NOW, Town, at, later


def files_under(folder: Any) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_a_finding_gets_a_number_and_keeps_its_words_and_its_picture(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    assert item.number == "2026-0001"
    words, image = item.evidence.order_by("pk")
    assert words.words == item.text
    assert image.file is not None
    assert image.sha256 == image.file.sha256
    assert (item.became_aware_at, item.received_at) == (NOW, NOW)


def test_numbers_are_gapless_in_a_municipality_and_begin_anew_each_year(
    town: Town, channel: Channel
) -> None:
    assert comment(channel, town.cleo).number == "2026-0001"
    with pytest.raises(FileRefused), transaction.atomic():
        comment(channel, town.cleo, picture=SimpleUploadedFile("x.png", b"no picture"))
    assert comment(channel, town.cleo).number == "2026-0002"
    new_year = at("2027-01-01", "00:01")
    assert comment(channel, town.cleo, now=new_year).number == "2027-0001"
    other = open_channel(town.neighbour_unit, "Grannby")
    assert comment(other, town.otto).number == "2026-0001"


def test_the_log_knows_neither_who_wrote_it_nor_what(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    line = logged("finding.taken_up")[0]
    said = str(line.facts) + line.subject_label
    assert "bengt" not in said
    assert "parkerar" not in said
    assert line.facts["author"] == digest("bengt_o_71", town.municipality)
    assert len(line.facts["evidence"]) == 2
    assert line.subject_label == item.number


def test_only_who_moderates_the_channel_takes_up_findings(town: Town, channel: Channel) -> None:
    for someone in (town.ola, town.otto, town.rut):
        with pytest.raises(NotAllowed):
            comment(channel, someone)
    assert comment(channel, town.ben).found_by == town.ben


def test_moments_must_come_in_order(town: Town, channel: Channel) -> None:
    for fields, field in [
        ({"became_aware_at": later(NOW, minutes=1)}, "became_aware_at"),
        ({"posted_at": later(NOW, minutes=1)}, "posted_at"),
        (
            {"became_aware_at": later(NOW, hours=-2), "posted_at": later(NOW, hours=-1)},
            "posted_at",
        ),
    ]:
        with pytest.raises(AgainstPolicy) as refusal:
            comment(channel, town.cleo, **fields)
        assert refusal.value.field == field
    assert not Item.objects.exists()


def test_a_finding_without_words_and_without_picture_is_refused(
    town: Town, channel: Channel
) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        take_up(channel, Finding(url="https://facebook.com/x"), by=town.cleo, now=NOW)
    assert refusal.value.field == "text"


def test_a_picture_of_what_nobody_may_keep_is_refused_and_nothing_is_stored(
    town: Town, channel: Channel, settings: Settings
) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        comment(channel, town.cleo, describe_only=True)
    assert refusal.value.field == "picture"
    assert not StoredFile.objects.exists()
    assert files_under(settings.MEDIA_ROOT) == []
    item = comment(channel, town.cleo, describe_only=True, picture=None, text="En bild av …")
    with pytest.raises(AgainstPolicy):
        add_picture(item, picture(), by=town.cleo, now=NOW)
    assert files_under(settings.MEDIA_ROOT) == []


def test_a_broken_picture_is_refused_and_leaves_nothing(
    town: Town, channel: Channel, settings: Settings
) -> None:
    with pytest.raises(FileRefused), transaction.atomic():
        comment(channel, town.cleo, picture=SimpleUploadedFile("bild.png", picture().read()[:60]))
    assert not Item.objects.exists()
    assert files_under(settings.MEDIA_ROOT) == []


def test_the_same_picture_twice_is_kept_once(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    add_picture(item, picture(), by=town.cleo, now=NOW)
    assert item.evidence.filter(file__isnull=False).count() == 1
    add_picture(item, picture(colour=(0, 0, 200)), by=town.dag, now=NOW)
    assert item.evidence.filter(file__isnull=False).count() == 2
    assert len(logged("evidence.kept")) == 1


def test_a_closed_case_takes_no_more_pictures(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    Item.objects.filter(pk=item.pk).update(state="closed", closed_at=NOW, closed_by=town.dag)
    with pytest.raises(NoLongerPossible) as late:
        add_picture(item, picture(), by=town.cleo, now=NOW)
    assert late.value.by == "Dag Åberg"


def test_every_look_at_evidence_is_in_the_log(town: Town, channel: Channel) -> None:
    evidence = comment(channel, town.cleo).evidence.get(file__isnull=False)
    look_at_evidence(evidence, by=town.ben, now=NOW)
    look_at_evidence(evidence, by=town.rut, now=NOW)
    assert [line.actor_name for line in logged("evidence.looked_at")] == ["Ben Lind", "Rut Asp"]


def test_evidence_is_never_changed_and_never_removed(town: Town, channel: Channel) -> None:
    evidence = comment(channel, town.cleo).evidence.get(file__isnull=True)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).update(words="Annat")
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        evidence.delete()


def test_the_database_holds_the_order_of_time(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    for fields in (
        {"received_at": later(NOW, hours=1)},
        {"became_aware_at": later(NOW, hours=1)},
        {"state": "closed"},
        {"diary_number": "KS 2026/1"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item.objects.filter(pk=item.pk).update(**fields)
