"""The admin is a door like any other: nothing of another municipality is seen through it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channels.actions.register import enter_existing_channel
from channels.models import Channel, Custody, EditorAssignment, Plan, Platform
from governance.actions import appoint, enter_absence
from governance.admin_site import ScopedAdmin
from governance.models import Appointment, AuditEntry, Municipality, User
from governance.open_hours import close_day, set_office_hours
from governance.roles import Role
from tests.channels_of_town import open_channel
from tests.plans_of_town import opened, submitted
from tests.plans_of_town import waiting as waiting_for_its_account
from tests.town import NOW, PASSWORD, Town, person
from tests.town import appoint as without_asking

pytestmark = pytest.mark.slow

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
SHARED = {Platform}


@pytest.fixture
def both(town: Town) -> Town:
    """A row of every registered model in Ekby and in Grannby, each with its own marked names."""
    opened(town)
    submitted(town, address="https://www.instagram.com/ekby.bibliotek", medium="instagram")
    for role in (Role.AUDITOR, Role.CENTRAL_REGISTRAR):
        without_asking(town.ben, role, town.root)
    enter_absence(
        town.cleo, starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 8), by=town.ben, now=NOW
    )
    close_day(town.municipality, date(2026, 6, 5), name="Ekbydagen", by=town.ben, now=NOW)
    set_office_hours(town.library, [1, 6], time(10), time(18), by=town.ben, now=NOW)
    _the_same_next_door(town)
    return town


def _the_same_next_door(town: Town) -> None:
    otto = town.otto
    helper = person(town.neighbour, "Grannhild Granne", "Grannsekreterare")
    appoint(helper, Role.EMPLOYEE, town.neighbour_unit, starts_on=NOW.date(), by=otto, now=NOW)
    enter_absence(helper, starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 8), by=otto, now=NOW)
    close_day(town.neighbour, date(2026, 6, 5), name="Granndagen", by=otto, now=NOW)
    set_office_hours(town.neighbour_unit, [1, 6], time(10), time(18), by=otto, now=NOW)
    channel = enter_existing_channel(
        town.neighbour_unit,
        url="https://www.facebook.com/grannbiblioteket",
        name="Grannbiblioteket",
        by=otto,
        now=NOW,
    )
    EditorAssignment.objects.create(
        municipality=town.neighbour,
        channel=channel,
        user=helper,
        name=helper.name,
        role=Role.EDITOR,
        starts_on=NOW.date(),
        appointed_by=otto,
        appointed_at=NOW,
        document="Granndokument",
    )
    Custody.objects.create(
        municipality=town.neighbour,
        channel=channel,
        role=Role.CENTRAL_REGISTRAR,
        holder=otto,
        kind=Custody.Kind.LOGIN,
        since=NOW.date(),
        handed_over_by=otto,
    )
    Plan.objects.create(
        municipality=town.neighbour,
        unit=town.neighbour_unit,
        author=otto,
        kind="activity_plan",
        title="Grannplanen",
        created_at=NOW,
        saved_at=NOW,
        saved_by=otto,
    )


@pytest.fixture
def ben(both: Town) -> Client:
    """Signed in as Ben, who by his appointments may see every registered model of Ekby."""
    client = Client()
    assert client.login(email=both.ben.email, password=PASSWORD)
    return client


def page(model: type[models.Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def municipality_of(row: Any) -> Municipality | None:
    if isinstance(row, Municipality):
        return row
    place: Municipality | None = (row if hasattr(row, "municipality") else row.user).municipality
    return place


def neighbours(model: type[models.Model], town: Town) -> list[models.Model]:
    rows = [row for row in model._default_manager.all() if municipality_of(row) == town.neighbour]
    assert rows, f"the neighbour needs a {model._meta.label} for this test to mean something"
    return rows


def words_of(row: models.Model) -> Iterator[str]:
    """What would give a row away on a page."""
    for field in row._meta.fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and "rann" in value.lower():
            yield value


def test_every_registered_model_is_bounded() -> None:
    for model, registered in admin.site._registry.items():
        assert isinstance(registered, ScopedAdmin), model


def test_a_neighbours_rows_are_nowhere(both: Town, ben: Client) -> None:
    for model in REGISTERED:
        if model not in SHARED:
            _assert_only_ones_own(model, both, ben)


def _assert_only_ones_own(model: type[models.Model], both: Town, ben: Client) -> None:
    theirs = neighbours(model, both)
    shown = ben.get(page(model, "changelist"))
    listed = {row.pk for row in shown.context["cl"].result_list}
    assert listed, f"Ben sees his own {model._meta.label}"
    assert not listed & {row.pk for row in theirs}
    assert "rann" not in shown.content.decode().lower()
    for row in theirs:
        for word in words_of(row):
            found = ben.get(page(model, "changelist"), {"q": word})
            assert row.pk not in {each.pk for each in found.context["cl"].result_list}
        for view in ("change", "history", "delete"):
            answer = ben.get(page(model, view, row.pk))
            # nobody deletes anything, whosever it is
            assert answer.status_code == (403 if view == "delete" else 404), (model, view)
            assert not any(word in answer.content.decode() for word in words_of(row))


def test_a_neighbours_rows_cannot_be_chosen(both: Town, ben: Client) -> None:
    offered = 0
    for model in REGISTERED:
        if model in SHARED or not admin.site._registry[model].add_rights:  # type: ignore[attr-defined]
            continue
        form = ben.get(page(model, "add")).context["adminform"].form
        for field in form.fields.values():
            for row in getattr(field, "queryset", None) or ():
                offered += 1
                assert type(row) in SHARED or municipality_of(row) == both.municipality
    assert offered > 10


def test_filters_in_the_margin_offer_only_ones_own(both: Town, ben: Client) -> None:
    for model in REGISTERED:
        shown = ben.get(page(model, "changelist"))
        for offered in shown.context["cl"].filter_specs:
            for choice in offered.choices(shown.context["cl"]):
                assert "rann" not in str(choice["display"]), model


def test_filters_in_the_margin_offer_what_is_in_use_and_nothing_else(
    both: Town, ben: Client
) -> None:
    open_channel(both.library, "Biblioteket", platform="instagram")
    for model, column in [(Channel, "platform"), (Appointment, "role")]:
        shown = ben.get(page(model, "changelist"))
        listed = shown.context["cl"].queryset
        [spec] = [
            each
            for each in shown.context["cl"].filter_specs
            if getattr(each, "field_path", "") == column
        ]
        choices = list(spec.choices(shown.context["cl"]))
        assert len(choices) == 1 + len(set(listed.values_list(column, flat=True))), model
        assert len(choices) > 2, model


def test_the_front_page_says_what_waits_and_leads_to_it(both: Town, ben: Client) -> None:
    assert ben.get("/admin/").context["waits"] == []
    newcomer = person(both.municipality, "Nya Nilsson", "assistent")
    User.objects.filter(pk=newcomer.pk).update(requested_at=NOW, approved_at=None)
    waiting_for_its_account(both, address="https://www.youtube.com/@ekbybibliotek")
    waits = ben.get("/admin/").context["waits"]
    assert [each.url for each in waits] == [
        page(User, "changelist") + "?account=waiting",
        page(Channel, "changelist") + "?account=new",
    ]
    for each in waits:
        assert len(ben.get(each.url).context["cl"].result_list) == 1
    other = Client()
    assert other.login(email=both.otto.email, password=PASSWORD)
    assert other.get("/admin/").context["waits"] == []


def test_a_list_is_headed_by_what_is_in_it(both: Town, ben: Client) -> None:
    page = ben.get("/admin/channels/channel/").content.decode()
    assert "<h1>Channels</h1>" in page
    assert "to change" not in page


def test_completion_while_typing_offers_only_ones_own(both: Town, rf: RequestFactory) -> None:
    request = rf.get(
        reverse("admin:autocomplete"),
        {
            "term": "rann",
            "app_label": "channels",
            "model_name": "editorassignment",
            "field_name": "user",
        },
    )
    request.user = both.ben
    answer = admin.site.autocomplete_view(request)
    assert b"rann" not in answer.content.lower()


def test_an_action_on_chosen_rows_leaves_a_neighbours_alone(both: Town, ben: Client) -> None:
    theirs = Channel.objects.get(municipality=both.neighbour)
    before = AuditEntry.objects.filter(municipality=both.neighbour).count()
    ben.post(page(Channel, "changelist"), {"action": "confirm", "_selected_action": [theirs.pk]})
    assert AuditEntry.objects.filter(municipality=both.neighbour).count() == before


def test_no_address_asks_about_passwords(both: Town, ben: Client) -> None:
    answer = ben.get(page(User, "changelist"), {"password__startswith": "md5"})
    assert answer.status_code in (302, 400)


def test_nothing_can_be_deleted(both: Town, ben: Client) -> None:
    for model in REGISTERED:
        row = next(
            row
            for row in model._default_manager.all()
            if model in SHARED or municipality_of(row) == both.municipality
        )
        assert ben.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["cleo", "dag", "ola"])
def test_who_has_no_right_there_is_told_so(town: Town, name: str) -> None:
    client = Client()
    assert client.login(email=getattr(town, name).email, password=PASSWORD)
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_stranger_is_asked_to_sign_in(town: Town) -> None:
    answer = Client().get("/admin/")
    assert answer.status_code == 302


def test_lists_cost_the_same_whatever_their_length(both: Town, ben: Client) -> None:
    def cost(model: type[models.Model]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ben.get(page(model, "changelist")).status_code == 200
        return len(queries)

    cost(Channel)  # what is kept between requests is kept
    before = {model: cost(model) for model in REGISTERED}
    for number in range(12):
        enter_existing_channel(
            both.school,
            url=f"https://www.facebook.com/ekbackens{number}",
            name=f"Ekbackens {number}",
            by=both.ben,
            now=NOW,
        )
        somebody = person(both.municipality, f"Person {number}", "lärare")
        without_asking(somebody, Role.EMPLOYEE, both.school)
    for model in REGISTERED:
        assert cost(model) <= before[model], model


def test_the_recent_acts_are_the_persons_own(both: Town, ben: Client) -> None:
    other = Client()
    assert other.login(email=both.otto.email, password=PASSWORD)
    other.post(page(Municipality, "change", both.neighbour.pk), {})
    assert "rann" not in ben.get("/admin/").content.decode().lower()


def test_every_model_admin_writes_by_a_verb() -> None:
    for model, registered in admin.site._registry.items():
        assert type(registered).save_model is ScopedAdmin.save_model, model
        assert type(registered).delete_model is ModelAdmin.delete_model, model


def test_a_manager_sees_the_channels_of_their_own_units_only(both: Town) -> None:
    elsewhere = enter_existing_channel(
        both.school, url="https://www.facebook.com/ekbacken", name="Ekbacken", by=both.ben, now=NOW
    )
    client = Client()
    assert client.login(email=both.anna.email, password=PASSWORD)
    shown = client.get(page(Channel, "changelist")).context["cl"].result_list
    assert {channel.unit for channel in shown} == {both.library}
    assert client.get(page(Channel, "change", elsewhere.pk)).status_code == 404


def test_channels_of_one_name_are_told_apart_where_one_is_chosen(both: Town, ben: Client) -> None:
    open_channel(both.library, handle="ekbyfb", slug="fb")
    open_channel(both.library, platform="instagram", handle="ekbyig", slug="bilder")
    page = ben.get(reverse("admin:channels_custody_add")).content.decode()
    assert ">Ekby bibliotek, Facebook</option>" in page
    assert ">Ekby bibliotek, Instagram</option>" in page
