"""The steps with a new account, taken in the admin by whomever the policy names.

Which steps exist, who takes them, what they ask and what must be in order before them is the
policy's. A step that it does not give the centre does not exist here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.actions.custody import custody_gaps
from channels.actions.deciding import require_answers
from channels.actions.entering import assign_person, open_channel, writers_to_appoint
from channels.actions.going_on import decide, go_on
from channels.actions.register import set_address
from channels.checklists import VISITOR_INFORMATION, standings
from channels.guideline import asked_of_editors, lacking
from channels.models import Channel, Decision, EditorAssignment, Plan, PlanPerson, PlanVersion
from channels.states import CHANNEL
from channels.steps import grant_for, passed_steps, plan_of, step_waiting
from channels.waiting import ACCOUNT_STEP
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.letters import link, tell
from governance.models import User
from governance.obligations import meet_open
from governance.permissions import Grant, holds, require
from governance.policy.in_force import policy_for, policy_of, version_in_force
from governance.policy.types import Step
from governance.roles import Role
from governance.transitions import locked, move


@dataclass(frozen=True)
class Consultation:
    """With whom something was talked through, and on which day."""

    user: User
    on: date

    def __str__(self) -> str:
        return f"{self.user.shown_in_full}, {date_format(self.on)}"


@dataclass(frozen=True)
class Entered:
    """What somebody enters when taking a step with the account.

    `appointed` are those of `writers_to_appoint` who are appointed; `not_appointed` gives the
    reason for each of the others, by their key.
    `url` is the address of an account that has just been made.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    consulted: Sequence[Consultation] = ()
    appointed: Sequence[PlanPerson] = ()
    not_appointed: Mapping[int, str] = field(default_factory=dict)
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Turn:
    """A waiting channel whose next step somebody takes, all of it locked and permitted."""

    channel: Channel
    plan: Plan
    version: PlanVersion
    step: Step
    grant: Grant


def account_step_waiting(channel: Channel, now: datetime) -> Step | None:
    """The step that the channel's account waits for, or None."""
    plan = plan_of(channel)
    return step_waiting(plan, now) if plan else None


@transaction.atomic
def do_account_step(
    channel: Channel, step: str, entered: Entered | None = None, *, by: User, now: datetime
) -> Channel:
    """Take the step that the new account waits for; after the last one the channel opens.

    Raises NotAllowed for who may not take it, NoLongerPossible where it is taken or another comes
    first, AgainstPolicy (with the field) for an answer, a reason or a check that is missing.
    """
    entered = entered or Entered()
    turn = _turn(channel, step, by=by, now=now)
    require_answers(turn.step, entered.answers, turn.plan.unit, now)
    _require_consultation(turn, entered, now)
    if entered.url:
        set_address(turn.channel, entered.url, now=now)
        turn.channel.save(update_fields=["url", "handle", "stable_id", "platform"])
    if turn.step.kind == "appoint":
        _appoint(turn, entered, by=by, now=now)
    _require_checks(turn, now)
    approves = turn.step.kind == "approve"
    decision = decide(
        turn.version,
        turn.step,
        Decision.Outcome.APPROVED if approves else Decision.Outcome.DONE,
        by=by,
        grant=turn.grant,
        now=now,
        note=entered.note.strip(),
        answers={**entered.answers, **_not_appointed(entered)},
        consulted=[
            {"user": each.user.pk, "name": each.user.shown_name, "on": each.on.isoformat()}
            for each in entered.consulted
        ],
    )
    meet_open(ACCOUNT_STEP, turn.channel, by=by, now=now)
    go_on(turn.plan, by=by, now=now)
    record(
        "channel.step_done",
        turn.channel,
        by=by,
        now=now,
        under=turn.step,
        step=turn.step.key,
        decision=decision.pk,
    )
    return Channel.objects.get(pk=channel.pk)


def _not_appointed(entered: Entered) -> dict[str, Any]:
    if not entered.not_appointed:
        return {}
    return {"not_appointed": {str(key): why for key, why in entered.not_appointed.items()}}


