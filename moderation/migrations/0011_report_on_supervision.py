"""Documents on how supervision was kept; nothing of one crosses municipalities."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "moderation_supervisionreport"


def same_municipality(column: str, target: str) -> migrations.RunSQL:
    name = f"{TABLE}_{column.removesuffix('_id')}_same_municipality"
    return migrations.RunSQL(
        sql=(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} "
            f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
            "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
        ),
        reverse_sql=f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0010_guideline_is_reviewed"),
        ("moderation", "0010_quiet_channels_are_decided_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SupervisionReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="asked for")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="made")),
                (
                    "problem",
                    models.CharField(blank=True, max_length=300, verbose_name="why it failed"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.storedfile",
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
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "report on supervision",
                "verbose_name_plural": "reports on supervision",
                "ordering": ["-requested_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["requested_at"],
                        name="report_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="report_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("file__isnull", False),
                                ("made_at__isnull", False),
                                ("state", "ready"),
                            ),
                            models.Q(
                                models.Q(("state", "ready"), _negated=True), ("file__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="report_that_is_ready_has_its_document",
                    ),
                ],
            },
        ),
        same_municipality("unit_id", "governance_unit"),
        same_municipality("requested_by_id", "governance_user"),
    ]
