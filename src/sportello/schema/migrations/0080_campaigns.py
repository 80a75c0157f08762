"""Campaigns and their frozen audiences."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


_PARENTS = [
    ("campaign", "number_id", "number", "CASCADE"),
    ("campaign", "template_id", "template", "SET NULL (template_id)"),
    ("campaign", "file_id", "file", "SET NULL (file_id)"),
    ("recipient", "campaign_id", "campaign", "CASCADE"),
    ("recipient", "contact_id", "contact", "CASCADE"),
    ("recipient", "message_id", "message", "SET NULL (message_id)"),
    ("send", "campaign_id", "campaign", "SET NULL (campaign_id)"),
]

# `sportello_campaigns` wakes the worker that plans; its own notes of progress do not.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_campaigns', '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':campaign:' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_campaign
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_campaign();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0071_template_sends'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('planning', 'Planning'), ('scheduled', 'Scheduled'), ('running', 'Running'), ('paused', 'Paused'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], db_default='draft', default='draft', max_length=12)),
                ('planned', models.BooleanField(db_default=False, default=False)),
                ('paused_why', models.CharField(blank=True, db_default='', default='', max_length=16)),
                ('braked', models.JSONField(blank=True, null=True)),
                ('content', models.JSONField(blank=True, null=True)),
                ('variables', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('audience', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('calendar', models.JSONField(blank=True, null=True)),
                ('rate', models.PositiveIntegerField(blank=True, null=True)),
                ('canary', models.PositiveIntegerField(blank=True, db_default=50, default=50, null=True)),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('stepped_at', models.DateTimeField(blank=True, null=True)),
                ('planned_up_to', models.BigIntegerField(db_default=0, default=0)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('resumed_at', models.DateTimeField(blank=True, null=True)),
                ('quality', models.CharField(choices=[('GREEN', 'Green'), ('YELLOW', 'Yellow'), ('RED', 'Red'), ('UNKNOWN', 'Unknown')], db_default='UNKNOWN', default='UNKNOWN', max_length=8)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filled', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('skipped_why', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='send',
            name='campaign_id',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='consentevent',
            index=models.Index(condition=models.Q(('action', 'withdraw')), fields=['workspace', 'at'], name='consentevent_stops'),
        ),
        migrations.AddIndex(
            model_name='send',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['campaign_id'], name='send_of_campaign'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='campaign',
            name='file',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.file'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='number',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.number'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='template',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.template'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='campaign',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.campaign'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='contact',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contact'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='message',
            field=models.OneToOneField(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.message'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('state__in', ['planning', 'scheduled', 'running']), models.Q(('planned', False), ('state', 'paused')), _connector='OR'), fields=['id'], name='campaign_going'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(models.F('workspace'), models.OrderBy(models.F('id'), descending=True), name='campaign_list'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'planning', 'scheduled', 'running', 'paused', 'completed', 'cancelled'])), name='campaign_state_known'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='campaign_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'paused'), models.Q(('paused_why', ''), _negated=True)), models.Q(models.Q(('state', 'paused'), _negated=True), ('paused_why', '')), _connector='OR'), name='campaign_paused_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), ('content__isnull', False), _connector='OR'), name='campaign_confirmed_with_content'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['running', 'completed']), _negated=True), ('planned', True), _connector='OR'), name='campaign_runs_once_planned'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rate__isnull', True), ('rate__gte', 1), _connector='OR'), models.Q(('canary__isnull', True), ('canary__gte', 1), _connector='OR')), name='campaign_pace_possible'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('released_at__isnull', True), ('skipped_why', '')), fields=['campaign', 'id'], name='recipient_waiting'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(fields=['campaign', 'id'], name='recipient_list'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.UniqueConstraint(fields=('campaign', 'contact'), name='recipient_once'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(('skipped_why', ''), ('released_at__isnull', True), _connector='OR'), name='recipient_skipped_or_released'),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in ("campaign", "recipient")],
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_ANNOUNCE),
    ]
