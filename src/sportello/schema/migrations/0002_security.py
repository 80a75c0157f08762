"""Row-level security, foreign keys within a workspace, and the tables' own announcements."""

from django.db import migrations

from sportello.schema.security import OF_WORKSPACE, guard_rows, same_workspace, setting

_OWNED = (
    "attempt consentevent contact conversation idempotentreply lexemecount librarystats media "
    "message number orphanstatus pair passage platformevent posting send token trial vector"
).split()

_SPECIAL = {
    "workspace": f"""
        id = {setting("workspace")} OR id IN (
            SELECT workspace_id FROM sportello_membership WHERE user_id = {setting("user")}
        )
    """,
    # Asked before a workspace is chosen: my memberships, the key that knocks.
    "membership": f"{OF_WORKSPACE} OR user_id = {setting('user')}",
    "apikey": f"{OF_WORKSPACE} OR prefix = {setting('key_prefix', 'text')}",
    "quarantined": f"""
        {OF_WORKSPACE} OR (workspace_id IS NULL AND {setting("installer", "text")} = 'on')
    """,
    "journalentry": None,
}

_PARENTS = [
    ("token", "number_id", "number"),
    ("consentevent", "contact_id", "contact"),
    ("conversation", "contact_id", "contact"),
    ("conversation", "number_id", "number"),
    ("message", "conversation_id", "conversation"),
    ("send", "conversation_id", "conversation"),
    ("send", "message_id", "message"),
    ("send", "number_id", "number"),
    ("attempt", "send_id", "send"),
    ("media", "message_id", "message"),
    ("passage", "pair_id", "pair"),
    ("vector", "passage_id", "passage"),
    ("posting", "passage_id", "passage"),
]

# Statement triggers: one announcement per statement, so that whoever writes, page or worker,
# wakes the same listeners. `sportello_live` names what changed by ids alone.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_ARGV[0], '');
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':' || changed.id)
    FROM (SELECT DISTINCT workspace_id, id FROM changes) AS changed;
    IF EXISTS (SELECT FROM changes WHERE reply_due_at IS NOT NULL) THEN
        PERFORM pg_notify('sportello_answers', '');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':' || changed.conversation_id)
    FROM (SELECT DISTINCT workspace_id, conversation_id FROM changes) AS changed;
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT ON sportello_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_journal');
CREATE TRIGGER announce AFTER INSERT ON sportello_send
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_sends');
CREATE TRIGGER announce AFTER INSERT ON sportello_trial
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_trials');
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF question, answer, variants, language, enabled,
    deleted_at ON sportello_pair
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_index');

CREATE TRIGGER announce_insert AFTER INSERT ON sportello_conversation
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_conversation();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_conversation
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_conversation();
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_message
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_message
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
"""

# Statuses rewrite a message row three times; the room left lets the rewrites stay on its page.
_HOT = """
ALTER TABLE sportello_message SET (fillfactor = 80);
ALTER TABLE sportello_conversation SET (fillfactor = 70);
ALTER TABLE sportello_send SET (fillfactor = 60);
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0001_tables")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[migrations.RunSQL(guard_rows(f"sportello_{t}", seen)) for t, seen in _SPECIAL.items()],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, f"sportello_{parent}"))
            for table, column, parent in _PARENTS
        ],
        migrations.RunSQL(
            same_workspace(
                "sportello_platformevent", "number_id", "sportello_number", "SET NULL (number_id)"
            )
        ),
        migrations.RunSQL(_ANNOUNCE),
        migrations.RunSQL(_HOT),
        # allauth's counters live in Django's cache, and this is the cache's table.
        migrations.RunSQL("""
            CREATE TABLE django_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX django_cache_expires ON django_cache (expires);
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
                TO sportello_console;
            REVOKE ALL ON sportello_journalentry FROM sportello_console;
            -- The console writes a token and never reads one.
            REVOKE SELECT ON sportello_token FROM sportello_console;
            GRANT SELECT (id, workspace_id, number_id) ON sportello_token TO sportello_console;
            REVOKE ALL ON django_migrations FROM sportello_console, sportello_worker;
            GRANT SELECT ON django_migrations TO sportello_console, sportello_worker;
        """),
    ]
