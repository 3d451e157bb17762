"""Who is to know the guideline, in which way, and who does.

The policy says which way: by their manager's word, by their own, or not at all. Reading only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from channels.models import Channel, EditorAssignment
from governance.models import Acknowledgement, PolicyVersion, User
from governance.policy.types import Cited, Policy, Stated
from governance.roles import CHANNEL_ROLES, Role

Kind = Acknowledgement.Kind

RULE: Final = "editors.acknowledgement"
ROUTINE: Final = "acknowledgement"

#: What each word of the rule asks for.
_KINDS: Final = {
    "informed_by_manager": Kind.INFORMED,
    "acknowledged_by_editor": Kind.READ,
    "own_responsibility": Kind.READ,
    "competence_and_routines": Kind.COMPETENCE,
}
#: Words under which the guideline itself wants it from each person. Under the others it lays a
#: responsibility on somebody and asks for no word of it: only our routine can do that.
_DEMANDS: Final = frozenset({"informed_by_manager", "acknowledged_by_editor"})
#: Channels on which somebody speaks, or soon will.
_IN_USE: Final = (Channel.State.WAITING, Channel.State.OPEN)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy asks: `kind` of every editor, or of those in `roles` if there are any.

    `owed` is what the duty stands on, a rule or our routine; None where nothing is owed and it can
    be put on record all the same.
    """

    rule: Stated
    kind: Kind
    roles: frozenset[str]
    owed: Cited | None

    @property
    def by_themselves(self) -> bool:
        """Whether it is the editor's own word; else it is that of whoever manages them."""
        return self.kind == Kind.READ

    @property
    def who(self) -> Role:
        """Who owes it: the editor on the channel, or the manager whom the rule names first."""
        if self.by_themselves:
            return Role.RESPONSIBLE_PERSON if self.roles else Role.EDITOR
        return next(iter(self.rule.who), Role.NEAREST_MANAGER)


def asked_of_editors(policy: Policy) -> Asked | None:
    """What the policy asks of editors about the guideline; None where it is silent."""
    rule = policy.rule(RULE)
    if not isinstance(rule, Stated):
        return None
    word = str(rule.value)
    kind = _KINDS[word]
    roles = frozenset(map(str, rule.who)) & CHANNEL_ROLES if kind == Kind.READ else frozenset()
    routine = policy.routine.get(ROUTINE)
    owed: Cited | None = Cited(says=routine.says) if routine else None
    return Asked(rule, kind, roles, rule if word in _DEMANDS else owed)


def not_ended(day: date) -> Q:
    """Assignments that hold on `day` or will: who begins tomorrow is to know it today."""
    return Q(revoked_at__isnull=True) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def concerned(asked: Asked, day: date) -> QuerySet[EditorAssignment]:
    """The assignments whose people are to know the guideline on `day`, everywhere."""
    rows = EditorAssignment.objects.filter(
        not_ended(day), user__isnull=False, channel__state__in=_IN_USE
    )
    return rows.filter(role__in=asked.roles) if asked.roles else rows


def lacking(asked: Asked, version: PolicyVersion, day: date) -> QuerySet[EditorAssignment]:
    """Those of `concerned` of whom it is not on record that they know the version."""
    known = Acknowledgement.objects.filter(user=OuterRef("user"), policy=version, kind=asked.kind)
    place = version.municipality_id
    return concerned(asked, day).filter(~Exists(known), municipality=place)


def known_of(
    users: Iterable[int | None], asked: Asked, version: PolicyVersion
) -> dict[int, Acknowledgement]:
    """What is on record of these people (keys) and the version, by the person's key; one query."""
    rows = Acknowledgement.objects.filter(
        user__in={key for key in users if key}, policy=version, kind=asked.kind
    )
    return {row.user_id: row for row in rows.select_related("by")}


def last_known(user: User, version: PolicyVersion) -> PolicyVersion | None:
    """The latest version before this one that the person is on record as knowing."""
    rows = PolicyVersion.objects.filter(
        acknowledgements__user=user,
        municipality=version.municipality_id,
        number__lt=version.number,
    )
    return rows.order_by(F("number").desc()).defer("content").first()


def capacity_of(user: User, asked: Asked, day: date) -> str:
    """As what the person is to know it: a line for each role on a channel, in words."""
    rows = concerned(asked, day).filter(user=user).select_related("channel__platform")
    lines = [
        _("%(role)s, %(channel)s, %(platform)s")
        % {"role": row.get_role_display(), "channel": row.channel, "platform": row.channel.platform}
        for row in rows.order_by("channel__name", "role", "pk")
    ]
    return "\n".join(dict.fromkeys(lines))
