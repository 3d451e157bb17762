"""Days, times, states and clauses, as people say them."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from governance.icons import DRAWINGS
from governance.templatetags.look import STATES
from tests.town import NOW, STOCKHOLM, at


def said(template: str, language: str = "sv", **context: object) -> str:
    page = Template("{% load look %}" + template)
    with translation.override(language), timezone.override(STOCKHOLM):
        return page.render(Context({"now": NOW, **context}))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at("2026-03-02", "08:23"), "today 8:23"),
        (at("2026-03-01", "16:20"), "yesterday 16:20"),
        (at("2026-03-03", "00:00"), "tomorrow 0:00"),
        (at("2026-02-26", "15:05"), "Thu 26 Feb, 15:05"),
        (at("2026-01-12", "15:05"), "12 Jan, 15:05"),
        (at("2025-11-20", "15:05"), "20 Nov 2025, 15:05"),
    ],
)
def test_a_moment_is_named_by_how_near_it_is(moment: datetime, words: str) -> None:
    assert f">{words}</time>" in said("{% when moment %}", "en", moment=moment)


def test_the_clock_is_written_as_the_language_writes_it() -> None:
    moment = at("2026-03-02", "08:05")
    assert said("{{ moment|clock }}", "sv", moment=moment) == "8.05"
    assert said("{{ moment|clock }}", "nn", moment=moment) == "8.05"
    assert said("{{ moment|clock }}", "en", moment=moment) == "8:05"


def test_a_day_across_midnight_belongs_to_the_municipalitys_zone() -> None:
    late = at("2026-03-02", "00:30")  # still the day before in UTC
    assert ">today</time>" in said("{% day moment %}", "en", moment=late)


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(minutes=41), "in 41 minutes"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=8), "in 8 hours"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(days=-3), "3 days ago"),
    ],
)
def test_a_distance_is_said_in_its_largest_unit(away: timedelta, words: str) -> None:
    assert said("{% distance moment %}", "en", moment=NOW + away) == words


@pytest.mark.parametrize("tag", ["when", "day", "distance"])
def test_a_moment_that_is_not_set_says_nothing(tag: str) -> None:
    assert said("{% " + tag + " moment %}", moment=None) == ""


@pytest.mark.parametrize("kind", sorted(STATES))
def test_a_state_is_icon_and_word_never_colour_alone(kind: str) -> None:
    drawn = said("{% state kind %}", "en", kind=kind)
    assert 'aria-hidden="true"' in drawn
    assert str(STATES[kind]).capitalize() in drawn
    assert kind in DRAWINGS


def test_a_clause_names_its_language_where_the_page_speaks_another() -> None:
    ekby = SimpleNamespace(locale="sv")
    tag = '{% clause "riktlinjen 2.1" "/rules/" why="Minst en gång per dag" %}'
    assert 'lang="sv"' in said(tag, "en", municipality=ekby)
    assert "lang=" not in said(tag, "sv", municipality=ekby)
    assert "Minst en gång per dag, riktlinjen 2.1</a>" in said(tag, municipality=ekby)


def test_what_somebody_wrote_is_never_taken_for_markup() -> None:
    evil = "<script>alert(1)</script>"
    for tag in ('{% state "late" evil %}', "{% clause evil %}", "{{ evil|digest }}"):
        assert "<script>" not in said(tag, evil=evil)


def test_a_digest_stands_in_groups_of_eight() -> None:
    assert said("{{ sum|digest }}", sum="41c9e07b5a126d0f").count("<span>") == 2
