"""The day on which whoever assessed a processing wants it assessed again."""

from datetime import UTC

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import TruncDate


class Migration(migrations.Migration):
    dependencies = [("channels", "0018_platforms_are_kept_by_an_operator")]

    operations = [
        migrations.AddField(
            model_name="personaldataassessment",
            name="review_on",
            field=models.DateField(blank=True, null=True, verbose_name="to be made again on"),
        ),
        migrations.AddConstraint(
            model_name="personaldataassessment",
            constraint=models.CheckConstraint(
                condition=Q(review_on__isnull=True) | Q(review_on__gte=TruncDate("at", tzinfo=UTC)),
                name="assessment_is_reviewed_after_it_is_made",
            ),
        ),
    ]
