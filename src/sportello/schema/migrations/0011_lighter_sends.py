"""Of what each send writes: a message is not touched while it is on the wire, its receipt stands in
the attempt until then and is half as long; outbox and ledger have three indexes less.

That an attempt is of its company is said by its send, and that a charge is by its number.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from sportello.schema.inbox import MessageStatus
from sportello.schema.security import UPGRADES_ONLY

_WORDS = Path(__file__).with_name("sql") / "search_messages.sql"
_ATTEMPTS = """
ALTER TABLE sportello_attempt DROP CONSTRAINT IF EXISTS sportello_attempt_send_id_same_workspace;
ALTER TABLE sportello_attempt ADD CONSTRAINT sportello_attempt_send_id_known
    FOREIGN KEY (send_id) REFERENCES sportello_send (id) ON DELETE CASCADE;
-- Each is rewritten once, at its end: with room beside it that touches no index.
ALTER TABLE sportello_attempt SET (fillfactor = 50);
"""
# Facts by name instead of a list of names and values; nobody is told of it.
_RECEIPTS = """
ALTER TABLE sportello_message DISABLE TRIGGER USER;
UPDATE sportello_message SET
    status = CASE status WHEN 'sending' THEN 'queued' ELSE status END,
    receipt = CASE WHEN jsonb_typeof(receipt -> 'reasons') = 'array' THEN jsonb_set(
        receipt, '{reasons}', (SELECT coalesce(jsonb_object_agg(one ->> 'fact', one -> 'value'), '{}')
                               FROM jsonb_array_elements(receipt -> 'reasons') AS one
                               WHERE one ->> 'fact' IS NOT NULL))
        ELSE receipt END
WHERE status = 'sending' OR jsonb_typeof(receipt -> 'reasons') = 'array';
ALTER TABLE sportello_message ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0010_errands_retried")]
    operations = [
        migrations.RunSQL("DROP INDEX message_words", hints=UPGRADES_ONLY),
        migrations.RunSQL(_RECEIPTS, hints=UPGRADES_ONLY),
        migrations.RunSQL(_WORDS.read_text(encoding="utf-8"), hints=UPGRADES_ONLY),
        migrations.RemoveConstraint("message", "message_status_known"),
        migrations.AlterField(
            "message",
            "status",
            models.CharField(choices=MessageStatus.choices, max_length=12),
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(("status__in", MessageStatus.values)),
                name="message_status_known",
            ),
        ),
        migrations.AddField("attempt", "receipt", models.JSONField(blank=True, null=True)),
        migrations.RunSQL(_ATTEMPTS),
        migrations.RemoveConstraint("send", "send_workspace_id"),
        migrations.AlterField(
            "charge",
            "workspace",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="sportello.workspace",
            ),
        ),
        migrations.AlterField(
            "send", "attempt", models.UUIDField(blank=True, null=True)
        ),
    ]
