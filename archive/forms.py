"""Input of the archive's pages as values."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from archive.models import Export, Snapshot
from governance.models import Unit
from moderation.models import Item


class FilesInput(forms.ClearableFileInput):
    """A file control that takes several at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploads under one label. What they are is checked where they are stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in given or [None]]


class SnapshotForm(forms.Form):
    """What is handed in as a snapshot."""

    files = FilesField(  # type: ignore[assignment]
        label=_("Pictures or PDF"),
        help_text=_("The whole page, with comments unfolded. You may choose several files."),
    )
    trigger = forms.ChoiceField(
        label=_("Occasion"),
        choices=Snapshot.Trigger.choices,
        initial=Snapshot.Trigger.PERIOD,
        widget=forms.RadioSelect,
    )
    taken_at = forms.DateTimeField(
        label=_("Taken"),
        required=False,
        help_text=_("Leave it empty if you took it just now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExportForm(forms.Form):
    """Board, period and kinds of a diary export."""

    unit: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Board"), queryset=Unit.objects.none(), empty_label=None
    )
    starts_on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of record"),
        choices=Export.Kind.choices,
        initial=[kind for kind, _label in Export.Kind.choices],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], today: date, **kwargs: Any) -> None:
        first = today.replace(month=1 if today.month <= 6 else 7, day=1)
        kwargs.setdefault("initial", {"starts_on": first, "ends_on": today})
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    """The diary number that the registrar gives."""

    number = forms.CharField(
        label=_("Diary number"), max_length=80, help_text=_("As it stands in your diary.")
    )


class TrayForm(forms.Form):
    """The registrar's answer to one record. What each answer needs is asked by its action."""

    number = forms.CharField(
        label=_("Diary number"),
        required=False,
        max_length=80,
        help_text=_("from your diary"),
        widget=forms.TextInput(attrs={"data-first": True, "autocomplete": "off"}),
    )
    secrecy = forms.ChoiceField(label=_("Secrecy"), choices=Item.Secrecy.choices)
    paragraph = forms.CharField(
        label=_("Paragraph"),
        required=False,
        max_length=120,
        help_text=_("where it is secret"),
    )
    reason = forms.CharField(
        label=_("It need not be registered, because"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    question = forms.CharField(
        label=_("Question to the editor"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, record: Item | Snapshot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(record, Snapshot):
            for name in ("secrecy", "paragraph", "reason"):
                del self.fields[name]
        else:
            field = self.fields["secrecy"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [(mark, capfirst(words)) for mark, words in Item.Secrecy.choices]
            field.initial = record.secrecy
            field.help_text = _("proposed") if record.secrecy == Item.Secrecy.TO_ASSESS else ""
            self.fields["paragraph"].initial = record.secrecy_paragraph


def refuse(form: forms.Form, field: str | None, message: str, clause: str = "") -> None:
    """Put what an action refused beside its field, with the clause it stands on."""
    said = f"{message} {clause}".strip()
    form.add_error(field if field in form.fields else None, said)
