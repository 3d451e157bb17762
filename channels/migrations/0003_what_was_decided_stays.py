"""Triggers: a submitted version and a decision are never changed and never removed.

Only the finished PDF is put beside a version afterwards. TRUNCATE stays possible, for it is how
test databases are emptied; the application's role does not need it.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION channels_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was decided stays.', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER decision_stays BEFORE UPDATE OR DELETE ON channels_decision
    FOR EACH ROW EXECUTE FUNCTION channels_stays();

CREATE TRIGGER plan_version_stays BEFORE DELETE ON channels_planversion
    FOR EACH ROW EXECUTE FUNCTION channels_stays();

CREATE TRIGGER plan_version_keeps_its_content
    BEFORE UPDATE OF plan_id, number, content, digest, policy_id, submitted_by_id, submitted_at
    ON channels_planversion FOR EACH ROW
    WHEN ((OLD.plan_id, OLD.number, OLD.content, OLD.digest, OLD.policy_id,
           OLD.submitted_by_id, OLD.submitted_at)
          IS DISTINCT FROM
          (NEW.plan_id, NEW.number, NEW.content, NEW.digest, NEW.policy_id,
           NEW.submitted_by_id, NEW.submitted_at))
    EXECUTE FUNCTION channels_stays();
"""

BACKWARDS = """
DROP TRIGGER plan_version_keeps_its_content ON channels_planversion;
DROP TRIGGER plan_version_stays ON channels_planversion;
DROP TRIGGER decision_stays ON channels_decision;
DROP FUNCTION channels_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_nothing_crosses_municipalities")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
