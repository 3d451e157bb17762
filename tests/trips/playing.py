"""A year of the reference lived through by the product, and what came of it in the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

from django.core import mail
from django.db import connection

from archive.actions.snapshots import take_snapshot
from channels.actions.administrators import settle_administrators
from channels.actions.checklists import Seen, check_channel
from channels.actions.custody import hand_over_login
from channels.actions.deciding import approve_step
from channels.actions.goals import record_result
from channels.actions.guideline import acknowledge_guideline, record_informed
from channels.actions.prolonging import prolong_assignment
from channels.actions.register import confirm_channel
from channels.checklists import CHECKLISTS, latest_change, standings
from channels.checklists import digest_of as digest_of_list
from channels.models import (
    Channel,
    ChannelCheck,
    EditorAssignment,
    GoalFollowUp,
    GoalResult,
    Plan,
)
from governance.guideline_review import review_guideline
from governance.models import (
    Absence,
    Appointment,
    ClosedDay,
    Escalation,
    Obligation,
    PolicyVersion,
    User,
)
from governance.roles import Role
from moderation.actions import (
    Received,
    answer_inquiry,
    check_in,
    check_in_afterwards,
    declare_crisis,
    declare_rest,
    end_period,
    enter_inquiry,
    give_holding_reply,
    leave_unanswered,
    refer_inquiry,
)
from moderation.actions.activity import decide_on_quiet_channel, note_latest_post
from moderation.models import ActivityDecision, DeclaredPeriod, Inquiry
from tests.channels_of_town import assign, open_channel, watched_more_often, with_goal
from tests.governance.slow_clock import minute_of
from tests.pictures import upload
from tests.plans_of_town import RESOURCES, digest_of, submitted
from tests.town import Town, appoint
from tests.trips.clock import Clock
from tests.trips.places import place
from tests.trips.year import (
    FIRST,
    HOLDERS,
    Asked,
    Crisis,
    Done,
    Fact,
    Key,
    Late,
    Page,
    Planned,
    Post,
    Rest,
    Term,
    Year,
    days,
)
from tests.trips.year_owed import looked_at

Act = Callable[[datetime], object]


class Playing:
    """Ekby under the policy of the year, with everything that people do there in it."""

    def __init__(self, year: Year, until: date, outbox: list[mail.EmailMessage]) -> None:
        self.year, self.until = year, until
        self.town: Town = place(year.policy)
        self._calendar()
        self.zone = self.town.municipality.zone
        self.clock = Clock(outbox, opens=True, mornings=True)
        self.letters: list[tuple[int, str]] = []
        self.channels: dict[str, Channel] = {}
        self.acts: dict[int, list[Act]] = defaultdict(list)
        self._people()
        self._write_acts()

    # --- the story --------------------------------------------------------------------------------

    def person(self, name: str) -> User:
        return User.objects.get(name__startswith=f"{name} ", municipality=self.town.municipality)

    def _calendar(self) -> None:
        """The days and the clock of the year; the neighbours, who adopted nothing, owe nothing."""
        municipality, clock = self.town.municipality, self.year.clock
        municipality.country, municipality.time_zone = clock.country, clock.zone
        municipality.general_reply_days = clock.letters
        municipality.save()
        ClosedDay.objects.bulk_create(
            ClosedDay(municipality=municipality, day=day, name="Stengt")
            for day in sorted(clock.closed)
        )
        PolicyVersion.objects.filter(municipality=self.town.neighbour).delete()

    def _people(self) -> None:
        """Who is away when, and who takes over a role in the course of the year."""
        for leave in self.year.leaves:
            Absence.objects.create(
                user=self.person(leave.who),
                deputy=self.person(leave.deputy) if leave.deputy else None,
                starts_on=leave.first,
                ends_on=leave.last,
                entered_by=self.person(leave.who),
                entered_at=self.moment(self.year.clock.begins(FIRST)),
            )
        before, after = HOLDERS["operations_manager"]
        held = Appointment.objects.filter(
            user=self.person(before.name), role=Role.OPERATIONS_MANAGER
        )
        held.update(ends_on=before.last)
        appoint(
            self.person(after.name),
            Role.OPERATIONS_MANAGER,
            self.town.library,
            starts_on=after.first,
        )

    def _write_acts(self) -> None:
        year = self.year
        for page in year.pages:
            if page.opens < FIRST:
                self._open(page)
            else:
                self._at((page.opens, 0), partial(self._open, page))
            self._at((page.closes, 0) if page.closes else None, partial(self._close, page))
            for minute in looked_at(year, page, self.until):
                self.acts[minute].append(partial(self._look, page))
        for crisis in year.crises:
            self._at(crisis.first, partial(self._declare, crisis))
            self._at(crisis.ended, self._end_crisis)
        for rest in year.rests:
            self._at((rest.declared, 10), partial(self._rest, rest))
        for asked in year.asked:
            self._at(asked.entered, partial(self._ask, asked))
            self._at(asked.held, partial(self._reply, asked, give_holding_reply))
            refers = partial(refer_inquiry, to="Kommunchefen")
            answers = refers if asked.kind == Inquiry.Kind.MEDIA else answer_inquiry
            self._at(asked.answered, partial(self._reply, asked, answers))
            self._at(asked.needless, partial(self._leave, asked))
        for late in year.late:
            self._at(late.written, partial(self._look_afterwards, late))
        for post in year.posts:
            self._at(post.said, partial(self._note_post, post))
        for term in year.terms:
            self._at((term.first, 0), partial(self._begin, term))
            self._at(term.prolonged, partial(self._prolong, term))
        for planned in year.planned:
            self._at(planned.submitted, partial(self._submit, planned))
            for step, who, taken in planned.steps:
                self._at(taken, partial(self._take, step, who))
        for done in year.done:
            self._at((done.day, done.hour), partial(self._do, done))

    def _at(self, when: tuple[date, int] | None, act: Act) -> None:
        if when is not None and when[0] <= self.until:
            self.acts[self.year.minute(*when)].append(act)

    def moment(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, UTC).astimezone(self.zone)

    # --- what people do ---------------------------------------------------------------------------

    def _open(self, page: Page, _now: datetime | None = None) -> None:
        channel = open_channel(
            self.town.library,
            page.name,
            opened_on=page.opens,
            created_at=self.moment(self.year.clock.begins(page.opens)),
            office_hours_only=page.office_only,
            last_confirmed_on=page.confirmed,
        )
        assign(self.person(page.responsible), channel, since=page.opens)
        assign(self.person(page.second), channel, Role(self.year.second), since=page.opens)
        # as whatever assigns people does
        begins = self.moment(self.year.clock.begins(max(page.opens, FIRST)))
        settle_administrators(channel, by=self.person(page.responsible), now=begins)
        self.channels[page.name] = channel
        for goal in self.year.goals:
            if goal.page == page:
                approved = self.moment(self.year.minute(goal.since, 12))
                with_goal(channel, goal.text, goal.due, by=self.town.anna, now=approved)
        if page.times and page.planned:
            approved = self.moment(self.year.minute(page.planned, 12))
            person = self.person(page.responsible)
            watched_more_often(channel, page.times, by=person, now=approved)

    def _close(self, page: Page, _now: datetime) -> None:
        rows = Channel.objects.filter(pk=self.channels[page.name].pk)
        rows.update(state=Channel.State.CLOSED, closed_on=page.closes)

    def _look(self, page: Page, now: datetime) -> None:
        check_in(self.channels[page.name], by=self.person(page.responsible), now=now)

    def _look_afterwards(self, late: Late, now: datetime) -> None:
        channel, person = self.channels[late.page.name], self.person(late.page.responsible)
        check_in_afterwards(channel, late.day, by=person, now=now, note="Glömdes att skriva in")

    def _declare(self, crisis: Crisis, now: datetime) -> None:
        declare_crisis(
            [self.channels[crisis.page.name]],
            why="Översvämning",
            until=self.moment(self.year.minute(*crisis.until)) if crisis.until else None,
            by=self.person("Ben"),
            now=now,
        )

    def _end_crisis(self, now: datetime) -> None:
        period = DeclaredPeriod.objects.get(
            kind=DeclaredPeriod.Kind.CRISIS, ended_at__isnull=True, ends_at__isnull=True
        )
        end_period(period, reason="Vattnet sjunker", by=self.person("Hanna"), now=now)

    def _rest(self, rest: Rest, now: datetime) -> None:
        declare_rest(
            [self.channels[rest.page.name]],
            why="Lov",
            first=rest.first,
            last=rest.last,
            by=self.person("Ben"),
            now=now,
        )

    def _ask(self, asked: Asked, now: datetime) -> None:
        posted = self.moment(self.year.minute(*asked.posted))
        received = Received(about=asked.about, kind=asked.kind, posted_at=posted)
        channel = self.channels[asked.page.name]
        enter_inquiry(channel, received, by=self.person(asked.page.responsible), now=now)

    def _reply(self, asked: Asked, act: Callable[..., object], now: datetime) -> None:
        act(
            Inquiry.objects.get(about=asked.about),
            by=self.person(asked.page.responsible),
            now=now,
        )

    def _leave(self, asked: Asked, now: datetime) -> None:
        leave_unanswered(
            Inquiry.objects.get(about=asked.about),
            ground=Inquiry.Ground.MISTAKE,
            reason="Dubbelt inskriven",
            by=self.person(asked.page.responsible),
            now=now,
        )

    def _note_post(self, post: Post, now: datetime) -> None:
        channel, person = self.channels[post.page.name], self.person(post.page.responsible)
        note_latest_post(channel, post.posted or now.date(), by=person, now=now)

    def _begin(self, term: Term, _now: datetime) -> None:
        channel, person = self.channels[term.page.name], self.person(term.who)
        assign(person, channel, Role.EDITOR, since=term.first, until=term.last)

    def _prolong(self, term: Term, now: datetime) -> None:
        assignment = EditorAssignment.objects.get(
            channel=self.channels[term.page.name], name__startswith=f"{term.who} "
        )
        (holder,) = (h for h in HOLDERS[self.year.appoints][:1])
        prolong_assignment(assignment, ends_on=None, by=self.person(holder.name), now=now)

    def _submit(self, planned: Planned, now: datetime) -> None:
        submitted(self.town, address=planned.address, now=now)

    def _take(self, step: str, who: str, now: datetime) -> None:
        day = now.date()
        (person,) = (h.name for h in HOLDERS[who] if h.first <= day <= h.last)
        plan = Plan.objects.get(state=Plan.State.SUBMITTED)
        seen, by = digest_of(plan), self.person(person)
        approve_step(plan, step, digest=seen, place="Ekby", answers=RESOURCES, by=by, now=now)

    def _do(self, done: Done, now: datetime) -> None:
        match done.duty:
            case "snapshot":
                channel = self.channels[done.subject]
                take_snapshot(channel, [upload()], by=self.person("Cleo"), now=now)
            case "custody":
                role = Role(done.about)
                held = HOLDERS.get(done.about)
                holder = self.person(held[0].name if held else self._owner(done.subject))
                channel = self.channels[done.subject]
                hand_over_login(channel, role, holder, by=self.person("Ben"), now=now)
            case "informing":
                ben, person = self.person("Ben"), self.person(done.subject)
                record_informed(person, how="Samtal", on=now.date(), by=ben, now=now)
            case "acknowledgement":
                acknowledge_guideline("1", by=self.person(done.subject), now=now)
            case "register":
                confirm_channel(self.channels[done.subject], by=self.person("Cleo"), now=now)
            case "visitor_information" | "graphic_profile":
                channel, checklist = self.channels[done.subject], CHECKLISTS[done.duty]
                seen = [Seen(done.about, ChannelCheck.Outcome.IN_PLACE)]
                asked = standings(channel, checklist, now)
                shown = digest_of_list(asked, latest_change(channel.municipality, checklist))
                owner = self.person(self._owner(done.subject))
                check_channel(channel, checklist, seen, shown=shown, by=owner, now=now)
            case "goals":
                goal = GoalFollowUp.objects.get(goal__text=done.subject)
                newest = goal.results.order_by("-pk").first()
                record_result(
                    goal,
                    result="430",
                    verdict=GoalResult.Verdict.UNDER_WAY,
                    as_of=now.date(),
                    seen=newest.pk if newest else None,
                    by=self.person("Cleo"),
                    now=now,
                )
            case "inactivity":
                channel = self.channels[done.subject]
                newest_one = ActivityDecision.objects.filter(channel=channel).first()
                decide_on_quiet_channel(
                    channel,
                    outcome=ActivityDecision.Outcome.GO_ON,
                    reason="Den väcks i höst",
                    seen=newest_one.pk if newest_one else None,
                    by=self.person(self._owner(done.subject)),
                    now=now,
                )
            case "guideline_review":
                ben, place = self.person("Ben"), self.town.municipality
                review_guideline(place, version=1, outcome="stands", by=ben, now=now)
            case _:
                raise KeyError(done.duty)

    def _owner(self, name: str) -> str:
        return next(page.responsible for page in self.year.pages if page.name == name)

    # --- the hours --------------------------------------------------------------------------------

    def live(self, minutes: set[int]) -> None:
        """Let beat come round at these minutes, at each midnight, and when somebody does
        something."""
        midnights = {self.year.clock.begins(day) for day in days(FIRST, self.until)}
        for minute in sorted(minutes | midnights | set(self.acts)):
            now = self.moment(minute)
            if minute in midnights:
                _know_what_is_there()
            for act in self.acts.get(minute, ()):
                act(now)
            begun = len(self.clock.letters)
            self.clock.turn(now)
            self.letters += [(minute, name) for _when, name, _text in self.clock.letters[begun:]]

    # --- what came of it --------------------------------------------------------------------------

    def owed(self) -> list[tuple[Key, int, int]]:
        """Each thing owed, with the minute at which it was done or no longer to be done, or 0."""
        rows = Obligation.objects.filter(municipality=self.town.municipality)
        return sorted(
            (key_of(row), _minute(row.met_at), _minute(row.waived_at))
            for row in rows.prefetch_related("subject")
        )

    def facts(self) -> set[Fact]:
        rows = Escalation.objects.filter(obligation__municipality=self.town.municipality)
        passed = list(rows.prefetch_related("obligation__subject"))
        found = {
            (key_of(e.obligation), minute_of(e.planned_at), e.who, e.kind, minute_of(e.at))
            for e in passed
        }
        assert len(found) == len(passed), "nothing is noticed twice"
        return found


def _know_what_is_there() -> None:
    """What the database does by itself where a day takes a day, and is committed."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE governance_obligation, governance_escalation")
        cursor.execute("ANALYZE governance_notice, governance_heldback, moderation_checkin")


def _minute(moment: datetime | None) -> int:
    return minute_of(moment) if moment else 0


def key_of(row: Obligation) -> Key:
    """What tells one obligation from another, in the words of the reference."""
    match row.subject:
        case User() as person:
            name = person.get_short_name()
        case Inquiry() as asked:
            name = asked.about
        case Absence() as absence:
            name = absence.user.get_short_name()
        case EditorAssignment() as assignment:
            name = assignment.name.split()[0]
        case GoalFollowUp() as followed:
            name = followed.goal.text
        case subject:
            name = getattr(subject, "name", "")
    several = {"custody", "guideline_gap", *CHECKLISTS}
    about = row.period.partition("/")[0] if row.duty in several else ""
    if isinstance(row.subject, Plan):
        about = row.period.partition("/")[2]
    return row.duty, name, about, row.due_on.isoformat() if row.due_on else "", _minute(row.due_at)
