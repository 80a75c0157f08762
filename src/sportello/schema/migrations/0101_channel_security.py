"""Row-level security and announcements of connections; the trigger that writes the history."""

from django.db import migrations

from sportello.schema.security import CONSOLE, guard_rows, same_workspace

_OWNED = "connection connectionstep connectionsecret appsecret numberchange unblocking".split()
_PARENTS = [
    ("connection", "number_id", "number"),
    ("connectionstep", "connection_id", "connection"),
    ("connectionsecret", "connection_id", "connection"),
    ("numberchange", "number_id", "number"),
]

# `greatest`: the company's clock may run ahead of the database's, as in the demo.
_HISTORY = """
CREATE FUNCTION sportello_note_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sportello_numberchange (workspace_id, number_id, kind, before, after, at)
    SELECT NEW.workspace_id, NEW.id, c.kind, left(coalesce(c.before, ''), 200),
           left(coalesce(c.after, ''), 200),
           greatest(clock_timestamp(), NEW.seen_at, NEW.last_event_at)
    FROM (
        VALUES ('status', OLD.status::text, NEW.status::text),
               ('quality', OLD.quality, NEW.quality),
               ('name', OLD.verified_name, NEW.verified_name),
               ('limit', OLD.messaging_limit::text, NEW.messaging_limit::text),
               ('throughput', OLD.throughput_mps::text, NEW.throughput_mps::text),
               ('payment', OLD.payment, NEW.payment),
               ('paused', OLD.paused_why, NEW.paused_why),
               ('silent', CASE WHEN OLD.silent_since IS NULL THEN '' ELSE 'yes' END,
                          CASE WHEN NEW.silent_since IS NULL THEN '' ELSE 'yes' END),
               ('token', OLD.token_last4, NEW.token_last4)
        UNION ALL
        -- What was not known before is no change.
        SELECT left(t.key, 24), OLD.told ->> t.key, t.value
        FROM jsonb_each_text(NEW.told) AS t (key, value) WHERE OLD.told ? t.key
    ) AS c (kind, before, after)
    WHERE c.before IS DISTINCT FROM c.after AND NOT (c.kind IN ('name', 'limit') AND
        coalesce(c.before, '') = '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':number:' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER note AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((OLD.status, OLD.quality, OLD.verified_name, OLD.messaging_limit, OLD.throughput_mps,
           OLD.payment, OLD.paused_why, OLD.silent_since, OLD.token_last4, OLD.told, OLD.profile)
        IS DISTINCT FROM
          (NEW.status, NEW.quality, NEW.verified_name, NEW.messaging_limit, NEW.throughput_mps,
           NEW.payment, NEW.paused_why, NEW.silent_since, NEW.token_last4, NEW.told, NEW.profile))
    EXECUTE FUNCTION sportello_note_number();
"""

# A block is never lifted by a poll nor by a probe; campaigns of a number that cannot send are paused
# in the same transaction, whoever learnt of it, and what they have in the outbox waits with them:
# it would be refused, and lost to its people. `console/campaigns/deeds.py` brings it back.
_STOP = """
CREATE FUNCTION sportello_block_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.paused_why := 'blocked';
    NEW.paused_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER block BEFORE UPDATE OF status ON sportello_number FOR EACH ROW
    WHEN (NEW.status = 'banned' AND OLD.status <> 'banned')
    EXECUTE FUNCTION sportello_block_number();

CREATE FUNCTION sportello_stop_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stopped bigint[];
BEGIN
    WITH moved AS (
        UPDATE sportello_campaign SET state = 'paused', paused_why = 'account'
        WHERE number_id = NEW.id AND state IN ('planning', 'scheduled', 'running')
        RETURNING id
    )
    SELECT array_agg(id) INTO stopped FROM moved;
    WITH held AS (
        UPDATE sportello_send
        SET due_at = clock_timestamp() + interval '10 years', hold_code = 'campaign_paused'
        WHERE campaign_id = ANY(stopped) AND state = 'queued'
        RETURNING message_id
    )
    UPDATE sportello_message AS m SET status = 'held' FROM held WHERE m.id = held.message_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_campaigns AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((NEW.status IN ('banned', 'disconnected', 'restricted') AND OLD.status <> NEW.status)
          OR (NEW.paused_why IN ('blocked', 'disconnected') AND OLD.paused_why <> NEW.paused_why))
    EXECUTE FUNCTION sportello_stop_campaigns();
"""

_ANNOUNCE = """
CREATE FUNCTION sportello_announce_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':connection:' || NEW.id);
    IF NEW.number_id IS NOT NULL THEN
        PERFORM pg_notify('sportello_live', NEW.workspace_id || ':number:' || NEW.number_id);
    END IF;
    IF NEW.state = 'running' THEN
        PERFORM pg_notify('sportello_tend', '');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':connection:' || NEW.connection_id);
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sportello_connection
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_connection();
CREATE TRIGGER announce AFTER UPDATE ON sportello_connectionstep
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_step();
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0100_channel")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, f"sportello_{parent}"))
            for table, column, parent in _PARENTS
        ],
        *[
            # The console writes what is secret and never reads it.
            migrations.RunSQL(
                f"""
                REVOKE SELECT ON sportello_{table} FROM {CONSOLE};
                GRANT SELECT (id, workspace_id, {known}) ON sportello_{table} TO {CONSOLE};
                """
            )
            for table, known in (
                ("connectionsecret", "connection_id, name, at"),
                ("appsecret", "app_id, created_at"),
            )
        ],
        migrations.RunSQL(_HISTORY),
        migrations.RunSQL(_STOP),
        migrations.RunSQL(_ANNOUNCE),
    ]
