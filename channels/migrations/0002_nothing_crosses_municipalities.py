"""Composite foreign keys: unit, person and channel of a row belong to the row's municipality."""

from django.db import migrations

PAIRS = [
    # table, column, the table it points at
    ("channels_channel", "unit_id", "governance_unit"),
    ("channels_plan", "unit_id", "governance_unit"),
    ("channels_plan", "author_id", "governance_user"),
    ("channels_plan", "channel_id", "channels_channel"),
    ("channels_editorassignment", "channel_id", "channels_channel"),
    ("channels_editorassignment", "user_id", "governance_user"),
    ("channels_custody", "channel_id", "channels_channel"),
    ("channels_custody", "holder_id", "governance_user"),
]


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_channels_plans_people_and_custody"),
        ("governance", "0002_nothing_crosses_municipalities"),
    ]

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
