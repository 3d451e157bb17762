"""The steps with a new account, and the page in the admin on which they are taken."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from channels.actions.accounts import (
    Consultation,
    Entered,
    account_step_waiting,
    approve_account,
    do_account_step,
    refuse_account,
)
from channels.actions.entering import writers_to_appoint
from channels.models import Channel, Decision, EditorAssignment
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Municipality, Notice, Obligation
from governance.roles import Role
from tests.plans_of_town import (
    ADDRESS,
    appoint_writers,
    hand_over_to_all,
    opened,
    submitted,
    waiting,
)
from tests.town import NOW, PASSWORD, POLICIES, Town, adopt_text

CONSULTED = {"consultation": "Vi är överens."}


def entered(channel: Channel, town: Town, **changes: object) -> Entered:
    given: dict[str, object] = {
        "answers": CONSULTED,
        "consulted": [Consultation(town.sten, NOW.date())],
        "appointed": writers_to_appoint(channel),
    }
    return Entered(**(given | changes))  # type: ignore[arg-type]


def test_the_information_officer_appoints_the_writers_in_consultation(town: Town) -> None:
    channel = appoint_writers(waiting(town), town)
    writer = EditorAssignment.objects.get(channel=channel, role=Role.EDITOR)
    assert (writer.user, writer.appointed_by) == (town.dag, town.ben)
    assert "Sten Alm" in writer.consulted
    assert "Dag Åberg" in writer.document
    assert "punkt 2" in writer.document
    assert town.dag.has_perm("moderate", channel)


def test_taking_a_step_leaves_one_line_in_the_log(town: Town) -> None:
    channel = waiting(town)
    before = AuditEntry.objects.count()
    appoint_writers(channel, town)
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.act, entry.clause) == (
        "channel.step_done",
        "3.1 Checklista för användning av sociala medier, punkt 2",
    )


def test_writers_are_not_appointed_without_consultation(town: Town) -> None:
    channel = waiting(town)
    for missing in ([], [Consultation(town.anna, NOW.date())]):
        with pytest.raises(AgainstPolicy) as caught:
            do_account_step(
                channel,
                "appoint_writers",
                entered(channel, town, consulted=missing),
                by=town.ben,
                now=NOW,
            )
        assert caught.value.field == "consulted_sector_head"
    ahead = [Consultation(town.sten, NOW.date() + timedelta(days=1))]
    with pytest.raises(AgainstPolicy) as caught:
        do_account_step(
            channel,
            "appoint_writers",
            entered(channel, town, consulted=ahead),
            by=town.ben,
            now=NOW,
        )
    assert caught.value.field == "consulted_on"


def test_leaving_a_writer_out_needs_its_reason(town: Town) -> None:
    channel = waiting(town)
    [writer] = writers_to_appoint(channel)
    with pytest.raises(AgainstPolicy) as caught:
        do_account_step(
            channel, "appoint_writers", entered(channel, town, appointed=[]), by=town.ben, now=NOW
        )
    assert caught.value.field == f"reason_{writer.pk}"


@pytest.mark.parametrize("name", ["anna", "sten", "rut", "cleo", "ola", "otto"])
def test_only_whom_the_step_names_takes_it(town: Town, name: str) -> None:
    channel = waiting(town)
    with pytest.raises(NotAllowed):
        do_account_step(
            channel, "appoint_writers", entered(channel, town), by=getattr(town, name), now=NOW
        )


def test_a_step_taken_twice_tells_who_did_it_first(town: Town) -> None:
    channel = waiting(town)
    first = entered(channel, town)
    do_account_step(channel, "appoint_writers", first, by=town.ben, now=NOW)
    with pytest.raises(NoLongerPossible, match="Ben Lind"):
        do_account_step(channel, "appoint_writers", first, by=town.ben, now=NOW)
    assert Decision.objects.filter(step="appoint_writers").count() == 1


def test_steps_are_taken_in_order(town: Town) -> None:
    with pytest.raises(NoLongerPossible, match="Utse"):
        do_account_step(waiting(town), "enter_in_register", by=town.ben, now=NOW)


def test_the_login_is_not_received_while_a_holder_is_missing(town: Town) -> None:
    channel = appoint_writers(waiting(town), town)
    with pytest.raises(AgainstPolicy) as caught:
        do_account_step(channel, "receive_login", by=town.ben, now=NOW)
    assert caught.value.field == "custody_recorded"


def test_the_channel_opens_with_its_last_step_and_enters_the_register(town: Town) -> None:
    before = Municipality.objects.get(pk=town.municipality.pk).register_version
    channel = opened(town)
    assert (channel.state, channel.opened_on) == (Channel.State.OPEN, NOW.date())
    assert Municipality.objects.get(pk=town.municipality.pk).register_version > before
    assert not Obligation.objects.open().filter(duty__in=["account_step", "custody"]).exists()


def test_the_plan_cannot_be_refused_with_the_account(town: Town) -> None:
    channel = waiting(town)
    step = account_step_waiting(channel, NOW)
    assert step is not None
    with pytest.raises(AgainstPolicy):
        refuse_account(channel, step.key, note="Nej.", by=town.ben, now=NOW)


def test_an_account_that_is_stopped_tells_the_plans_author_why(town: Town) -> None:
    text = (POLICIES / "vargarda.toml").read_text()
    may = text.replace('key = "appoint_writers"\n', 'key = "appoint_writers"\nmay_reject = true\n')
    adopt_text(town.municipality, may, number=2, in_force_from=date(2021, 1, 1))
    channel = waiting(town)
    with pytest.raises(AgainstPolicy):
        refuse_account(channel, "appoint_writers", note=" ", by=town.ben, now=NOW)
    with pytest.raises(NotAllowed):
        refuse_account(channel, "appoint_writers", note="Nej.", by=town.otto, now=NOW)
    refused = refuse_account(
        channel, "appoint_writers", note="Vi har redan en.", by=town.ben, now=NOW
    )
    assert refused.state == Channel.State.REFUSED
    notice = Notice.objects.get(kind="account_refused")
    assert notice.recipient == town.cleo
    assert "Vi har redan en." in notice.text
    assert AuditEntry.objects.filter(act="channel.refused").count() == 1
    with pytest.raises(NoLongerPossible):
        refuse_account(channel, "appoint_writers", note="Nej.", by=town.ben, now=NOW)
    assert Notice.objects.filter(kind="account_refused").count() == 1


def test_an_account_is_not_approved_while_a_step_waits(town: Town) -> None:
    with pytest.raises(AgainstPolicy, match="Utse"):
        approve_account(waiting(town), by=town.ben, now=NOW)


def test_an_open_channel_is_not_approved_again(town: Town) -> None:
    with pytest.raises(NoLongerPossible):
        approve_account(opened(town), by=town.ben, now=NOW)


def test_the_copy_is_noted_by_itself(town: Town) -> None:
    waiting(town)
    copy = Decision.objects.get(step="copy_to_communications")
    assert copy.outcome == Decision.Outcome.DONE


# --- the page


@pytest.fixture
def ben(town: Town) -> Client:
    client = Client()
    assert client.login(email=town.ben.email, password=PASSWORD)
    return client


def page(channel: Channel) -> str:
    return reverse("admin:channels_channel_account", args=[channel.pk])


def test_a_new_account_stands_in_the_list_with_the_policys_button(town: Town, ben: Client) -> None:
    channel = waiting(town)
    listed = ben.get(reverse("admin:channels_channel_changelist"), {"account": "new"})
    assert "Utse skribenterna" in listed.content.decode()
    assert page(channel) in listed.content.decode()


def test_the_step_is_taken_on_the_page(town: Town, ben: Client) -> None:
    channel = waiting(town)
    [writer] = writers_to_appoint(channel)
    answer = ben.post(
        page(channel),
        {
            "consultation": "Vi är överens.",
            "consulted_sector_head": town.sten.pk,
            "consulted_on": "2026-03-02",
            f"appoint_{writer.pk}": "on",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Bekräfta att inloggningen är mottagen" in ben.get(page(channel)).content.decode()


def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(
    town: Town, ben: Client
) -> None:
    channel = waiting(town)
    [writer] = writers_to_appoint(channel)
    answer = ben.post(
        page(channel),
        {
            "consultation": "Vi talades vid i dag.",
            "consulted_sector_head": town.sten.pk,
            "consulted_on": "2026-03-02",
            "note": "Dag slutar snart.",
        },
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors[f"reason_{writer.pk}"]
    assert "Dag slutar snart." in answer.content.decode()


def test_the_page_of_another_municipality_is_not_there(town: Town) -> None:
    channel = waiting(town)
    client = Client()
    assert client.login(email=town.otto.email, password=PASSWORD)
    assert client.get(page(channel)).status_code == 404


def test_who_may_look_but_not_act_sees_no_button(town: Town) -> None:
    channel = waiting(town)
    client = Client()
    assert client.login(email=town.rut.email, password=PASSWORD)
    shown = client.get(page(channel))
    assert shown.status_code == 200
    assert '<button type="submit" class="default">' not in shown.content.decode()


def test_a_submitted_plan_has_no_account_yet(town: Town) -> None:
    submitted(town)
    assert not Channel.objects.filter(url=ADDRESS).exists()


def test_the_login_is_received_once_everybody_has_it(town: Town) -> None:
    channel = appoint_writers(waiting(town), town)
    hand_over_to_all(channel, town)
    do_account_step(channel, "receive_login", by=town.ben, now=NOW)
    assert Decision.objects.filter(step="receive_login").exists()
