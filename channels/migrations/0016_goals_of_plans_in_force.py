"""The goals of the plans that are in force already become goals of their channels."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def take_up(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    Plan = apps.get_model("channels", "Plan")
    PlanVersion = apps.get_model("channels", "PlanVersion")
    GoalFollowUp = apps.get_model("channels", "GoalFollowUp")
    for plan in Plan.objects.filter(state="approved", channel__isnull=False):
        version = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
        if version is None:
            continue
        approved = version.decisions.filter(phase="plan").order_by("-at").first()
        at = approved.at if approved else version.submitted_at
        for goal in version.goals.all():
            goal.follow_up = GoalFollowUp.objects.create(
                municipality_id=plan.municipality_id,
                channel_id=plan.channel_id,
                goal=goal,
                since=timezone.localdate(at),
            )
            goal.save(update_fields=["follow_up"])


class Migration(migrations.Migration):
    dependencies = [("channels", "0015_goals_are_followed_up")]

    # backwards there is nothing to do: 0015 takes the rows away with their tables
    operations = [migrations.RunPython(take_up, migrations.RunPython.noop)]
