"""Row-level security of actions; their secrets cannot be read back; a trial wakes the worker."""

from django.db import migrations

from sportello.schema.security import CONSOLE, guard_rows, same_workspace

_OWNED = ("action", "actionsecret", "actionrun")
_PARENTS = [
    ("action", "pair_id", "pair", "SET NULL (pair_id)"),
    ("actionsecret", "action_id", "action", "CASCADE"),
    ("actionrun", "action_id", "action", "CASCADE"),
    ("actionrun", "conversation_id", "conversation", "CASCADE"),
]
_SECRETS = f"""
REVOKE SELECT ON sportello_actionsecret FROM {CONSOLE};
GRANT SELECT (id, workspace_id, action_id) ON sportello_actionsecret TO {CONSOLE};
"""
_ANNOUNCE = """
CREATE TRIGGER announce AFTER INSERT ON sportello_actionrun
    FOR EACH ROW WHEN (NEW.state = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0180_actions")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_SECRETS),
        migrations.RunSQL(_ANNOUNCE),
    ]
