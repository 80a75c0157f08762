"""What the doctor was asked and found, and messages that were sent once more."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace

_PARENTS = [
    ("examination", "number_id", "number"),
    ("repetition", "message_id", "message"),
    ("repetition", "by_message_id", "message"),
]

# `sportello_doctor` wakes the worker that looks; `sportello_live` the page that waits for it.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce_examination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':examination:' || NEW.id);
    IF NEW.state = 'wanted' THEN
        PERFORM pg_notify('sportello_doctor', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sportello_examination
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_examination();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0101_channel_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='Repetition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by_message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='repeats', to='sportello.message')),
                ('message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='repetition', to='sportello.message')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Examination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('number', 'Number'), ('message', 'Message'), ('conversation', 'Conversation'), ('campaign', 'Campaign'), ('template', 'Template')], max_length=12)),
                ('subject_id', models.BigIntegerField()),
                ('deed', models.CharField(blank=True, choices=[('', 'None'), ('resubscribe', 'Resubscribe'), ('refresh_template', 'Refresh')], db_default='', default='', max_length=20)),
                ('deed_error', models.JSONField(blank=True, null=True)),
                ('state', models.CharField(choices=[('wanted', 'Wanted'), ('looking', 'Looking'), ('done', 'Done')], db_default='wanted', default='wanted', max_length=8)),
                ('looks', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                ('findings', models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('number', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.number')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', '-id'], name='examination_list'), models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['id'], name='examination_open'), models.Index(fields=['created_at'], name='examination_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('subject__in', ['number', 'message', 'conversation', 'campaign', 'template'])), name='examination_subject_known'), models.CheckConstraint(condition=models.Q(('state__in', ['wanted', 'looking', 'done'])), name='examination_state_known'), models.CheckConstraint(condition=models.Q(('deed__in', ['', 'resubscribe', 'refresh_template'])), name='examination_deed_known'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='examination_done_has_its_time')],
            },
        ),
        *[
            migrations.RunSQL(guard_rows(f"sportello_{table}"))
            for table in ("examination", "repetition")
        ],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, f"sportello_{parent}"))
            for table, column, parent in _PARENTS
        ],
        migrations.RunSQL(_ANNOUNCE),
    ]
