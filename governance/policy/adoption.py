"""Adopting a policy: a new version beside the old ones, never a change to one."""

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.actions import root_of
from governance.audit import record
from governance.errors import NoLongerPossible
from governance.guideline_review import met_by_adopting
from governance.models import Municipality, PolicyVersion, User
from governance.permissions import require
from governance.policy.reader import read
from governance.public_pages import touch


@transaction.atomic
def adopt_policy(
    municipality: Municipality,
    content: str,
    *,
    decision: str,
    adopted_on: date,
    in_force_from: date,
    by: User,
    now: datetime,
) -> PolicyVersion:
    """Store a policy file's text as the municipality's next version.

    The first version may hold from any day, as the guideline itself does; a later one from today
    at the earliest, so that no duty is changed after the fact. Scheduled work and the command line
    act as the system; a person needs the right `adopt_policy` on the municipality.

    Raises PolicyRefused for a faulty file, NotAllowed without the right, and NoLongerPossible for
    a file for another country or a day that is taken or has passed.
    """
    municipality = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    if by != User.objects.system():
        require(by, "adopt_policy", root_of(municipality), now=now)
    policy = read(content, municipality.slug)
    if policy.jurisdiction != municipality.country:
        raise NoLongerPossible(
            _("The file is written for %(file)s and the municipality lies in %(country)s.")
            % {"file": policy.jurisdiction, "country": municipality.country}
        )
    _refuse_a_day_that_has_passed(municipality, in_force_from, now=now)
    earlier = PolicyVersion.objects.filter(municipality=municipality)
    version = PolicyVersion.objects.create(
        municipality=municipality,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=policy.guideline.title,
        content=content,
        digest=sha256(content.encode()).hexdigest(),
        decision=decision,
        adopted_on=adopted_on,
        in_force_from=in_force_from,
        adopted_by=by,
        adopted_at=now,
    )
    met_by_adopting(version, by=by, now=now)
    touch(municipality)  # the public pages tell the rules; those of a later day, from that day
    record(
        "policy.adopted",
        version,
        by=by,
        now=now,
        number=version.number,
        decision=decision,
        in_force_from=in_force_from,
        sha256=version.digest,
    )
    return version


def _refuse_a_day_that_has_passed(
    municipality: Municipality, in_force_from: date, *, now: datetime
) -> None:
    """A later version holds neither from before today nor from a day that has its version."""
    earlier = PolicyVersion.objects.filter(municipality=municipality)
    if not earlier.exists():
        return
    if in_force_from < municipality.today(now):
        raise NoLongerPossible(
            _("A new version cannot hold from %(day)s, which has passed.") % {"day": in_force_from}
        )
    taken = earlier.filter(in_force_from=in_force_from).select_related("adopted_by").first()
    if taken:
        raise NoLongerPossible(
            _("From %(day)s version %(number)s already holds.")
            % {"day": in_force_from, "number": taken.number},
            by=taken.adopted_by.name,
            at=taken.adopted_at,
        )
