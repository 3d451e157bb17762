"""The morning mail: who gets one, when, and what it says."""

from __future__ import annotations

import threading
from datetime import date, time

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from governance.models import ClosedDay, Notice, User
from governance.notices import send_due
from governance.obligations import open_due, waiting_for
from governance.open_hours import close_day, set_office_hours
from governance.signed_links import UNSIGNED, is_signed
from governance.today import listed_for
from moderation.actions import check_in, check_in_by_mail
from moderation.models import CheckIn, MorningLink
from moderation.morning import write_morning_mails
from moderation.tasks import forget_morning_links
from moderation.tasks import write_morning_mails as morning_mails
from tests.channels_of_town import SINCE, assign, library_page, open_channel
from tests.moderation.mornings import MORNING, letters, link_of, wake
from tests.moderation.scenes import comment, removed
from tests.town import POLICIES, Town, adopt_text, at, away, build, later


def test_whoever_is_to_look_gets_one_mail_with_the_channels_by_name_and_one_link(
    town: Town, channel: Channel
) -> None:
    other = open_channel(town.library, "Ungdomens hus")
    assign(town.cleo, other)
    open_channel(town.school, "Skolan")
    assert wake() == 2
    assert letters().keys() == {town.cleo.email, town.dag.email}
    letter = letters()[town.cleo.email]
    assert (letter.subject, letter.language) == ("Today: 2 channels to look at", "sv")
    for words in ("Hello Cleo,", "Ekby bibliotek on Facebook", "Ungdomens hus on Facebook"):
        assert words in letter.text
    assert "Skolan" not in letter.text
    assert letter.text.count("/today/mail/") == 1
    assert set(link_of(town.cleo).channels.all()) == {channel, other}


def test_the_rest_of_the_day_stands_in_it_in_order_of_time(town: Town, channel: Channel) -> None:
    case = comment(channel, town.cleo, now=at("2026-02-27"))
    removed(case, town.cleo, now=at("2026-02-27"))
    check_in(channel, by=town.cleo, now=at("2026-02-27"))
    wake()
    text = letters()[town.cleo.email].text
    assert "ALSO TODAY" not in text, "closing the case has no day"
    more = listed_for(town.cleo, MORNING).count()
    floor = waiting_for(town.cleo, MORNING).filter(duty="legal_floor")
    assert more > 0
    assert floor.exists(), "the same look meets it"
    assert f"{more} more thing" in text
    assert f"{settings.BASE_URL}/today/\n" in text


def test_what_is_late_is_named_with_its_day(town: Town, channel: Channel) -> None:
    User.objects.filter(pk=town.cleo.pk).update(language="en")
    check_in(channel, by=town.cleo, now=at("2026-02-20"))
    open_due(at("2026-02-26"))
    wake()
    text = letters()[town.cleo.email].text
    also = text.partition("ALSO TODAY")[2]
    assert "Look before the duty of supervision is broken: Ekby bibliotek" in also
    assert "Late, was due 27 February" in also


def test_no_personal_data_stands_in_the_subject_and_no_colleague_in_the_text(
    town: Town, channel: Channel
) -> None:
    wake()
    for address, letter in letters().items():
        others = {town.cleo, town.dag, town.anna, town.ben} - {letter.recipient}
        for person in others:
            assert person.name not in letter.text
            assert person.email not in letter.text
        assert letter.recipient is not None
        assert letter.recipient.name.split()[0] not in letter.subject, address


def test_the_mail_speaks_the_reader_s_language_and_names_the_hour_of_the_day(
    town: Town, channel: Channel
) -> None:
    User.objects.filter(pk=town.cleo.pk).update(language="en")
    Channel.objects.filter(pk=channel.pk).update(office_hours_only=True)
    text = (POLICIES / "vetlanda.toml").read_text()
    adopt_text(town.municipality, text, number=2, in_force_from=SINCE)
    wake()
    assert letters()[town.cleo.email].language == "en"
    assert "By 17:00." in letters()[town.cleo.email].text


# --- when ----------------------------------------------------------------------------------------


def test_it_goes_from_the_routine_s_time_until_noon_and_once(town: Town, channel: Channel) -> None:
    assert wake(at("2026-03-02", "07:29")) == 0
    assert wake(at("2026-03-02", "12:00")) == 0
    assert wake(at("2026-03-02", "11:59")) == 2
    assert wake(at("2026-03-02", "11:59")) == 0
    assert wake(at("2026-03-03", "07:30")) == 2, "and again the next day"


@pytest.mark.parametrize("day", ["2026-03-01", "2026-04-03", "2026-03-05"])
def test_on_a_sunday_a_holiday_and_a_closed_day_nobody_is_written_to(
    town: Town, channel: Channel, day: str
) -> None:
    ClosedDay.objects.create(municipality=town.municipality, day="2026-03-05", name="Ekbydagen")
    assert wake(at(day, "08:00")) == 0


