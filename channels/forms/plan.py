"""The form of a plan, built from the questions of the policy in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.answers import Answers
from channels.forms import questions
from channels.paper import clause_of
from governance.errors import AgainstPolicy
from governance.models import Unit, User
from governance.policy.types import Cited, Field

#: A list longer than this is drawn as a drop-down.
_MOST_RADIOS = 8


class QuestionsForm(forms.Form):
    """Questions of a policy, in its order. `answers` gives what was answered in their shape."""

    use_required_attribute = False

    def __init__(
        self,
        asked: Iterable[Field],
        *,
        data: Mapping[str, Any] | None = None,
        answers: Answers | None = None,
        units: Sequence[Unit] = (),
        colleagues: Iterable[User] = (),
        under: Cited | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.asked = {field.key: field for field in asked}
        self.units = {str(unit.pk): unit for unit in units}
        self.colleagues = colleagues
        for key, field in self.asked.items():
            made = self._field(field)
            made.number = field.number  # type: ignore[attr-defined]
            made.clause = _own_clause(field, under)  # type: ignore[attr-defined]
            self.fields[key] = made
        self.initial = {
            key: self._shown(self.asked[key], answer)
            for key, answer in (answers or {}).items()
            if key in self.asked
        }

    def _field(self, field: Field) -> forms.Field:
        told: dict[str, Any] = {
            "label": field.label,
            "help_text": field.hint,
            "required": field.required,
        }
        match field.kind:
            case "long_text":
                return questions.Text(
                    max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), **told
                )
            case "url":
                return questions.Text(
                    max_length=500, widget=forms.TextInput(attrs={"inputmode": "url"}), **told
                )
            case "choice":
                return questions.Choice(**_choices(field.choices), **told)
            case "choices":
                return questions.Choices(
                    choices=list(field.choices.items()),
                    widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
                    **told,
                )
            case "unit":
                named = {key: unit.name for key, unit in self.units.items()}
                return questions.Choice(
                    choices=[("", _("Choose …")), *named.items()], widget=forms.Select, **told
                )
            case "persons":
                return questions.Persons(
                    colleagues=self.colleagues, minimum=field.minimum or 1, **told
                )
            case "goals":
                return questions.Goals(minimum=field.minimum or 1, **told)
            case "interval":
                return questions.Interval(**told)
            case "number" | "hours":
                return questions.Number(**told)
            case "yes_no_reason":
                return questions.YesNoReason(**told)
            case "confirm":
                return questions.Confirm(**told)
        return questions.Text(max_length=500, **told)

    @staticmethod
    def _shown(field: Field, answer: Any) -> Any:
        return str(answer["unit"]) if field.kind == "unit" else answer

    def answers(self) -> Answers:
        """What was answered, of the questions that could be read. Call after `is_valid`."""
        read = {key: self.cleaned_data[key] for key in self.asked if key in self.cleaned_data}
        found = {key: self._kept(key, value) for key, value in read.items()}
        return {key: answer for key, answer in found.items() if answer not in (None, "", [], False)}

    def _kept(self, key: str, value: Any) -> Any:
        if self.asked[key].kind != "unit" or not value:
            return value
        unit = self.units[value]
        return {"unit": unit.pk, "name": unit.name}

    def refuse(self, faults: Iterable[AgainstPolicy]) -> None:
        """Put each fault beside its field, with the clause that it cites."""
        for fault in faults:
            clause = fault.clause.split("; ")[0]
            words = f"{fault.message} ({clause})" if clause else fault.message
            self.add_error(fault.field if fault.field in self.fields else None, words)


def _choices(choices: Mapping[str, str]) -> dict[str, Any]:
    if len(choices) <= _MOST_RADIOS:
        return {"choices": list(choices.items()), "widget": forms.RadioSelect}
    return {"choices": [("", _("Choose …")), *choices.items()], "widget": forms.Select}


def _own_clause(field: Field, under: Cited | None) -> str:
    """The field's first clause that is not the whole form's: the form's stands at its top."""
    general = set(under.clauses) if under else set()
    own = [clause for clause in field.clauses if clause not in general]
    return own[0] if own else ("" if field.clauses else clause_of(field))
