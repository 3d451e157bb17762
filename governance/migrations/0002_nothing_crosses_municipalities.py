"""Composite foreign keys: a row's unit, person and parent belong to the row's municipality."""

from django.db import migrations

PAIRS = [
    # table, column, the table it points at
    ("governance_unit", "parent_id", "governance_unit"),
    ("governance_appointment", "unit_id", "governance_unit"),
    ("governance_appointment", "user_id", "governance_user"),
    ("governance_obligation", "unit_id", "governance_unit"),
]


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_municipality_people_policy_duties_audit")]

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
