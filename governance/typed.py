"""What somebody typed is never lost: not with their session, and not because somebody came first.

Every form of a page is made known to its request by `typed`. One that is empty is filled with what
was kept when the session ended; of one that was sent, a refusal's page shows what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance.errors import AgainstPolicy
from governance.kept import Kept, kept_for, sendable

F = TypeVar("F", bound=forms.BaseForm)
_UNTYPED: Final = (forms.FileInput, forms.PasswordInput, forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in one field, in words. Without its form a text has no label."""

    label: str
    text: str


def typed(request: HttpRequest, form: F) -> F:
    """The form, made known to its request and filled with what was kept for it.

    What was kept is shown as it was written, right or wrong; nothing is checked or done.
    """
    if form.is_bound:
        request.sent_form = form  # type: ignore[attr-defined]
        return form
    kept = kept_for(request)
    if kept is not None and _is_of(form, kept):
        _fill(form, kept)
        messages.warning(
            request, _("You were signed out. What you had written is here again: save it.")
        )
        if kept.files:
            messages.warning(request, _("Choose the files again: they could not be kept."))
    return form


def refuse(form: forms.BaseForm, refused: AgainstPolicy) -> None:
    """Put what a verb refused beside its field; above the form where that has no such field."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.message)


def typed_all(request: HttpRequest, context: Mapping[str, Any]) -> None:
    """Every form of a page that has several."""
    for each in context.values():
        if isinstance(each, forms.BaseForm):
            typed(request, each)


def _is_of(form: forms.BaseForm, kept: Kept) -> bool:
    """Whether this form sent it. Fields have different names on a page, as their ids must."""
    names = {*kept.data, *kept.files}
    return any(
        bound.html_name in names or any(name.startswith(f"{bound.html_name}-") for name in names)
        for bound in form
    )


def _fill(form: forms.BaseForm, kept: Kept) -> None:
    for bound in form:
        widget = bound.field.widget
        if isinstance(widget, _UNTYPED):
            continue
        value = widget.value_from_datadict(kept.data, {}, bound.html_name)
        if value is not None:
            form.initial[bound.name] = kept.again(bound, value)
    form.refilled = True  # type: ignore[attr-defined]


def not_drawn(request: HttpRequest) -> list[Typed]:
    """What was kept for the page and has no place on it any more. Ask when the rest is drawn."""
    kept = kept_for(request)
    if kept is None:
        return []
    if not kept.fields:
        return list(_texts(kept.data))
    return list(_words(each for each in kept.fields if each.html_name not in kept.drawn))


def sent(request: HttpRequest) -> list[Typed]:
    """What was typed in the form that was sent, for a page on which there is no such form."""
    form: forms.BaseForm | None = getattr(request, "sent_form", None)
    if form is None:
        return list(_texts(sendable(request)))
    private = set(request.POST) - set(sendable(request))
    return list(_words(each for each in form if each.html_name not in private))


def _texts(data: QueryDict) -> Iterator[Typed]:
    """Texts that are no keys or numbers of ours: those in which there are several words."""
    for _name, values in data.lists():
        yield from (Typed("", str(each).strip()) for each in values if len(str(each).split()) > 1)


def _words(fields: Iterable[BoundField]) -> Iterator[Typed]:
    for bound in fields:
        if isinstance(bound.field.widget, _UNTYPED):
            continue
        text = _in_words(bound, bound.value())
        if text:
            yield Typed(str(bound.label), text)


def _in_words(bound: BoundField, value: Any) -> str:
    widget = bound.field.widget
    if hasattr(widget, "in_words"):  # several inputs that make one answer
        return str(widget.in_words(value))
    if value in (None, "", False):
        return ""
    if value is True or isinstance(widget, forms.CheckboxInput):
        return pgettext("answer", "Yes")
    values = value if isinstance(value, list | tuple) else [value]
    if isinstance(bound.field, forms.ChoiceField):
        choices: Iterable[Any] = flatten_choices(bound.field.choices)  # type: ignore[arg-type]
        labels = {str(key): str(label) for key, label in choices}
        return ", ".join(labels.get(str(each), "") for each in values if each)
    return " ".join(str(each) for each in values).strip()
