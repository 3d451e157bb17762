"""Input for entering a question that came in, and for what becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from channels.models import Channel
from governance.policy.types import Cited, Policy
from governance.widgets import MomentInput
from moderation.actions import Received
from moderation.actions.inquiries import LONGEST_ABOUT, LONGEST_NAME, LONGEST_REASON
from moderation.forms import ChannelChoice
from moderation.models import Inquiry, Item
from moderation.replies import kinds_in


class InquiryForm(forms.Form):
    """What came in, where, since when. Nobody is asked who wrote it."""

    channel = ChannelChoice(
        queryset=Channel.objects.none(),
        label=gettext_lazy("Channel"),
        empty_label=gettext_lazy("Choose …"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        initial=Inquiry.Kind.QUESTION,
        widget=forms.RadioSelect(attrs={"wide": True}),
    )
    about = forms.CharField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("A few words. Write no name."),
        max_length=LONGEST_ABOUT,
    )
    posted_at = forms.DateTimeField(
        label=gettext_lazy("Posted"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy(
            "The time to answer is counted from here. Empty if it is not shown."
        ),
    )
    became_aware_at = forms.DateTimeField(
        label=gettext_lazy("Known to us since"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Leave it empty if you found it just now."),
    )
    url = forms.URLField(
        label=gettext_lazy("Its address"), required=False, max_length=500, assume_scheme="https"
    )

    def __init__(
        self,
        *args: Any,
        channels: QuerySet[Channel],
        policy: Policy,
        finding: Item | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.finding = finding
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]
        told_apart = {kind for channel in channels for kind in kinds_in(policy, channel)}
        kinds = [(kind, capfirst(kind.label)) for kind in Inquiry.Kind if kind in told_apart]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if len(kinds) == 1:
            del self.fields["kind"]

    def received(self) -> Received:
        """The cleaned input as the verb takes it."""
        names = ("about", "url", "posted_at", "became_aware_at")
        return Received(
            **{name: self.cleaned_data[name] for name in names},
            kind=self.cleaned_data.get("kind", Inquiry.Kind.QUESTION),
            finding=self.finding,
        )


class ReferForm(forms.Form):
    """To whom it was referred."""

    to = forms.CharField(label=gettext_lazy("To whom?"), max_length=LONGEST_NAME)


class NoAnswerForm(forms.Form):
    """Why it needs no answer."""

    prefix = "no-answer"
    ground = forms.ChoiceField(
        label=gettext_lazy("Why does it need no answer?"),
        widget=forms.RadioSelect(attrs={"wide": True}),
    )
    reason = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("Write no name."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None, *, obliged: Cited | None) -> None:
        super().__init__(data)
        grounds = [each for each in Inquiry.Ground if each != Inquiry.Ground.JUDGED or not obliged]
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (each, each.label) for each in grounds
        ]


class TimesForm(forms.Form):
    """The right moments in the place of wrong ones."""

    prefix = "times"
    posted_at = forms.DateTimeField(
        label=gettext_lazy("Posted"), required=False, widget=MomentInput
    )
    became_aware_at = forms.DateTimeField(
        label=gettext_lazy("Known to us since"), widget=MomentInput
    )
    why = forms.CharField(
        label=gettext_lazy("What was wrong?"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, inquiry: Inquiry, data: QueryDict | None = None) -> None:
        times = inquiry.times
        self.stand = {"posted_at": times.posted_at, "became_aware_at": times.became_aware_at}
        super().__init__(data, initial=self.stand)

    def right(self) -> dict[str, Any]:
        """What the verb takes; a moment that was left as it stands keeps its seconds."""
        return {name: self._kept(name, value) for name, value in self.cleaned_data.items()}

    def _kept(self, name: str, value: Any) -> Any:
        stands = self.stand.get(name)
        unchanged = isinstance(value, datetime) and stands and _minute(stands) == _minute(value)
        return stands if unchanged else value


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
