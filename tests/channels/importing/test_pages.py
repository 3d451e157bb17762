"""The sitting as pages: who is let in, what is said beside the field, what comes back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml.html import fromstring

from channels.models import Channel, Import
from tests.browsers import client_of
from tests.channels.importing.files import HEADERS, begun, csv_of, many, with_every_fault
from tests.town import Town

FAR = "2099-01-01"


def upload(content: bytes, name: str = "kanaler.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/csv")


def read(client: Client, content: bytes) -> str:
    answer = client.post("/channels/import/", {"kind": "channels", "file": upload(content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_from_a_file_with_faults_to_the_register(town: Town) -> None:
    client = client_of(town.ben)
    content, wrong = with_every_fault(200)
    there = read(client, content)
    page = client.get(there).content.decode()
    assert f"{len(wrong)} faults" in page
    assert "Nedlagda enheten" in page
    assert "carry-out/" not in page, "nothing is offered to be brought in"

    mended = {"file": upload(csv_of([HEADERS, *many(200)]))}
    assert client.post(f"{there}file/", mended).status_code == 302
    page = client.get(there).content.decode()
    assert "200 new" in page
    answer = client.post(f"{there}carry-out/", {"due_on": FAR})
    assert answer.headers["Location"] == there
    assert "200 are brought in" in client.get(there).content.decode()
    assert Channel.objects.count() == 200


@pytest.mark.parametrize("who", ["cleo", "anna", "rut"])
def test_colleagues_are_told_why_they_may_not(town: Town, who: str) -> None:
    there = f"/channels/import/{begun(town).pk}/"
    client = client_of(getattr(town, who))
    for answer in (
        client.get("/channels/import/"),
        client.get(there),
        client.post(there, {}),
        client.post(f"{there}carry-out/", {"due_on": FAR}),
        client.post(f"{there}end/"),
        client.post(f"{there}file/", {"file": upload(b"x")}),
    ):
        assert answer.status_code == 403
    assert "This takes one of these roles" in client.get(there).content.decode()
    assert "channels/import/" not in client.get("/channels/").content.decode()
    assert Import.objects.get().state == Import.State.BEGUN


def test_the_register_leads_there_whoever_keeps_it(town: Town) -> None:
    assert 'href="/channels/import/"' in client_of(town.ben).get("/channels/").content.decode()


def test_a_file_that_is_none_is_refused_beside_its_field(town: Town) -> None:
    client = client_of(town.ben)
    sent = {"kind": "people", "file": upload(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")}
    answer = client.post("/channels/import/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "neither a workbook" in page
    assert fromstring(page).forms[-1].fields["kind"] == "people", "what was chosen stays"
    assert not Import.objects.exists()


def test_a_day_that_has_passed_is_refused_beside_its_field_and_stays(town: Town) -> None:
    client = client_of(town.ben)
    there = f"/channels/import/{begun(town).pk}/"
    answer = client.post(f"{there}carry-out/", {"due_on": "2020-01-01"})
    assert answer.status_code == 422
    assert 'value="2020-01-01"' in answer.content.decode()
    assert not Channel.objects.exists()


def test_the_columns_can_be_chosen_otherwise(town: Town) -> None:
    client = client_of(town.ben)
    begun_now = begun(town)
    there = f"/channels/import/{begun_now.pk}/"
    chosen = {key: str(place) for key, place in begun_now.mapped.items()}
    assert client.post(there, chosen | {"unit": ""}).status_code == 302
    assert "Say which column this is: Unit" in client.get(there).content.decode()
    both = client.post(there, chosen | {"name": chosen["unit"]})
    assert both.status_code == 422
    assert "can only be one thing" in both.content.decode()


def test_the_second_who_brings_in_is_told_of_the_first(town: Town) -> None:
    client = client_of(town.ben)
    there = f"/channels/import/{begun(town).pk}/"
    client.post(f"{there}carry-out/", {"due_on": FAR})
    late = client.post(f"{there}carry-out/", {"due_on": FAR})
    assert late.status_code == 409
    assert "Ben Lind has already brought the file in" in late.content.decode()
    assert client.post(f"{there}end/").status_code == 409


def test_what_is_put_aside_is_gone(town: Town) -> None:
    client = client_of(town.ben)
    there = f"/channels/import/{begun(town).pk}/"
    assert client.post(f"{there}end/").headers["Location"] == "/channels/import/"
    page = client.get(there).content.decode()
    assert "Nothing of it was brought in" in page
    assert Import.objects.get().table is None


def test_what_a_cell_says_is_never_markup(town: Town) -> None:
    client = client_of(town.ben)
    rows = many(1)
    rows[0][2] = "<script>alert(1)</script>"
    rows[0][3] = "<b>Okänd</b>"
    page = client.get(read(client, csv_of([HEADERS, *rows]))).content.decode()
    assert "<b>Okänd" not in page
    assert "<script>alert" not in page
