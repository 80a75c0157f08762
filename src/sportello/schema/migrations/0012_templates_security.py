"""Row-level security and announcements of templates, files and the ledger."""

from django.db import migrations

from sportello.schema.security import CONSOLE, guard_rows, same_workspace

_OWNED = "file upload template templatechange templateedit charge".split()
# Prices are the same for every company: all may read them, the installer's command writes them.
_SHARED = "ratecard rate prefix".split()

_PARENTS = [
    ("upload", "file_id", "file", "CASCADE"),
    ("upload", "number_id", "number", "CASCADE"),
    ("template", "sample_id", "file", "SET NULL (sample_id)"),
    ("templatechange", "template_id", "template", "CASCADE"),
    ("templateedit", "template_id", "template", "CASCADE"),
    ("send", "template_id", "template", "SET NULL (template_id)"),
    ("send", "file_id", "file", "SET NULL (file_id)"),
    ("charge", "number_id", "number", "CASCADE"),
    ("charge", "message_id", "message", "SET NULL (message_id)"),
]

# `sportello_tend` wakes the worker that asks Meta; it listens, and else looks every so often.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':template:' || changed.id)
    FROM (SELECT DISTINCT workspace_id, id FROM changes) AS changed;
    IF EXISTS (SELECT FROM changes WHERE wish <> '') THEN
        PERFORM pg_notify('sportello_tend', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_insert AFTER INSERT ON sportello_template
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_template();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_template
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_template();
CREATE TRIGGER announce AFTER INSERT ON sportello_upload
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_tend');
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0011_templates")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[migrations.RunSQL(guard_rows(f"sportello_{table}", "true")) for table in _SHARED],
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE ON sportello_ratecard, sportello_rate, sportello_prefix
                FROM {CONSOLE}
            """
        ),
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_ANNOUNCE),
    ]
