"""Taking something away, leaving it, showing it again.

Nothing here waits for paper: what a case still lacks blocks its closing, never the removal.
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
from governance.obligations import open_obligations
from governance.policy.in_force import policy_of, version_in_force
from governance.policy.types import Category, Cited, Policy
from governance.transitions import locked
from moderation.actions.findings import erase_pictures
from moderation.actions.guards import require_open, too_late
from moderation.cases import act_in_force, facts_of, published_rules
from moderation.closing import demanded
from moderation.duties import plan_case, plan_registration
from moderation.grounds import ground_for
from moderation.models import Action, Item

Decision = Action.Decision
#: Grounds of a category that protect somebody's circumstances.
PROTECTING = ("secrecy", "gdpr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What the editor says of a removal. `acted_at` None means now.

    `obvious`: the answer where the category asks; None where it was not given.
    `without_copy_because`: why nothing was kept, where it was taken away before it was taken up.
    """

    category: str
    obvious: bool | None = None
    acted_at: datetime | None = None
    without_copy_because: str = ""


def remove(item: Item, removal: Removal, *, by: User, now: datetime) -> Action:
    """Write down that somebody else's content was removed, and open what follows from it.

    Raises NotAllowed; AgainstPolicy with the clause where the policy has no ground for it, and
    where no copy was kept and nobody says why; NoLongerPossible where it was done before.
    """
    return _take_away(item, Decision.REMOVE, removal, by=by, now=now)


def hide(item: Item, removal: Removal, *, by: User, now: datetime) -> Action:
    """Write down that somebody else's content was hidden. Otherwise as `remove`."""
    return _take_away(item, Decision.HIDE, removal, by=by, now=now)


@transaction.atomic
def withdraw(
    item: Item, *, because: str, by: User, now: datetime, acted_at: datetime | None = None
) -> Action:
    """Write down that our own content was taken down. No ground is needed, but a reason is.

    Raises as `remove` does, and AgainstPolicy for what somebody else wrote.
    """
    item, policy, act = _begin(item, by, now)
    if item.direction != Item.Direction.DRAWN_UP:
        raise AgainstPolicy(_("Only what we wrote ourselves is withdrawn."), field="decision")
    _refuse_second(act, Decision.WITHDRAW)
    _require_reason(because)
    action = _write(
        item, Decision.WITHDRAW, policy, by=by, now=now, reason=because, acted_at=acted_at
    )
    _open_what_follows(item, action, policy, now)
    own = policy.rule("removal.own_content")
    _record(action, by, now, own if isinstance(own, Cited) else None)
    return action


@transaction.atomic
def report_unable(item: Item, *, because: str, told: str, by: User, now: datetime) -> Action:
    """Write down that it could not be taken away, why, and who was told of it.

    The platform refuses, or the page is somebody else's. The case stays open until it is taken
    away after all, or left with a reason. Raises as `remove` does, and AgainstPolicy without a
    reason or without anybody told.
    """
    item, policy, act = _begin(item, by, now)
    _refuse_second(act, Decision.UNABLE)
    _require_reason(because)
    if not told.strip():
        raise AgainstPolicy(_("Say who was told."), field="told")
    action = _write(
        item, Decision.UNABLE, policy, by=by, now=now, reason=because, told=told.strip()
    )
    _open_what_follows(item, action, policy, now)
    _record(action, by, now, None)
    return action


@transaction.atomic
def leave(item: Item, *, because: str, by: User, now: datetime) -> Action:
    """Write down that it stays, and why. Raises as `remove` does."""
    item, policy, act = _begin(item, by, now)
    if act is not None and act.took_away:
        raise _done_before(act)
    _refuse_second(act, Decision.LEAVE)
    _require_reason(because)
    action = _write(item, Decision.LEAVE, policy, by=by, now=now, reason=because)
    default = policy.removal.default
    _record(action, by, now, default if isinstance(default, Cited) else None)
    return action


@transaction.atomic
def restore(action: Action, *, because: str, by: User, now: datetime) -> Action:
    """Write that what was taken away is shown again: an entry that corrects the first.

    The first stays as it was; a closed case stays closed. Raises NotAllowed, AgainstPolicy
    without a reason, NoLongerPossible where it was corrected before, nothing was taken away, or
    a later act took its place.
    """
    item = locked(action.item)
    require_on(by, "moderate", item.channel, now=now)
    _require_reason(because)
    before = Action.objects.filter(reverses=action).select_related("by", "municipality").first()
    if before is not None:
        raise _done_before(before)
    act = act_in_force(item)
    if act is None or not act.took_away:
        raise NoLongerPossible(_("Nothing was taken away."))
    if act != action:
        raise _done_before(act)
    new = _write(
        item,
        Decision.RESTORE,
        policy_of(version_in_force(item.unit, now)),
        by=by,
        now=now,
        reason=because,
        reverses=action,
    )
    _record(new, by, now, None)
    return new


