"""What follows a removal on paper: the author, the note, the police, the registrar, the closing.

None of it delays a removal. What the policy asks for and is missing refuses `close`, by clause.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels.rights import require_on
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import User
from governance.obligations import blocking_open, meet_open, open_obligations
from governance.permissions import require
from governance.policy.in_force import policy_for
from governance.transitions import locked, move
from moderation.actions.guards import require_open, require_unregistered, too_late
from moderation.cases import act_in_force, facts_of
from moderation.closing import demanded, missing
from moderation.duties import plan_registration
from moderation.models import Action, Item
from moderation.states import ITEM

NUMBER_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is written after a removal; what is empty or stands there already is left alone."""

    off_platform_note: str = ""
    measures: str = ""
    belongs_to_case: bool = False
    case_reference: str = ""
    hand_over: bool = False


@transaction.atomic
def write_papers(item: Item, papers: Papers, *, by: User, now: datetime) -> None:
    """Write down whatever of the papers is new. Raises as the verb for each does."""
    require_on(by, "moderate", item.channel, now=now)
    note, measures = papers.off_platform_note.strip(), papers.measures.strip()
    if note and note != item.off_platform_note:
        note_off_platform(item, text=note, by=by, now=now)
    if measures and measures != item.measures:
        note_measures(item, text=measures, by=by, now=now)
    case = (papers.belongs_to_case, papers.case_reference.strip())
    if papers.belongs_to_case and case != (item.belongs_to_case, item.case_reference):
        lift_out_to_case(item, reference=papers.case_reference, by=by, now=now)
    if papers.hand_over and item.handed_over_at is None:
        hand_to_registrar(item, by=by, now=now)


@transaction.atomic
def inform_author(item: Item, *, text: str, by: User, now: datetime) -> Action:
    """Write down that the author was told, and in what words.

    Raises AgainstPolicy without words and NoLongerPossible where it was answered before or
    nothing was taken away.
    """
    if not text.strip():
        raise AgainstPolicy(_("Write what the author was told."), field="text")
    return _answer_for_author(item, by, now, informed_text=text.strip())


@transaction.atomic
def not_inform_author(item: Item, *, because: str, by: User, now: datetime) -> Action:
    """Write down that the author was not told, and why. Raises as `inform_author` does."""
    if not because.strip():
        raise AgainstPolicy(_("Say why the author was not told."), field="because")
    return _answer_for_author(item, by, now, not_informed_because=because.strip())


@transaction.atomic
def note_off_platform(item: Item, *, text: str, by: User, now: datetime) -> Item:
    """Write the note that is kept outside the medium: what was taken away, and why.

    Raises NoLongerPossible for other words than those that the registrar decided on.
    """
    return _write(item, "finding.noted", "off_platform_note", text, by=by, now=now)


@transaction.atomic
def note_measures(item: Item, *, text: str, by: User, now: datetime) -> Item:
    """Write what was done about a crime, such as the number of the police report.

    Raises as `note_off_platform` does.
    """
    return _write(item, "finding.measures", "measures", text, by=by, now=now)


@transaction.atomic
def lift_out_to_case(item: Item, *, reference: str, by: User, now: datetime) -> Item:
    """Write that it belongs to a case and to which; without a reference it is still to be said.

    Raises NoLongerPossible for another case than the one that the registrar decided on.
    """
    item = _held(item, by, now)
    if item.case_reference:
        require_unregistered(item)
    item.belongs_to_case, item.case_reference = True, _bounded(reference, "case_reference")
    item.save(update_fields=["belongs_to_case", "case_reference"])
    record("finding.belongs_to_case", item, by=by, now=now, case=item.case_reference)
    return item


@transaction.atomic
def hand_to_registrar(item: Item, *, by: User, now: datetime) -> Item:
    """Leave it to the registrar, who gives it a number or says that it needs none.

    Raises NoLongerPossible where that was done before, and where registration is decided.
    """
    item = require_unregistered(_held(item, by, now))
    if item.handed_over_at is not None:
        raise too_late(
            _("It was already handed over by %(name)s %(moment)s."),
            by=item.handed_over_by,
            at=item.handed_over_at,
            place=item.municipality,
        )
    policy = policy_for(item.unit, now)
    item.handed_over_at, item.handed_over_by = now, by
    item.save(update_fields=["handed_over_at", "handed_over_by"])
    facts = facts_of(item, act_in_force(item), policy)
    open_obligations([plan_registration(item, policy, facts)], now=now)
    under = demanded(policy, facts).get("diary_number")
    record("finding.handed_to_registrar", item, by=by, now=now, under=under)
    return item


