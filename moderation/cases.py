"""What is known of a finding's case, gathered for the rules that the policy sets. Reading only."""

from __future__ import annotations

from datetime import date

from governance.models import Municipality
from governance.policy.types import Policy
from moderation.closing import Facts
from moderation.grounds import category_of
from moderation.models import Action, HouseRules, Item


def act_in_force(item: Item) -> Action | None:
    """What stands: the last entry on the finding, or None where that one takes an act back.

    Each act takes the place of those before it, so with it they are taken back too.
    """
    acts = item.actions.select_related("by", "municipality", "policy", "house_rules", "informed_by")
    last = acts.order_by("-pk").first()
    return None if last is None or last.decision == Action.Decision.RESTORE else last


def facts_of(item: Item, act: Action | None, policy: Policy) -> Facts:
    """The case as the closing rules ask about it. `act` is what stands."""
    return Facts(
        decided=act.decision != Action.Decision.UNABLE if act else item.actions.exists(),
        taken_away=act is not None and act.took_away,
        category=category_of(policy, act.category) if act and act.category else None,
        diary_number=bool(item.diary_number),
        need_not_be_registered=bool(item.unregistered_because),
        handed_over=item.handed_over_at is not None,
        off_platform_note=bool(item.off_platform_note),
        measures=bool(item.measures),
        belongs_to_case=item.belongs_to_case,
        case_reference=bool(item.case_reference),
        received=item.direction == Item.Direction.RECEIVED,
        author_answered=act is not None and act.informed_at is not None,
    )


def published_rules(municipality: Municipality, day: date) -> HouseRules | None:
    """The rules for visitors as they stood published on a day, or None before the first."""
    rules = HouseRules.objects.filter(municipality=municipality, published_on__lte=day)
    return rules.order_by("-version").first()
