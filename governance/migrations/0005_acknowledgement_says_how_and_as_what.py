"""An acknowledgement says in what way and as what somebody knows the policy, and stays."""

from django.db import migrations, models
from django.db.models import F, Q

#: What was there says what can be said of it: by whose word, and on which day in their zone.
DESCRIBE = """
UPDATE governance_acknowledgement AS each
SET kind = CASE WHEN each.by_id = each.user_id THEN 'read' ELSE 'informed' END,
    how = CASE WHEN each.by_id = each.user_id THEN '' ELSE '–' END,
    "on" = (each.at AT TIME ZONE place.time_zone)::date
FROM governance_policyversion AS version
JOIN governance_municipality AS place ON place.id = version.municipality_id
WHERE version.id = each.policy_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""

STAYS = """
CREATE FUNCTION governance_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was said stays.', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER acknowledgement_stays BEFORE UPDATE OR DELETE ON governance_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION governance_stays();
"""

GOES = """
DROP TRIGGER acknowledgement_stays ON governance_acknowledgement;
DROP FUNCTION governance_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_appointment_to_a_group")]

    operations = [
        migrations.RemoveConstraint(model_name="acknowledgement", name="acknowledged_once"),
        migrations.AddField(
            model_name="acknowledgement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("read", "has read it"),
                    ("informed", "was informed of it"),
                    ("competence", "has the knowledge and the routines"),
                ],
                default="read",
                max_length=10,
                verbose_name="what is so",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="on",
            field=models.DateField(default="2026-01-01", verbose_name="day"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="how",
            field=models.CharField(blank=True, max_length=200, verbose_name="in what way"),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="capacity",
            field=models.TextField(blank=True, verbose_name="as what"),
        ),
        migrations.RunSQL(sql=DESCRIBE, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                fields=("user", "policy", "kind"), name="acknowledged_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.CheckConstraint(
                condition=~Q(kind="read") | Q(by=F("user")),
                name="acknowledged_as_read_by_nobody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.CheckConstraint(
                condition=Q(kind="read") | ~Q(how=""),
                name="acknowledged_for_somebody_says_how",
            ),
        ),
        migrations.RunSQL(sql=STAYS, reverse_sql=GOES),
    ]
