"""What the policy asks about personal data on a channel, and how what was assessed stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.answers import words
from channels.models import BasisChange, Channel, LocalSupplement, PersonalDataAssessment, Platform
from channels.paper import Row, rows
from channels.scope import scope_of
from channels.steps import plan_of
from governance.models import Municipality
from governance.policy.in_force import policy_for, policy_of
from governance.policy.types import Form, Policy, Recommendation, Scope, Stated

#: The form of an assessment in a policy file.
FORM: Final = "personal_data"
#: The rules that the page shows; what is recommended beside them is shown as such.
_KEYS: Final = (
    "personal_data.assessment",
    "controller_scope",
    "personal_data.restrictive",
    "personal_data.transfer",
)
#: What a platform's assessments rest on.
BASES: Final = (BasisChange.Basis.TRANSFER, BasisChange.Basis.CONTROLLER)

State = Literal["current", "stale"]


@dataclass(frozen=True)
class Asked:
    """What the policy in force says of personal data in one place; None where it is silent.

    `form` is asked for each processing, and None where nothing is: the policy has no such
    questions, or says itself for whose posts the municipality is controller there.
    """

    rule: Stated | None
    controller: Stated | None
    transfer: Stated | None
    restrictive: Stated | None
    exemption: Stated | None
    form: Form | None
    recommendations: tuple[Recommendation, ...]

    @property
    def rules(self) -> list[Stated]:
        """What is stated, for the page; without the exemption, which is asked about apart."""
        found = (self.rule, self.controller, self.restrictive, self.transfer)
        return [each for each in found if each is not None]

    @property
    def exemption_needs_reasons(self) -> bool:
        return self.exemption is not None and self.exemption.value == "assess_with_reasons"


def asked_in(policy: Policy, scope: Scope) -> Asked:
    """What the policy asks in a scope."""

    def stated(key: str) -> Stated | None:
        rule = policy.rule(key, scope)
        return rule if isinstance(rule, Stated) else None

    rule, controller = stated("personal_data.assessment"), stated("controller_scope")
    settled = controller is not None and controller.value != "assess"
    return Asked(
        rule=rule,
        controller=controller,
        transfer=stated("personal_data.transfer"),
        restrictive=stated("personal_data.restrictive"),
        exemption=stated("personal_data.arts_exemption"),
        form=policy.forms.get(FORM) if rule is not None and not settled else None,
        recommendations=tuple(each for each in policy.recommendations if each.about in _KEYS),
    )


def answer_in_plan(channel: Channel, policy: Policy) -> tuple[str, list[str]] | None:
    """The plan's own question on privacy and its answer, where the policy asks it there."""
    field, plan = policy.form("plan").standing_for("privacy"), plan_of(channel)
    if field is None or plan is None:
        return None
    answers = plan.current.answers if plan.current else {}
    return field.label, words(field, answers.get(field.key))


@dataclass(frozen=True)
class Assessed:
    """The assessment of one processing that holds, and why it no longer counts, if so."""

    row: PersonalDataAssessment
    why_stale: str

    @property
    def state(self) -> State:
        return "stale" if self.why_stale else "current"

    @property
    def answers(self) -> list[Row]:
        """The answers beside the questions of the version that asked them."""
        return rows(policy_of(self.row.policy).form(FORM), self.row.answers)


@dataclass(frozen=True)
class Supplemented:
    """A shared assessment as it stands on one channel, with what the channel adds to it."""

    assessed: Assessed
    supplement: LocalSupplement | None
    why_stale: str

    @property
    def state(self) -> State:
        """Stale where either of the two is."""
        return "stale" if self.assessed.why_stale or self.why_stale else "current"


def latest_basis_change(municipality: Municipality, platform: Platform) -> BasisChange | None:
    """The last announced change of what the platform's assessments rest on."""
    rows_ = BasisChange.objects.filter(municipality=municipality, platform=platform)
    return rows_.select_related("by").first()


def assessments(municipality: Municipality, platform: Platform, now: datetime) -> list[Assessed]:
    """What holds of each processing on a platform; two queries."""
    changes = _changes(municipality, [platform])
    return _assessed(municipality, [platform], changes, now).get(platform.pk, [])


def _changes(
    municipality: Municipality, platforms: Collection[Platform]
) -> dict[int | None, BasisChange]:
    """The last announced change of each platform, by its key; one query."""
    rows_ = BasisChange.objects.filter(municipality=municipality, platform__in=platforms)
    latest = rows_.order_by("platform_id", "-at", "-pk").distinct("platform_id")
    return {each.platform_id: each for each in latest}


def _assessed(
    municipality: Municipality,
    platforms: Collection[Platform],
    changes: Mapping[int | None, BasisChange],
    now: datetime,
) -> dict[int, list[Assessed]]:
    """What holds of each processing, by the platform's key; one query."""
    today = municipality.today(now)
    by_key = {each.pk: each for each in platforms}
    found: dict[int, list[Assessed]] = {}
    for row in PersonalDataAssessment.objects.that_hold(municipality, by_key.keys()):
        row.platform = by_key[row.platform_id]
        stale = (
            _announced_since(row.at, changes.get(row.platform_id))
            or _known_since(row)
            or _over_since(row, today)
        )
        found.setdefault(row.platform_id, []).append(Assessed(row, stale))
    return found


def _announced_since(at: datetime, change: BasisChange | None) -> str:
    if change is None or at > change.at:
        return ""
    return _("%(what)s has changed since: %(how)s") % {
        "what": str(change.get_basis_display()).capitalize(),
        "how": change.reason,
    }


def _known_since(row: PersonalDataAssessment) -> str:
    """What is known of the platform now and was not then."""
    if row.transfer != row.platform.transfer:
        return _("A transfer was said to rest on “%(then)s”, and now on “%(now)s”.") % {
            "then": row.get_transfer_display(),
            "now": row.platform.get_transfer_display(),
        }
    if row.visitors_posts != row.platform.visitors_posts:
        return _("Control of visitors' posts was “%(then)s”, and is now “%(now)s”.") % {
            "then": row.get_visitors_posts_display(),
            "now": row.platform.get_visitors_posts_display(),
        }
    return ""


def _over_since(row: PersonalDataAssessment, today: date) -> str:
    """That it was to be made again, on the day that whoever made it gave it, if they did."""
    if row.review_on is None or row.review_on > today:
        return ""
    return _("It was to be made again on %(day)s.") % {
        "day": date_format(row.review_on, "DATE_FORMAT")
    }


def standing_on(channels: Iterable[Channel], now: datetime) -> Mapping[int, list[Supplemented]]:
    """How every assessed processing stands on channels of one municipality; by channel.

    The same three queries whatever their number. The channels come with their platforms.
    """
    channels = list(channels)
    if not channels:
        return {}
    municipality = channels[0].municipality
    platforms = list({each.platform_id: each.platform for each in channels}.values())
    changes = _changes(municipality, platforms)
    shared = _assessed(municipality, platforms, changes, now)
    local = {
        (each.channel_id, each.assessment.processing): each
        for each in LocalSupplement.objects.that_hold(channels)
    }
    found = {}
    for channel in channels:
        change = changes.get(channel.platform_id)
        found[channel.pk] = [
            Supplemented(
                assessed,
                supplement := local.get((channel.pk, assessed.row.processing)),
                _announced_since(supplement.at, change) if supplement else "",
            )
            for assessed in shared.get(channel.platform_id, [])
        ]
    return found


def asked_on(channel: Channel, now: datetime) -> Asked:
    """What the policy in force asks on the channel."""
    return asked_in(policy_for(channel.unit, now), scope_of(channel))
