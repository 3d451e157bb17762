"""The register of editors: every assignment, now and before, as somebody may read it.

Reading only. Names are those that are shown, in what is searched and sorted by as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels.guideline import Asked, asked_of_editors, known_of, lacking
from channels.models import Channel, EditorAssignment
from channels.paper import clause_of
from channels.scope import scope_of
from governance.models import Acknowledgement, Municipality, PolicyVersion, Unit, User
from governance.names import shown
from governance.permissions import units_below, units_where
from governance.policy.in_force import policy_of, version_in_force
from governance.policy.types import Policy, Stated
from governance.roles import Role
from governance.spreadsheets import Value as Cell

#: Who keeps the register, oversees it, or manages those who stand in it.
RIGHT: Final = "see_editors"
#: So many days before its last day an assignment is about to end.
SOON: Final = 30

CURRENT: Final = "current"
ENDING: Final = "ending"
COMING: Final = "coming"
ENDED: Final = "ended"
STATES: Final[dict[str, str | Promise]] = {
    CURRENT: gettext_lazy("in force"),
    ENDING: gettext_lazy("about to end"),
    COMING: gettext_lazy("to come"),
    ENDED: gettext_lazy("ended"),
}
#: The roles on a channel in order, whoever answers for it first.
_ANSWERING: Final = (
    Role.CHANNEL_OWNER,
    Role.RESPONSIBLE_PERSON,
    Role.SUBSTITUTE,
    Role.ADMINISTRATOR,
    Role.EDITOR,
)
#: The icon and tint of each state.
_SHOWN_AS: Final = {CURRENT: "done", ENDING: "soon", COMING: "waiting", ENDED: "none"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the register is read on: the municipality's day, its policy and what that asks."""

    municipality: Municipality
    day: date
    version: PolicyVersion
    policy: Policy
    asked: Asked | None

    @classmethod
    def of(cls, municipality: Municipality, now: datetime) -> Ground:
        """Raises NoPolicyInForce."""
        version = version_in_force(municipality, now)
        policy = policy_of(version)
        return cls(municipality, municipality.today(now), version, policy, asked_of_editors(policy))

    @property
    def central_rule(self) -> Stated | None:
        """The rule by which there is a central register, where the guideline has one."""
        rule = self.policy.rule("editors.central_register")
        return rule if isinstance(rule, Stated) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the register is narrowed to; empty for everything."""

    words: str = ""
    unit: Unit | None = None
    channel: Channel | None = None
    role: str = ""
    state: str = ""
    lacking: bool = False
    person: User | None = None

    def facts(self) -> dict[str, Any]:
        """The filter for the log, the words searched for left out: they may name anybody."""
        return {
            "searched": bool(self.words),
            "unit": self.unit.pk if self.unit else 0,
            "channel": self.channel.pk if self.channel else 0,
            "role": self.role,
            "state": self.state,
            "lacking": self.lacking,
        }


def within_reach(user: User, now: datetime) -> QuerySet[EditorAssignment]:
    """Every assignment to a channel of a unit on which the person may read the register."""
    units = units_where(user, RIGHT, now)
    return EditorAssignment.objects.filter(channel__unit__in=units.values("pk"))


def narrowed(
    rows: QuerySet[EditorAssignment], wanted: Wanted, ground: Ground
) -> QuerySet[EditorAssignment]:
    """Those that are wanted, in order: what holds before what is over, then by name."""
    rows = rows.annotate(called=shown("user", "name"))
    if wanted.words:
        rows = rows.filter(
            Q(called__icontains=wanted.words)
            | Q(channel__name__icontains=wanted.words)
            | Q(channel__handle__icontains=wanted.words)
        )
    if wanted.unit is not None:
        rows = rows.filter(channel__unit__in=units_below([wanted.unit.pk]).values("pk"))
    if wanted.channel is not None:
        rows = rows.filter(channel=wanted.channel)
    if wanted.person is not None:
        rows = rows.filter(user=wanted.person)
    if wanted.role:
        rows = rows.filter(role=wanted.role)
    if wanted.state:
        rows = rows.filter(_in_state(wanted.state, ground.day))
    if wanted.lacking and ground.asked:
        rows = rows.filter(pk__in=lacking(ground.asked, ground.version, ground.day).values("pk"))
    over = When(_in_state(ENDED, ground.day), then=Value(1))
    rows = rows.annotate(over=Case(over, default=Value(0), output_field=IntegerField()))
    return rows.select_related(
        "user", "channel__platform", "channel__unit", "appointed_by", "revoked_by", "municipality"
    ).order_by("over", "called", "channel__name", "-starts_on", "pk")


def _in_state(state: str, day: date) -> Q:
    soon = day + timedelta(days=SOON)
    ended = Q(revoked_at__isnull=False) | Q(ends_on__lt=day)
    if state == ENDED:
        return ended
    if state == COMING:
        return ~ended & Q(starts_on__gt=day)
    if state == ENDING:
        return ~ended & Q(starts_on__lte=day, ends_on__lte=soon)
    return ~ended & Q(starts_on__lte=day)


def state_of(row: EditorAssignment, day: date) -> str:
    """How the assignment stands on that day; one about to end is in force too."""
    if row.revoked_at is not None or (row.ends_on is not None and row.ends_on < day):
        return ENDED
    if row.starts_on > day:
        return COMING
    if row.ends_on is not None and row.ends_on <= day + timedelta(days=SOON):
        return ENDING
    return CURRENT


# --- a line of the register -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An assignment as the register shows it."""

    assignment: EditorAssignment
    state: str
    knows: Acknowledgement | None
    #: whether the person is to know the guideline and it is not on record
    lacks: bool
    #: whether it is asked of the person at all
    asked: bool

    @property
    def icon(self) -> str:
        return _SHOWN_AS[self.state]

    @property
    def words(self) -> str:
        return str(STATES[self.state])

    @property
    def until(self) -> date | None:
        """The last day, or the day on which it was ended before that."""
        row = self.assignment
        if row.revoked_at is None:
            return row.ends_on
        day = row.municipality.today(row.revoked_at)
        return min(day, row.ends_on) if row.ends_on else day


