"""The audit log notes reminders, what the doctor is asked to do, and whether a model has eyes."""

from django.db import migrations

from sportello.schema.audit import audit


class Migration(migrations.Migration):
    dependencies = [("sportello", "0005_lean_outbox")]
    operations = [
        migrations.RunSQL(audit("sportello_reminder", "conversation_id due_at")),
        migrations.RunSQL(
            "DROP TRIGGER audit ON sportello_languagemodel;"
            + audit("sportello_languagemodel", "provider model base_url enabled place sees")
        ),
        # A worker writes what comes of it; the wish is the person's.
        migrations.RunSQL(audit("sportello_examination", "subject subject_id deed", "INSERT")),
    ]
