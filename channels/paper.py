"""A plan as it stands on paper: numbered answers, what changed since last time, and the checks.

The plan page and the PDF show the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.answers import Answers, is_blank, words
from channels.checks import answer_faults
from governance.models import Municipality
from governance.policy.law import acts_of
from governance.policy.types import Cited, Field, FieldKind, Form, Policy, Stated

#: In how many sixths of the page's width a short answer finds room; the others take all of it.
_WIDTHS: Final[Mapping[FieldKind, int]] = {
    "choice": 2,
    "text": 4,
    "url": 4,
    "interval": 2,
    "hours": 2,
    "number": 2,
}
_FULL: Final = 6


@dataclass(frozen=True)
class Box:
    """One numbered question with its answer, so many sixths wide."""

    number: str
    label: str
    lines: list[str]
    width: int = _FULL


@dataclass(frozen=True)
class BoxRow:
    """Boxes side by side."""

    boxes: list[Box]

    @property
    def long(self) -> bool:
        """Whether the row may run over the end of a page."""
        return sum(len(line) for box in self.boxes for line in box.lines) > 900


def box_rows(form: Form, answers: Answers) -> list[BoxRow]:
    """The whole form as rows of boxes, in its order; what is short stands side by side."""
    rows: list[list[Box]] = [[]]
    for box in (box for field in form.fields for box in _boxes(field, answers.get(field.key))):
        if sum(each.width for each in rows[-1]) + box.width > _FULL:
            rows.append([])
        rows[-1].append(box)
    return [BoxRow(row) for row in rows if row]


def _boxes(field: Field, answer: object) -> Iterator[Box]:
    lines = words(field, answer)
    if field.kind != "persons" or len(lines) < 2:
        yield Box(field.number, field.label, lines, _WIDTHS.get(field.kind, _FULL))
        return
    for place, line in enumerate(lines, start=1):
        label = _("%(label)s (%(place)s)") % {"label": field.label, "place": place}
        alone = place == len(lines) and place % 2
        yield Box(field.number if place == 1 else "", label, [line], _FULL if alone else 3)


@dataclass(frozen=True)
class Row:
    """One answer on the plan page. `removed` and `added` are empty where nothing changed."""

    field: Field
    kept: list[str]
    removed: list[str]
    added: list[str]

    @property
    def changed(self) -> bool:
        return bool(self.removed or self.added)

    @property
    def anchor(self) -> str:
        """The row's id on the page."""
        return f"answer-{self.field.key}"

    @property
    def kept_text(self) -> str:
        return "\n".join(self.kept)

    @property
    def removed_text(self) -> str:
        return "\n".join(self.removed)

    @property
    def added_text(self) -> str:
        return "\n".join(self.added)

    @property
    def waiting(self) -> str:
        """What stands where nothing was answered."""
        return "" if self.kept or self.changed else "–"

    @property
    def what_changed(self) -> str:
        """The change in a word or two."""
        if not self.kept and not self.removed:
            return _("new")
        if not self.kept and not self.added:
            return _("taken out")
        return _("changed")


def rows(form: Form, answers: Answers, before: Answers | None = None) -> list[Row]:
    """The answers in order, beside those of an earlier version where one is given."""
    found = []
    for field in form.fields:
        now = words(field, answers.get(field.key))
        then = now if before is None else words(field, before.get(field.key))
        if field.kind not in ("persons", "goals") and now != then:
            found.append(Row(field, [], then, now))
            continue
        kept = [line for line in now if line in then]
        removed = [line for line in then if line not in now]
        found.append(Row(field, kept, removed, [line for line in now if line not in then]))
    return found


State = Literal["done", "late", "waiting", "noted", "none"]


@dataclass(frozen=True)
class Check:
    """Something the policy asks of the plan, and how it stands. `field` is what it is about."""

    label: str
    ground: str
    state: State
    field: str = ""

    @property
    def word(self) -> str:
        """The state in a word."""
        words: dict[State, str] = {
            "done": _("Met"),
            "late": _("Not met"),
            "waiting": _("Remains"),
            "noted": _("Remarked"),
            "none": _("Recommendation"),
        }
        return words[self.state]


def checks(
    policy: Policy, answers: Answers, municipality: Municipality, decided: Mapping[str, str]
) -> list[Check]:
    """What the policy asks of a plan with these answers, and how each stands.

    `decided` maps the key of each step that was passed to whoever passed it.
    """
    form = policy.form("plan")
    asked = [field for field in form.fields if _is_measured(field)]
    return [
        _complete(form, answers),
        *(_measured(field, answers, policy, municipality) for field in asked),
        *_different_people(policy, decided),
    ]


def _is_measured(field: Field) -> bool:
    """Whether the policy says how many or how often."""
    bounds = (field.minimum, field.maximum)
    counted = field.kind in ("persons", "goals") and bounds != (None, None)
    return counted or bool(field.not_looser_than)


def _complete(form: Form, answers: Answers) -> Check:
    required = [field for field in form.fields if field.required]
    missing = [field for field in required if is_blank(field, answers.get(field.key))]
    label = ngettext(
        "%(n)s required question answered", "All %(n)s required questions answered", len(required)
    )
    first = missing[0].key if missing else ""
    state: State = "late" if missing else "done"
    return Check(label % {"n": len(required)}, clause_of(form), state, field=first)


def _measured(field: Field, answers: Answers, policy: Policy, municipality: Municipality) -> Check:
    answer = answers.get(field.key)
    faults = list(answer_faults(field, answer, policy, municipality))
    may_be_blank = field.minimum is None and not field.required and not field.not_looser_than
    met = not faults and (may_be_blank or not is_blank(field, answer))
    rule = policy.rule(field.not_looser_than) if field.not_looser_than else None
    if isinstance(rule, Stated):
        label, clause = rule.says, clause_of(rule)
    else:
        label, clause = _bounds(field), clause_of(field)
    return Check(label, clause, "done" if met else "late", field=field.key)


def _bounds(field: Field) -> str:
    """How many the question asks for, at least and at most."""
    values = {"label": field.label, "n": field.minimum, "most": field.maximum}
    if field.maximum is None:
        return _("%(label)s At least %(n)s.") % values
    if field.minimum is None:
        return _("%(label)s At most %(most)s.") % values
    return _("%(label)s At least %(n)s and at most %(most)s.") % values


def clause_of(cited: Cited) -> str:
    """The clause that speaks most directly: the first that is cited, or the act."""
    return (cited.clauses or acts_of(cited) or ("",))[0]


def _different_people(policy: Policy, decided: Mapping[str, str]) -> Iterator[Check]:
    for step in policy.steps_in("plan"):
        for other in step.different_person_from:
            label = _("%(one)s and %(other)s are two different people") % {
                "one": policy.step(other).title,
                "other": step.title,
            }
            people = [decided.get(step.key), decided.get(other)]
            if None in people:
                yield Check(label, clause_of(step), "waiting")
            else:
                yield Check(label, clause_of(step), "done" if people[0] != people[1] else "late")
