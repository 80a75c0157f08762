"""Row-level security and announcements of documents and sites."""

from django.db import migrations

from sportello.schema.security import guard_rows, same_workspace

_OWNED = "document site".split()
_PARENTS = [
    ("document", "site_id", "site"),
    ("passage", "document_id", "document"),
]

# `sportello_documents` wakes the worker that reads, `sportello_index` the one that indexes.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_documents', '');
    PERFORM pg_notify('sportello_index', '');
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_document
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_document();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_site
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_document();
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0060_documents")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, f"sportello_{parent}"))
            for table, column, parent in _PARENTS
        ],
        migrations.RunSQL(_ANNOUNCE),
    ]
