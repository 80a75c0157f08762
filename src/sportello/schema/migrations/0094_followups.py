"""Follow-ups of campaigns, automations, and what falls due by itself for either."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.security import OF_WORKSPACE, guard_rows, same_workspace, setting

_PARENTS = [
    ("followup", "campaign_id", "campaign", "CASCADE"),
    ("followup", "template_id", "template", "SET NULL (template_id)"),
    ("followup", "file_id", "file", "SET NULL (file_id)"),
    ("errand", "campaign_id", "campaign", "CASCADE"),
    ("errand", "recipient_id", "recipient", "CASCADE"),
    ("errand", "contact_id", "contact", "CASCADE"),
    ("errand", "message_id", "message", "SET NULL (message_id)"),
    ("errand", "after_message_id", "message", "SET NULL (after_message_id)"),
    ("automation", "campaign_id", "campaign", "CASCADE"),
    ("automation", "list_id", "contactlist", "SET NULL (list_id)"),
]

# One question for each statement that fills lists, however many rows it brings; whoever writes
# them, a page or a worker, sets off the same automations.
_LISTEN = """
CREATE FUNCTION sportello_automate_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sportello_errand (workspace_id, campaign_id, contact_id, occasion)
    SELECT a.workspace_id, a.campaign_id, n.contact_id,
           CASE WHEN a.repeats THEN 'list:' || n.id ELSE 'once' END
    FROM added AS n
    JOIN sportello_automation AS a ON a.list_id = n.list_id AND a.trigger = 'list'
    JOIN sportello_campaign AS c ON c.id = a.campaign_id AND c.state = 'running'
    ORDER BY n.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER automate AFTER INSERT ON sportello_listmember
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_automate_list();
CREATE TRIGGER announce AFTER INSERT ON sportello_errand
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_campaigns');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0092_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='automatic',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='Automation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger', models.CharField(choices=[('webhook', 'Webhook'), ('list', 'List'), ('silence', 'Silence')], max_length=8)),
                ('repeats', models.BooleanField(db_default=False, default=False)),
                ('after_count', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('after_unit', models.CharField(choices=[('minutes', 'Minutes'), ('hours', 'Hours'), ('days', 'Days'), ('weeks', 'Weeks'), ('months', 'Months')], db_default='minutes', default='minutes', max_length=8)),
                ('fields', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('consent_text', models.TextField(blank=True, db_default='', default='')),
                ('consent_source', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('hook', models.CharField(max_length=32, unique=True)),
                ('hook_version', models.PositiveIntegerField(db_default=1, default=1)),
                ('signed', models.BooleanField(db_default=False, default=False)),
                ('called_in', models.DateTimeField(blank=True, null=True)),
                ('called', models.PositiveIntegerField(db_default=0, default=0)),
                ('looked_up_to', models.DateTimeField(blank=True, null=True)),
                ('looked_up_to_id', models.BigIntegerField(db_default=0, default=0)),
                ('look_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('campaign', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.campaign')),
                ('list', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.contactlist')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('trigger', 'list')), fields=['list'], name='automation_list'), models.Index(condition=models.Q(('trigger', 'silence')), fields=['look_at'], name='automation_looks')],
                'constraints': [models.CheckConstraint(condition=models.Q(('trigger__in', ['webhook', 'list', 'silence'])), name='automation_trigger_known'), models.CheckConstraint(condition=models.Q(('after_unit__in', ['minutes', 'hours', 'days', 'weeks', 'months'])), name='automation_after_unit_known'), models.UniqueConstraint(fields=('workspace', 'id'), name='automation_workspace_id'), models.CheckConstraint(condition=models.Q(models.Q(('trigger', 'silence'), _negated=True), ('after_count__gte', 1), _connector='OR'), name='automation_silence_lasts'), models.CheckConstraint(condition=models.Q(('consent_text', ''), models.Q(('consent_source', ''), _negated=True), _connector='OR'), name='automation_consent_has_its_source')],
            },
        ),
        migrations.CreateModel(
            name='Followup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('unless_answered', models.BooleanField(db_default=True, default=True)),
                ('after_count', models.PositiveSmallIntegerField()),
                ('after_unit', models.CharField(choices=[('minutes', 'Minutes'), ('hours', 'Hours'), ('days', 'Days'), ('weeks', 'Weeks'), ('months', 'Months')], max_length=8)),
                ('content', models.JSONField()),
                ('variables', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.campaign')),
                ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.file')),
                ('template', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.template')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('after_unit__in', ['minutes', 'hours', 'days', 'weeks', 'months'])), name='followup_after_unit_known'), models.UniqueConstraint(fields=('campaign', 'position'), name='followup_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 5)), name='followup_position_in_range'), models.CheckConstraint(condition=models.Q(('after_count__gte', 1)), name='followup_comes_later')],
            },
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('occasion', models.CharField(blank=True, default='', max_length=240)),
                ('unless_answered', models.BooleanField(db_default=False, default=False)),
                ('filled', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('skipped_why', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('after_message', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='sportello.message')),
                ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.campaign')),
                ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contact')),
                ('message', models.OneToOneField(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.message')),
                ('recipient', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.recipient')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False), ('released_at__isnull', True), ('skipped_why', '')), fields=['campaign', 'due_at', 'id'], name='errand_due'), models.Index(condition=models.Q(('due_at__isnull', True), ('released_at__isnull', True), ('skipped_why', ''), models.Q(('after_message__isnull', False), ('position', 0), _connector='OR')), fields=['campaign', 'id'], name='errand_to_be_timed'), models.Index(condition=models.Q(('answered_at__isnull', True), ('skipped_why', ''), ('unless_answered', True)), fields=['contact'], name='errand_for_the_silent'), models.Index(models.F('campaign'), models.F('position'), models.OrderBy(models.F('id'), descending=True), name='errand_list'), models.Index(condition=models.Q(('released_at__isnull', False)), fields=['campaign', 'released_at'], name='errand_released'), models.Index(fields=['contact', 'id'], name='errand_of_contact')],
                'constraints': [models.UniqueConstraint(fields=('recipient', 'position'), name='errand_once'), models.UniqueConstraint(condition=models.Q(('recipient__isnull', True)), fields=('campaign', 'contact', 'occasion'), name='errand_occasion_once'), models.CheckConstraint(condition=models.Q(models.Q(('occasion', ''), ('position__gte', 1), ('recipient__isnull', False)), models.Q(('position', 0), ('recipient__isnull', True), models.Q(('occasion', ''), _negated=True)), _connector='OR'), name='errand_of_recipient_or_event'), models.CheckConstraint(condition=models.Q(('skipped_why', ''), ('released_at__isnull', True), _connector='OR'), name='errand_skipped_or_released'), models.CheckConstraint(condition=models.Q(('released_at__isnull', True), ('due_at__isnull', False), _connector='OR'), name='errand_released_once_due')],
            },
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='recipient_workspace_id'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['number', 'last_message_at', 'id'], name='conversation_last_words', condition=models.Q(('last_message_origin__in', ['operator', 'assistant']))),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in ("followup", "errand")],
        # Asked before a workspace is chosen: by the public part of the address that is called.
        migrations.RunSQL(
            guard_rows(
                "sportello_automation",
                f"{OF_WORKSPACE} OR hook = {setting('key_prefix', 'text')}",
            )
        ),
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_LISTEN),
    ]
