"""What channels owe: a decision that is waited for, a step with an account, missing access,
an administrator too few, a plan for what was there before, a look by one of the checklists, an
assessment that has gone stale, a goal to follow up, a plan to look through again, particulars of
the register to confirm, an assignment that is about to end, a responsible person who is missing,
somebody who is to know the guideline."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from channels import waiting
from channels.actions.administrators import ADMINISTRATORS, administrators_plan_again
from channels.actions.checklists import look_again, opener_of
from channels.actions.custody import CUSTODY, custody_plan_again, custody_plans
from channels.actions.guideline import (
    INFORM,
    READ_IT,
    about_oneself,
    editors_themselves,
    informing_plans,
    reading_plans,
)
from channels.actions.guideline import plan_again as guideline_plan_again
from channels.actions.missing_plans import MISSING_PLAN, missing_plan_again
from channels.actions.personal_data import PERSONAL_DATA, assess_again, stale_assessments
from channels.checklists import GRAPHIC_PROFILE, VISITOR_INFORMATION
from channels.confirming import REGISTER, owed_of_register, register_owed_again
from channels.ending import (
    ASSIGNMENT,
    RESPONSIBLE,
    assignment_again,
    assignments_ending,
    responsible_again,
)
from channels.following_up import GOALS, goal_owed_again, owed_of_goals
from channels.guideline import ROUTINE
from channels.models import Channel, EditorAssignment, Plan
from channels.reviewing import PLAN_REVIEW, owed_of_plans, plan_review_again
from governance.ending import ROUTINE as ROUTINE_OF_ENDING
from governance.obligations import Duty, read_subjects_as, register

DUTIES = (
    Duty(
        key=waiting.APPROVAL,
        label=_("Decide on the plan"),
        act=_("Read and decide"),
        where="channels:plan",
        opener=waiting.approvals,
        waits_for=waiting.approvals_for,
        people=waiting.people_of_plans,
        plan_again=waiting.plan_again,
    ),
    Duty(
        key=waiting.RETURNED,
        label=_("Answer and submit again"),
        act=_("Go on writing"),
        where="channels:write",
        waits_for=waiting.corrections_for,
        people=waiting.people_of_plans,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=waiting.ACCOUNT_STEP,
        label=_("Take the next step with the new account"),
        act=_("Take the step"),
        where="admin:channels_channel_account",
        opener=waiting.account_steps,
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=waiting.plan_again,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=CUSTODY,
        label=_("Hand over access to the account"),
        act=_("Hand over"),
        where="channels:channel",
        opener=custody_plans,
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=custody_plan_again,
    ),
    Duty(
        key=ADMINISTRATORS,
        label=_("Appoint another administrator"),
        act=_("Appoint"),
        where="channels:channel",
        people=waiting.people_of_channels,
        plan_again=administrators_plan_again,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=MISSING_PLAN,
        label=_("Plan the channel"),
        where="channels:channel",
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=missing_plan_again,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=VISITOR_INFORMATION.kind,
        waivable=True,
        label=_("Check the visitor information"),
        act=_("Check"),
        where="channels:visitor_information",
        opener=opener_of(VISITOR_INFORMATION),
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=look_again,
    ),
    Duty(
        key=GRAPHIC_PROFILE.kind,
        waivable=True,
        label=_("Check the graphic profile"),
        act=_("Check"),
        where="channels:graphic_profile",
        opener=opener_of(GRAPHIC_PROFILE),
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=look_again,
    ),
    Duty(
        key=PERSONAL_DATA,
        label=_("Assess the personal data again"),
        act=_("Assess"),
        where="channels:personal_data",
        opener=stale_assessments,
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=assess_again,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=GOALS,
        waivable=True,
        label=_("Follow up the goal"),
        act=_("Follow up"),
        where="channels:goal",
        opener=owed_of_goals,
        waits_for=waiting.goals_owned_by,
        people=waiting.people_of_goals,
        plan_again=goal_owed_again,
    ),
    Duty(
        key=PLAN_REVIEW,
        waivable=True,
        label=_("Look through the plan"),
        act=_("Look through"),
        where="channels:review",
        opener=owed_of_plans,
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=plan_review_again,
    ),
    Duty(
        key=REGISTER,
        waivable=True,
        label=_("Confirm what the register says"),
        act=_("Confirm"),
        where="channels:channel",
        opener=owed_of_register,
        waits_for=waiting.owned_by,
        people=waiting.people_of_channels,
        plan_again=register_owed_again,
    ),
    Duty(
        key=ASSIGNMENT,
        label=_("Prolong or replace an assignment, or let it end"),
        act=_("See to it"),
        where="channels:ending",
        opener=assignments_ending,
        plan_again=assignment_again,
        routine=ROUTINE_OF_ENDING,
    ),
    Duty(
        key=RESPONSIBLE,
        label=_("Appoint a responsible person"),
        act=_("Appoint"),
        where="channels:channel",
        people=waiting.people_of_channels,
        plan_again=responsible_again,
        routine=waiting.APPROVAL,
    ),
    Duty(
        key=READ_IT,
        label=_("Read the guideline and confirm it"),
        act=_("Read and confirm"),
        where="channels:editor",
        opener=reading_plans,
        waits_for=about_oneself,
        people=editors_themselves,
        plan_again=guideline_plan_again,
        routine=ROUTINE,
    ),
    Duty(
        key=INFORM,
        label=_("Inform an editor of the guideline"),
        act=_("Put on record"),
        where="channels:editor",
        opener=informing_plans,
        people=editors_themselves,
        plan_again=guideline_plan_again,
        routine=ROUTINE,
    ),
)

#: What is read of them when what they owe is planned again.
SUBJECTS: tuple[QuerySet[Any], ...] = (
    Channel.objects.select_related("unit__municipality", "municipality", "platform"),
    Plan.objects.select_related("unit__municipality", "channel"),
    EditorAssignment.objects.select_related("channel__unit__municipality", "municipality"),
)


def register_duties() -> None:
    """Make the duties of channels known to the engine; once, when the app is ready."""
    for subjects in SUBJECTS:
        read_subjects_as(subjects)
    for duty in DUTIES:
        register(duty)
