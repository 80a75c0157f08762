"""Row-level security of the assistant's tables, and who is woken by them."""

from django.db import migrations

from sportello.schema.security import CONSOLE, WORKER, guard_rows, same_workspace

_OWNED = (
    "languagemodel modelkey modelbudget conduct turn modelcall proposal questionset setquestion"
    " evalrun"
).split()
_PARENTS = [
    ("modelkey", "model_id", "languagemodel", "CASCADE"),
    ("turn", "conversation_id", "conversation", "CASCADE"),
    ("turn", "message_id", "message", "CASCADE"),
    ("modelcall", "conversation_id", "conversation", "SET NULL (conversation_id)"),
    ("proposal", "turn_id", "turn", "SET NULL (turn_id)"),
    ("proposal", "pair_id", "pair", "CASCADE"),
    ("setquestion", "of_set_id", "questionset", "CASCADE"),
    ("setquestion", "pair_id", "pair", "SET NULL (pair_id)"),
    ("evalrun", "of_set_id", "questionset", "CASCADE"),
    ("trial", "run_id", "evalrun", "CASCADE"),
]

# The console writes keys and cannot read them back: a page that leaks leaks no key.
_KEYS = f"""
REVOKE SELECT ON sportello_modelkey FROM {CONSOLE};
GRANT SELECT (id, workspace_id, model_id) ON sportello_modelkey TO {CONSOLE};
"""

_ANNOUNCE = """
CREATE TRIGGER announce AFTER UPDATE OF test_state ON sportello_languagemodel
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_trials');
"""

# What the answering worker must know of a company: its settings and the manners in force.
_MANNERS = f"""
CREATE VIEW sportello_manners WITH (security_invoker = true) AS
SELECT w.id AS workspace_id, w.name AS company, w.assistant_name,
       coalesce(d.signature, w.signature) AS signature, w.language AS company_language,
       w.time_zone AS zone, w.answer_from, w.clarify_from,
       coalesce(d.version, 0) AS conduct_version, coalesce(d.form, 'lei') AS form,
       coalesce(d.emoji, false) AS emoji, coalesce(d.persona, '') AS persona,
       coalesce(d.forbidden, '{{}}') AS forbidden, coalesce(d.topics, '{{}}') AS topics,
       d.silent_from, d.silent_until, coalesce(d.away_message, '') AS away_message,
       d.people_from, d.people_until, coalesce(d.people_days, '{{}}') AS people_days,
       EXISTS (
           SELECT FROM sportello_languagemodel AS m WHERE m.workspace_id = w.id AND m.enabled
       ) AS has_models
FROM sportello_workspace AS w
LEFT JOIN LATERAL (
    SELECT * FROM sportello_conduct AS v WHERE v.workspace_id = w.id
    ORDER BY v.version DESC LIMIT 1
) AS d ON true;
REVOKE ALL ON sportello_manners FROM {CONSOLE};
GRANT SELECT ON sportello_manners TO {WORKER};
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0110_assistant")]
    operations = [
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_KEYS),
        migrations.RunSQL(_ANNOUNCE),
        migrations.RunSQL(_MANNERS),
    ]
