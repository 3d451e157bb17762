"""Publishing the rules for visitors, so that a removal can stand on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.audit import record
from governance.errors import AgainstPolicy
from governance.models import Municipality, Unit, User
from governance.permissions import require
from governance.policy.in_force import policy_for
from moderation.models import HouseRules


@transaction.atomic
def publish_house_rules(
    root: Unit,
    *,
    text: str,
    categories: Collection[str],
    published_on: date,
    by: User,
    now: datetime,
) -> HouseRules:
    """Write down a new version of the published rules and which categories they name.

    `root` is the municipality's root unit, on which the right is asked. Raises NotAllowed, and
    AgainstPolicy without a text, for a day to come or a category that the policy does not have.
    """
    require(by, "edit_register", root, now=now)
    place = Municipality.objects.select_for_update(no_key=True).get(pk=root.municipality_id)
    if not text.strip():
        raise AgainstPolicy(_("Write the rules as they are published."), field="text")
    if published_on > place.today(now):
        raise AgainstPolicy(_("This day has not come yet."), field="published_on")
    known = {category.code for category in policy_for(root, now).categories}
    if set(categories) - known:
        raise AgainstPolicy(_("The guideline has no such category."), field="categories")
    before = HouseRules.objects.filter(municipality=place).order_by("-version").first()
    rules = HouseRules.objects.create(
        municipality=place,
        version=before.version + 1 if before else 1,
        published_on=published_on,
        text=text.strip(),
        categories=sorted(categories),
        entered_by=by,
        entered_at=now,
    )
    record(
        "house_rules.published",
        rules,
        by=by,
        now=now,
        version=rules.version,
        published=rules.published_on,
        categories=rules.categories,
    )
    return rules
