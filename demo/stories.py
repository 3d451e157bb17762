"""Something worth seeing in every state, told on its day by the program's own actions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from PIL import Image, ImageDraw

from archive.actions.snapshots import take_snapshot
from channels.actions.custody import end_custody
from channels.actions.deciding import return_plan
from channels.actions.goals import record_result
from channels.models import Channel, GoalResult, Plan
from channels.steps import actors_of, step_waiting
from demo.opening import draft, propose, submit, take_step
from demo.organisation import Account, Place
from governance.actions import add_person, enter_absence
from governance.models import Obligation, Unit
from governance.policy.in_force import policy_for
from governance.roles import Role
from moderation.actions.activity import note_latest_post
from moderation.actions.check_ins import check_in_afterwards
from moderation.actions.declaring import declarable, declare_crisis, declare_rest, end_period
from moderation.actions.findings import Finding, take_up
from moderation.actions.house_rules import publish_house_rules
from moderation.actions.inquiries import (
    Received,
    answer_inquiry,
    enter_inquiry,
    give_holding_reply,
)
from moderation.actions.paperwork import (
    close,
    hand_to_registrar,
    inform_author,
    note_measures,
    note_off_platform,
    register_number,
)
from moderation.actions.removal import Removal, remove
from moderation.activity import asked_of
from moderation.models import DeclaredPeriod, Inquiry, Item
from moderation.replies import kinds_in

_WORDS = {
    "sv": {
        "rules": "Vi tar bort det som är brottsligt, reklam och personangrepp. Kritik får stå.",
        "threat": "Vi vet var hon parkerar. Säg åt henne att hon ska se sig om i kväll.",
        "attack": "Du som svarar här är en idiot och borde inte få jobba med människor.",
        "question": "Vad är syftet som inte redan nås av vår webbplats? Skriv det tydligare.",
        "note": "Kommentaren och skärmbilden finns i närarkivet, pärm för sociala medier.",
        "police": "Polisanmälan gjord av enhetschefen.",
        "followers": "612 följare",
        "afterwards": "Jag tittade men hann inte skriva det den dagen.",
        "hours": "Öppettider under helgen",
        "queue": "Hur lång kön är just nu",
        "other": "Uppgifter som inte stämmer",
        "told": "Hej! Vi har tagit bort det du skrev. Skriv gärna igen om sakfrågan.",
        "leak": "En vattenläcka i centrum. Frågorna är många, och de måste få svar i dag.",
        "mended": "Läckan är lagad, och frågorna har slutat komma.",
        "holiday": "Lov: ingen på skolan skriver, och få besöker sidan.",
    },
    "nn": {
        "rules": "Vi slettar personangrep, upassande oppførsel og det som strir mot norsk lov.",
        "threat": "Vi veit kvar ho parkerer. Sei til ho at ho skal sjå seg om i kveld.",
        "attack": "Du som svarar her er ein idiot og burde ikkje få arbeide med folk.",
        "question": "Kva er det de vil nå som ikkje hovudkontoen når? Skriv det tydelegare.",
        "note": "Kommentaren og skjermbiletet ligg i arkivet til eininga.",
        "police": "Politimelding send av avdelingsleiaren.",
        "followers": "612 følgjarar",
        "afterwards": "Eg såg etter, men rakk ikkje å skrive det den dagen.",
        "hours": "Opningstider i helga",
        "queue": "Kor lang køen er no",
        "other": "Opplysningar som ikkje stemmer",
        "told": "Hei! Vi har sletta det du skreiv. Du må gjerne skrive på nytt om saka.",
        "leak": "Ein vasslekkasje i sentrum. Det kjem mange spørsmål, og dei må få svar i dag.",
        "mended": "Lekkasjen er tetta, og spørsmåla har slutta å kome.",
        "holiday": "Ferie: ingen på skulen skriv, og få vitjar sida.",
    },
}


def looks(channel: Channel, day: date, now: datetime) -> bool:
    """Whether somebody looked that day: yesterday nobody did at the libraries' pages."""
    yesterday = day == now.date() - timedelta(days=1)
    return not (yesterday and channel.unit.activity == "library")


