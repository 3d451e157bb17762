"""Looks at the visitor information: rows that stay within their municipality and never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PAIRS = [
    # column, the table it points at
    ("channel_id", "channels_channel"),
    ("by_id", "governance_user"),
]


def _name(column: str) -> str:
    return f"channels_visitorcheck_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0010_decision_of_a_body_stands_in_its_minutes"),
        ("governance", "0004_appointment_to_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitorCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=24, verbose_name="item")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("in_place", "in place"),
                            ("missing", "not in place"),
                            ("impossible", "the platform does not allow it"),
                        ],
                        max_length=10,
                        verbose_name="how it stands",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        verbose_name="why the platform does not allow it",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
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
                        related_name="visitor_checks",
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
                "verbose_name": "check of the visitor information",
                "verbose_name_plural": "checks of the visitor information",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["channel", "item", "-at"], name="visitor_check_latest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome", "impossible"), models.Q(("reason", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("outcome", "impossible"), _negated=True), ("reason", "")
                            ),
                            _connector="OR",
                        ),
                        name="visitor_check_says_why_it_is_impossible",
                    )
                ],
            },
        ),
        *(
            migrations.RunSQL(
                sql=(
                    f"ALTER TABLE channels_visitorcheck ADD CONSTRAINT {_name(column)} "
                    f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
                    "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
                ),
                reverse_sql=f"ALTER TABLE channels_visitorcheck DROP CONSTRAINT {_name(column)}",
            )
            for column, target in PAIRS
        ),
        migrations.RunSQL(
            sql=(
                "CREATE TRIGGER visitor_check_stays BEFORE UPDATE OR DELETE "
                "ON channels_visitorcheck FOR EACH ROW EXECUTE FUNCTION channels_stays()"
            ),
            reverse_sql="DROP TRIGGER visitor_check_stays ON channels_visitorcheck",
        ),
    ]
