"""That a plan in force was looked through: rows that stay within their municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PAIRS = [
    # column, the table it points at
    ("channel_id", "channels_channel"),
    ("by_id", "governance_user"),
]


def _name(column: str) -> str:
    return f"channels_planreview_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0016_goals_of_plans_in_force"),
        ("governance", "0004_appointment_to_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
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
                        related_name="plan_reviews",
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
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="channels.planversion",
                        verbose_name="version of the plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a plan",
                "verbose_name_plural": "reviews of plans",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["channel", "-at"], name="plan_review_latest")],
            },
        ),
        *(
            migrations.RunSQL(
                sql=(
                    f"ALTER TABLE channels_planreview ADD CONSTRAINT {_name(column)} "
                    f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
                    "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
                ),
                reverse_sql=f"ALTER TABLE channels_planreview DROP CONSTRAINT {_name(column)}",
            )
            for column, target in PAIRS
        ),
        migrations.RunSQL(
            sql=(
                "CREATE TRIGGER plan_review_stays BEFORE UPDATE OR DELETE "
                "ON channels_planreview FOR EACH ROW EXECUTE FUNCTION channels_stays()"
            ),
            reverse_sql="DROP TRIGGER plan_review_stays ON channels_planreview",
        ),
    ]
