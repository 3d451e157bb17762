"""Questions that came in: what was entered stays, and nothing crosses municipalities."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PAIRS = [
    # table, column, the table it points at
    ("moderation_inquiry", "channel_id", "channels_channel"),
    ("moderation_inquiry", "item_id", "moderation_item"),
    ("moderation_inquiry", "entered_by_id", "governance_user"),
    ("moderation_inquiry", "held_by_id", "governance_user"),
    ("moderation_inquiry", "closed_by_id", "governance_user"),
    ("moderation_timecorrection", "inquiry_id", "moderation_inquiry"),
    ("moderation_timecorrection", "by_id", "governance_user"),
]


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


STAYS = """
CREATE TRIGGER inquiry_stays BEFORE DELETE ON moderation_inquiry
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER inquiry_keeps_its_content BEFORE UPDATE ON moderation_inquiry
    FOR EACH ROW
    WHEN ((OLD.municipality_id, OLD.channel_id, OLD.item_id, OLD.kind, OLD.about, OLD.url,
           OLD.posted_at, OLD.became_aware_at, OLD.entered_by_id, OLD.entered_at)
          IS DISTINCT FROM
          (NEW.municipality_id, NEW.channel_id, NEW.item_id, NEW.kind, NEW.about, NEW.url,
           NEW.posted_at, NEW.became_aware_at, NEW.entered_by_id, NEW.entered_at)
          OR OLD.closed_at IS NOT NULL
          OR OLD.held_at IS NOT NULL
             AND (OLD.held_at, OLD.held_by_id) IS DISTINCT FROM (NEW.held_at, NEW.held_by_id))
    EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER time_correction_stays BEFORE UPDATE OR DELETE ON moderation_timecorrection
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();
"""
GOES = """
DROP TRIGGER time_correction_stays ON moderation_timecorrection;
DROP TRIGGER inquiry_keeps_its_content ON moderation_inquiry;
DROP TRIGGER inquiry_stays ON moderation_inquiry;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0018_platforms_are_kept_by_an_operator"),
        ("governance", "0009_calendar_feeds_that_people_make"),
        ("moderation", "0008_crises_and_rests_are_declared"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Inquiry",
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
                        choices=[
                            ("question", "question"),
                            ("criticism", "criticism"),
                            ("correction", "error of fact"),
                            ("media", "question from the media"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("about", models.CharField(max_length=120, verbose_name="what it is about")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("posted_at", models.DateTimeField(blank=True, null=True, verbose_name="posted")),
                ("became_aware_at", models.DateTimeField(verbose_name="became known")),
                ("entered_at", models.DateTimeField(verbose_name="entered")),
                (
                    "held_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="holding reply given"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "answered"),
                            ("referred", "referred"),
                            ("unanswered", "left without an answer"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "referred_to",
                    models.CharField(blank=True, max_length=200, verbose_name="referred to"),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "It is no longer there"),
                            ("elsewhere", "It has been answered elsewhere"),
                            ("mistake", "It was entered by mistake"),
                            ("judged", "It needs no answer"),
                        ],
                        max_length=10,
                        verbose_name="why it needs no answer",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="channels.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="holding reply by",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="moderation.item",
                        verbose_name="finding",
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
            ],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "ordering": ["-entered_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="TimeCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("posted_at", models.DateTimeField(blank=True, null=True, verbose_name="posted")),
                ("became_aware_at", models.DateTimeField(verbose_name="became known")),
                ("why", models.CharField(max_length=300, verbose_name="what was wrong")),
                ("at", models.DateTimeField(verbose_name="corrected")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="corrected by",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="moderation.inquiry",
                        verbose_name="inquiry",
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
            ],
            options={
                "verbose_name": "correction of times",
                "verbose_name_plural": "corrections of times",
                "ordering": ["inquiry", "at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["municipality", "channel"],
                name="inquiry_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("about", ""), _negated=True), name="inquiry_is_about_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posted_at__isnull", True),
                    ("posted_at__lte", models.F("became_aware_at")),
                    _connector="OR",
                ),
                name="inquiry_is_known_after_it_was_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("became_aware_at__lte", models.F("entered_at"))),
                name="inquiry_is_known_before_it_is_entered",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_at__isnull", True), ("held_by__isnull", True)),
                    models.Q(
                        ("held_at__gte", models.F("entered_at")),
                        ("held_by__isnull", False),
                        models.Q(
                            ("closed_at__isnull", True),
                            ("closed_at__gte", models.F("held_at")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="inquiry_holding_reply_comes_first_from_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", True), ("closed_by__isnull", True), ("outcome", "")
                    ),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        ("closed_at__gte", models.F("entered_at")),
                        ("closed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="inquiry_is_closed_by_somebody_with_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "referred"), models.Q(("referred_to", ""), _negated=True)),
                    models.Q(models.Q(("outcome", "referred"), _negated=True), ("referred_to", "")),
                    _connector="OR",
                ),
                name="inquiry_is_referred_to_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", "unanswered"),
                        models.Q(("ground", ""), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("outcome", "unanswered"), _negated=True),
                        ("ground", ""),
                        ("reason", ""),
                    ),
                    _connector="OR",
                ),
                name="inquiry_without_answer_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.UniqueConstraint(
                fields=("id", "municipality"), name="inquiry_id_and_municipality"
            ),
        ),
        migrations.AddConstraint(
            model_name="timecorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True), name="time_correction_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="timecorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posted_at__isnull", True),
                    ("posted_at__lte", models.F("became_aware_at")),
                    _connector="OR",
                ),
                name="time_correction_is_known_after_it_was_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="timecorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("became_aware_at__lte", models.F("at"))),
                name="time_correction_is_not_in_the_future",
            ),
        ),
        *(same_municipality(*pair) for pair in PAIRS),
        migrations.RunSQL(STAYS, GOES),
    ]
