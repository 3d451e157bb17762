"""Words and marks that every template uses: icons, states, clauses, days and times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.widgets import ChoiceWidget
from django.template.context import Context
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from governance.icons import DRAWINGS

register = template.Library()

# --- icons and states --------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of `governance.icons`, hidden from assistive technology: put a word beside it."""
    return format_html(
        '<svg class="icon icon--{}" width="20" height="20" viewBox="0 0 20 20" fill="none"'
        ' stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        name,
        mark_safe(DRAWINGS[name]),  # noqa: S308  our own drawings
    )


#: The word of a state where the page has none of its own.
STATES: dict[str, str | Promise] = {
    "done": pgettext_lazy("state", "done"),
    "soon": pgettext_lazy("state", "soon"),
    "late": pgettext_lazy("state", "late"),
    "breach": pgettext_lazy("state", "breached"),
    "waiting": pgettext_lazy("state", "waiting for someone else"),
    "none": pgettext_lazy("state", "no requirement"),
    "noted": pgettext_lazy("state", "remarked"),
}


@register.simple_tag
def state(kind: str, words: str = "", *, tint: bool = False) -> SafeString:
    """A state: icon, word and colour. `tint` only where somebody must look."""
    return format_html(
        '<span class="state state--{}{}">{} <span class="state__word">{}</span></span>',
        kind,
        " state--tint" if tint else "",
        icon(kind),
        words or capfirst(str(STATES[kind])),
    )


@register.simple_tag(takes_context=True)
def clause(context: Context, words: str, url: str = "", *, why: str = "") -> SafeString:
    """A clause in the policy's own language, a link to the rule where `url` is given.

    `why` stands before it, as in "At least once a day, riktlinjen 2.1".
    """
    text = format_html("{}, {}", why, words) if why else words
    lang = _other_language(context)
    if url:
        return format_html('<a class="clause" href="{}"{}>{}</a>', url, lang, text)
    return format_html('<span class="clause"{}>{}</span>', lang, text)


def _other_language(context: Context) -> SafeString | str:
    """` lang="sv"` where the policy's language is not the page's (WCAG 3.1.2)."""
    municipality = context.get("municipality")
    if municipality is None or municipality.locale == translation.get_language():
        return ""
    return format_html(' lang="{}"', municipality.locale)


# --- days and times ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None) -> SafeString | str:
    """A moment as people say it: "today 8.23", "yesterday 16.20", "Tuesday 18 nov, 15.05"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    today = timezone.localtime(context["now"]).date()
    clock = formats.time_format(local, "TIME_FORMAT")
    near = _near(local.date(), today)
    text = f"{near} {clock}" if near else f"{_spelled(local.date(), today)}, {clock}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), text)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | datetime | None) -> SafeString | str:
    """A day as people say it: "today", "tomorrow", "Fri 21 Nov", "21 Nov 2024"."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    today = timezone.localtime(context["now"]).date()
    text = _near(local, today) or _spelled(local, today)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.simple_tag(takes_context=True)
def distance(context: Context, moment: datetime | None) -> str:
    """How far away a moment is, in its largest unit: "in 8 hours", "3 days ago"."""
    if moment is None:
        return ""
    ahead = moment - context["now"]
    words = _length(abs(ahead))
    return (_("in %(time)s") if ahead > timedelta(0) else _("%(time)s ago")) % {"time": words}


@register.filter
def clock(moment: datetime) -> str:
    """The time of day: 8.23."""
    return formats.time_format(timezone.localtime(moment), "TIME_FORMAT")


def _near(value: date, today: date) -> str:
    names = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return names.get((value - today).days, "")


def _spelled(value: date, today: date) -> str:
    if abs((value - today).days) < 7:
        return formats.date_format(value, "SHORT_WEEKDAY_FORMAT")
    this_year = value.year == today.year
    return formats.date_format(
        value, "SHORT_MONTH_DAY_FORMAT" if this_year else "SHORT_DATE_FORMAT"
    )


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", time.days) % {"n": time.days}


# --- digests -----------------------------------------------------------------------------------


@register.filter
def digest(value: str) -> SafeString:
    """A digest in groups of eight, so that two can be compared by eye."""
    groups = [(value[start : start + 8],) for start in range(0, len(value), 8)]
    return format_html(
        '<code class="digest">{}</code>', format_html_join(" ", "<span>{}</span>", groups)
    )


# --- forms -------------------------------------------------------------------------------------


@register.filter
def choice_groups(field: BoundField) -> Iterator[tuple[str | None, list[BoundWidget]]]:
    """The choices of a radio or checkbox list as (heading or None, choices)."""
    widget = field.field.widget
    if not isinstance(widget, ChoiceWidget):
        raise TypeError(f"{field.name} has no list of choices")
    attrs = field.build_widget_attrs({"id": field.auto_id}, widget)
    attrs.pop("aria-describedby", None)  # the fieldset carries it
    chosen = widget.format_value(field.value())
    groups = widget.optgroups(field.html_name, chosen, attrs)
    # Django gives every choice without a heading a group of its own
    for heading, same in groupby(groups, key=lambda group: group[0]):
        options = [option for _heading, options, _index in same for option in options]
        yield heading, [BoundWidget(widget, option, field.form.renderer) for option in options]


#: How a field is drawn; what is missing here is one control under its label.
_SHAPES = {
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
    "nullbooleanselect": "control",
    "checkbox": "tick",
    "clearablefile": "file",
    "file": "file",
}


@register.filter
def shape(field: BoundField) -> str:
    """How `components/field.html` draws a field: control, choices, tick or file."""
    return _SHAPES.get(field.widget_type, "control")


# --- addresses ---------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def address(context: Context, view: str, *args: Any, **kwargs: Any) -> str:
    """Like `url`, and carries a language chosen by `?lang=` along: public pages set no cookie."""
    url = reverse(view, args=args, kwargs=kwargs)
    chosen = getattr(context.get("request"), "language_link", "")
    return f"{url}?lang={chosen}" if chosen else url


@register.simple_tag(takes_context=True)
def language_input(context: Context) -> SafeString | str:
    """The chosen language as a hidden input, for public forms that search by GET."""
    chosen = getattr(context.get("request"), "language_link", "")
    return format_html('<input type="hidden" name="lang" value="{}">', chosen) if chosen else ""


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """This page's query string with some values changed; None takes one out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}"


# --- the municipality --------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyHint:
    """A key and what it does."""

    key: str
    does: str | Promise


#: Keys that every list worked by keyboard has (`static/js/keys.js`).
LIST_KEYS = (
    KeyHint("j", gettext_lazy("next")),
    KeyHint("k", gettext_lazy("previous")),
    KeyHint("o", pgettext_lazy("key", "open")),
    KeyHint("?", gettext_lazy("all keys")),
)


@register.inclusion_tag("components/keys.html")
def keys(*own: str) -> dict[str, Any]:
    """Key hints below a list: those of every list and, as "r Register", the page's own."""
    hints = [KeyHint(*hint.split(" ", 1)) for hint in own]
    return {"hints": [*LIST_KEYS[:-1], *hints, LIST_KEYS[-1]]}


@register.filter
def initial(name: str) -> str:
    """The letter in the shield of a municipality without arms of its own."""
    return name[:1].upper()