def entries(rows: Iterable[EditorAssignment], ground: Ground) -> list[Entry]:
    """The assignments with how they stand and who knows the guideline; one query."""
    rows = list(rows)
    asked = ground.asked
    known = known_of([row.user_id for row in rows], asked, ground.version) if asked else {}
    return [_entry(row, known, ground) for row in rows]


def _entry(row: EditorAssignment, known: dict[int, Acknowledgement], ground: Ground) -> Entry:
    state = state_of(row, ground.day)
    asked = ground.asked
    concerned = (
        asked is not None
        and row.user_id is not None
        and state != ENDED
        and row.channel.state in (Channel.State.WAITING, Channel.State.OPEN)
        and (not asked.roles or row.role in asked.roles)
    )
    knows = known.get(row.user_id or 0) if concerned else None
    return Entry(row, state, knows, lacks=concerned and knows is None, asked=concerned)


# --- how many administrators ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Breach:
    """A channel with fewer or more administrators today than the policy allows."""

    channel: Channel
    held: int
    words: str
    clause: str


def breaches(units: QuerySet[Unit], ground: Ground) -> list[Breach]:
    """The open channels of these units with too few or too many administrators; one query.

    Nothing is asked where the policy sets no bound.
    """
    keys = ("admins.minimum", "admins.maximum")
    if not any(ground.policy.rules.get(key) for key in keys):
        return []
    today = Q(assignments__role=Role.ADMINISTRATOR, assignments__revoked_at__isnull=True)
    today &= Q(assignments__starts_on__lte=ground.day)
    today &= Q(assignments__ends_on__isnull=True) | Q(assignments__ends_on__gte=ground.day)
    channels: QuerySet[Any] = (
        Channel.objects.filter(unit__in=units.values("pk"), state=Channel.State.OPEN)
        .select_related("platform", "unit")
        .annotate(held=Count("assignments", filter=today))
        .order_by("name", "pk")
    )
    return [each for channel in channels for each in _breach(channel, channel.held, ground.policy)]