@transaction.atomic
def refuse_account(channel: Channel, step: str, *, note: str, by: User, now: datetime) -> Channel:
    """Stop the account in a step whose actor the policy gives that power; the plan stays approved.

    Its author is told why. Raises as `do_account_step` does, and AgainstPolicy where the step
    cannot refuse.
    """
    turn = _turn(channel, step, by=by, now=now)
    if not turn.step.may_reject:
        raise AgainstPolicy(
            _("The policy does not let this step stop the account."), clause=turn.step.clause
        )
    if not note.strip():
        raise AgainstPolicy(_("Write why, so that the author knows what to do."), field="note")
    decide(
        turn.version,
        turn.step,
        Decision.Outcome.REJECTED,
        by=by,
        grant=turn.grant,
        now=now,
        note=note.strip(),
    )
    move(turn.channel, "refuse", table=CHANNEL, by=by, now=now)
    meet_open(ACCOUNT_STEP, turn.channel, by=by, now=now)
    _tell_author(turn, note.strip(), by, now)
    record("channel.refused", turn.channel, by=by, now=now, under=turn.step, step=turn.step.key)
    return turn.channel


def _tell_author(turn: Turn, note: str, by: User, now: datetime) -> None:
    tell(
        [turn.plan.author],
        "account_refused",
        lambda: (
            _("The account is not approved: %(plan)s") % {"plan": turn.plan},
            _("%(name)s has stopped the account and writes:\n\n%(note)s\n\nThe channel: %(link)s")
            % {
                "name": by.shown_name,
                "note": note,
                "link": link("channels:channel", turn.channel.pk),
            },
        ),
        municipality=turn.plan.municipality,
        now=now,
    )


@transaction.atomic
def approve_account(channel: Channel, *, by: User, now: datetime, url: str = "") -> Channel:
    """Open a channel that waits for nothing more than its address.

    The last step with the account opens the channel by itself when the address is known; this is
    for the account that got its address later. Raises NotAllowed without `administer_accounts`,
    NoLongerPossible where the channel does not wait, AgainstPolicy while a step or the address is
    missing.
    """
    channel = locked(channel)
    require(by, "administer_accounts", channel.unit, now=now)
    if waiting := account_step_waiting(channel, now):
        raise AgainstPolicy(
            _("This comes first: %(step)s.") % {"step": waiting.title}, clause=waiting.clause
        )
    if url and channel.state == Channel.State.WAITING:
        set_address(channel, url, now=now)
        channel.save(update_fields=["url", "handle", "stable_id", "platform"])
    if not channel.url:
        raise AgainstPolicy(_("Enter the address of the account."), field="url")
    open_channel(channel, by=by, now=now)
    return channel


def _turn(channel: Channel, step: str, *, by: User, now: datetime) -> Turn:
    plan = plan_of(channel)
    if plan is None:
        raise NoLongerPossible(_("The channel has no plan whose steps could be taken."))
    plan = locked(plan)
    channel = locked(channel)
    version = plan.current
    asked = next((each for each in policy_for(plan.unit, now).steps if each.key == step), None)
    if version is None or asked is None:
        raise NoLongerPossible(_("The policy has changed and no longer has this step."))
    grant = grant_for(asked, plan, by, now)
    waiting = step_waiting(plan, now)
    if waiting is None or waiting.key != step:
        raise _too_late(channel, version, step, waiting)
    return Turn(channel, plan, version, asked, grant)


def _too_late(
    channel: Channel, version: PlanVersion, step: str, waiting: Step | None
) -> NoLongerPossible:
    if taken := passed_steps(version).get(step):
        name = taken.actor.shown_name
        return NoLongerPossible(
            _("%(name)s has already done this: %(step)s.") % {"name": name, "step": taken.title},
            by=name,
            at=taken.at,
        )
    if waiting is not None:
        return NoLongerPossible(_("Another step comes first: %(step)s.") % {"step": waiting.title})
    state = str(channel.get_state_display())
    return NoLongerPossible(_("The channel is %(state)s.") % {"state": state})


# --- what a step asks for -----------------------------------------------------------------------


def _require_consultation(turn: Turn, entered: Entered, now: datetime) -> None:
    """Each role that the policy wants consulted was, by somebody who holds it."""
    today = turn.channel.municipality.today(now)
    for role in turn.step.consulted:
        with_role = [
            each for each in entered.consulted if holds(each.user, [role], turn.plan.unit, now)
        ]
        if not with_role:
            raise AgainstPolicy(
                _("Say when you consulted the %(role)s.") % {"role": role.label},
                clause=turn.step.clause,
                field=f"consulted_{role}",
            )
        if any(each.on > today for each in with_role):
            raise AgainstPolicy(
                _("The consultation cannot lie ahead."),
                clause=turn.step.clause,
                field="consulted_on",
            )


