"""Connections to Meta step by step, a number's history, keys of other apps."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0121_template_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='journalentry',
            name='signed_for',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='seen_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='silent_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='told',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='token',
            name='pin',
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('connect', 'Connect'), ('reconnect', 'Reconnect'), ('disconnect', 'Disconnect'), ('repair', 'Repair'), ('profile', 'Profile')], max_length=12)),
                ('by_hand', models.BooleanField(db_default=False, default=False)),
                ('waba_id', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('phone_number_id', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('facts', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('state', models.CharField(choices=[('running', 'Running'), ('stopped', 'Stopped'), ('done', 'Done'), ('given_up', 'Given Up')], db_default='running', default='running', max_length=12)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('number', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.number')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=12)),
                ('sealed', models.BinaryField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('connection', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.connection')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=16)),
                ('state', models.CharField(choices=[('to_do', 'To Do'), ('doing', 'Doing'), ('done', 'Done'), ('failed', 'Failed')], db_default='to_do', default='to_do', max_length=8)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('error', models.JSONField(blank=True, null=True)),
                ('connection', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.connection')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='NumberChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=24)),
                ('before', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('after', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('at', models.DateTimeField()),
                ('number', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.number')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Unblocking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('waba_id', models.CharField(max_length=32)),
                ('corrected', models.TextField(blank=True, db_default='', default='')),
                ('asked_at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='AppSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('app_id', models.CharField(max_length=32)),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'app_id'), name='appsecret_once')],
            },
        ),
        migrations.AddIndex(
            model_name='connection',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['due_at'], name='connection_due'),
        ),
        migrations.AddIndex(
            model_name='connection',
            index=models.Index(fields=['workspace', '-id'], name='connection_list'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['connect', 'reconnect', 'disconnect', 'repair', 'profile'])), name='connection_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'stopped', 'done', 'given_up'])), name='connection_state_known'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='connection_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'connect'), ('number__isnull', False), _connector='OR'), name='connection_of_a_number'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['running', 'stopped'])), models.Q(('ended_at__isnull', False), ('state__in', ['done', 'given_up'])), _connector='OR'), name='connection_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='connectionstep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['to_do', 'doing', 'done', 'failed'])), name='connectionstep_state_known'),
        ),
        migrations.AddConstraint(
            model_name='connectionstep',
            constraint=models.UniqueConstraint(fields=('connection', 'place'), name='connectionstep_place'),
        ),
        migrations.AddConstraint(
            model_name='connectionstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('error__isnull', False), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('error__isnull', True)), _connector='OR'), name='connectionstep_failed_with_error'),
        ),
        migrations.AddIndex(
            model_name='numberchange',
            index=models.Index(fields=['number', '-at'], name='numberchange_history'),
        ),
        migrations.AddIndex(
            model_name='unblocking',
            index=models.Index(fields=['workspace', 'waba_id'], name='unblocking_of'),
        ),
    ]
