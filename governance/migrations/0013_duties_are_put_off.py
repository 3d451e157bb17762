"""An open duty is put off, with a reason, by whoever owes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("governance", "0012_one_digest_an_hour"),
    ]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="put_off_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="obligation",
            name="put_off_on",
            field=models.DateField(blank=True, null=True, verbose_name="first put off"),
        ),
        migrations.AddField(
            model_name="obligation",
            name="put_off_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="why it was put off",
            ),
        ),
        migrations.AddField(
            model_name="obligation",
            name="put_off_until",
            field=models.DateField(blank=True, null=True, verbose_name="put off until"),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("put_off_until__isnull", True),
                    models.Q(
                        ("put_off_by__isnull", False),
                        ("put_off_on__isnull", False),
                        models.Q(("put_off_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="obligation_is_put_off_by_somebody_with_a_reason",
            ),
        ),
    ]