def owed(channel: Channel, day: date) -> bool:
    """Whether a look is owed that day; where none is, nobody is shown to have looked."""
    return Obligation.objects.about(channel).filter(duty="check_in", due_on=day).exists()


def tell(place: Place, days_ago: int, moment: datetime, now: datetime) -> None:
    """What happened in the municipality so many days before now."""
    if moment < now:
        for happens in _STORIES.get(days_ago, ()):
            happens(place, moment)


def _words(place: Place) -> dict[str, str]:
    return _WORDS[place.municipality.locale]


def _open_channels(place: Place) -> QuerySet[Channel]:
    return Channel.objects.filter(
        municipality=place.municipality, state=Channel.State.OPEN
    ).select_related("unit__municipality", "platform", "municipality")


def _storied(place: Place, number: int = 0) -> Channel:
    """The channel that the facts name in this place among those with a history."""
    key = place.facts["storied"][number]
    return next(
        channel
        for channel in _open_channels(place)
        if f"{channel.unit.name} {channel.platform.key}" == key
    )


def _further(place: Place, number: int, platform: str) -> Account:
    """An account that a unit with a history would like to have beside its first."""
    unit = _storied(place, number).unit
    return Account(unit, platform, unit.name)


def picture(text: str) -> SimpleUploadedFile:
    """A made-up picture of a page, with its text blacked into lines."""
    image = Image.new("RGB", (640, 420), "#F6F5F1")
    drawn = ImageDraw.Draw(image)
    drawn.rectangle((0, 0, 640, 48), fill="#4A4F57")
    for number in range(len(text.split())):
        top = 90 + 34 * (number // 6)
        left = 40 + 95 * (number % 6)
        drawn.rectangle((left, top, left + 80, top + 16), fill="#DAD8D2")
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("skarmbild.png", out.getvalue(), "image/png")


def look_written_afterwards(place: Place, now: datetime) -> None:
    """The latest look that nobody made is written down by whoever had looked and not said so."""
    channel = _storied(place)
    rows = Obligation.objects.about(channel).overdue(now).filter(duty="check_in")
    missed = rows.order_by("-due_on", "pk").first()
    if missed is None or missed.due_on is None:
        return  # nothing was missed, or the guideline asks for no looks
    editor, note = place.editors[channel.unit_id][0], _words(place)["afterwards"]
    check_in_afterwards(channel, missed.due_on, by=editor, now=now, note=note)


# --- plans in every state ----------------------------------------------------------------------


def _plan_in_writing(place: Place, now: datetime) -> None:
    draft(propose(place, _further(place, 0, "youtube")), now)


def _plan_waiting(place: Place, now: datetime) -> None:
    submit(draft(propose(place, _further(place, 1, "youtube")), now), now + timedelta(hours=1))


def _plan_returned(place: Place, now: datetime) -> None:
    plan = draft(propose(place, _further(place, 0, "tiktok")), now)
    version = submit(plan, now + timedelta(hours=1))
    later = now + timedelta(hours=3)
    plan = Plan.objects.get(pk=plan.pk)
    step = step_waiting(plan, later)
    while step is not None and not step.may_return:
        take_step(plan, later)
        plan = Plan.objects.get(pk=plan.pk)
        step = step_waiting(plan, later)
    if step is not None:
        actor = next(each for each in actors_of(step, plan, later) if each != plan.author)
        return_plan(
            plan,
            step.key,
            digest=version.digest,
            note=_words(place)["question"],
            by=actor,
            now=later,
        )


def _account_waiting(place: Place, now: datetime) -> None:
    plan = draft(propose(place, _further(place, 1, "tiktok")), now)
    submit(plan, now + timedelta(hours=1))
    moment = now + timedelta(hours=2)
    while take_step(plan, moment):
        moment += timedelta(hours=1)


# --- moderation ----------------------------------------------------------------------------------


def _rules_published(place: Place, now: datetime) -> None:
    policy = policy_for(place.root, now)
    named = [
        category.code
        for category in policy.categories
        if category.ground in {"house_rule", "guideline"} and category.status != "refused"
    ]
    publish_house_rules(
        place.root,
        text=_words(place)["rules"],
        categories=named,
        published_on=place.municipality.today(now),
        by=place.officer,
        now=now,
    )


def _found(place: Place, words: str, now: datetime) -> Item:
    channel = _storied(place)
    editor = place.editors[channel.unit_id][0]
    finding = Finding(
        url=f"{channel.url}/posts/{now:%Y%m%d}",
        author="bengt_o_71",
        text=_words(place)[words],
        posted_at=now - timedelta(hours=11),
        became_aware_at=now - timedelta(minutes=30),
    )
    return take_up(channel, finding, by=editor, now=now, picture=picture(_words(place)[words]))


def _category(place: Place, *wanted: str) -> str:
    codes = {category.code for category in _categories_of(place)}
    return next(code for code in wanted if code in codes)


def _categories_of(place: Place) -> tuple:
    """The categories of the policy that the municipality began with."""
    return policy_for(place.root, place.root.municipality.policies.get().adopted_at).categories


def _removed(place: Place, words: str, category: str, now: datetime) -> Item:
    item = _found(place, words, now)
    by = item.found_by
    remove(item, Removal(category=category, obvious=True), by=by, now=now + timedelta(minutes=6))
    inform_author(item, text=_words(place)["told"], by=by, now=now + timedelta(minutes=8))
    return item


def _hand_over(item: Item, now: datetime) -> None:
    """Leave it to the registrar, where the policy did not do so with the removal."""
    item.refresh_from_db()
    if item.handed_over_at is None:
        hand_to_registrar(item, by=item.found_by, now=now)


def _threat_removed_and_closed(place: Place, now: datetime) -> None:
    item = _removed(place, "threat", _category(place, "unlawful_threat", "other_crime"), now)
    by, later = item.found_by, now + timedelta(minutes=15)
    note_off_platform(item, text=_words(place)["note"], by=by, now=later)
    note_measures(item, text=_words(place)["police"], by=by, now=later)
    _hand_over(item, later)
    registrar = place.central[Role.CENTRAL_REGISTRAR]
    tomorrow = now + timedelta(days=1)
    number = place.facts["diary"].format(131)
    register_number(item, number, by=registrar, now=tomorrow)
    close(item, by=by, now=tomorrow + timedelta(hours=1))


def _removal_waits_for_its_number(place: Place, now: datetime) -> None:
    item = _removed(place, "attack", _category(place, "personal_attack", "confidential"), now)
    _hand_over(item, now + timedelta(minutes=12))


# --- questions ---------------------------------------------------------------------------------


def _asked(place: Place, words: str, now: datetime, kind: str = Inquiry.Kind.QUESTION) -> Inquiry:
    channel = _storied(place)
    received = Received(
        kind=kind,
        about=_words(place)[words],
        url=f"{channel.url}/posts/{now:%Y%m%d}",
        posted_at=now - timedelta(hours=2),
    )
    return enter_inquiry(channel, received, by=place.editors[channel.unit_id][0], now=now)


def _question_held_and_answered(place: Place, now: datetime) -> None:
    inquiry = _asked(place, "hours", now)
    give_holding_reply(inquiry, by=inquiry.entered_by, now=now + timedelta(minutes=10))
    answer_inquiry(inquiry, by=inquiry.entered_by, now=now + timedelta(hours=5))


def _questions_wait(place: Place, now: datetime) -> None:
    """A question, and one of whatever else the guideline tells apart from questions."""
    channel = _storied(place)
    _asked(place, "queue", now)
    for kind in kinds_in(policy_for(place.root, now), channel)[1:2]:
        _asked(place, "other", now, kind)


# --- crises, rests, and channels that go quiet ---------------------------------------------------


def _crisis_of_an_afternoon(place: Place, now: datetime) -> None:
    channels = list(_open_channels(place).filter(account_class=Channel.AccountClass.MAIN))
    if channels and declarable(place.officer, DeclaredPeriod.Kind.CRISIS, now):
        words = _words(place)
        crisis = declare_crisis(channels, why=words["leak"], by=place.officer, now=now)
        end_period(crisis, reason=words["mended"], by=place.officer, now=now + timedelta(hours=5))


def _rest_declared(place: Place, now: datetime) -> None:
    """Three weeks at the schools, to begin in a month."""
    channels = list(_open_channels(place).filter(unit__activity=Unit.Activity.SCHOOL))
    if channels and declarable(place.officer, DeclaredPeriod.Kind.REST, now):
        first = place.municipality.today(now) + timedelta(days=30)
        last = first + timedelta(days=20)
        why = _words(place)["holiday"]
        declare_rest(channels, why=why, first=first, last=last, by=place.officer, now=now)


def _latest_posts_known(place: Place, now: datetime) -> None:
    """The last of the channels with a history has had no post since it was opened."""
    policy, today = policy_for(place.root, now), place.municipality.today(now)
    silent = _storied(place, -1)
    for channel in _open_channels(place):
        if asked_of(channel, policy):
            lately = today - timedelta(days=channel.pk % 6)
            on = silent.opened_on if channel == silent and silent.opened_on else lately
            note_latest_post(channel, on, by=place.editors[channel.unit_id][0], now=now)


# --- archive, access, people --------------------------------------------------------------------


def _snapshot_taken(place: Place, now: datetime) -> None:
    for number in range(len(place.facts["storied"]) - 1):
        channel = _storied(place, number)
        take_snapshot(channel, [picture(channel.name * 6)], by=place.officer, now=now)


def _goal_measured(place: Place, now: datetime) -> None:
    for goal in _storied(place).goals.with_words():
        record_result(
            goal,
            result=_words(place)["followers"],
            verdict=GoalResult.Verdict.UNDER_WAY,
            as_of=place.municipality.today(now),
            by=place.officer,
            now=now,
        )


def _access_missing(place: Place, now: datetime) -> None:
    custody = _storied(place).custodies.filter(ended_at__isnull=True).order_by("pk").last()
    if custody is not None:
        end_custody(custody, by=place.officer, now=now)


def _manager_away(place: Place, now: datetime) -> None:
    channel = _storied(place)
    managers = channel.unit.appointments.exclude(role=Role.EMPLOYEE).select_related("user")
    heads = channel.unit.parent.appointments.filter(role=Role.SECTOR_HEAD).select_related("user")
    manager, head = managers.first(), heads.first()
    if manager is not None and head is not None and manager.user != head.user:
        today = place.municipality.today(now)
        enter_absence(
            manager.user,
            starts_on=today - timedelta(days=2),
            ends_on=today - timedelta(days=1),
            deputy=head.user,
            by=place.officer,
            now=now,
        )


def _somebody_new(place: Place, now: datetime) -> None:
    slug = place.municipality.slug
    add_person(
        place.municipality,
        email=f"vikarie@{slug}.example",
        name="Kim Lönn" if place.municipality.locale == "sv" else "Kim Lien",
        title="vikarie" if place.municipality.locale == "sv" else "vikar",
        by=place.officer,
        now=now,
    )


#: Days before now, and what happened then.
_STORIES: dict[int, tuple[Callable[[Place, datetime], None], ...]] = {
    80: (_rules_published,),
    40: (_threat_removed_and_closed,),
    20: (_goal_measured,),
    30: (look_written_afterwards,),
    12: (_plan_returned, look_written_afterwards),
    10: (_crisis_of_an_afternoon,),
    9: (_rest_declared,),
    7: (_latest_posts_known,),
    6: (_account_waiting, _access_missing),
    5: (_question_held_and_answered,),
    4: (_plan_waiting, _snapshot_taken),
    3: (_manager_away, _removal_waits_for_its_number),
    2: (_plan_in_writing, _somebody_new),
    1: (_questions_wait,),
}
