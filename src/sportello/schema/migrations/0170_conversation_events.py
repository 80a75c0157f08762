"""The lines of conversations, since when they are kept, and where a member's first steps stand."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0161_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='guide_dismissed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='guided_since',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='workspace',
            name='counted_since',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.CreateModel(
            name='ConversationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', 'Opened'), ('asked', 'Asked'), ('answered', 'Answered'), ('helped', 'Helped'), ('missed', 'Missed'), ('handed_over', 'Handed Over'), ('taken', 'Taken'), ('released', 'Released'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('cited', 'Cited')], max_length=12)),
                ('request', models.BigIntegerField(blank=True, null=True)),
                ('holder', models.CharField(max_length=12)),
                ('detail', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='sportello.conversation')),
                ('number', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='sportello.number')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'at'], name='conversationevent_range'), models.Index(fields=['conversation', 'id'], name='conversationevent_story')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'asked', 'answered', 'helped', 'missed', 'handed_over', 'taken', 'released', 'closed', 'reopened', 'cited'])), name='conversationevent_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'asked'), _negated=True), models.Q(('request__isnull', True), ('since__isnull', True)), _connector='OR'), name='conversationevent_request_begins')],
            },
        ),
    ]
