"""An address is recognised however it was pasted, and written in one way."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from channels.models import Platform
from channels.platforms import AddressRefused, recognise

pytestmark = pytest.mark.django_db

PASTED = [
    # as pasted, platform, address, handle, number
    (
        "facebook.com/EkbyBibliotek",
        "facebook",
        "https://www.facebook.com/ekbybibliotek",
        "ekbybibliotek",
        "",
    ),
    (
        "https://m.facebook.com/ekbybibliotek/?ref=bookmarks",
        "facebook",
        "https://www.facebook.com/ekbybibliotek",
        "ekbybibliotek",
        "",
    ),
    (
        "https://sv-se.facebook.com/pg/ekbybibliotek/about/",
        "facebook",
        "https://www.facebook.com/ekbybibliotek",
        "ekbybibliotek",
        "",
    ),
    (
        "https://www.facebook.com/profile.php?ref=x&id=100064812345678",
        "facebook",
        "https://www.facebook.com/profile.php?id=100064812345678",
        "",
        "100064812345678",
    ),
    (
        "http://instagram.com/ekby.bibliotek/reels/",
        "instagram",
        "https://www.instagram.com/ekby.bibliotek",
        "ekby.bibliotek",
        "",
    ),
    ("https://twitter.com/EkbyKommun?lang=sv", "x", "https://x.com/ekbykommun", "ekbykommun", ""),
    ("https://x.com/ekbykommun/status/17", "x", "https://x.com/ekbykommun", "ekbykommun", ""),
    (
        "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuV",
        "youtube",
        "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuV",
        "",
        "UCabcdefghijklmnopqrstuV",
    ),
    (
        "https://youtube.com/@EkbyKommun/videos",
        "youtube",
        "https://www.youtube.com/@ekbykommun",
        "ekbykommun",
        "",
    ),
    (
        "https://se.linkedin.com/company/ekby-kommun/",
        "linkedin",
        "https://www.linkedin.com/company/ekby-kommun",
        "ekby-kommun",
        "",
    ),
    (
        "https://www.tiktok.com/@ekby?is_from_webapp=1",
        "tiktok",
        "https://www.tiktok.com/@ekby",
        "ekby",
        "",
    ),
    (
        "https://ekbyfritid.blogg.se/2026/march/",
        "blog",
        "https://ekbyfritid.blogg.se/",
        "ekbyfritid",
        "",
    ),
    (
        "https://social.ekby.example/@kommunen",
        None,
        "https://social.ekby.example/@kommunen",
        "",
        "",
    ),
    (
        "https://biblioteket-på-torget.example/?page=1",
        None,
        "https://xn--biblioteket-p-torget-8zb.example/?page=1",
        "",
        "",
    ),
]


@pytest.mark.parametrize(("pasted", "platform", "url", "handle", "number"), PASTED)
def test_an_address_comes_out_in_one_way(
    pasted: str, platform: str | None, url: str, handle: str, number: str
) -> None:
    account = recognise(f"  {pasted} ", Platform.objects.all())
    found = account.platform.key if account.platform else None
    assert (found, account.url, account.handle, account.stable_id) == (
        platform,
        url,
        handle,
        number,
    )


@pytest.mark.parametrize(("pasted", "_platform", "_url", "_handle", "_number"), PASTED)
def test_an_address_once_recognised_stays_as_it_is(
    pasted: str, _platform: str, _url: str, _handle: str, _number: str
) -> None:
    once = recognise(pasted, Platform.objects.all())
    assert recognise(once.url, Platform.objects.all()) == once


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "ekby bibliotek",
        "javascript:alert(1)",
        "ftp://facebook.com/ekby",
        "https://user:secret@facebook.com/ekby",
        "https://facebook.com:99999/ekby",
        "https://localhost/ekby",
        "https://127.0.0.1/ekby",
        "https://[::1/ekby",
        "https://www.facebook.com/",
        "https://www.instagram.com/p/Cxyz123/",
        "https://example.org/" + "a" * 300,
    ],
)
def test_what_is_no_account_is_refused_with_a_message(pasted: str) -> None:
    with pytest.raises(AddressRefused, match=r"\w"):
        recognise(pasted, Platform.objects.all())


def test_the_known_media_are_entered_once_and_kept_in_step() -> None:
    from django.apps import apps

    from channels.platforms import enter

    Platform.objects.filter(key="x").update(former_names=[])
    before = Platform.objects.count()
    enter(apps)
    assert Platform.objects.count() == before
    assert Platform.objects.get(key="x").former_names == ["Twitter"]


def test_the_known_media_are_those_the_policies_can_name() -> None:
    from governance.policy.vocabulary import PLATFORMS

    assert set(Platform.objects.values_list("key", flat=True)) == set(PLATFORMS)


@pytest.mark.parametrize(("key", "word"), [("blog", "Blog"), ("other", "Another medium")])
def test_a_medium_without_a_name_of_its_own_is_called_as_the_reader_says(
    key: str, word: str
) -> None:
    platform = Platform(key=key, name="as it is stored")
    for language in ("en", "sv", "nn"):
        with translation.override(language):
            assert str(platform) == gettext(word)
    assert str(Platform(key="facebook", name="Facebook")) == "Facebook"