@transaction.atomic
def _take_away(item: Item, decision: str, removal: Removal, *, by: User, now: datetime) -> Action:
    item, policy, act = _begin(item, by, now)
    if item.direction == Item.Direction.DRAWN_UP:
        raise AgainstPolicy(_("What we wrote ourselves is withdrawn instead."), field="category")
    _refuse_second(act, decision)
    rules = published_rules(item.municipality, item.municipality.today(now))
    category = ground_for(
        policy,
        removal.category,
        obvious=removal.obvious,
        published=rules.categories if rules else (),
        removing=decision == Decision.REMOVE,
    )
    erased = erase_pictures(item, now=now) if category.evidence == "describe_only" else []
    without_copy = removal.without_copy_because.strip()
    _require_copy(item, without_copy)
    named = rules if rules and category.code in rules.categories else None
    action = _write(
        item,
        decision,
        policy,
        by=by,
        now=now,
        acted_at=removal.acted_at,
        category=category.code,
        category_label=category.label,
        ground=category.ground,
        statute=category.statute,
        clause=category.clause,
        house_rules=named,
        obvious=removal.obvious if category.must_be_obvious else None,
        without_copy_because=without_copy,
    )
    _propose_secrecy(item, category)
    _open_what_follows(item, action, policy, now)
    _record(action, by, now, category, erased=erased)
    return action


def _begin(item: Item, by: User, now: datetime) -> tuple[Item, Policy, Action | None]:
    """The finding under a lock, open and permitted, with its policy and the act that stands."""
    require_on(by, "moderate", item.channel, now=now)
    held = require_open(locked(item))
    return held, policy_of(version_in_force(held.unit, now)), act_in_force(held)


def _refuse_second(act: Action | None, decision: str) -> None:
    """The same twice is too late; what was hidden may yet be removed, what is gone not hidden.

    What could not be taken away may be tried again, also without success.
    """
    if act is None or act.decision == Decision.UNABLE or act.decision == Decision.LEAVE != decision:
        return
    if act.decision == Decision.HIDE and decision == Decision.REMOVE:
        return
    raise _done_before(act)


def _done_before(act: Action) -> NoLongerPossible:
    words = {
        Decision.HIDE: _("It was already hidden by %(name)s %(moment)s."),
        Decision.REMOVE: _("It was already removed by %(name)s %(moment)s."),
        Decision.WITHDRAW: _("It was already withdrawn by %(name)s %(moment)s."),
        Decision.LEAVE: _("It was already left as it is by %(name)s %(moment)s."),
        Decision.RESTORE: _("It was already shown again by %(name)s %(moment)s."),
    }[Decision(act.decision)]
    return too_late(words, by=act.by, at=act.acted_at, place=act.municipality)


def _require_reason(because: str) -> None:
    if not because.strip():
        raise AgainstPolicy(_("Say why."), field="reason")


def _require_copy(item: Item, without_copy: str) -> None:
    if not without_copy and not item.evidence.filter(erased_at__isnull=True).exists():
        raise AgainstPolicy(
            _("No copy has been kept. Keep one first or, if it is gone already, say why."),
            field="without_copy_because",
        )


def _write(
    item: Item,
    decision: str,
    policy: Policy,
    *,
    by: User,
    now: datetime,
    acted_at: datetime | None = None,
    reason: str = "",
    **fields: object,
) -> Action:
    moment = acted_at or now
    if moment > now:
        raise AgainstPolicy(_("This moment has not come yet."), field="acted_at")
    if moment < item.became_aware_at:
        raise AgainstPolicy(_("It had not become known by then."), field="acted_at")
    return Action.objects.create(
        municipality=item.municipality,
        item=item,
        decision=decision,
        policy=version_in_force(item.unit, now),
        became_aware_at=item.became_aware_at,
        acted_at=moment,
        by=by,
        recorded_at=now,
        reason=reason.strip(),
        **fields,
    )


def _open_what_follows(item: Item, action: Action, policy: Policy, now: datetime) -> None:
    """The case is to be closed; where the policy demands a number the registrar has it at once."""
    facts = facts_of(item, action, policy)
    plans = [plan_case(item, policy)]
    if "diary_number" in demanded(policy, facts) and not item.diary_number:
        item.handed_over_at, item.handed_over_by = now, action.by
        item.save(update_fields=["handed_over_at", "handed_over_by"])
        plans.append(plan_registration(item, policy, facts))
    open_obligations([plan for plan in plans if plan], now=now)


def _propose_secrecy(item: Item, category: Category) -> None:
    """What is taken away to protect somebody is left out of diaries until a registrar has looked.

    Never weaker than what a registrar has written before.
    """
    if category.ground in PROTECTING and item.secrecy == Item.Secrecy.NONE:
        item.secrecy = Item.Secrecy.TO_ASSESS
        item.save(update_fields=["secrecy"])


def _record(
    action: Action, by: User, now: datetime, under: Cited | None, *, erased: list[str] | None = None
) -> None:
    item = action.item
    facts: dict[str, object] = {
        "action": action.pk,
        "acted": action.acted_at,
        "became_aware": action.became_aware_at,
        "evidence": list(item.evidence.order_by("pk").values_list("sha256", flat=True)),
    }
    if action.category:
        facts |= {"category": action.category, "ground": action.ground, "obvious": action.obvious}
    if action.house_rules is not None:
        facts["house_rules"] = action.house_rules.version
    if action.reason:
        facts["reason"] = digest(action.reason, item.municipality)
    if action.told:
        facts["told"] = digest(action.told, item.municipality)
    if action.without_copy_because:
        facts["without_copy"] = digest(action.without_copy_because, item.municipality)
    if action.reverses_id is not None:
        facts["reverses"] = action.reverses_id
    if erased:
        facts["erased"] = erased
    record(f"finding.{action.decision}", item, by=by, now=now, under=under, **facts)
