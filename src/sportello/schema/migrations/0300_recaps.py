"""What was said while a person had a chat, for the assistant that gets it back; files of pairs that
are tried before they come in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace

# Where somebody of ours spoke; else there is nothing to tell. An answer that is owed at once waits
# for the words, but no longer than `answering_until` says.
_WANT = """
CREATE FUNCTION sportello_want_recap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM sportello_message AS m
        WHERE m.conversation_id = NEW.id AND m.origin = 'operator' AND m.text <> ''
          AND m.type <> 'reaction' AND m.at >= OLD.held_since AND m.revoked_at IS NULL
          AND m.status NOT IN ('cancelled', 'refused', 'failed')
    ) THEN
        IF NEW.reply_due_at IS NOT NULL THEN
            NEW.answering_until := clock_timestamp() + interval '30 seconds';
        END IF;
        INSERT INTO sportello_recap
            (workspace_id, conversation_id, control_epoch, at, held_until)
        VALUES (NEW.workspace_id, NEW.id, NEW.control_epoch,
                coalesce(NEW.held_since, statement_timestamp()), NEW.answering_until)
        ON CONFLICT (conversation_id, control_epoch) DO NOTHING;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER want_recap BEFORE UPDATE OF holder ON sportello_conversation FOR EACH ROW
    WHEN (OLD.holder = 'operator' AND NEW.holder = 'assistant')
    EXECUTE FUNCTION sportello_want_recap();
CREATE TRIGGER announce AFTER INSERT ON sportello_recap
    FOR EACH ROW WHEN (NEW.state = 'waiting') EXECUTE FUNCTION sportello_announce('sportello_trials');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0241_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control_epoch', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('written', 'Written')], db_default='waiting', default='waiting', max_length=8)),
                ('message_id', models.BigIntegerField(blank=True, null=True)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('conversation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='recap_to_write')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'written'])), name='recap_state_known'), models.UniqueConstraint(fields=('conversation', 'control_epoch'), name='recap_once')],
            },
        ),
        migrations.RunSQL(guard_rows("sportello_recap")),
        migrations.RunSQL(same_workspace("sportello_recap", "conversation_id", "sportello_conversation")),
        migrations.RunSQL(_WANT),
        migrations.RemoveConstraint(model_name='rehearsal', name='rehearsal_kind_known'),
        migrations.AlterField(
            model_name='rehearsal',
            name='kind',
            field=models.CharField(choices=[('pair', 'Pair'), ('pairs', 'Pairs'), ('tone', 'Tone'), ('document', 'Document')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['pair', 'pairs', 'tone', 'document'])), name='rehearsal_kind_known'),
        ),
    ]
