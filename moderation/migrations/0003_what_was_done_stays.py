"""Triggers: a look, a copy and an act are never removed and never made into something else.

Only the answer about the author is put beside an act afterwards, and the mark that a picture
nobody may keep has been erased beside a copy. TRUNCATE stays possible, for it is how test
databases are emptied; the application's role does not need it.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION moderation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was done stays.', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER check_in_stays BEFORE UPDATE OR DELETE ON moderation_checkin
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER house_rules_stay BEFORE UPDATE OR DELETE ON moderation_houserules
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER evidence_stays BEFORE DELETE ON moderation_evidence
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER evidence_keeps_its_content BEFORE UPDATE ON moderation_evidence
    FOR EACH ROW
    WHEN ((OLD.item_id, OLD.file_id, OLD.words, OLD.sha256, OLD.taken_by_id, OLD.taken_at)
          IS DISTINCT FROM
          (NEW.item_id, NEW.file_id, NEW.words, NEW.sha256, NEW.taken_by_id, NEW.taken_at)
          OR OLD.erased_at IS NOT NULL)
    EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER action_stays BEFORE DELETE ON moderation_action
    FOR EACH ROW EXECUTE FUNCTION moderation_stays();

CREATE TRIGGER action_keeps_its_content BEFORE UPDATE ON moderation_action
    FOR EACH ROW
    WHEN ((OLD.item_id, OLD.decision, OLD.category, OLD.ground, OLD.clause, OLD.policy_id,
           OLD.house_rules_id, OLD.obvious, OLD.reason, OLD.without_copy_because,
           OLD.became_aware_at, OLD.acted_at, OLD.by_id, OLD.recorded_at, OLD.reverses_id)
          IS DISTINCT FROM
          (NEW.item_id, NEW.decision, NEW.category, NEW.ground, NEW.clause, NEW.policy_id,
           NEW.house_rules_id, NEW.obvious, NEW.reason, NEW.without_copy_because,
           NEW.became_aware_at, NEW.acted_at, NEW.by_id, NEW.recorded_at, NEW.reverses_id)
          OR OLD.informed_at IS NOT NULL)
    EXECUTE FUNCTION moderation_stays();
"""

BACKWARDS = """
DROP TRIGGER action_keeps_its_content ON moderation_action;
DROP TRIGGER action_stays ON moderation_action;
DROP TRIGGER evidence_keeps_its_content ON moderation_evidence;
DROP TRIGGER evidence_stays ON moderation_evidence;
DROP TRIGGER house_rules_stay ON moderation_houserules;
DROP TRIGGER check_in_stays ON moderation_checkin;
DROP FUNCTION moderation_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_nothing_crosses_municipalities")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
