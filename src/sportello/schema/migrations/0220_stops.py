"""What stops a number is told to its dispatcher at once, and is folded before what came earlier."""

from django.db import migrations

# By id: whoever sends for that number asks the guard anew for what it has claimed and not sent.
_TELL = """
CREATE FUNCTION sportello_announce_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_stops', NEW.id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_stop AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((NEW.status <> 'connected' AND OLD.status <> NEW.status)
          OR (NEW.paused_why <> '' AND OLD.paused_why <> NEW.paused_why))
    EXECUTE FUNCTION sportello_announce_stop();
"""

# A campaign brings three statuses a message: a block must not queue behind them. The words are
# those of `store/journal.sql`.
_FIRST = """
CREATE INDEX sportello_journalentry_first ON sportello_journalentry (id)
WHERE folded_at IS NULL AND position('"account_update"'::bytea IN body) > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0211_taps")]
    operations = [migrations.RunSQL(_TELL), migrations.RunSQL(_FIRST)]
