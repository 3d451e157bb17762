"""How a municipality begins, from the operator's command line."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from governance.actions import add_person, approve_person, root_of
from governance.founding import Officer, found_municipality
from governance.models import AuditEntry, Municipality, Notice, User
from governance.permissions import may
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db

FACTS = {
    "slug": "alby",
    "name": "Älby kommun",
    "country": "SE",
    "locale": "sv",
    "email": "kommun@alby.example",
    "phone": "0100-20 00",
    "website": "https://www.alby.example/",
    "registrar_email": "registrator@alby.example",
    "communications_email": "kommunikation@alby.example",
}
ASA = Officer("Åsa Öberg", "Asa.Oberg@Alby.example", "informatör")


def found(**changes: str) -> Municipality:
    return found_municipality(ASA, by=User.objects.system(), now=NOW, **{**FACTS, **changes})


def test_a_municipality_begins_with_its_officer_who_can_build_up_the_rest() -> None:
    alby = found()
    asa = alby.people.get()
    assert (asa.email, asa.has_usable_password(), alby.time_zone) == (
        "asa.oberg@alby.example",
        False,
        "Europe/Stockholm",
    )
    assert may(asa, "manage_organisation", root_of(alby), NOW)
    assert may(asa, "adopt_policy", root_of(alby), NOW)
    entry = AuditEntry.objects.get(municipality=alby)
    assert (entry.number, entry.act) == (1, "municipality.founded")


def test_the_officer_is_told_where_to_choose_a_password_and_no_secret_is_mailed() -> None:
    found()
    letter = Notice.objects.get(kind="account_approved")
    assert letter.address == "asa.oberg@alby.example"
    assert letter.text.count("http") == 2
    assert "/account/password/reset/\n" in letter.text


def test_whoever_is_approved_later_is_told_so_too(town: Town) -> None:
    ben, ekby = town.ben, town.municipality
    new = add_person(ekby, email="nils@ekby.example", name="Nils", by=ben, now=NOW)
    assert not Notice.objects.filter(recipient=new).exists()
    approve_person(new, by=ben, now=NOW)
    assert Notice.objects.get(recipient=new).kind == "account_approved"


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "plans"), ("slug", "Å"), ("country", "DK"), ("email", "nobody"), ("accent", "blue")],
)
def test_nothing_is_entered_where_one_fact_cannot_be(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        found(**{field: value})
    assert field in refused.value.message_dict
    assert not Municipality.objects.exists()


def test_an_address_is_given_once_and_an_officer_belongs_to_one_municipality() -> None:
    found()
    with pytest.raises(ValidationError) as taken:
        found()
    assert "slug" in taken.value.message_dict
    with pytest.raises(ValidationError) as known:
        found(slug="annan", name="Annan kommun")
    assert "email" in known.value.message_dict
    assert Municipality.objects.count() == 1


def options(**changes: str) -> dict[str, str]:
    return {
        **{name: value for name, value in FACTS.items() if name != "slug"},
        "officer": ASA.name,
        "officer_email": ASA.email,
        **changes,
    }


def test_the_command_enters_it_and_says_what_comes_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("municipality", "create", "alby", **options())
    assert "policy adopt alby" in capsys.readouterr().out
    call_command("municipality", "list")
    assert "Älby kommun" in capsys.readouterr().out


def test_the_command_names_each_fault_by_its_field() -> None:
    with pytest.raises(CommandError, match=r"(?s)Nothing was entered.*website: .*"):
        call_command("municipality", "create", "alby", **options(website="alby"))


def test_its_public_page_is_there_at_once_and_empty(client: Client) -> None:
    found()
    answer = client.get("/alby/")
    assert answer.status_code == 200
    assert "Älby kommun" in answer.content.decode()