@transaction.atomic
def register_number(item: Item, number: str, *, by: User, now: datetime) -> Item:
    """Write the diary number that the registrar gave the case.

    Raises NotAllowed to anybody but a registrar, AgainstPolicy for what cannot be a number and
    NoLongerPossible where registration was decided before. A closed case may still get its number.
    """
    require(by, "register_records", item.unit, now=now)
    item = require_unregistered(locked(item))
    number = " ".join(number.split())
    if not any(sign.isdigit() for sign in number):
        raise AgainstPolicy(_("A diary number has figures in it."), field="number")
    item.diary_number = _bounded(number, "number")
    _decide_registration(item, by, now)
    meet_open("registration", item, by=by, now=now)
    record("finding.registered", item, by=by, now=now, number=item.diary_number)
    return item


@transaction.atomic
def need_not_be_registered(item: Item, reason: str, *, by: User, now: datetime) -> Item:
    """Write that the registrar finds that it needs no number, and why.

    Raises as `register_number` does, and AgainstPolicy with the clause where the policy demands
    the number.
    """
    require(by, "register_records", item.unit, now=now)
    item = require_unregistered(locked(item))
    if not reason.strip():
        raise AgainstPolicy(_("Say why it need not be registered."), field="reason")
    policy = policy_for(item.unit, now)
    demand = demanded(policy, facts_of(item, act_in_force(item), policy)).get("diary_number")
    if demand is not None:
        raise AgainstPolicy(
            _("The guideline demands that this is registered."),
            clause=demand.clause,
            field="reason",
        )
    item.unregistered_because = reason.strip()[:300]
    _decide_registration(item, by, now)
    meet_open("registration", item, by=by, now=now)
    said = digest(item.unregistered_because, item.municipality)
    record("finding.need_not_be_registered", item, by=by, now=now, reason=said)
    return item


@transaction.atomic
def close(item: Item, *, by: User, now: datetime) -> Item:
    """Close the case.

    Raises AgainstPolicy with the clause for the first thing that is missing, NotAllowed, and
    NoLongerPossible where somebody closed it before.
    """
    item = _held(item, by, now)
    policy = policy_for(item.unit, now)
    lacking = missing(policy, facts_of(item, act_in_force(item), policy))
    if lacking:
        raise AgainstPolicy(lacking[0].words, clause=lacking[0].clause, field=lacking[0].what)
    blocking = blocking_open(item).first()
    if blocking is not None:
        raise AgainstPolicy(blocking.says, clause=blocking.clause)
    item.closed_at, item.closed_by = now, by
    item.save(update_fields=["state", "closed_at", "closed_by"])
    move(item, "close", table=ITEM, by=by, now=now)
    meet_open("removal_case", item, by=by, now=now)
    record("finding.closed", item, by=by, now=now)
    return item


def _held(item: Item, by: User, now: datetime) -> Item:
    """The finding under a lock, open and permitted."""
    require_on(by, "moderate", item.channel, now=now)
    return require_open(locked(item))


def _write(item: Item, act: str, name: str, text: str, *, by: User, now: datetime) -> Item:
    item = _held(item, by, now)
    words = text.strip()
    if not words:
        raise AgainstPolicy(_("Write it here first."), field=name)
    if getattr(item, name):
        # what the registrar decided on stays as it was; what is not yet written may follow
        require_unregistered(item)
    setattr(item, name, words)
    item.save(update_fields=[name])
    record(act, item, by=by, now=now, text=digest(words, item.municipality))
    return item


def _answer_for_author(item: Item, by: User, now: datetime, **answer: str) -> Action:
    item = _held(item, by, now)
    act = act_in_force(item)
    if act is None or not act.took_away:
        raise NoLongerPossible(_("Nothing has been taken away, so there is nothing to tell."))
    if act.informed_at is not None:
        raise too_late(
            _("It was already answered by %(name)s %(moment)s."),
            by=act.informed_by,
            at=act.informed_at,
            place=item.municipality,
        )
    act.informed_at, act.informed_by = now, by
    for name, words in answer.items():
        setattr(act, name, words)
    act.save(update_fields=["informed_at", "informed_by", *answer])
    told = "informed_text" in answer
    said = digest(next(iter(answer.values())), item.municipality)
    record("finding.author", item, by=by, now=now, action=act.pk, told=told, text=said)
    return act


def _decide_registration(item: Item, by: User, now: datetime) -> None:
    # a registrar who decides after all needs no answer any longer
    meet_open("registrar_question", item, by=by, now=now)
    item.registered_at, item.registered_by = now, by
    item.save(
        update_fields=["diary_number", "unregistered_because", "registered_at", "registered_by"]
    )


def _bounded(text: str, name: str) -> str:
    words = text.strip()
    if len(words) > NUMBER_LENGTH:
        raise AgainstPolicy(
            _("At most %(limit)s characters.") % {"limit": NUMBER_LENGTH}, field=name
        )
    return words
