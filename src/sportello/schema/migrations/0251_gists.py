"""Summaries and translations that operators ask for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace

# The worker that answers writes them too; nobody is woken when nothing waits.
_ANNOUNCE = """
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_gist
    FOR EACH ROW WHEN (NEW.state = 'waiting') EXECUTE FUNCTION sportello_announce('sportello_trials');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0250_opening'),
    ]

    operations = [
        migrations.CreateModel(
            name='Gist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('summary', 'Summary'), ('translation', 'Translation')], max_length=12)),
                ('language', models.CharField(max_length=8)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=8)),
                ('text', models.TextField(blank=True, db_default='', default='')),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('upto', models.BigIntegerField(db_default=0, default=0)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.conversation')),
                ('message', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.message')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='gist_to_write')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['summary', 'translation'])), name='gist_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'failed'])), name='gist_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'summary'), ('message__isnull', True)), models.Q(('kind', 'translation'), ('message__isnull', False)), _connector='OR'), name='gist_of_chat_or_message'), models.UniqueConstraint(condition=models.Q(('kind', 'summary')), fields=('conversation', 'language'), name='gist_one_summary'), models.UniqueConstraint(condition=models.Q(('kind', 'translation')), fields=('message', 'language'), name='gist_one_translation')],
            },
        ),
        migrations.RunSQL(guard_rows("sportello_gist")),
        migrations.RunSQL(same_workspace("sportello_gist", "conversation_id", "sportello_conversation")),
        migrations.RunSQL(same_workspace("sportello_gist", "message_id", "sportello_message")),
        migrations.RunSQL(_ANNOUNCE),
    ]