def test_on_a_saturday_those_are_written_to_whose_unit_works(town: Town, channel: Channel) -> None:
    set_office_hours(town.library, range(1, 7), time(10), time(18), by=town.ben, now=MORNING)
    assert wake(at("2026-03-07", "08:00")) == 2
    close_day(
        town.municipality,
        date(2026, 3, 9),
        name="Inventering",
        unit=town.library,
        by=town.ben,
        now=MORNING,
    )
    assert wake(at("2026-03-09", "08:00")) == 0


def test_quiet_hours_come_first(town: Town, channel: Channel) -> None:
    text = (POLICIES / "vargarda.toml").read_text().replace('quiet_to = "07:00"', 'quiet_to = "9"')
    text = text.replace('quiet_to = "9"', 'quiet_to = "09:00"')
    adopt_text(town.municipality, text, number=2, in_force_from=SINCE)
    assert wake(at("2026-03-02", "08:59")) == 0
    assert wake(at("2026-03-02", "09:00")) == 2


def test_where_the_routine_names_no_time_there_is_no_such_mail(db: None) -> None:
    town = build("ekby")
    library_page(town)
    assert wake() == 0


# --- who -----------------------------------------------------------------------------------------


def test_nothing_is_sent_where_nothing_is_owed(town: Town, channel: Channel) -> None:
    open_due(MORNING)
    check_in(channel, by=town.cleo, now=at("2026-03-02", "06:00"))
    assert write_morning_mails(MORNING) == 0
    assert not MorningLink.objects.exists()


def test_a_deputy_gets_what_is_the_absent_one_s_and_the_absent_one_nothing(
    town: Town, channel: Channel
) -> None:
    away(town.cleo, town.ola)
    away(town.dag, None)
    assert wake() == 1
    assert letters().keys() == {town.ola.email}


def test_whoever_may_not_sign_in_gets_nothing(town: Town, channel: Channel) -> None:
    User.objects.filter(pk=town.cleo.pk).update(is_active=False)
    assert wake() == 1
    assert letters().keys() == {town.dag.email}


def test_the_neighbours_hear_of_their_own_channels_only(town: Town, channel: Channel) -> None:
    theirs = open_channel(town.neighbour_unit, "Grannby bibliotek")
    assign(town.otto, theirs)
    wake()
    assert "Ekby" not in letters()[town.otto.email].text
    assert "Grannby" not in letters()[town.cleo.email].text


# --- once, and without the secret ----------------------------------------------------------------


def test_the_database_holds_a_person_to_one_a_day_and_to_their_municipality(
    town: Town, channel: Channel
) -> None:
    wake()
    link = link_of(town.cleo)
    link.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        MorningLink.objects.filter(person=town.cleo).update(municipality=town.neighbour)
        connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_mail_to_each() -> None:
    town = build()
    library_page(town)
    open_due(MORNING)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            write_morning_mails(MORNING)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert letters().keys() == {town.cleo.email, town.dag.email}


def test_neither_notice_nor_link_holds_what_opens_the_page(town: Town, channel: Channel) -> None:
    wake()
    notice, link = letters()[town.cleo.email], link_of(town.cleo)
    assert notice.text.count(f"/today/mail/{link.key}/{UNSIGNED}/") == 1
    send_due(MORNING)
    (letter,) = [each for each in mail.outbox if town.cleo.email in each.to]
    signature = str(letter.body).partition(f"{link.key}/")[2].partition("/")[0]
    assert is_signed(link.key, signature)
    html, kind = letter.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert str(html).count(f"{link.key}/{signature}/") == 1
    stored = Notice.objects.filter(pk=notice.pk).values().get()
    assert signature not in str(stored)


def test_what_links_of_earlier_days_were_for_is_forgotten_and_what_was_entered_stays(
    town: Town, channel: Channel
) -> None:
    wake()
    used, unused = link_of(town.cleo), link_of(town.dag)
    check_in_by_mail(used, now=MORNING)
    forget_morning_links(later(MORNING, days=1).isoformat())
    assert list(used.channels.all()) == [channel], "the day may not be over in every zone"
    forget_morning_links(later(MORNING, days=2).isoformat())
    assert not used.channels.exists()
    assert MorningLink.objects.count() == 2, "they still say that they have stopped"
    forget_morning_links(later(MORNING, days=32).isoformat())
    assert list(MorningLink.objects.all()) == [used]
    assert unused not in MorningLink.objects.all()
    assert CheckIn.objects.get().mail_link == used


def test_the_task_writes_at_the_moment_it_is_given(town: Town, channel: Channel) -> None:
    open_due(MORNING)
    morning_mails(at("2026-03-02", "07:00").isoformat())
    assert letters() == {}
    morning_mails(MORNING.isoformat())
    assert letters().keys() == {town.cleo.email, town.dag.email}


def test_many_channels_of_many_people_cost_a_few_questions_each(town: Town) -> None:
    def cost(now: object) -> int:
        open_due(now)  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as asked:
            write_morning_mails(now)  # type: ignore[arg-type]
        return len(asked)

    library_page(town)
    few = cost(MORNING)
    for number in range(12):
        assign(town.cleo, open_channel(town.library, f"Kanal {number}"))
    assert cost(later(MORNING, days=1)) == few, "by people, not by channels"
