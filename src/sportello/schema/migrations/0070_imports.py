"""Imports of contacts, behind row-level security."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import UPGRADES_ONLY, guard_rows, same_workspace


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0061_documents_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(blank=True, db_default='', default='', max_length=240)),
                ('provenance', models.TextField()),
                ('consent', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('list_name', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('table', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('fits', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('mapping', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('state', models.CharField(choices=[('mapping', 'Mapping'), ('ready', 'Ready'), ('running', 'Running'), ('done', 'Done')], db_default='mapping', default='mapping', max_length=12)),
                ('total', models.PositiveIntegerField(db_default=0, default=0)),
                ('done', models.PositiveIntegerField(db_default=0, default=0)),
                ('counts', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('errors', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('listed', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.contactlist')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='contactimport_workspace_id'), models.CheckConstraint(condition=models.Q(('state__in', ['mapping', 'ready', 'running', 'done'])), name='contactimport_state_known'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='contactimport_done_in_total')],
            },
        ),
        migrations.RunSQL(guard_rows("sportello_contactimport")),
        migrations.RunSQL(
            same_workspace(
                "sportello_contactimport",
                "listed_id",
                "sportello_contactlist",
                "SET NULL (listed_id)",
            ),
            hints=UPGRADES_ONLY,  # the column goes later
        ),
    ]