def rank_of(row: EditorAssignment) -> int:
    """Where somebody stands among the people of a channel, whoever answers for it first."""
    return _ANSWERING.index(Role(row.role)) if row.role in _ANSWERING else len(_ANSWERING)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What a channel lacks in people under the policy, in words, with the clause."""

    words: str
    clause: str


def uncovered(channel: Channel, policy: Policy, now: datetime) -> Iterator[Uncovered]:
    """Who is missing on the channel today: a responsible person, cover in absence, administrators.

    Where the policy's plan names nobody as responsible, nobody is missed as such.
    """
    day = channel.municipality.today(now)
    rows = EditorAssignment.objects.filter(channel=channel).in_force(day)
    held = list(rows.values_list("role", "user", "name"))
    roles = {role for role, _user, _name in held}
    field = policy.form("plan").standing_for("responsible")
    if field is not None and Role.RESPONSIBLE_PERSON not in roles:
        yield Uncovered(_("Nobody is the responsible person"), clause_of(field))
    rule = policy.rule("substitute.required", scope_of(channel))
    if isinstance(rule, Stated):
        people = {user or name for _role, user, name in held}
        if rule.value == "required" and Role.SUBSTITUTE not in roles:
            yield Uncovered(_("Nobody is the substitute"), clause_of(rule))
        if rule.value == "never_unattended" and len(people) < 2:
            yield Uncovered(_("Nobody is there when one is away"), clause_of(rule))
    administrators = [role for role in held if role[0] == Role.ADMINISTRATOR]
    for each in _breach(channel, len(administrators), policy):
        yield Uncovered(each.words, each.clause)


def lacks_without(assignment: EditorAssignment, policy: Policy, now: datetime) -> Breach | None:
    """The administrators too few that the channel has once this assignment is ended, if so."""
    channel = assignment.channel
    held = EditorAssignment.objects.filter(channel=channel, role=Role.ADMINISTRATOR)
    held = held.in_force(channel.municipality.today(now))
    if channel.state != Channel.State.OPEN or not held.filter(pk=assignment.pk).exists():
        return None
    return next(_too_few(channel, held.count() - 1, policy), None)


def _breach(channel: Channel, held: int, policy: Policy) -> Iterator[Breach]:
    yield from _too_few(channel, held, policy)
    yield from _too_many(channel, held, policy)


def _too_few(channel: Channel, held: int, policy: Policy) -> Iterator[Breach]:
    fewest = policy.rule("admins.minimum", scope_of(channel))
    if isinstance(fewest, Stated) and isinstance(fewest.value, int) and held < fewest.value:
        words = ngettext(
            "%(held)d administrator of at least %(n)d",
            "%(held)d administrators of at least %(n)d",
            held,
        )
        yield Breach(channel, held, words % {"held": held, "n": fewest.value}, clause_of(fewest))


def _too_many(channel: Channel, held: int, policy: Policy) -> Iterator[Breach]:
    most = policy.rule("admins.maximum", scope_of(channel))
    if isinstance(most, Stated) and isinstance(most.value, int) and held > most.value:
        words = ngettext(
            "%(held)d administrator, and at most %(n)d may be",
            "%(held)d administrators, and at most %(n)d may be",
            held,
        )
        yield Breach(channel, held, words % {"held": held, "n": most.value}, clause_of(most))


# --- as a file --------------------------------------------------------------------------------


def header() -> list[str]:
    """The names of the columns, in the language that is active."""
    return [
        _("Person"),
        _("Title"),
        _("Role"),
        _("Channel"),
        _("Platform"),
        _("Address"),
        _("Unit"),
        _("From"),
        _("Until"),
        _("State"),
        _("Purpose"),
        _("What it covers"),
        _("Appointed by"),
        _("Appointed"),
        _("Knows the guideline"),
        _("On record since"),
    ]


#: Rows whose people are looked up together.
_BATCH: Final = 500


def lines(rows: QuerySet[EditorAssignment], ground: Ground) -> Iterator[Sequence[Cell]]:
    """The assignments as cells, read a few hundred at a time."""
    batch: list[EditorAssignment] = []
    for row in rows.iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            yield from map(_line, entries(batch, ground))
            batch = []
    yield from map(_line, entries(batch, ground))


def _line(entry: Entry) -> list[Cell]:
    row = entry.assignment
    place = row.municipality
    return [
        row.shown_name,
        row.user.shown_title if row.user else "",
        str(row.get_role_display()),
        row.channel.name,
        str(row.channel.platform),
        row.channel.url,
        row.channel.unit.name,
        row.starts_on,
        entry.until,
        entry.words,
        row.as_shown(row.purpose),
        row.as_shown(row.scope),
        row.appointed_by.shown_in_full,
        place.today(row.appointed_at),
        knows_in_words(entry),
        place.today(entry.knows.at) if entry.knows else None,
    ]


def knows_in_words(entry: Entry) -> str:
    """Whether the person knows the guideline in force, in a word or two."""
    if entry.knows:
        return str(entry.knows.get_kind_display())
    if entry.lacks:
        return _("not on record")
    return _("no account here") if not entry.assignment.user_id else ""
