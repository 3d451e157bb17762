"""A municipality may have a logo, which is a file of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0007_obligations_are_found_by_their_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalmunicipality",
            name="logo",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.storedfile",
                verbose_name="logo",
            ),
        ),
        migrations.AddField(
            model_name="municipality",
            name="logo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.storedfile",
                verbose_name="logo",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.UniqueConstraint(
                fields=("id", "municipality"), name="file_id_and_municipality"
            ),
        ),
        migrations.RunSQL(
            sql=(
                "ALTER TABLE governance_municipality"
                " ADD CONSTRAINT governance_municipality_logo_same_municipality"
                " FOREIGN KEY (logo_id, id) REFERENCES governance_storedfile"
                " (id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
            ),
            reverse_sql=(
                "ALTER TABLE governance_municipality"
                " DROP CONSTRAINT governance_municipality_logo_same_municipality"
            ),
        ),
    ]
