from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_acknowledgement_says_how_and_as_what")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="signs",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
    ]
