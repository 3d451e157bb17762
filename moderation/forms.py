"""Input of moderation's pages as values. Deciding is left to the actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.models import Channel
from governance.errors import AgainstPolicy
from governance.policy.types import Category, Cited, Policy
from governance.templatetags.look import choice_groups
from governance.widgets import DayInput, MomentInput
from moderation.actions import Finding, Removal
from moderation.grounds import by_law, category_of
from moderation.models import CheckIn, Item

Choices = list[tuple[str, list[tuple[str, str | Promise]]]]
_ROWS = {"rows": 3}


def beside(form: forms.Form, refusal: AgainstPolicy) -> None:
    """Put what an action refused beside its field, with the clause it stands on."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, f"{refusal.message} {refusal.clause}".strip())


class ChannelChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return _("%(channel)s on %(platform)s") % {"channel": obj, "platform": obj.platform}


class FindingForm(forms.Form):
    """What was found: where, what it says, since when it is known, and a picture of it."""

    channel = ChannelChoice(
        queryset=Channel.objects.none(),
        label=gettext_lazy("Channel"),
        empty_label=gettext_lazy("Choose …"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(kind, capfirst(label)) for kind, label in Item.Kind.choices],
        initial=Item.Kind.COMMENT,
        widget=forms.RadioSelect(attrs={"wide": True}),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Who wrote it?"),
        choices=[
            (Item.Direction.RECEIVED, gettext_lazy("Somebody else")),
            (Item.Direction.DRAWN_UP, gettext_lazy("We did")),
        ],
        initial=Item.Direction.RECEIVED,
        widget=forms.RadioSelect(attrs={"wide": True}),
    )
    url = forms.URLField(
        label=gettext_lazy("Its address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Copy the link to the comment or the post, if it has one."),
    )
    author = forms.CharField(
        label=gettext_lazy("Name of the account that wrote it"), required=False, max_length=200
    )
    text = forms.CharField(
        label=gettext_lazy("What it says"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs=_ROWS),
        help_text=gettext_lazy("Paste the words, or describe the picture."),
    )
    describe_only = forms.BooleanField(
        label=gettext_lazy("It shows sexual abuse of a child"),
        required=False,
        help_text=gettext_lazy(
            "Then save no picture anywhere, here or on your phone: keeping one may itself be a"
            " crime. Describe it in words, note the address and report it to the police."
        ),
    )
    picture = forms.FileField(
        label=gettext_lazy("Screenshot"),
        required=False,
        help_text=gettext_lazy("Needed before it is taken away. PNG, JPEG, WebP or GIF."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    posted_at = forms.DateTimeField(
        label=gettext_lazy("Posted"), required=False, widget=MomentInput
    )
    became_aware_at = forms.DateTimeField(
        label=gettext_lazy("Known to us since"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Leave it empty if you found it just now."),
    )

    def __init__(
        self, *args: Any, channels: QuerySet[Channel], policy: Policy, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, ChannelChoice)  # noqa: S101 - for the type checker
        field.queryset = channels
        if not any(each.evidence == "describe_only" for each in policy.categories):
            del self.fields["describe_only"]

    def finding(self) -> Finding:
        """The cleaned input as the action takes it."""
        names = ("kind", "direction", "url", "author", "text", "posted_at", "became_aware_at")
        return Finding(
            **{name: self.cleaned_data[name] for name in names},
            describe_only=self.cleaned_data.get("describe_only", False),
        )


class PictureForm(forms.Form):
    """One more picture."""

    picture = forms.FileField(
        label=gettext_lazy("Screenshot"),
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class RemovalForm(forms.Form):
    """On which ground it goes, and when it went."""

    category = forms.ChoiceField(
        label=gettext_lazy("Why must it go?"), widget=forms.RadioSelect(attrs={"wide": True})
    )
    obvious = forms.TypedChoiceField(
        label=gettext_lazy("Is it obvious?"),
        choices=[
            ("yes", gettext_lazy("Yes, no doubt")),
            ("no", gettext_lazy("No, or I am unsure")),
        ],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,  # only some grounds ask; the action says which
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Asked where the law orders it away. If you hesitate it is not obvious: hide it then,"
            " and ask for advice."
        ),
    )
    acted_at = forms.DateTimeField(
        label=gettext_lazy("Done"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Leave it empty if you did it just now."),
    )
    without_copy_because = forms.CharField(
        label=gettext_lazy("Gone already? Say why no copy was kept first"),
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, policy: Policy, has_copy: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = grounds(policy)
        if not any(each.must_be_obvious for each in policy.categories):
            del self.fields["obvious"]
        if has_copy:
            del self.fields["without_copy_because"]

    def groups(self) -> Iterator[tuple[str | None, list[tuple[BoundWidget, Category | None]]]]:
        """The grounds under their headings, each control with the category it stands for."""
        for heading, widgets in choice_groups(self["category"]):
            codes = [str(each.data["value"]) for each in widgets]
            found = [category_of(self.policy, code) for code in codes]
            yield heading, list(zip(widgets, found, strict=True))

    def removal(self) -> Removal:
        """The cleaned input as the action takes it."""
        return Removal(
            category=self.cleaned_data["category"],
            obvious=self.cleaned_data.get("obvious"),
            acted_at=self.cleaned_data["acted_at"],
            without_copy_because=self.cleaned_data.get("without_copy_because", ""),
        )


def grounds(policy: Policy) -> Choices:
    """What may be taken away, the law's own headings first."""
    removable = [each for each in policy.categories if each.status in ("mandatory", "permitted")]
    law = [each for each in removable if each.ground == "statute"]
    other_law = [each for each in removable if each.ground != "statute" and by_law(each)]
    rest = [each for each in removable if not by_law(each)]
    groups = [
        (_("The law asks for it where it is obvious"), law),
        (_("Protected information"), other_law),
        (_("The guideline and our published rules"), rest),
    ]
    return [(heading, _as_choices(found)) for heading, found in groups if found]


def kept(policy: Policy) -> list[Category]:
    """What is not taken away, with the clause that says so."""
    return [each for each in policy.categories if each.status in ("refused", "refer")]


def _as_choices(categories: list[Category]) -> list[tuple[str, str | Promise]]:
    return [(each.code, each.label) for each in categories]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs=_ROWS)
    )


class UnableForm(ReasonForm):
    """Why it could not be taken away, and who was told."""

    told = forms.CharField(
        label=gettext_lazy("Who was told"),
        max_length=300,
        help_text=gettext_lazy("The platform, the owner of the page, the police, your manager."),
    )


class InformForm(forms.Form):
    """What the author was told."""

    text = forms.CharField(
        label=gettext_lazy("Text to whoever wrote it"),
        max_length=4000,
        widget=forms.Textarea(attrs=_ROWS),
    )


class NotInformForm(forms.Form):
    """Why the author was not told."""

    because = forms.CharField(label=gettext_lazy("Not sent, because"), max_length=300)


class PapersForm(forms.Form):
    """The registrar, the case, the police, and the note outside the medium."""

    off_platform_note = forms.CharField(
        label=gettext_lazy("Note kept outside the medium"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs=_ROWS),
    )
    measures = forms.CharField(
        label=gettext_lazy("Police report or other measures"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("The number of the report, or what was done instead."),
    )
    belongs_to_case = forms.BooleanField(label=gettext_lazy("It belongs to a case"), required=False)
    case_reference = forms.CharField(
        label=gettext_lazy("The case"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Its diary number."),
    )
    hand_over = forms.BooleanField(label=gettext_lazy("Hand it to the registrar"), required=False)

    def __init__(self, *args: Any, item: Item, asked: Mapping[str, Cited], **kwargs: Any) -> None:
        """`asked`: what the policy demands of the case; a note that nobody asks for is left out."""
        super().__init__(*args, **kwargs)
        for name in asked.keys() & self.fields.keys():
            self.fields[name].clause = asked[name].clause  # type: ignore[attr-defined]
        if "off_platform_note" not in asked and not item.off_platform_note:
            del self.fields["off_platform_note"]
        if item.handed_over_at is not None:
            del self.fields["hand_over"]


class NumberForm(forms.Form):
    """The registrar's answer: a number."""

    number = forms.CharField(label=gettext_lazy("Diary number"), max_length=80)


class NoNumberForm(forms.Form):
    """The registrar's answer: none is needed."""

    reason = forms.CharField(
        label=gettext_lazy("It need not be registered, because"), max_length=300
    )


class AnswerForm(forms.Form):
    """The editor's answer to the registrar."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=1000, widget=forms.Textarea(attrs=_ROWS)
    )


class CorrectionForm(forms.Form):
    """What should have been written of a look."""

    result = forms.ChoiceField(
        label=gettext_lazy("What you saw"),
        choices=[(result, capfirst(label)) for result, label in CheckIn.Result.choices],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What was wrong"), max_length=1000, widget=forms.Textarea(attrs=_ROWS)
    )


class AfterwardsForm(forms.Form):
    """A look that was not written down on its day."""

    note = forms.CharField(
        label=gettext_lazy("Who looked, and why it was not written down"),
        max_length=1000,
        widget=forms.Textarea(attrs=_ROWS),
    )


class HouseRulesForm(forms.Form):
    """A version of the published rules."""

    text = forms.CharField(
        label=gettext_lazy("The rules as visitors read them"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("What they name"), widget=forms.CheckboxSelectMultiple
    )
    published_on = forms.DateField(label=gettext_lazy("Published on"), widget=DayInput)

    def __init__(self, *args: Any, policy: Policy, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["categories"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        removable = [
            each for each in policy.categories if each.status in ("mandatory", "permitted")
        ]
        field.choices = _as_choices([each for each in removable if each.ground != "statute"])
        self.fields["published_on"].initial = today
