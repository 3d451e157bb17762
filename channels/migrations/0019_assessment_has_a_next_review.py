"""The day on which whoever assessed a processing wants it assessed again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0018_platforms_are_kept_by_an_operator")]

    operations = [
        migrations.AddField(
            model_name="personaldataassessment",
            name="review_on",
            field=models.DateField(blank=True, null=True, verbose_name="to be made again on"),
        ),
    ]
