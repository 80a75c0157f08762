"""The audit log notes what is done to labels, folders, ready answers, actions and erasures."""

from django.db import migrations

from sportello.schema.audit import audit

_KEPT = {
    "label": "name deleted_at",
    "folder": "name deleted_at",
    "labelling": "conversation_id label_id",
    "sweep": "deed target state",
    "cannedreply": "shortcut deleted_at",
    "action": "name enabled writes url",
    "actionsecret": "action_id",
    "erasure": "contact_id state",
}


class Migration(migrations.Migration):
    dependencies = [("sportello", "0190_campaign_let_go")]
    operations = [
        migrations.RunSQL(audit(f"sportello_{table}", kept)) for table, kept in _KEPT.items()
    ]
