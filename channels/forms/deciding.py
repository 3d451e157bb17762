"""What somebody writes when a step waits for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from channels.forms.plan import QuestionsForm
from governance.policy.types import Step
from governance.signing_in import is_own_password, password_again

#: The buttons of the decision, as the page submits them.
APPROVE, RETURN, REJECT = "approve", "return", "reject"


class DecisionForm(QuestionsForm):
    """The step's own questions, place and password for a signature, a note to stop the plan.

    What a pressed button does not need is not looked at.
    """

    def __init__(self, step: Step, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(step.fields, under=step, **kwargs)
        self.step, self.request = step, request
        self.act = self.data.get("act", APPROVE)
        if step.kind == "approve":
            self.fields["place"] = forms.CharField(
                label=_("Place"), max_length=120, required=step.signature == "signed"
            )
            self.fields["password"] = password_again()
        if step.may_return or step.may_reject:
            self.fields["note"] = forms.CharField(
                label=_("What must change, or why not"),
                max_length=2000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        for name in () if self.act == APPROVE else ("place", "password"):
            if name in self.fields:
                self.fields[name].required = False

    @property
    def signs(self) -> bool:
        """Whether this act is a signature, which asks for the password once more."""
        return "password" in self.fields and self.act == APPROVE

    def clean_password(self) -> str:
        """Raises ValidationError for a wrong password, and after too many of them."""
        password: str = self.cleaned_data["password"]
        if self.signs and not is_own_password(self.request, password):
            raise ValidationError(_("The password is not right. Nothing has been signed yet."))
        return password
