"""Who holds access, what is missing, and the sealed login."""

import pytest

from channels.actions.custody import (
    custody_gaps,
    end_custody,
    hand_over_login,
    look_at_secret,
    store_secret,
    verify_custody,
)
from channels.actions.register import enter_existing_channel
from channels.models import Channel, Custody, Secret, SecretLook
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import open_due, waiting_for
from governance.roles import Role
from tests.plans_of_town import opened
from tests.town import NOW, Town, later

LOGIN = "bibliotek@ekby.example / korrekt häst batteri"


def bare(town: Town) -> Channel:
    """An open channel whose access nobody has recorded."""
    return enter_existing_channel(
        town.library,
        url="https://www.facebook.com/gamlabiblioteket",
        name="Gamla biblioteket",
        by=town.ben,
        now=NOW,
    )


def open_gaps(channel: Channel) -> list[str]:
    rows = Obligation.objects.about(channel).open().filter(duty="custody")
    return sorted(row.period.split("/")[0] for row in rows)


def test_every_holder_that_the_policy_names_is_owed(town: Town) -> None:
    channel = bare(town)
    assert open_gaps(channel) == ["central_registrar", "channel_owner", "information_officer"]
    silent = Obligation.objects.filter(duty="custody", due_at=None, next_step_at__isnull=False)
    assert silent.count() == 3, "the guideline names no day: our routine reminds, nothing is late"


def test_beat_opens_no_gap_twice(town: Town) -> None:
    channel = bare(town)
    open_due(later(days=1))
    assert len(open_gaps(channel)) == 3


def test_handing_over_meets_what_was_owed_and_is_logged_with_its_clause(town: Town) -> None:
    channel = bare(town)
    custody = hand_over_login(channel, Role.CENTRAL_REGISTRAR, town.rut, by=town.ben, now=NOW)
    assert (custody.holder, custody.since) == (town.rut, NOW.date())
    assert open_gaps(channel) == ["channel_owner", "information_officer"]
    entry = AuditEntry.objects.get(act="custody.handed_over")
    assert entry.clause.startswith("2 Att använda sociala medier")


def test_access_is_recorded_for_whoever_holds_the_role_and_nobody_else(town: Town) -> None:
    channel = bare(town)
    for person in (town.cleo, town.otto):
        with pytest.raises(AgainstPolicy) as caught:
            hand_over_login(channel, Role.CENTRAL_REGISTRAR, person, by=town.ben, now=NOW)
        assert caught.value.field == "holder"


def test_only_keepers_and_receivers_record_access(town: Town) -> None:
    channel = bare(town)
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            hand_over_login(channel, Role.INFORMATION_OFFICER, town.ben, by=stranger, now=NOW)
    hand_over_login(channel, Role.CENTRAL_REGISTRAR, town.rut, by=town.rut, now=NOW)


def test_handing_over_twice_tells_who_did_it_first(town: Town) -> None:
    channel = bare(town)
    hand_over_login(channel, Role.CENTRAL_REGISTRAR, town.rut, by=town.ben, now=NOW)
    with pytest.raises(NoLongerPossible, match="Ben Lind"):
        hand_over_login(channel, Role.CENTRAL_REGISTRAR, town.rut, by=town.rut, now=NOW)


def test_ended_access_is_owed_again(town: Town) -> None:
    channel = opened(town)
    custody = Custody.objects.get(channel=channel, role=Role.CENTRAL_REGISTRAR)
    end_custody(custody, by=town.rut, now=later(days=30))
    assert open_gaps(channel) == ["central_registrar"]
    assert custody_gaps(channel, NOW) == (Role.CENTRAL_REGISTRAR,)
    with pytest.raises(NoLongerPossible, match="Rut Asp"):
        end_custody(custody, by=town.ben, now=later(days=31))


def test_the_owner_sees_what_is_missing(town: Town) -> None:
    channel = opened(town)
    custody = Custody.objects.get(channel=channel, role=Role.CENTRAL_REGISTRAR)
    end_custody(custody, by=town.ben, now=NOW)
    assert waiting_for(town.cleo, NOW).filter(duty="custody").count() == 1
    assert not waiting_for(town.ola, NOW).filter(duty="custody").exists()


def test_trying_the_access_is_noted(town: Town) -> None:
    channel = opened(town)
    custody = Custody.objects.get(channel=channel, role=Role.CENTRAL_REGISTRAR)
    verify_custody(custody, by=town.rut, now=NOW)
    custody.refresh_from_db()
    assert (custody.verified_on, custody.verified_by) == (NOW.date(), town.rut)
    with pytest.raises(NotAllowed):
        verify_custody(custody, by=town.otto, now=NOW)


# --- the login itself


def test_a_login_comes_out_as_it_went_in_for_a_named_holder(town: Town) -> None:
    channel = opened(town)
    secret = store_secret(channel, LOGIN, by=town.cleo, now=NOW)
    opened_login = look_at_secret(secret, reason="Cleo är sjuk.", by=town.rut, now=NOW)
    assert bytes(opened_login).decode() == LOGIN
    assert SecretLook.objects.get().by == town.rut
    assert AuditEntry.objects.filter(act="secret.looked_at", actor_id=town.rut.pk).count() == 1


def test_the_login_is_nowhere_in_the_clear(town: Town) -> None:
    channel = opened(town)
    secret = store_secret(channel, LOGIN, by=town.cleo, now=NOW)
    look_at_secret(secret, reason="Prov.", by=town.rut, now=NOW)
    assert LOGIN.encode() not in bytes(Secret.objects.get().token)
    assert all(LOGIN not in str(each.facts) for each in AuditEntry.objects.all())
    assert LOGIN not in repr(look_at_secret(secret, reason="Prov.", by=town.rut, now=NOW))


@pytest.mark.parametrize("name", ["dag", "anna", "sten", "ola", "otto"])
def test_nobody_else_has_it_opened(town: Town, name: str) -> None:
    secret = store_secret(opened(town), LOGIN, by=town.cleo, now=NOW)
    with pytest.raises(NotAllowed):
        look_at_secret(secret, reason="Jag vill.", by=getattr(town, name), now=NOW)
    assert not SecretLook.objects.exists()


def test_a_look_says_why(town: Town) -> None:
    secret = store_secret(opened(town), LOGIN, by=town.cleo, now=NOW)
    with pytest.raises(AgainstPolicy) as caught:
        look_at_secret(secret, reason="  ", by=town.rut, now=NOW)
    assert caught.value.field == "reason"


def test_ended_access_opens_nothing(town: Town) -> None:
    channel = opened(town)
    secret = store_secret(channel, LOGIN, by=town.cleo, now=NOW)
    custody = Custody.objects.get(channel=channel, role=Role.CENTRAL_REGISTRAR)
    end_custody(custody, by=town.rut, now=NOW)
    with pytest.raises(NotAllowed):
        look_at_secret(secret, reason="Prov.", by=town.rut, now=NOW)


def test_a_new_login_takes_the_old_ones_place(town: Town) -> None:
    channel = opened(town)
    store_secret(channel, LOGIN, by=town.cleo, now=NOW)
    secret = store_secret(channel, "nytt", by=town.ben, now=NOW)
    assert bytes(look_at_secret(secret, reason="Prov.", by=town.rut, now=NOW)) == b"nytt"
    assert Secret.objects.count() == 1
