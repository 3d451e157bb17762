"""What a registrar asked stands on the finding alone, no longer in the label of the duty."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0013_duties_are_put_off"),
        ("moderation", "0011_report_on_supervision"),
    ]

    operations = [
        migrations.RunSQL(
            sql=(
                "UPDATE governance_obligation SET subject_label = split_part(subject_label, ': ', 1)"
                " WHERE duty = 'registrar_question'"
            ),
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
