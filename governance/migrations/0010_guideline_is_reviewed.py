"""That the guideline was reviewed: rows that stay, by people of the municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SAME = "governance_guidelinereview_by_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0009_calendar_feeds_that_people_make"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuidelineReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("stands", "It stands as it is"),
                            ("changes", "It will be changed"),
                        ],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("decision", models.CharField(blank=True, max_length=200, verbose_name="decision")),
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
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guideline_reviews",
                        to="governance.municipality",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="governance.policyversion",
                        verbose_name="policy version",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of the guideline",
                "verbose_name_plural": "reviews of the guideline",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "stands"),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="guideline_review_says_what_will_change",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            sql=(
                f"ALTER TABLE governance_guidelinereview ADD CONSTRAINT {SAME} "
                "FOREIGN KEY (by_id, municipality_id) REFERENCES governance_user "
                "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
            ),
            reverse_sql=f"ALTER TABLE governance_guidelinereview DROP CONSTRAINT {SAME}",
        ),
        migrations.RunSQL(
            sql=(
                "CREATE TRIGGER guideline_review_stays BEFORE UPDATE OR DELETE "
                "ON governance_guidelinereview FOR EACH ROW EXECUTE FUNCTION governance_stays()"
            ),
            reverse_sql="DROP TRIGGER guideline_review_stays ON governance_guidelinereview",
        ),
    ]
