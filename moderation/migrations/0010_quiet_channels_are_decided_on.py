"""What was said of latest posts and decided on quiet channels: it stays, and crosses nowhere."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("moderation_activitydecision", "moderation_latestpost")
PAIRS = [
    # table, column, the table it points at
    (table, column, target)
    for table in TABLES
    for column, target in (("channel_id", "channels_channel"), ("by_id", "governance_user"))
]


def same_municipality(table: str, column: str, target: str) -> migrations.RunSQL:
    name = f"{table}_{column.removesuffix('_id')}_same_municipality"
    return migrations.RunSQL(
        sql=(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} "
            f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
            "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
        ),
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def staying(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=(
            f"CREATE TRIGGER what_was_said_stays BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION moderation_stays()"
        ),
        reverse_sql=f"DROP TRIGGER what_was_said_stays ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0018_platforms_are_kept_by_an_operator"),
        ("governance", "0010_guideline_is_reviewed"),
        ("moderation", "0009_questions_and_their_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ActivityDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("go_on", "It goes on"), ("close", "It is to be closed")],
                        max_length=5,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "consulted",
                    models.CharField(blank=True, max_length=300, verbose_name="consulted"),
                ),
                (
                    "post_on",
                    models.DateField(blank=True, null=True, verbose_name="day of the latest post"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activity_decisions",
                        to="channels.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.municipality",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.policyversion",
                        verbose_name="policy version",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a quiet channel",
                "verbose_name_plural": "decisions on quiet channels",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["channel", "-at"], name="activity_decision_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="activity_decision_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LatestPost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="day of the latest post")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="latest_posts",
                        to="channels.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "latest post",
                "verbose_name_plural": "latest posts",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["channel", "-at"], name="latest_post_newest_word")
                ],
            },
        ),
        *(same_municipality(*pair) for pair in PAIRS),
        *(staying(table) for table in TABLES),
    ]
