"""How long each kind of content is kept, and what every night took."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import CONSOLE, WORKER, guard_rows

# What a night took is written once, by the worker alone.
_ADDED_ONLY = f"""
REVOKE INSERT, UPDATE, DELETE ON sportello_retentionrun FROM {CONSOLE};
REVOKE UPDATE ON sportello_retentionrun FROM {WORKER};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0250_opening'),
    ]

    operations = [
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('messages', 'Messages'), ('media', 'Media'), ('closed', 'Closed'), ('answers', 'Answers'), ('filled', 'Filled'), ('flaws', 'Flaws')], max_length=8)),
                ('days', models.PositiveIntegerField()),
                ('due_at', models.DateTimeField()),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('upto', models.BigIntegerField(db_default=0, default=0)),
                ('gone', models.BigIntegerField(db_default=0, default=0)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='retention_due')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'kind'), name='retention_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['messages', 'media', 'closed', 'answers', 'filled', 'flaws'])), name='retention_kind_known'), models.CheckConstraint(condition=models.Q(('days__gte', 7), ('days__lte', 3650)), name='retention_days_bounded')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('messages', 'Messages'), ('media', 'Media'), ('closed', 'Closed'), ('answers', 'Answers'), ('filled', 'Filled'), ('flaws', 'Flaws')], max_length=8)),
                ('days', models.PositiveIntegerField()),
                ('gone', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', '-id'], name='retentionrun_list')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['messages', 'media', 'closed', 'answers', 'filled', 'flaws'])), name='retentionrun_kind_known')],
            },
        ),
        migrations.RunSQL(guard_rows("sportello_retention")),
        migrations.RunSQL(guard_rows("sportello_retentionrun")),
        migrations.RunSQL(_ADDED_ONLY),
        migrations.RunSQL(audit("sportello_retention", "kind days")),
    ]
