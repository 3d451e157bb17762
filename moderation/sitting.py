"""What the page of a finding shows: gathered once, by a bounded number of queries. Reading only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.rights import may_on
from governance.models import User
from governance.permissions import may
from governance.policy.in_force import policy_for
from governance.policy.types import Category, Policy, Recommendation
from moderation.access import may_see_evidence
from moderation.cases import act_in_force, facts_of, published_rules
from moderation.closing import demanded, missing
from moderation.events import events_of
from moderation.forms import (
    AnswerForm,
    InformForm,
    NoNumberForm,
    NotInformForm,
    NumberForm,
    PapersForm,
    PictureForm,
    ReasonForm,
    RemovalForm,
    UnableForm,
    kept,
)
from moderation.grounds import category_of
from moderation.models import Action, Evidence, Item

#: What the log's acts are called on the page.
ACTS: Final[dict[str, str | Promise]] = {
    "finding.taken_up": gettext_lazy("Taken up"),
    "finding.hide": gettext_lazy("Hidden"),
    "finding.remove": gettext_lazy("Removed"),
    "finding.withdraw": gettext_lazy("Withdrawn"),
    "finding.leave": gettext_lazy("Left as it is"),
    "finding.restore": gettext_lazy("Shown again"),
    "finding.unable": gettext_lazy("Could not be taken away"),
    "finding.author": gettext_lazy("Author answered for"),
    "finding.noted": gettext_lazy("Note written"),
    "finding.measures": gettext_lazy("Measures written"),
    "finding.belongs_to_case": gettext_lazy("Case named"),
    "finding.handed_to_registrar": gettext_lazy("Handed to the registrar"),
    "finding.returned": gettext_lazy("Returned by the registrar with a question"),
    "finding.answered": gettext_lazy("The registrar's question answered"),
    "finding.secrecy": gettext_lazy("Secrecy assessed"),
    "finding.registered": gettext_lazy("Registered"),
    "finding.need_not_be_registered": gettext_lazy("Need not be registered"),
    "finding.closed": gettext_lazy("Case closed"),
    "evidence.kept": gettext_lazy("Picture kept"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One copy as the page shows it. `url` is empty for those who may not see it."""

    evidence: Evidence
    attest: str
    readable: bool


def sitting(item: Item, user: User, now: datetime) -> dict[str, Any]:
    """The context of the page. Forms are unbound; the view puts a bound one in its place."""
    policy = policy_for(item.unit, now)
    act = act_in_force(item)
    facts = facts_of(item, act, policy)
    category = category_of(policy, act.category) if act and act.category else None
    removal_form = RemovalForm(policy=policy, has_copy=item.evidence.exists())
    asked = demanded(policy, facts)
    return {
        "item": item,
        "act": act,
        "acts": list(item.actions.select_related("by", "reverses").order_by("recorded_at", "pk")),
        "category": category,
        "ours": item.direction == Item.Direction.DRAWN_UP,
        "is_open": item.state == Item.State.OPEN,
        "proofs": list(_proofs(item, user, now)),
        "events": events_of(item, ACTS),
        "missing": missing(policy, facts),
        "asked": asked,
        "demands_number": asked.get("diary_number"),
        "recommendations": _recommendations(policy, act, asked),
        "kept": kept(policy),
        "rules": published_rules(item.municipality, item.municipality.today(now)),
        "default": policy.removal.default,
        "may_moderate": may_on(user, "moderate", item.channel, now),
        "may_register": may(user, "register_records", item.unit, now) is not None,
        "picture_form": PictureForm(),
        "removal_form": removal_form,
        "withdraw_form": ReasonForm(prefix="withdraw"),
        "leave_form": ReasonForm(prefix="leave"),
        "restore_form": ReasonForm(prefix="restore"),
        "unable_form": UnableForm(prefix="unable"),
        "inform_form": InformForm(initial={"text": _draft(item, category)}),
        "not_inform_form": NotInformForm(),
        "papers_form": PapersForm(initial=_papers(item), item=item, asked=asked),
        "inquiries": list(item.inquiries.all()),
        "questions": list(item.questions.select_related("asked_by", "answered_by")),
        "answer_form": AnswerForm(),
        "number_form": NumberForm(),
        "no_number_form": NoNumberForm(prefix="no-number"),
    }


def _proofs(item: Item, user: User, now: datetime) -> Iterator[Proof]:
    readable = may_see_evidence(user, item, now)
    for evidence in item.evidence.select_related("file", "taken_by"):
        local = evidence.taken_at.astimezone(item.municipality.zone)
        attest = _("It has existed unchanged since %(moment)s, when %(name)s entered it.") % {
            "moment": date_format(local, "DATETIME_FORMAT"),
            "name": evidence.taken_by,
        }
        yield Proof(evidence, attest, readable and evidence.erased_at is None)


def _recommendations(
    policy: Policy, act: Action | None, asked: dict[str, Any]
) -> list[Recommendation]:
    """What is recommended of registration, where nothing demands it."""
    if act is None or not act.took_away or "diary_number" in asked:
        return []
    return [each for each in policy.recommendations if each.about == "removal.diarise"]


def _draft(item: Item, category: Category | None) -> str:
    """The policy's own words to the author, signed by the municipality."""
    if category is None or not category.notice:
        return ""
    return f"{category.notice}\n{item.municipality}"


def _papers(item: Item) -> dict[str, Any]:
    return {
        "off_platform_note": item.off_platform_note,
        "measures": item.measures,
        "belongs_to_case": item.belongs_to_case,
        "case_reference": item.case_reference,
    }
