"""Assessments of personal data and their supplements: within their municipality, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: table, column, the table it points at
PAIRS = [
    ("personaldataassessment", "by_id", "governance_user"),
    ("localsupplement", "by_id", "governance_user"),
    ("localsupplement", "channel_id", "channels_channel"),
    ("localsupplement", "assessment_id", "channels_personaldataassessment"),
]


def _name(table: str, column: str) -> str:
    return f"channels_{table}_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0013_a_channel_is_checked_by_more_lists"),
        ("governance", "0004_appointment_to_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LocalSupplement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="what differs on this channel")),
                (
                    "exempt",
                    models.BooleanField(
                        default=False, verbose_name="relies on the artistic and literary exemption"
                    ),
                ),
                ("reasons", models.TextField(blank=True, verbose_name="reasons for the exemption")),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "local supplement",
                "verbose_name_plural": "local supplements",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PersonalDataAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("processing", models.CharField(max_length=120, verbose_name="processing")),
                ("answers", models.JSONField(verbose_name="answers")),
                (
                    "transfer",
                    models.CharField(
                        choices=[
                            ("none", "stays in the EEA"),
                            ("adequacy", "adequacy decision"),
                            ("unsettled", "has to be assessed"),
                        ],
                        max_length=10,
                        verbose_name="transfer of personal data",
                    ),
                ),
                (
                    "visitors_posts",
                    models.CharField(
                        choices=[
                            ("own_only", "own posts only"),
                            ("own_and_visitors", "own and visitors' posts"),
                            ("assess", "has to be assessed"),
                        ],
                        max_length=16,
                        verbose_name="who controls visitors' posts",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "assessment of personal data",
                "verbose_name_plural": "assessments of personal data",
                "ordering": ["processing", "-at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="basischange",
            name="platform",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="channels.platform",
                verbose_name="platform",
            ),
        ),
        migrations.AlterField(
            model_name="basischange",
            name="basis",
            field=models.CharField(
                choices=[
                    ("graphic_profile", "the municipality's graphic profile"),
                    ("transfer", "what a transfer of personal data rests on"),
                    ("controller", "for whose posts the municipality is controller"),
                ],
                max_length=20,
                verbose_name="what has changed",
            ),
        ),
        migrations.AddConstraint(
            model_name="basischange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "graphic_profile"), ("platform__isnull", True)),
                    models.Q(
                        models.Q(("basis", "graphic_profile"), _negated=True),
                        ("platform__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="basis_change_names_its_platform",
            ),
        ),
        migrations.AddField(
            model_name="localsupplement",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="localsupplement",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supplements",
                to="channels.channel",
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="localsupplement",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.municipality",
            ),
        ),
        migrations.AddField(
            model_name="personaldataassessment",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="personaldataassessment",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.municipality",
            ),
        ),
        migrations.AddField(
            model_name="personaldataassessment",
            name="platform",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="channels.platform",
                verbose_name="platform",
            ),
        ),
        migrations.AddField(
            model_name="personaldataassessment",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.policyversion",
                verbose_name="policy version",
            ),
        ),
        migrations.AddField(
            model_name="localsupplement",
            name="assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supplements",
                to="channels.personaldataassessment",
                verbose_name="assessment",
            ),
        ),
        migrations.AddIndex(
            model_name="personaldataassessment",
            index=models.Index(
                fields=["municipality", "platform", "processing", "-at"], name="assessment_latest"
            ),
        ),
        migrations.AddConstraint(
            model_name="personaldataassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("processing", ""), _negated=True),
                name="assessment_names_processing",
            ),
        ),
        migrations.AddConstraint(
            model_name="personaldataassessment",
            constraint=models.UniqueConstraint(
                fields=("id", "municipality"), name="assessment_id_and_municipality"
            ),
        ),
        migrations.AddIndex(
            model_name="localsupplement",
            index=models.Index(fields=["channel", "-at"], name="supplement_latest"),
        ),
        migrations.AddConstraint(
            model_name="localsupplement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exempt", True),
                    models.Q(models.Q(("text", ""), _negated=True), ("reasons", "")),
                    _connector="OR",
                ),
                name="supplement_says_something",
            ),
        ),
        *(
            migrations.RunSQL(
                sql=(
                    f"ALTER TABLE channels_{table} ADD CONSTRAINT {_name(table, column)} "
                    f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
                    "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
                ),
                reverse_sql=(
                    f"ALTER TABLE channels_{table} DROP CONSTRAINT {_name(table, column)}"
                ),
            )
            for table, column, target in PAIRS
        ),
        *(
            migrations.RunSQL(
                sql=(
                    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE "
                    f"ON channels_{table} FOR EACH ROW EXECUTE FUNCTION channels_stays()"
                ),
                reverse_sql=f"DROP TRIGGER {table}_stays ON channels_{table}",
            )
            for table in ("personaldataassessment", "localsupplement")
        ),
    ]
