"""The log's tables refuse UPDATE, DELETE and TRUNCATE, whoever asks."""

import django.db.models
from django.db import migrations, models

TABLES = ("governance_auditentry", "governance_checkpoint")

# Tests empty their tables with TRUNCATE between one and the next. A session setting as the way in
# would be open to every session; the name of the database is not: Django's test databases are
# called test_…, and `manage.py check` refuses such a name in production.
FUNCTION = """
CREATE FUNCTION governance_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_nothing_crosses_municipalities")]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="frontier",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="checkpoint",
            constraint=models.UniqueConstraint(
                fields=("municipality", "size"), name="checkpoint_once_a_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkpoint",
            constraint=models.CheckConstraint(
                condition=django.db.models.Q(("size__gt", 0)), name="checkpoint_is_over_something"
            ),
        ),
        migrations.RunSQL(sql=FUNCTION, reverse_sql="DROP FUNCTION governance_only_grows()"),
        *(
            migrations.RunSQL(
                # one trigger a statement: it costs nothing a row, and TRUNCATE knows no other
                sql=f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION governance_only_grows()",
                reverse_sql=f"DROP TRIGGER only_grows ON {table}",
            )
            for table in TABLES
        ),
    ]
