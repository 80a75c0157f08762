"""Ready answers, drafts, presence, and the seconds for taking a message back."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0141_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shortcut', models.CharField(max_length=32)),
                ('text', models.TextField(blank=True, db_default='', default='')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('message', 'Message'), ('note', 'Note')], max_length=8)),
                ('text', models.TextField()),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('writing_until', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='workspace',
            name='undo_seconds',
            field=models.PositiveSmallIntegerField(db_default=5, default=5),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('undo_seconds__lte', 10)), name='workspace_undo_bounded'),
        ),
        migrations.AddField(
            model_name='cannedreply',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cannedreply',
            name='file',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.file'),
        ),
        migrations.AddField(
            model_name='cannedreply',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='draft',
            name='conversation',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation'),
        ),
        migrations.AddField(
            model_name='draft',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='draft',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='presence',
            name='conversation',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation'),
        ),
        migrations.AddField(
            model_name='presence',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='presence',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddConstraint(
            model_name='cannedreply',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('shortcut'), condition=models.Q(('deleted_at__isnull', True)), name='cannedreply_shortcut_once'),
        ),
        migrations.AddConstraint(
            model_name='cannedreply',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='cannedreply_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='cannedreply',
            constraint=models.CheckConstraint(condition=models.Q(('shortcut__regex', '^[^[:space:]/{}]+$')), name='cannedreply_shortcut_typable'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('conversation', 'user'), name='draft_once'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'note'])), name='draft_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='draft_says_something'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('conversation', 'user'), name='presence_once'),
        ),
        *[
            migrations.RunSQL(guard_rows(f'sportello_{table}'))
            for table in ('cannedreply', 'draft', 'presence')
        ],
        migrations.RunSQL(
            same_workspace('sportello_cannedreply', 'file_id', 'sportello_file', 'SET NULL (file_id)')
        ),
        *[
            migrations.RunSQL(
                same_workspace(f'sportello_{table}', 'conversation_id', 'sportello_conversation')
            )
            for table in ('draft', 'presence')
        ],
    ]
