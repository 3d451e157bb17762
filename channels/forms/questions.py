"""Form fields for the kinds of question that a policy may ask.

Each takes and gives an answer in the shape of `channels.answers`. None of them demands an answer:
a draft may be half-made, and what is missing is told by the action that submits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.answers import PERIODS
from governance.models import User

#: More rows than anybody names; a longer list is somebody's mistake or worse.
MOST_ROWS: Final = 40

#: The buttons below and beside rows; they work without JavaScript.
ADD_ROW, TAKE_ROW = "add-row", "take-row"

Row = dict[str, Any]


class Unhurried:
    """A field whose `required` marks it for the reader and is not demanded yet."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class Text(Unhurried, forms.CharField):
    pass


class Choice(Unhurried, forms.ChoiceField):
    pass


class Choices(Unhurried, forms.MultipleChoiceField):
    pass


class Confirm(Unhurried, forms.BooleanField):
    pass


class Number(Unhurried, forms.Field):
    """A number written with a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "maxlength": 12})

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(".", ",") if isinstance(value, float) else value

    def to_python(self, value: Any) -> int | float | None:
        if value in self.empty_values:
            return None
        try:
            number = Decimal(str(value).strip().replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= 100_000:
            raise ValidationError(_("Write a number, such as 4 or 2,5."))
        return int(number) if number == int(number) else float(number)


class PartsWidget(forms.Widget):
    """Several inputs that make one answer. Drawn by the field's own template.

    `chosen`: the words of those parts that are chosen rather than written.
    """

    use_fieldset = True

    def __init__(
        self, parts: Sequence[str], chosen: Mapping[str, Mapping[str, str | Promise]]
    ) -> None:
        super().__init__()
        self.parts, self.chosen = parts, chosen

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Row:
        return {part: str(data.get(f"{name}-{part}", "")).strip() for part in self.parts}

    def in_words(self, value: Row) -> str:
        """What was typed, for a page without the form."""
        return ", ".join(filter(None, (self._said(part, value[part]) for part in self.parts)))

    def _said(self, part: str, said: str) -> str:
        return str(self.chosen.get(part, {}).get(said, said))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.parts[0]}"


class Interval(forms.Field):
    """So many times a day, a week or a month."""

    periods = PERIODS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=PartsWidget(("times", "per"), {"per": PERIODS}),
            template_name="channels/fields/interval.html",
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Row:
        return value or {"times": "", "per": "day"}

    def clean(self, value: Row) -> Row | None:
        if not value["times"]:
            return None
        if not re.fullmatch(r"[1-9]\d{0,2}", value["times"]) or value["per"] not in PERIODS:
            raise ValidationError(_("Write a whole number, and choose day, week or month."))
        return {"times": int(value["times"]), "per": value["per"]}


class YesNoReason(forms.Field):
    """Yes or no, and why."""

    words = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=PartsWidget(("answer", "reason"), {"answer": dict(self.words)}),
            template_name="channels/fields/yes_no_reason.html",
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Row:
        if value is None:
            return {"answer": "", "reason": ""}
        spoken = {True: "yes", False: "no", None: ""}
        return {**value, "answer": spoken.get(value["answer"], value["answer"])}

    def clean(self, value: Row) -> Row | None:
        answer = {"yes": True, "no": False}.get(value["answer"])
        if answer is None and not value["reason"]:
            return None
        return {"answer": answer, "reason": value["reason"]}


class RowsWidget(forms.Widget):
    """Rows of inputs, `name-0-part`. A pressed button adds a row or takes one away."""

    use_fieldset = True

    def __init__(self, parts: Sequence[str], unseen: Sequence[str] = ()) -> None:
        super().__init__()
        self.parts, self.unseen = parts, unseen

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        pattern = re.compile(rf"{re.escape(name)}-(\d+)-(?:{'|'.join(self.parts)})")
        numbers = sorted({int(found[1]) for key in data if (found := pattern.fullmatch(key))})
        rows = [
            {part: str(data.get(f"{name}-{number}-{part}", "")).strip() for part in self.parts}
            for number in numbers[:MOST_ROWS]
            if data.get(TAKE_ROW) != f"{name}-{number}"
        ]
        if data.get(ADD_ROW) == name and len(rows) < MOST_ROWS:
            rows.append(dict.fromkeys(self.parts, ""))
        return rows

    def in_words(self, value: list[Row]) -> str:
        """What was typed, a row to a line, for a page without the form."""
        seen = [part for part in self.parts if part not in self.unseen]
        lines = (", ".join(filter(None, (row[part] for part in seen))) for row in value)
        return "\n".join(filter(None, lines))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{self.parts[0]}"


class Rows(forms.Field):
    """A list of answers with the same parts. Rows left empty are forgotten."""

    parts: tuple[str, ...]
    #: parts that no reader is shown
    unseen: tuple[str, ...] = ()
    template: str

    def __init__(self, *, minimum: int, **kwargs: Any) -> None:
        self.minimum = max(1, minimum)
        widget = RowsWidget(self.parts, self.unseen)
        super().__init__(widget=widget, template_name=self.template, **kwargs)

    def prepare_value(self, value: Any) -> list[Row]:
        """At least as many rows as the policy asks for."""
        rows = list(value or [])
        return rows + [dict.fromkeys(self.parts, "") for _each in range(self.minimum - len(rows))]

    def clean(self, value: list[Row]) -> list[Row]:
        return [self.clean_row(row) for row in value if any(row.values())]

    def clean_row(self, row: Row) -> Row:
        raise NotImplementedError


class Goals(Rows):
    """Goals, and how and when they are measured."""

    parts = ("goal", "indicator", "target", "date")
    template = "channels/fields/goals.html"

    def clean_row(self, row: Row) -> Row:
        if row["date"]:
            try:
                row["date"] = date.fromisoformat(row["date"]).isoformat()
            except ValueError:
                raise ValidationError(_("Write the day as year-month-day: 2026-05-31.")) from None
        return row


class Persons(Rows):
    """People by name, or colleagues picked from the list that the browser offers.

    A picked colleague is written "name (address)"; the address says who it is. Somebody whose name
    is not shown is offered to nobody; whoever knows the address may write it, and the title stands
    in the answer.
    """

    parts = ("name", "title", "contact", "user")
    unseen = ("user",)
    template = "channels/fields/persons.html"
    _PICKED = re.compile(r"(?P<name>.+) \((?P<email>[^()\s]+@[^()\s]+)\)")

    def __init__(self, *, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by_key = {str(user.pk): user for user in colleagues}
        self.by_email = {user.email.lower(): user for user in self.by_key.values()}

    def clean_row(self, row: Row) -> Row:
        found = self._PICKED.fullmatch(row["name"])
        user = self.by_email.get(found["email"].lower()) if found else None
        if user is None:
            known = self.by_key.get(row["user"])
            user = known if known is not None and row["name"] in _names_of(known) else None
        if user is None:
            return {**row, "user": None}
        if user.name_hidden:
            return self._hidden(user, row["contact"])
        return {
            "user": user.pk,
            "name": user.name,
            "title": row["title"] or user.title,
            "contact": row["contact"] or user.phone or user.email,
        }

    @staticmethod
    def _hidden(user: User, contact: str) -> Row:
        """Reached through the municipality, unless another way is written down."""
        place = user.municipality
        own = {"", user.phone, user.email}
        if contact in own and place is not None:
            contact = place.phone or place.email
        return {"user": user.pk, "name": user.shown_name, "title": "", "contact": contact}


def _names_of(user: User) -> set[str]:
    """What the person may be called in a row that names them."""
    return {user.shown_name, user.name}
