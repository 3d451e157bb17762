"""Questions belong to their finding's municipality; what was removed for secrecy is marked so."""

from django.db import migrations

PAIRS = [
    # column, the table it points at
    ("item_id", "moderation_item"),
    ("asked_by_id", "governance_user"),
    ("answered_by_id", "governance_user"),
]
#: What the removal itself proposes from now on: to be assessed until a registrar has done so.
PROPOSE = """
UPDATE moderation_item SET secrecy = 'to_assess' WHERE id IN (
    SELECT item_id FROM moderation_action WHERE ground IN ('secrecy', 'gdpr')
)
"""


def _name(column: str) -> str:
    return f"moderation_question_{column.removesuffix('_id')}_same_municipality"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0004_secrecy_and_the_registrars_questions")]

    operations = [
        *(
            migrations.RunSQL(
                sql=(
                    f"ALTER TABLE moderation_question ADD CONSTRAINT {_name(column)} "
                    f"FOREIGN KEY ({column}, municipality_id) REFERENCES {target} "
                    "(id, municipality_id) DEFERRABLE INITIALLY DEFERRED"
                ),
                reverse_sql=f"ALTER TABLE moderation_question DROP CONSTRAINT {_name(column)}",
            )
            for column, target in PAIRS
        ),
        migrations.RunSQL(PROPOSE, migrations.RunSQL.noop),
    ]
