"""Goals of channels and what was recorded of them: rows that stay within their municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PAIRS = [
    # table, column, the table it points at, the column that must be the same in both
    ("channels_goalfollowup", "channel_id", "channels_channel", "municipality_id"),
    ("channels_goalresult", "follow_up_id", "channels_goalfollowup", "municipality_id"),
    ("channels_goalresult", "by_id", "governance_user", "municipality_id"),
    ("channels_goalresult", "corrects_id", "channels_goalresult", "follow_up_id"),
]


def _name(table: str, column: str, same: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_same_{same.removesuffix('_id')}"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0014_personal_data_is_assessed"),
        ("governance", "0004_appointment_to_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GoalFollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goals",
                        to="channels.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.planversion",
                        verbose_name="version of the plan that names it no longer",
                    ),
                ),
                (
                    "goal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.goal",
                        verbose_name="goal",
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
                "verbose_name": "goal of a channel",
                "verbose_name_plural": "goals of channels",
                "ordering": ["channel", "goal__position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="goal",
            name="follow_up",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wordings",
                to="channels.goalfollowup",
            ),
        ),
        migrations.CreateModel(
            name="GoalResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("result", models.CharField(max_length=200, verbose_name="result")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("reached", "reached"),
                            ("under_way", "on the way"),
                            ("not_reached", "not reached"),
                        ],
                        max_length=12,
                        verbose_name="how it stands",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="recorded")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="channels.goalresult",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="channels.goalfollowup",
                        verbose_name="goal of a channel",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.goal",
                        verbose_name="goal",
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
                "verbose_name": "result of a goal",
                "verbose_name_plural": "results of goals",
                "ordering": ["-as_of", "-at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="goalfollowup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="goal_is_ended_by_a_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="goalfollowup",
            constraint=models.UniqueConstraint(
                fields=("id", "municipality"), name="goal_follow_up_id_and_municipality"
            ),
        ),
        migrations.AddIndex(
            model_name="goalresult",
            index=models.Index(fields=["follow_up", "-as_of", "-at"], name="goal_result_latest"),
        ),
        migrations.AddConstraint(
            model_name="goalresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("result", ""), _negated=True), name="goal_result_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="goalresult",
            constraint=models.UniqueConstraint(
                fields=("id", "follow_up"), name="goal_result_id_and_follow_up"
            ),
        ),
        *(
            migrations.RunSQL(
                sql=(
                    f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column, same)} "
                    f"FOREIGN KEY ({column}, {same}) REFERENCES {target} (id, {same}) "
                    "DEFERRABLE INITIALLY DEFERRED"
                ),
                reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column, same)}",
            )
            for table, column, target, same in PAIRS
        ),
        migrations.RunSQL(
            sql=(
                "CREATE TRIGGER goal_result_stays BEFORE UPDATE OR DELETE "
                "ON channels_goalresult FOR EACH ROW EXECUTE FUNCTION channels_stays()"
            ),
            reverse_sql="DROP TRIGGER goal_result_stays ON channels_goalresult",
        ),
    ]
