"""A link for each person and day; a look entered by it is its person's, once for each channel."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OWN = """
ALTER TABLE moderation_morninglink ADD CONSTRAINT moderation_morninglink_person_same_municipality
    FOREIGN KEY (person_id, municipality_id) REFERENCES governance_user (id, municipality_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE moderation_checkin ADD CONSTRAINT moderation_checkin_mail_link_same_person
    FOREIGN KEY (mail_link_id, by_id, municipality_id)
    REFERENCES moderation_morninglink (id, person_id, municipality_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
FREE = """
ALTER TABLE moderation_checkin DROP CONSTRAINT moderation_checkin_mail_link_same_person;
ALTER TABLE moderation_morninglink DROP CONSTRAINT moderation_morninglink_person_same_municipality;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0006_what_could_not_be_taken_away"),
        ("channels", "0017_plans_are_looked_through"),
        ("governance", "0006_notice_carries_a_signed_link"),
    ]

    operations = [
        migrations.CreateModel(
            name="MorningLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("written_at", models.DateTimeField(verbose_name="written")),
                (
                    "channels",
                    models.ManyToManyField(
                        related_name="+", to="channels.channel", verbose_name="channels"
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "link in a morning mail",
                "verbose_name_plural": "links in morning mails",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "day"), name="morning_link_once_a_day"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "person", "municipality"), name="morning_link_of_whom"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="checkin",
            name="mail_link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="looks",
                to="moderation.morninglink",
                verbose_name="by mail link",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                fields=("mail_link", "channel"), name="check_in_once_by_a_mail_link"
            ),
        ),
        migrations.RunSQL(OWN, FREE),
    ]
