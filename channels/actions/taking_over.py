"""Go on with a plan whose author has left or is away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Plan
from governance.audit import record
from governance.errors import NoLongerPossible, NotAllowed
from governance.letters import link, tell
from governance.models import Absence, User
from governance.permissions import may, require
from governance.transitions import locked


@transaction.atomic
def take_over_plan(plan: Plan, *, by: User, now: datetime) -> Plan:
    """Become the author of a draft or returned plan whose author has left the unit or is away.

    The earlier author is told. Nobody approves a plan of their own, so the new author does not
    approve this one. Raises NotAllowed without `write_plan` on the unit and while the author is
    there, NoLongerPossible where it is no draft or is theirs already.
    """
    plan = locked(plan)
    require(by, "write_plan", plan.unit, now=now)
    earlier = plan.author
    if plan.state != Plan.State.DRAFT:
        raise NoLongerPossible(
            _("The plan is %(state)s. It is taken over while it is a draft.")
            % {"state": str(plan.get_state_display())}
        )
    if earlier == by:
        raise NoLongerPossible(_("The plan is yours already."))
    why = why_gone(plan, now)
    if not why:
        raise NotAllowed(
            _("%(name)s writes this plan and is not away.") % {"name": earlier.shown_name}
        )
    plan.author = by
    plan.save(update_fields=["author"])
    _tell(earlier, plan, now)
    record("plan.taken_over", plan, by=by, now=now, earlier_author=earlier.pk, because=why)
    return plan


def why_gone(plan: Plan, now: datetime) -> str:
    """`left` or `away` where the plan's author cannot go on with it; else empty."""
    author = plan.author
    if not author.is_active or may(author, "write_plan", plan.unit, now) is None:
        return "left"
    today = plan.municipality.today(now)
    return "away" if Absence.objects.in_force(today).filter(user=author).exists() else ""


def may_take_over(plan: Plan, user: User, now: datetime) -> bool:
    """Whether `take_over_plan` would let the person go on with the plan as its author."""
    return (
        plan.state == Plan.State.DRAFT
        and plan.author != user
        and may(user, "write_plan", plan.unit, now) is not None
        and bool(why_gone(plan, now))
    )


def _tell(earlier: User, plan: Plan, now: datetime) -> None:
    if not earlier.is_active:
        return
    tell(
        [earlier],
        "plan_taken_over",
        lambda: (
            _("Taken over: %(plan)s") % {"plan": plan},
            _("%(name)s goes on with the plan that you began: %(link)s")
            % {"name": plan.author.shown_name, "link": link("channels:plan", plan.pk)},
        ),
        municipality=plan.municipality,
        now=now,
    )
