"""Composite foreign keys: a snapshot's channel and an export's unit are of its municipality."""

from django.db import migrations

PAIRS = [
    # table, column, the table it points at
    ("archive_snapshot", "channel_id", "channels_channel"),
    ("archive_export", "unit_id", "governance_unit"),
]


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_snapshots_and_diary_exports")]

    operations = [
        migrations.RunSQL(
            sql=(
                f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column)} "
                f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
                "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
            ),
            reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column)}",
        )
        for table, column, target in PAIRS
    ]
