"""What waited for a number is called when the number may send again, instead of asking anew."""

from django.db import migrations

# The codes are those of `workers/dispatch_claim.py`.
_CALL = """
CREATE FUNCTION sportello_call_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_send SET due_at = clock_timestamp()
    WHERE number_id = NEW.id AND state = 'queued' AND due_at > clock_timestamp()
      AND hold_code IN ('number_paused', 'number_not_ready', 'account_blocked',
                        'account_restricted', 'payment_needed');
    IF FOUND THEN
        PERFORM pg_notify('sportello_sends', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER call_held AFTER UPDATE OF status, paused_why, payment ON sportello_number
    FOR EACH ROW
    WHEN ((OLD.paused_why <> '' AND NEW.paused_why = '')
          OR (OLD.payment <> '' AND NEW.payment = '')
          OR (OLD.status <> NEW.status AND NEW.status IN ('connected', 'restricted')))
    EXECUTE FUNCTION sportello_call_held();
"""
_BACK = """
DROP TRIGGER call_held ON sportello_number;
DROP FUNCTION sportello_call_held();
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0300_recaps")]
    operations = [migrations.RunSQL(_CALL, _BACK)]
