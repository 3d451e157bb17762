"""Crises and rests: what was decided stays, and nothing crosses municipalities."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import moderation.models.declared

PAIRS = [
    # table, column, the table it points at
    ("moderation_declaredperiod", "declared_by_id", "governance_user"),
    ("moderation_declaredperiod", "ended_by_id", "governance_user"),
    ("moderation_periodchannel", "period_id", "moderation_declaredperiod"),
    ("moderation_periodchannel", "channel_id", "channels_channel"),
]
#: What stays as it was declared: all but the end and who ended it.
KEPT = {
    "moderation_declaredperiod": """municipality_id kind why decision starts_at policy_id
        declared_by_id declared_at""".split(),
    "moderation_periodchannel": "municipality_id period_id channel_id kind starts_at".split(),
}


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


def staying(table: str, columns: list[str]) -> migrations.RunSQL:
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return migrations.RunSQL(
        sql=f"""
CREATE TRIGGER declared_stays BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();
CREATE TRIGGER declared_keeps_its_content BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION moderation_stays();
""",
        reverse_sql=f"""
DROP TRIGGER declared_keeps_its_content ON {table};
DROP TRIGGER declared_stays ON {table};
""",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0017_plans_are_looked_through"),
        ("governance", "0005_acknowledgement_says_how_and_as_what"),
        ("moderation", "0007_looks_by_the_link_in_a_morning_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="checkin",
            name="period",
            field=models.CharField(max_length=40),
        ),
        migrations.CreateModel(
            name="DeclaredPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("crisis", "crisis"), ("rest", "rest period")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("why", models.TextField(verbose_name="why")),
                ("decision", models.CharField(blank=True, max_length=200, verbose_name="decision")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("declared_at", models.DateTimeField(verbose_name="declared")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was ended"),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="declared by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
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
                "verbose_name": "declared period",
                "verbose_name_plural": "declared periods",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PeriodChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("crisis", "crisis"), ("rest", "rest period")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declared",
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
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="moderation.declaredperiod",
                        verbose_name="declared period",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel in a declared period",
                "verbose_name_plural": "channels in declared periods",
            },
        ),
        migrations.AddConstraint(
            model_name="declaredperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="declared_period_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "crisis"), ("ends_at__isnull", False), _connector="OR"),
                name="declared_period_of_rest_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True), name="declared_period_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_reason", ""), ("ended_at__isnull", True), ("ended_by__isnull", True)
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("ends_at__isnull", False),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="declared_period_is_ended_by_somebody_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredperiod",
            constraint=models.UniqueConstraint(
                fields=("id", "municipality"), name="declared_period_id_and_municipality"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodchannel",
            constraint=models.UniqueConstraint(
                fields=("period", "channel"), name="declared_period_names_a_channel_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodchannel",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("channel", "="),
                    ("kind", "="),
                    (
                        moderation.models.declared.MomentRange(
                            "starts_at", "ends_at", models.Value("[)")
                        ),
                        "&&",
                    ),
                ],
                name="declared_period_one_of_a_kind_at_a_time",
            ),
        ),
        *(same_municipality(*pair) for pair in PAIRS),
        *(staying(table, columns) for table, columns in KEPT.items()),
    ]
