"""A policy in sentences, in its own language: each duty with its clause, strength and who."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext_lazy

from governance.policy.routine_words import routine_words
from governance.policy.types import (
    Actor,
    ChecklistKind,
    Cited,
    ExpresslyNone,
    Policy,
    Routine,
    Strength,
)
from governance.policy.vocabulary import KEYS
from governance.roles import Role

#: How much binds, in a word.
STRENGTHS: Final[Mapping[Strength, str | Promise]] = {
    "must": pgettext_lazy("strength", "must"),
    "should": pgettext_lazy("strength", "should"),
    "may": pgettext_lazy("strength", "may"),
    "fact": pgettext_lazy("strength", "states"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One duty or statement. `key` lets the same one of two policies stand side by side."""

    key: str
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    key: str
    title: str
    lines: tuple[Line, ...]


def explain(policy: Policy) -> list[Section]:
    """The policy in sections, our routine last and apart."""
    with override(policy.locale):
        return [Section(key, title, tuple(lines)) for key, title, lines in _sections(policy)]


def _sections(policy: Policy) -> Iterator[tuple[str, str, Iterable[Line]]]:
    yield "rules", _("What holds"), _rules(policy)
    yield "steps", _("From plan to open channel"), _steps(policy)
    yield "forms", _("What is asked"), _forms(policy)
    yield "categories", _("What may or must be removed"), _categories(policy)
    yield "texts", _("Prescribed texts"), _texts(policy)
    yield "visitors", _("What visitors can see"), _checklist(policy, "visitor_information")
    yield "appearance", _("How channels look"), _checklist(policy, "graphic_profile")
    yield "guidance", _("Guidance"), _guidance(policy)
    yield "gaps", _("What the document leaves open"), _gaps(policy)
    yield "recommendations", _("Recommendations, never due"), _recommendations(policy)
    yield "law", _("What the law demands"), _law(policy)
    yield "silence", _("Where the guideline is silent, nothing is due"), _silence(policy)
    yield "routine", _("Our routine, not the guideline's"), _routine(policy)


def _rules(policy: Policy) -> Iterator[Line]:
    for key in KEYS:
        for rule in policy.rules.get(key, ()):
            where = f" [{rule.scope}]" if rule.scope.pairs() else ""
            yield Line(f"{key}{where}", rule.says, _note(rule, rule.who))


def _steps(policy: Policy) -> Iterator[Line]:
    for number, step in enumerate(policy.steps, start=1):
        note = _join([_taker(step.actor), *_cited(step)])
        yield Line(f"{number}", f"{step.title}. {step.says}", note)
        yield from (
            Line(f"{number} {field.key}", field.says or field.label, _note(field))
            for field in step.fields
        )


def _taker(actor: Actor) -> str:
    """Who takes a step; for a group or board also how its decision is recorded."""
    if actor.applicant:
        return _("the applicant")
    who = actor.group.name if actor.group else _or(names(actor.roles))
    if not actor.in_meeting:
        return who
    return _("%(group)s, for which a member records the decision with the minutes' reference") % {
        "group": who
    }


def _forms(policy: Policy) -> Iterator[Line]:
    for form in policy.forms.values():
        yield Line(form.key, f"{form.title}. {form.says}".strip(), _note(form))
        for field in form.fields:
            required = _("required") if field.required else _("may be left empty")
            sentence = f"{field.number} {field.label}".strip()
            note = _join([required, *_cited(field)])
            yield Line(f"{form.key}.{field.key}", sentence, note)


def _categories(policy: Policy) -> Iterator[Line]:
    words = {
        "mandatory": _("is removed"),
        "permitted": _("may be removed"),
        "refused": _("is not removed"),
        "refer": _("is referred"),
    }
    for category in policy.categories:
        extra = [_("if obvious")] if category.must_be_obvious else []
        extra += [_("goes to the diary")] if category.diarise else []
        extra += [category.statute] if category.statute else []
        sentence = f"{category.label}: {words[category.status]}. {category.says}".strip()
        yield Line(category.code, sentence, _join([*extra, *_cited(category)]))


def _texts(policy: Policy) -> Iterator[Line]:
    for text in policy.texts.values():
        shown = f"”{text.text}”" if text.text else text.unset
        yield Line(text.key, f"{text.says} {shown}", _note(text))


def _checklist(policy: Policy, kind: ChecklistKind) -> Iterator[Line]:
    for item in policy.checklists[kind]:
        where = [str(item.scope)] if item.scope.pairs() else []
        where += [_("where possible")] if item.where_possible else []
        yield Line(item.key, f"{item.label}. {item.says}", _join([*where, *_cited(item)]))


def _guidance(policy: Policy) -> Iterator[Line]:
    for page in policy.guidance:
        yield Line(page.key, f"{page.title}. {page.says}", _note(page))


def _gaps(policy: Policy) -> Iterator[Line]:
    for gap in policy.guideline.gaps:
        yield Line(gap.about, f"{gap.about}. {gap.says}", _note(gap))


def _recommendations(policy: Policy) -> Iterator[Line]:
    for each in policy.recommendations:
        yield Line(each.key, f"{each.says} {each.why}", _join([each.about, *each.law]))


def _law(policy: Policy) -> Iterator[Line]:
    for duty in policy.law.values():
        yield Line(duty.id, duty.says, duty.source)


def _silence(policy: Policy) -> Iterator[Line]:
    for key, about in KEYS.items():
        if key in policy.silent:
            yield Line(key, str(about.meaning), "")


def _routine(policy: Policy) -> Iterator[Line]:
    for routine in policy.routine.values():
        note = _join([*routine_words(routine), _minor(policy, routine)])
        yield Line(routine.key, routine.says, note)


def _minor(policy: Policy, routine: Routine) -> str:
    """The questions whose answers alone change without new approvals."""
    if not routine.minor:
        return ""
    labels = [policy.form("plan").field(key).label for key in routine.minor]
    return _("minor changes: %(questions)s") % {"questions": " ".join(labels)}


def _note(cited: Cited, who: Iterable[Role] = ()) -> str:
    return _join([_or(names(who)), *_cited(cited)])


def _cited(cited: Cited) -> list[str]:
    """Strength, clause, ids, law and how an open point was read."""
    kind = [_("expressly no duty")] if isinstance(cited, ExpresslyNone) else []
    read_as = [_("read as: %(how)s") % {"how": cited.derived}] if cited.derived else []
    return [
        *kind,
        str(STRENGTHS[cited.strength]),
        cited.clause or _("law"),
        ", ".join(cited.requirements),
        ", ".join(cited.law),
        *read_as,
    ]


def names(roles: Iterable[Role]) -> list[str]:
    """The roles' names in the language in use."""
    return [str(role.label) for role in roles]


def _or(people: list[str]) -> str:
    either = _("or")
    return f" {either} ".join(people)


def _join(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)
