"""The page of a new account: what the waiting step asks, as a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from channels.actions.accounts import (
    Consultation,
    Entered,
)
from channels.actions.deciding import faulty_answers
from channels.actions.entering import writers_to_appoint
from channels.forms.plan import QuestionsForm
from channels.models import Channel
from channels.steps import grant_for, plan_of
from governance.errors import NotAllowed
from governance.models import User
from governance.permissions import actors
from governance.policy.types import Step


def may_take(channel: Channel, step: Step, user: User, now: datetime) -> bool:
    """Whether the waiting step is the person's to take; the page then draws its button."""
    plan = plan_of(channel)
    try:
        return plan is not None and grant_for(step, plan, user, now) is not None
    except NotAllowed:
        return False


class AccountForm(QuestionsForm):
    """The step's own questions, whom it wants consulted, whom it appoints.

    Without a step only the account's address is left to ask for.
    """

    def __init__(
        self,
        channel: Channel,
        step: Step | None,
        *,
        now: datetime,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(step.fields if step else (), data=data, under=step)
        self.channel, self.step, self.now = channel, step, now
        self.refuses = "refuse" in self.data and step is not None and step.may_reject
        self.writers = writers_to_appoint(channel) if step and step.kind == "appoint" else []
        if not channel.url or (step and step.kind == "create"):
            self.fields["url"] = forms.CharField(
                label=_("Address of the account"),
                help_text=_("As the browser shows it"),
                initial=channel.url,
                max_length=500,
                required=False,
            )
        if step is not None:
            self._ask_whom_was_consulted(step, now)
            self._ask_whom_to_appoint()
            self.fields["note"] = forms.CharField(
                label=_("Note"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if self.refuses:
            for name, field in self.fields.items():
                field.required = name == "note"

    def _ask_whom_was_consulted(self, step: Step, now: datetime) -> None:
        for role in step.consulted:
            people = actors(role, self.channel.unit, now)
            self.fields[f"consulted_{role}"] = forms.ModelChoiceField(
                User.objects.filter(pk__in=[person.pk for person in people]),
                label=_("Consulted: %(role)s") % {"role": role.label},
                empty_label=_("Choose …"),
                initial=people[0] if len(people) == 1 else None,
            )
        if step.consulted:
            self.fields["consulted_on"] = forms.DateField(
                label=_("Consulted on"),
                initial=self.channel.municipality.today(now),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    def _ask_whom_to_appoint(self) -> None:
        for person in self.writers:
            self.fields[f"appoint_{person.pk}"] = forms.BooleanField(
                label=_("Appoint %(name)s to write") % {"name": person.shown_name},
                required=False,
                initial=True,
            )
            self.fields[f"reason_{person.pk}"] = forms.CharField(
                label=_("If not %(name)s: why") % {"name": person.shown_name},
                required=False,
                max_length=300,
            )

    def clean(self) -> dict[str, Any]:
        """Tells of every question that is not answered as asked, beside what else is wrong."""
        if self.step is not None and not self.refuses:
            self.refuse(faulty_answers(self.step, self.answers(), self.channel.unit, self.now))
        return self.cleaned_data

    def entered(self) -> Entered:
        """What was entered, for the verb. Call after `is_valid`."""
        assert self.step is not None  # noqa: S101 - without a step there is nothing to enter
        given = self.cleaned_data
        return Entered(
            answers=self.answers(),
            consulted=[
                Consultation(given[f"consulted_{role}"], given["consulted_on"])
                for role in self.step.consulted
            ],
            appointed=[each for each in self.writers if given[f"appoint_{each.pk}"]],
            not_appointed={
                each.pk: given[f"reason_{each.pk}"]
                for each in self.writers
                if not given[f"appoint_{each.pk}"]
            },
            url=self.address(),
            note=self.note(),
        )

    def address(self) -> str:
        """The address entered, or nothing."""
        return str(self.cleaned_data.get("url") or "").strip()

    def note(self) -> str:
        """The note entered, or nothing."""
        return str(self.cleaned_data.get("note") or "").strip()
