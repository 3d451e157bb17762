"""A municipality's logo: what is taken as one, who sees it, and which documents carry it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin
from pytest_django import DjangoCaptureOnCommitCallbacks

from governance.actions import change_municipality
from governance.errors import AgainstPolicy, NotAllowed
from governance.logo import LIMIT, MOST, change_logo, content_of, logo_at
from governance.models import AuditEntry, Municipality, StoredFile
from tests.browsers import client_of
from tests.pictures import logo
from tests.town import NOW, Town, later

pytestmark = pytest.mark.django_db


def given(town: Town, upload: SimpleUploadedFile | None = None, **more: int) -> StoredFile:
    place = change_logo(
        town.municipality, upload or logo(), by=town.ben, now=NOW + timedelta(**more)
    )
    assert place.logo is not None
    return place.logo


def picture_of(kept: StoredFile) -> Image.Image:
    return Image.open(io.BytesIO(content_of(kept)))


def saved(image: Image.Image, kind: str = "PNG", **how: object) -> SimpleUploadedFile:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return SimpleUploadedFile("bild", out.getvalue())


# --- what is taken ------------------------------------------------------------------------------


def test_a_logo_is_drawn_anew_and_keeps_what_is_seen_through(town: Town) -> None:
    kept = given(town)
    picture = picture_of(kept)
    assert (kept.content_type, picture.size, picture.mode) == ("image/png", (900, 300), "RGBA")
    assert picture.getpixel((280, 5)) == (255, 255, 255, 0)
    entry = AuditEntry.objects.get(act="municipality.logo_changed")
    assert entry.facts == {"sha256": kept.sha256}


def test_what_a_program_wrote_beside_the_picture_is_not_published(town: Town) -> None:
    beside = PngImagePlugin.PngInfo()
    beside.add_text("Author", "Anna Ek")
    kept = given(town, saved(Image.new("RGB", (400, 400), "navy"), pnginfo=beside))
    assert b"Anna" not in content_of(kept)


def test_a_large_logo_is_kept_as_large_as_it_is_ever_shown(town: Town) -> None:
    width, height = picture_of(given(town, logo((4000, 1000)))).size
    assert width <= MOST[0]
    assert height <= MOST[1]
    assert width / height == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1")]
)
def test_whatever_a_program_saves_as_png_or_jpeg_is_taken(town: Town, kind: str, mode: str) -> None:
    image = Image.open(logo()).convert("RGB").convert(mode)
    assert picture_of(given(town, saved(image, kind))).mode in ("RGB", "RGBA")


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "PNG, JPEG"),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\nbroken"), "cannot be opened"),
        (SimpleUploadedFile("logo.png", b""), "empty"),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(LIMIT)), "too large"),
        (logo((200, 100)), "too few points"),
        (logo((1300, 200)), "too long"),
        (logo((300, 700)), "too long"),
        (logo(ink="white"), "nothing of it would be seen"),
        (logo(ink="#f4f4a0"), "nothing of it would be seen"),
        (saved(Image.new("I;16", (400, 400))), "ordinary colours"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_beside_its_field(
    town: Town, upload: SimpleUploadedFile, words: str
) -> None:
    with pytest.raises(AgainstPolicy, match=words) as refused:
        change_logo(town.municipality, upload, by=town.ben, now=NOW)
    assert refused.value.field == "new_logo"
    assert not StoredFile.objects.exists()


def test_only_whoever_may_change_the_municipality_changes_its_logo(town: Town) -> None:
    for person in (town.cleo, town.anna, town.otto):
        with pytest.raises(NotAllowed):
            change_logo(town.municipality, logo(), by=person, now=NOW)


def test_no_municipality_has_another_ones_file(town: Town) -> None:
    kept = given(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.filter(pk=town.neighbour.pk).update(logo=kept)
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- who sees it --------------------------------------------------------------------------------


def test_everybody_sees_it_on_the_public_pages_without_a_cookie(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert 'class="arms"' in Client().get("/ekby/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        kept = given(town)
    address = reverse("logo", args=["ekby", kept.pk])

    page = Client().get("/ekby/")
    assert f'<img class="brand__logo" src="{address}" alt="Ekby kommun">' in page.content.decode()
    assert 'class="arms"' not in page.content.decode()
    answer = Client().get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (content_of(kept), "image/png")
    assert "public" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert not page.cookies
    assert 'class="arms"' in Client().get("/grannby/").content.decode()


def test_a_logo_that_is_no_more_is_not_there(town: Town) -> None:
    first, second = given(town), given(town, logo(ink="#803020"), hours=1)
    assert first != second
    assert Client().get(reverse("logo", args=["ekby", first.pk])).status_code == 404
    assert Client().get(reverse("logo", args=["grannby", second.pk])).status_code == 404
    change_logo(town.municipality, None, by=town.ben, now=later(hours=2))
    assert Client().get(reverse("logo", args=["ekby", second.pk])).status_code == 404
    assert 'class="arms"' in Client().get("/ekby/").content.decode()


def test_which_logo_held_when_is_known(town: Town) -> None:
    first, second = given(town), given(town, logo(ink="#803020"), days=2)
    change_municipality(town.municipality, phone="0100-99 99", by=town.ben, now=later(days=3))
    change_logo(town.municipality, None, by=town.ben, now=later(days=4))
    held = [logo_at(town.municipality, later(days=day, hours=-1)) for day in (0, 1, 2, 3, 5)]
    assert held == [None, first, first, second, None]


# --- the door -----------------------------------------------------------------------------------


def sent_with(client: Client, address: str, **more: object) -> dict[str, object]:
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None} | more


def test_a_logo_is_chosen_and_taken_away_in_the_admin(town: Town) -> None:
    client = client_of(town.ben)
    address = reverse("admin:governance_municipality_change", args=[town.municipality.pk])
    page = client.get(address).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert "Without a logo" not in page

    refused = client.post(address, sent_with(client, address, new_logo=logo((100, 100))))
    assert "too few points" in refused.context["adminform"].form.errors["new_logo"][0]
    assert client.post(address, sent_with(client, address, new_logo=logo())).status_code == 302
    town.municipality.refresh_from_db()
    kept = town.municipality.logo
    assert kept is not None
    assert reverse("logo", args=["ekby", kept.pk]) in client.get(address).content.decode()

    both = sent_with(client, address, new_logo=logo(), without_logo="on")
    answer = client.post(address, both)
    assert "one of the two" in answer.context["adminform"].form.errors["without_logo"][0]
    assert client.post(address, sent_with(client, address, without_logo="on")).status_code == 302
    town.municipality.refresh_from_db()
    assert town.municipality.logo is None
