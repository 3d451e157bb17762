"""A person gets one digest an hour; what comes meanwhile is held back for them."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import governance.models.ranges


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0011_units_have_closed_days_and_office_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("skipped", models.BooleanField(default=False)),
                ("away", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "held back",
                "verbose_name_plural": "held back",
            },
        ),
        migrations.AddField(
            model_name="notice",
            name="alone_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("alone_until__isnull", False)),
                expressions=[
                    ("recipient", "="),
                    (
                        governance.models.ranges.MomentRange(
                            "created_at", "alone_until", models.Value("[)")
                        ),
                        "&&",
                    ),
                ],
                name="notice_one_digest_an_hour",
            ),
        ),
        migrations.AddField(
            model_name="heldback",
            name="escalation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="held_back",
                to="governance.escalation",
            ),
        ),
        migrations.AddField(
            model_name="heldback",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="heldback",
            constraint=models.UniqueConstraint(
                fields=("escalation", "recipient"),
                name="held_back_once_for_a_reader",
                nulls_distinct=False,
            ),
        ),
    ]
