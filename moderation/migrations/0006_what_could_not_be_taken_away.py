"""That something could not be taken away is an act too; who was told of it stays with it."""

from django.conf import settings
from django.db import migrations, models

KEPT = """item_id decision category ground clause policy_id house_rules_id obvious reason
    without_copy_because became_aware_at acted_at by_id recorded_at reverses_id""".split()


def keeping(columns: list[str]) -> str:
    """The trigger that keeps these columns of an act as they were written."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"""
DROP TRIGGER action_keeps_its_content ON moderation_action;
CREATE TRIGGER action_keeps_its_content BEFORE UPDATE ON moderation_action
    FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new}) OR OLD.informed_at IS NOT NULL)
    EXECUTE FUNCTION moderation_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0003_the_log_only_grows"),
        ("moderation", "0005_questions_within_and_secrecy_of_old_findings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="told",
            field=models.CharField(blank=True, max_length=300, verbose_name="who was told"),
        ),
        migrations.AlterField(
            model_name="action",
            name="decision",
            field=models.CharField(
                choices=[
                    ("hide", "hidden"),
                    ("remove", "removed"),
                    ("withdraw", "withdrawn by us"),
                    ("leave", "left as it is"),
                    ("restore", "shown again"),
                    ("unable", "could not be taken away"),
                ],
                max_length=8,
                verbose_name="decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "unable"), _negated=True),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("told", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="action_unable_says_why_and_who_was_told",
            ),
        ),
        migrations.RunSQL(keeping([*KEPT, "told"]), keeping(KEPT)),
    ]
