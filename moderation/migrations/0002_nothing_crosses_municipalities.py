"""Composite foreign keys: channel, finding and person of a row belong to its municipality."""

from django.db import migrations

PAIRS = [
    # table, column, the table it points at
    ("moderation_checkin", "channel_id", "channels_channel"),
    ("moderation_checkin", "by_id", "governance_user"),
    ("moderation_item", "channel_id", "channels_channel"),
    ("moderation_item", "found_by_id", "governance_user"),
    ("moderation_evidence", "item_id", "moderation_item"),
    ("moderation_action", "item_id", "moderation_item"),
    ("moderation_action", "by_id", "governance_user"),
]


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0001_check_ins_findings_evidence_and_acts"),
        ("channels", "0002_nothing_crosses_municipalities"),
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
