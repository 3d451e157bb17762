"""What somebody writes when a step waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from channels.actions.deciding import faulty_answers
from channels.forms.plan import QuestionsForm
from channels.meetings import Meeting
from channels.models import Plan
from governance.policy.types import Step
from governance.signing_in import is_own_password, password_again

#: The buttons of the decision, as the page submits them.
APPROVE, RETURN, REJECT = "approve", "return", "reject"


class DecisionForm(QuestionsForm):
    """The step's own questions, the minutes of a group or board, place and password for a
    signature, a note to stop the plan.

    What a pressed button does not need is not looked at.
    """

    def __init__(
        self, step: Step, plan: Plan, request: HttpRequest, *, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(step.fields, under=step, **kwargs)
        self.step, self.plan, self.request, self.now = step, plan, request, now
        self.act = self.data.get("act", APPROVE)
        if step.actor.in_meeting:
            self._ask_for_the_minutes()
        if step.kind == "approve":
            self.fields["place"] = forms.CharField(
                label=_("Place"), max_length=120, required=step.signature == "signed"
            )
            self.fields["password"] = password_again()
        if step.may_return or step.may_reject:
            self.fields["note"] = forms.CharField(
                label=_("What must change, or why not"),
                max_length=2000,
                error_messages={"required": _("Write why, so that the author knows what to do.")},
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def full_clean(self) -> None:
        """What the pressed button does not need may be empty, though its own button asks for it."""
        idle = {"note"} if self.act == APPROVE else {"place", "password"}
        spared = [self.fields[name] for name in idle & self.fields.keys()]
        spared = [field for field in spared if field.required]
        for field in spared:
            field.required = False
        super().full_clean()
        for field in spared:
            field.required = True

    def _ask_for_the_minutes(self) -> None:
        """What a group or board decided stands in minutes, whatever it decided."""
        self.fields["minutes"] = forms.CharField(
            label=_("Reference of the minutes"),
            help_text=_("As it stands in them, such as “KS 2026-03-02 § 41”"),
            max_length=120,
        )
        self.fields["met_on"] = forms.DateField(
            label=_("Day of the meeting"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )

    @property
    def meeting(self) -> Meeting:
        """Where the decision of a group or board stands. Call after `is_valid`."""
        given = self.cleaned_data
        return Meeting(given.get("minutes", ""), given.get("met_on"))

    @property
    def signs(self) -> bool:
        """Whether this act is a signature, which asks for the password once more."""
        return "password" in self.fields and self.act == APPROVE

    def clean(self) -> dict[str, Any]:
        """Tells of every question that is not answered as asked, beside what else is wrong."""
        if self.act == APPROVE:
            self.refuse(faulty_answers(self.step, self.answers(), self.plan.unit, self.now))
        return self.cleaned_data

    def clean_password(self) -> str:
        """Raises ValidationError for a wrong password, and after too many of them."""
        password: str = self.cleaned_data["password"]
        if self.signs and not is_own_password(self.request, password):
            raise ValidationError(_("The password is not right. Nothing has been signed yet."))
        return password
