"""Labels, folders, reminders, attendance and sweeps, behind row-level security."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


_TABLES = ["label", "folder", "labelling", "reminder", "attendance", "sweep", "swept"]
_PARENTS = [
    ("labelling", "conversation_id", "conversation", "CASCADE"),
    ("labelling", "label_id", "label", "CASCADE"),
    ("reminder", "conversation_id", "conversation", "CASCADE"),
    ("swept", "sweep_id", "sweep", "CASCADE"),
    ("conversation", "folder_id", "folder", "SET NULL (folder_id)"),
]

# Views of the list; and what the foreign keys of a conversation look for when it goes.
_INDEXES = """
CREATE INDEX conversation_in_folder ON sportello_conversation
    (workspace_id, folder_id, last_message_at DESC NULLS LAST)
    WHERE folder_id IS NOT NULL AND holder <> 'closed';
CREATE INDEX conversation_of_operator ON sportello_conversation
    (workspace_id, operator_id, last_message_at DESC NULLS LAST) WHERE operator_id IS NOT NULL;
CREATE INDEX conversation_unread ON sportello_conversation
    (workspace_id, last_message_at DESC NULLS LAST) WHERE unread_count > 0;
CREATE INDEX conversation_waiting ON sportello_conversation
    (held_since, id) WHERE holder = 'queue';
"""

# What a conversation carries is part of its row in the list; a sweep wakes whoever does it.
_ANNOUNCE = """
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_labelling
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_delete AFTER DELETE ON sportello_labelling
    REFERENCING OLD TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_reminder
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_reminder
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_delete AFTER DELETE ON sportello_reminder
    REFERENCING OLD TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_sweep
    FOR EACH ROW WHEN (NEW.state IN ('doing', 'undoing'))
    EXECUTE FUNCTION sportello_announce('sportello_sweeps');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0130_quiet_claims'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='shares_queue',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='folder',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.folder'),
        ),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('colour', models.CharField(choices=[('grey', 'Grey'), ('red', 'Red'), ('amber', 'Amber'), ('green', 'Green'), ('petrol', 'Petrol'), ('blue', 'Blue'), ('violet', 'Violet'), ('pink', 'Pink')], db_default='grey', default='grey', max_length=8)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Labelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('conversation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation')),
                ('label', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.label')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('is_away', models.BooleanField(db_default=False, default=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('rung_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('conversation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Sweep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deed', models.CharField(choices=[('close', 'Close'), ('assign', 'Assign'), ('label', 'Label'), ('unlabel', 'Unlabel'), ('file', 'File'), ('read', 'Read'), ('unread', 'Unread')], max_length=8)),
                ('target', models.BigIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('doing', 'Doing'), ('done', 'Done'), ('undoing', 'Undoing'), ('undone', 'Undone')], db_default='doing', default='doing', max_length=8)),
                ('total', models.PositiveIntegerField(db_default=0, default=0)),
                ('looked', models.PositiveIntegerField(db_default=0, default=0)),
                ('changed', models.PositiveIntegerField(db_default=0, default=0)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Swept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_looked_at', models.BooleanField(db_default=False, default=False)),
                ('before', models.JSONField(blank=True, null=True)),
                ('conversations', models.JSONField()),
                ('sweep', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.sweep')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at__isnull', True)), name='folder_name_once'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='folder_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at__isnull', True)), name='label_name_once'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='label_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=models.CheckConstraint(condition=models.Q(('colour__in', ['grey', 'red', 'amber', 'green', 'petrol', 'blue', 'violet', 'pink'])), name='label_colour_known'),
        ),
        migrations.AddConstraint(
            model_name='labelling',
            constraint=models.UniqueConstraint(fields=('label', 'conversation'), name='labelling_once'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('workspace', 'user'), name='attendance_once'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('rung_at__isnull', True)), fields=['due_at'], name='reminder_due'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(models.F('user'), models.OrderBy(models.F('rung_at'), descending=True), condition=models.Q(('rung_at__isnull', False)), name='reminder_rung'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('user', 'conversation'), name='reminder_once'),
        ),
        migrations.AddIndex(
            model_name='sweep',
            index=models.Index(condition=models.Q(('state__in', ['doing', 'undoing'])), fields=['id'], name='sweep_going'),
        ),
        migrations.AddIndex(
            model_name='sweep',
            index=models.Index(fields=['at'], name='sweep_age'),
        ),
        migrations.AddConstraint(
            model_name='sweep',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='sweep_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='sweep',
            constraint=models.CheckConstraint(condition=models.Q(('deed__in', ['close', 'assign', 'label', 'unlabel', 'file', 'read', 'unread'])), name='sweep_deed_known'),
        ),
        migrations.AddConstraint(
            model_name='sweep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['doing', 'done', 'undoing', 'undone'])), name='sweep_state_known'),
        ),
        migrations.AddConstraint(
            model_name='sweep',
            constraint=models.CheckConstraint(condition=models.Q(('looked__lte', models.F('total')), ('changed__lte', models.F('total'))), name='sweep_not_beyond_its_end'),
        ),
        migrations.AddIndex(
            model_name='swept',
            index=models.Index(condition=models.Q(('is_looked_at', False)), fields=['sweep', 'id'], name='swept_waiting'),
        ),
        migrations.AddIndex(
            model_name='swept',
            index=models.Index(condition=models.Q(('before__isnull', False)), fields=['sweep', 'id'], name='swept_changed'),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _TABLES],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, f"sportello_{parent}", gone))
            for table, column, parent, gone in _PARENTS
        ],
        migrations.RunSQL(_INDEXES),
        migrations.RunSQL(_ANNOUNCE),
    ]
