"""Looks at visitor information become looks by any list of the policy, the graphic profile among
them, and what they rest on can be announced to have changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

OLD, NEW = "channels_visitorcheck", "channels_channelcheck"
EXCEPTED = Q(outcome__in=("impossible", "deviates"))


def _renamed(column: str) -> migrations.RunSQL:
    """The constraint that holds a column to the municipality, under the table's new name."""
    ending = f"{column}_same_municipality"
    return migrations.RunSQL(
        sql=f"ALTER TABLE {NEW} RENAME CONSTRAINT {OLD}_{ending} TO {NEW}_{ending}",
        reverse_sql=f"ALTER TABLE {NEW} RENAME CONSTRAINT {NEW}_{ending} TO {OLD}_{ending}",
    )


def refuse_to_forget(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Looks stay: the table of one list alone would take the other's for its own."""
    if (
        apps.get_model("channels", "ChannelCheck")
        .objects.exclude(kind="visitor_information")
        .exists()
    ):
        raise RuntimeError("Channels were checked for more than visitor information since.")


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0012_plan_is_revised"),
        ("governance", "0004_appointment_to_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("VisitorCheck", "ChannelCheck"),
        _renamed("channel"),
        _renamed("by"),
        migrations.RunSQL(
            sql=f"ALTER TRIGGER visitor_check_stays ON {NEW} RENAME TO channel_check_stays",
            reverse_sql=f"ALTER TRIGGER channel_check_stays ON {NEW} RENAME TO visitor_check_stays",
        ),
        migrations.AlterModelOptions(
            name="channelcheck",
            options={
                "ordering": ["-at", "-pk"],
                "verbose_name": "check of a channel",
                "verbose_name_plural": "checks of channels",
            },
        ),
        migrations.AddField(
            model_name="channelcheck",
            name="kind",
            field=models.CharField(
                choices=[
                    ("visitor_information", "visitor information"),
                    ("graphic_profile", "graphic profile"),
                ],
                default="visitor_information",
                max_length=20,
                verbose_name="list",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_forget),
        migrations.AlterField(
            model_name="channelcheck",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="channels.channel",
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            model_name="channelcheck",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("in_place", "in place"),
                    ("missing", "not in place"),
                    ("impossible", "the platform does not allow it"),
                    ("deviates", "deviates, with a reason"),
                ],
                max_length=10,
                verbose_name="how it stands",
            ),
        ),
        migrations.AlterField(
            model_name="channelcheck",
            name="reason",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="why it is not in place"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="channelcheck", name="visitor_check_says_why_it_is_impossible"
        ),
        migrations.AddConstraint(
            model_name="channelcheck",
            constraint=models.CheckConstraint(
                condition=EXCEPTED & ~Q(reason="") | ~EXCEPTED & Q(reason=""),
                name="channel_check_says_why_it_is_excepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelcheck",
            constraint=models.CheckConstraint(
                condition=Q(kind="visitor_information") & ~Q(outcome="deviates")
                | Q(kind="graphic_profile") & ~Q(outcome="impossible"),
                name="channel_check_has_an_outcome_of_its_list",
            ),
        ),
        migrations.RemoveIndex(model_name="channelcheck", name="visitor_check_latest"),
        migrations.AddIndex(
            model_name="channelcheck",
            index=models.Index(
                fields=["channel", "kind", "item", "-at"], name="channel_check_latest"
            ),
        ),
        migrations.CreateModel(
            name="BasisChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("graphic_profile", "the municipality's graphic profile")],
                        max_length=20,
                        verbose_name="what has changed",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="how it has changed")),
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
                        related_name="+",
                        to="governance.municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "changed basis",
                "verbose_name_plural": "changed bases",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["municipality", "basis", "-at"], name="basis_change_latest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=~Q(reason=""), name="basis_change_says_how")
                ],
            },
        ),
        migrations.RunSQL(
            sql=(
                "ALTER TABLE channels_basischange ADD CONSTRAINT "
                "channels_basischange_by_same_municipality FOREIGN KEY (by_id, municipality_id) "
                "REFERENCES governance_user (id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
            ),
            reverse_sql=(
                "ALTER TABLE channels_basischange DROP CONSTRAINT "
                "channels_basischange_by_same_municipality"
            ),
        ),
        migrations.RunSQL(
            sql=(
                "CREATE TRIGGER basis_change_stays BEFORE UPDATE OR DELETE "
                "ON channels_basischange FOR EACH ROW EXECUTE FUNCTION channels_stays()"
            ),
            reverse_sql="DROP TRIGGER basis_change_stays ON channels_basischange",
        ),
    ]
