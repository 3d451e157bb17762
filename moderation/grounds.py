"""On what ground something may be taken away: the policy's categories and the published rules."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from governance.errors import AgainstPolicy
from governance.policy.types import Category, ExpresslyNone, Policy, Stated


def category_of(policy: Policy, code: str) -> Category | None:
    """The policy's category of that code, or None where it has none."""
    return next((each for each in policy.categories if each.code == code), None)


def by_law(category: Category) -> bool:
    """Whether an act asks for the removal, and no published rule is needed for it."""
    return category.ground in ("statute", "gdpr", "secrecy")


def ground_for(
    policy: Policy, code: str, *, obvious: bool | None, published: Collection[str], removing: bool
) -> Category:
    """The category on which this may be hidden or, if `removing`, removed.

    `obvious` is the editor's answer where the category asks whether it is; `published` the codes
    that the published rules name. Raises AgainstPolicy, citing the clause that refuses it.
    """
    category = category_of(policy, code)
    if category is None:
        raise AgainstPolicy(
            _("The guideline names no such ground for taking it away."),
            clause=_clause(policy.removal.default),
            field="category",
        )
    _require_removable(category, policy)
    _require_published(category, policy, published)
    if category.must_be_obvious:
        _require_obvious(category, obvious, removing=removing)
    return category


def _require_removable(category: Category, policy: Policy) -> None:
    if category.status in ("mandatory", "permitted"):
        return
    if category.status == "refer":
        words = _("This is answered by a referral, not taken away.")
    else:
        words = _("The guideline does not let this be taken away.")
    raise AgainstPolicy(
        f"{words} {category.says}".strip(),
        clause=category.clause or _clause(policy.removal.default),
        field="category",
    )


def _require_published(category: Category, policy: Policy, published: Collection[str]) -> None:
    """Requirements A.9 #28: what no law forbids goes only if the visitors were told so first."""
    rule = policy.rule("removal.house_rules")
    if not isinstance(rule, Stated) or category.ground != "house_rule":
        return
    if category.code in published:
        return
    raise AgainstPolicy(
        _("The published rules for visitors do not name this."),
        clause=rule.clause,
        field="category",
    )


def _require_obvious(category: Category, obvious: bool | None, *, removing: bool) -> None:
    cited = category.clause or category.statute
    if obvious is None:
        raise AgainstPolicy(_("Say whether it is obvious."), clause=cited, field="obvious")
    if removing and not obvious:
        raise AgainstPolicy(
            _("What is not obvious is not removed on this ground. Hide it and ask for advice."),
            clause=cited,
            field="obvious",
        )


def _clause(rule: object) -> str:
    return rule.clause if isinstance(rule, Stated | ExpresslyNone) else ""
