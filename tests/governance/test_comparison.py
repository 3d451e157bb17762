"""Two versions in words, on the page and on the command line, before anybody adopts."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from governance.models import PolicyVersion
from governance.obligations import foreseeing, open_due
from governance.policy.changes import rule_changes
from governance.policy.choice_words import CHOICE_WORDS
from governance.policy.shipped import shipped
from governance.policy.times import CalendarMonths, ClockHours, TimesPerDay, WorkingDays
from governance.policy.types import Holders, Likes, Stated
from governance.policy.vocabulary import KEYS
from governance.policy.wording import value_words
from governance.roles import Role
from governance.views import comparison
from tests.browsers import client_of
from tests.channels_of_town import channels_of
from tests.governance.policy.files import changed, policy, text
from tests.town import Town

THRICE = changed(
    'every = { times_per_day = 1, day_basis = "from_plan" }',
    'every = { times_per_day = 3, day_basis = "from_plan" }',
)
ADDRESS = "/policy/compare/"


@pytest.fixture
def ben(town: Town) -> Client:
    """Ben, with channels of which looks are owed today."""
    channels_of(town.cleo, town.library, 3)
    open_due(timezone.now(), [town.municipality])
    return client_of(town.ben)


def chosen(content: str, name: str = "ny.toml") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content.encode(), "text/plain")}


def test_a_daily_look_that_becomes_three_is_told_in_words(ben: Client) -> None:
    page = ben.post(ADDRESS, chosen(THRICE)).content.decode()

    assert "Once a day, on the days of the plan" in page
    assert "3 times a day, on the days of the plan" in page
    assert "2.1 Att använda sociala medier" in page
    assert "Kanalen följs upp minst en gång om dagen." in page
    assert page.count("Look at the channel</th>") == 2, "those that go, and those in their place"
    assert PolicyVersion.objects.filter(municipality__slug="ekby").count() == 1


def test_a_figure_of_our_routine_that_changes_is_told_though_its_sentence_stays(
    ben: Client,
) -> None:
    content = changed('morning = "07:30"', 'morning = "08:15"').replace(
        '{ before = "5 hours", who = "duty_holder" }', '{ before = "4 hours", who = "duty_holder" }'
    )
    page = ben.post(ADDRESS, chosen(content)).content.decode()
    assert "from 07:30" in page
    assert "from 08:15" in page
    assert "4 hours before" in page


def test_silence_is_said_so_on_either_side() -> None:
    found = {each.key: each for each in rule_changes(policy("vargarda"), policy("tyreso"))}

    kinds = {(each.before.kind, each.after.kind) for each in found.values()}
    assert ("silent", "stated") in kinds
    assert ("stated", "silent") in kinds
    said = next(each for each in found.values() if each.after.kind == "silent")
    assert said.after.words == "the guideline is silent"
    assert rule_changes(policy("vargarda"), policy("vargarda")) == []


def test_without_a_version_in_force_every_rule_is_new() -> None:
    found = rule_changes(None, policy("volda"))

    assert {each.before.kind for each in found} == {"silent"}
    assert {each.key for each in found} == set(policy("volda").rules)


@pytest.mark.parametrize("name", ["varmdo", "vargarda", "volda", "tyreso", "vetlanda"])
def test_every_value_of_the_files_has_words(name: str) -> None:
    for each in rule_changes(None, policy(name)):
        assert each.after.words, each.key


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (TimesPerDay(times=1), "once a day"),
        (
            TimesPerDay(times=3, day_basis="working_days", window="office_hours"),
            "3 times a day, on working days, within office hours",
        ),
        (ClockHours(hours=24), "within 24 hours"),
        (WorkingDays(days=1), "within 1 working day"),
        (CalendarMonths(months=6), "every 6 months, by calendar half-years"),
        (CalendarMonths(months=3, basis="rolling"), "every 3 months, since the last"),
        (True, "Yes"),
        (2, "2"),
        (
            Holders((Role.CENTRAL_REGISTRAR, Role.INFORMATION_OFFICER)),
            "central registrar and information officer",
        ),
    ],
)
def test_a_value_is_told_as_people_say_it(value: object, words: str) -> None:
    assert value_words("any", value) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("crisis.rule", "case_by_case", "decided from case to case"),
        ("spokesperson.register", "information_officer", "information officer"),
        ("monitoring.focus", ("questions", "personal_data"), "questions that wait, personal data"),
        ("likes.rule", Likes(("authority",), ()), "allowed: authorities; never: nothing"),
        ("register.categories", ("Blogg", "gör_så_här"), "Blogg, gör_så_här"),
    ],
)
def test_what_was_chosen_is_told_by_its_label_and_a_file_s_own_words_as_they_stand(
    key: str, value: object, words: str
) -> None:
    assert value_words(key, value) == words  # type: ignore[arg-type]


@pytest.mark.parametrize("file", shipped(), ids=lambda file: str(file.stem))
def test_every_choice_of_the_shipped_files_has_a_label(file: Path) -> None:
    for key, rules in policy(file.stem).rules.items():
        values = [each.value for each in rules if isinstance(each, Stated) and KEYS[key].words]
        for value in values:
            chosen = (value,) if isinstance(value, str) else value
            if isinstance(value, Likes):
                chosen = value.allowed + value.forbidden
            assert set(chosen) <= CHOICE_WORDS[key].keys(), key  # type: ignore[arg-type]


def test_every_choice_that_a_file_may_make_has_a_label_of_its_own() -> None:
    for key, about in KEYS.items():
        labels = CHOICE_WORDS.get(key, {})
        assert set(labels) == set(about.words), key
        assert len({str(label) for label in labels.values()}) == len(labels), key


def test_a_bad_file_is_refused_as_by_policy_check_and_stays_in_the_field(ben: Client) -> None:
    broken = changed("[admins.minimum]\nvalue = 2", "[admins.minimum]\nvalue = -2")

    answer = ben.post(ADDRESS, chosen(broken))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "admins.minimum" in page
    assert answer.context["form"]["content"].value() == broken
    again = ben.post(ADDRESS, {"content": broken.replace("value = -2", "value = 2")})
    assert again.status_code == 200, "it is mended where it stands"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"content": "  "}, "Choose a file"),
        ({"content": "not = [toml"}, "is not TOML"),
        ({"file": SimpleUploadedFile("ny.toml", b"\xff\xfe\x00")}, "not UTF-8"),
    ],
)
def test_what_is_no_policy_is_refused_beside_the_field(
    sent: dict[str, object], said: str, ben: Client
) -> None:
    answer = ben.post(ADDRESS, sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_for_another_country_is_refused(ben: Client) -> None:
    answer = ben.post(ADDRESS, {"content": text("volda")})

    assert answer.status_code == 409
    assert "written for NO" in answer.content.decode()


def test_only_whoever_may_adopt_compares(town: Town) -> None:
    for who in (town.cleo, town.anna, town.rut):
        assert client_of(who).get(ADDRESS).status_code == 403
        assert client_of(who).post(ADDRESS, {"content": THRICE}).status_code == 403
    assert "/policy/compare/" in client_of(town.ben).get("/channels/guideline/").content.decode()
    assert (
        "/policy/compare/" not in client_of(town.cleo).get("/channels/guideline/").content.decode()
    )


def test_the_page_lists_the_first_and_the_file_has_them_all(
    ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "LISTED", 1)
    page = ben.post(ADDRESS, {"content": THRICE}).content.decode()
    answer = ben.post(ADDRESS, {"content": THRICE, "all": "1"})

    total = re.search(r"The first 1 of (\d+)", page)
    assert total
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert lines[0].startswith("What happens;Duty;Concerns")
    assert len(lines) == 1 + int(total[1])


def test_too_many_open_duties_are_left_to_the_command(
    ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST_OPEN", 1)
    answer = ben.post(ADDRESS, {"content": THRICE})

    assert answer.status_code == 409
    assert "policy compare" in answer.content.decode()
    assert foreseeing.MOST_OPEN == 2_000


def test_the_command_prints_the_same(ben: Client, tmp_path: Path) -> None:
    path = tmp_path / "ny.toml"
    path.write_text(THRICE)
    out = StringIO()

    call_command("policy", "compare", "ekby", str(path), stdout=out)

    said = out.getvalue()
    assert (
        "monitoring.interval: once a day, on the days of the plan → 3 times a day, on the days"
        in said
    )
    assert "Look at the channel: 3 goes" in said
    assert said.count("goes: Look at the channel") == 3
    assert PolicyVersion.objects.filter(municipality__slug="ekby").count() == 1


def test_the_command_refuses_a_faulty_file_with_its_faults(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "ny.toml"
    path.write_text(changed("value = 2", "value = -2"))

    with pytest.raises(CommandError, match=r"admins\.minimum"):
        call_command("policy", "compare", "ekby", str(path))
