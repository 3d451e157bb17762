"""The menu shows what a person may use, and where they are."""

import pytest
from django.urls import reverse

from governance import navigation
from governance.navigation import Item, PublicItem
from tests.browsers import client_of
from tests.town import NOW, Town


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    monkeypatch.setattr(navigation, "_public_items", {})


def item(key: str, order: int, url_name: str, *, allowed: bool = True, count: int = 0) -> Item:
    return Item(
        key,
        key.capitalize(),
        url_name,
        order,
        allowed=lambda _user, _now: allowed,
        count=(lambda _user, _now: count) if count else None,
    )


@pytest.mark.usefixtures("menu")
def test_only_what_a_person_may_use_is_shown_in_order(town: Town) -> None:
    navigation.add(item("second", 2, "account_logout"))
    navigation.add(item("first", 1, "account_login"))
    navigation.add(item("closed", 3, "account_signup", allowed=False))
    links = navigation.links_for(town.cleo, "/", NOW)
    assert [link.key for link in links] == ["first", "second"]


@pytest.mark.usefixtures("menu")
def test_the_item_a_page_stands_under_is_current(town: Town) -> None:
    navigation.add(item("reset", 1, "account_reset_password"))
    navigation.add(item("sent", 2, "account_reset_password_done"))
    links = navigation.links_for(town.cleo, "/account/password/reset/sent/", NOW)
    assert [link.key for link in links if link.current] == ["sent"]


@pytest.mark.usefixtures("menu")
def test_an_item_says_how_much_waits_there(town: Town) -> None:
    navigation.add(item("work", 1, "account_login", count=6))
    assert navigation.links_for(town.cleo, "/", NOW)[0].count == 6


@pytest.mark.usefixtures("menu")
def test_the_same_key_replaces_its_item(town: Town) -> None:
    navigation.add(item("work", 1, "account_login"))
    navigation.add(item("work", 1, "account_logout"))
    assert [link.url for link in navigation.links_for(town.cleo, "/", NOW)] == ["/account/logout/"]


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize(("places", "apart"), [(6, False), (7, True)])
def test_a_menu_of_many_places_has_a_line_of_its_own(
    town: Town, places: int, *, apart: bool
) -> None:
    """Read in the order in which it stands: the person comes before a menu below them."""
    for number in range(places):
        navigation.add(item(f"place{number}", number, "account_login"))
    page = client_of(town.cleo).get(reverse("calendar")).content.decode()
    assert ("header__row--two" in page) is apart
    assert (page.index('class="who"') < page.index('class="nav"')) is apart


@pytest.mark.usefixtures("menu")
def test_a_public_item_leads_into_its_municipality(town: Town) -> None:
    navigation.add_public(PublicItem("look", "Look", "look", 1))
    link = navigation.public_links_for(town.municipality, "/")[0]
    assert link.url == f"/{town.municipality.slug}/look.css"
