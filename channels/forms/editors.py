"""What the register of editors is narrowed to, and what is said of knowing the guideline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.editors import STATES, Wanted
from channels.models import Channel
from channels.steps import ON_CHANNEL
from governance.models import Unit
from governance.roles import Role
from governance.widgets import DayInput

#: The roles in which people are assigned, in the order of the glossary.
_ROLES = [role for role in Role if role in ON_CHANNEL and role != Role.CHANNEL_OWNER]


class _NamedWithPlatform(forms.ModelChoiceField):
    def label_from_instance(self, obj: Channel) -> str:
        return f"{obj.name}, {obj.platform}"


class EditorsForm(forms.Form):
    """The filter, in the address of the page."""

    use_required_attribute = False
    q = forms.CharField(
        label=gettext_lazy("Search"), max_length=100, required=False, widget=forms.SearchInput
    )
    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=Unit.objects.none(), required=False
    )
    channel = _NamedWithPlatform(
        label=gettext_lazy("Channel"), queryset=Channel.objects.none(), required=False
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    knows = forms.ChoiceField(label=gettext_lazy("The guideline"), required=False)

    def __init__(self, data: Mapping[str, Any], *, units: QuerySet[Unit], asks: bool) -> None:
        super().__init__(data)
        every = _("All")
        channels = Channel.objects.filter(unit__in=units.values("pk"), assignments__isnull=False)
        for name, rows in (
            ("unit", units.order_by("name")),
            ("channel", channels.select_related("platform").distinct().order_by("name", "pk")),
        ):
            field = self.fields[name]
            field.queryset, field.empty_label = rows, every  # type: ignore[attr-defined]
        choices: dict[str, list[tuple[str, Any]]] = {
            "role": [(role, role.label) for role in _ROLES],
            "state": list(STATES.items()),
            "knows": [("lacks", _("not on record"))],
        }
        for name, pairs in choices.items():
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", every),
                *((key, _capital(str(words))) for key, words in pairs),
            ]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Choose one from the list.")
        if not asks:
            del self.fields["knows"]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen at all."""
        return any(self.cleaned_data.values())

    def wanted(self) -> Wanted:
        """What is wanted, for the reading. Call after `is_valid`."""
        given = self.cleaned_data
        return Wanted(
            words=given["q"].strip(),
            unit=given["unit"],
            channel=given["channel"],
            role=given["role"],
            state=given["state"],
            lacking=bool(given.get("knows")),
        )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


class AcknowledgeForm(forms.Form):
    """The editor's own word; `label` is what they say."""

    use_required_attribute = False
    read = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this when you have read it.")}
    )

    def __init__(self, label: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["read"].label = label


class InformedForm(forms.Form):
    """When and in what way an editor came to know the guideline."""

    use_required_attribute = False
    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    how = forms.CharField(
        label=gettext_lazy("In what way"),
        help_text=gettext_lazy("Such as: talked it through, a course, an introduction."),
        max_length=200,
    )

    def __init__(self, today: date, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"on": today})
        self.today = today

    def clean_on(self) -> date:
        """Raises ValidationError for a day ahead, and for one that cannot be right."""
        found: date = self.cleaned_data["on"]
        if found > self.today:
            raise ValidationError(_("The day cannot lie ahead."))
        if found.year < 2000:
            raise ValidationError(_("Check the year."))
        return found


class EndingForm(forms.Form):
    """What becomes of an assignment that is about to end."""

    PROLONG = "prolong"
    outcome = forms.ChoiceField(
        label=gettext_lazy("What becomes of the assignment?"),
        choices=[
            (PROLONG, gettext_lazy("It is prolonged")),
            ("end", gettext_lazy("It ends on its last day")),
        ],
        widget=forms.RadioSelect,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("New last day"),
        help_text=gettext_lazy("Empty: until further notice"),
        widget=DayInput,
        required=False,
    )