def _appoint(turn: Turn, entered: Entered, *, by: User, now: datetime) -> None:
    """Appoint the writers chosen; leaving one out needs its reason (requirements A.9 #2)."""
    to_appoint = {person.pk: person for person in writers_to_appoint(turn.channel)}
    chosen = {person.pk for person in entered.appointed}
    if chosen - to_appoint.keys():
        raise AgainstPolicy(_("Choose among the writers whom the plan names."), field="appointed")
    for key in to_appoint.keys() - chosen:
        if not entered.not_appointed.get(key, "").strip():
            raise AgainstPolicy(
                _("Write why %(name)s is not appointed.") % {"name": to_appoint[key].name},
                clause=turn.step.clause,
                field=f"reason_{key}",
            )
    consulted = "; ".join(str(each) for each in entered.consulted)
    for key in sorted(chosen):
        assign_person(to_appoint[key], turn.channel, by=by, now=now, consulted=consulted)


def _require_checks(turn: Turn, now: datetime) -> None:
    for check in turn.step.checks:
        # what is not among them was held against the policy earlier on the way
        lacks = CHECKS[check](turn, now) if check in CHECKS else ""
        if lacks:
            field = "url" if check == "account_created" else check
            raise AgainstPolicy(lacks, clause=turn.step.clause, field=field)


def _writers_appointed(turn: Turn, now: datetime) -> str:
    writers = EditorAssignment.objects.filter(channel=turn.channel).in_force(
        turn.channel.municipality.today(now)
    )
    return "" if writers.filter(role=Role.EDITOR).exists() else _("Appoint at least one writer.")


def _written_assignment(turn: Turn, now: datetime) -> str:
    day = turn.channel.municipality.today(now)
    rows = EditorAssignment.objects.filter(channel=turn.channel).in_force(day)
    return "" if rows.exists() else _("Nobody has a written assignment to the channel yet.")


def _guideline_acknowledged(turn: Turn, now: datetime) -> str:
    version = version_in_force(turn.plan.unit, now)
    asked = asked_of_editors(policy_of(version))
    if asked is None:
        return ""  # no file says so: a step can check only what a rule asks for
    day = turn.channel.municipality.today(now)
    rows = lacking(asked, version, day).filter(channel=turn.channel).select_related("user")
    names = sorted({row.user.shown_name for row in rows if row.user})
    if not names:
        return ""
    return _("It is not on record that these know the guideline: %(names)s.") % {
        "names": ", ".join(names)
    }


def _account_created(turn: Turn, _now: datetime) -> str:
    return "" if turn.channel.url else _("Enter the address of the account.")


def _custody_recorded(turn: Turn, now: datetime) -> str:
    gaps = custody_gaps(turn.channel, now)
    if not gaps:
        return ""
    return _("No access on record for: %(roles)s.") % {
        "roles": ", ".join(str(Role(role).label) for role in gaps)
    }


def _register_entry(turn: Turn, _now: datetime) -> str:
    channel = turn.channel
    complete = channel.name and channel.url and (channel.contact_email or channel.contact_phone)
    return "" if complete else _("The register needs a name, an address and a contact.")


def _visitor_information(turn: Turn, now: datetime) -> str:
    lacking = [each for each in standings(turn.channel, VISITOR_INFORMATION, now) if each.lacks]
    if not lacking:
        return ""
    return _("The visitor information lacks: %(items)s.") % {
        "items": "; ".join(f"{each.item.label} ({each.clause})" for each in lacking)
    }


#: What can be seen from the rows; each says what is lacking, or nothing.
CHECKS: Final[Mapping[str, Callable[[Turn, datetime], str]]] = {
    "writers_appointed": _writers_appointed,
    "written_assignment": _written_assignment,
    "guideline_acknowledged": _guideline_acknowledged,
    "account_created": _account_created,
    "custody_recorded": _custody_recorded,
    "register_entry": _register_entry,
    "visitor_information": _visitor_information,
}
