"""Roles, vectors, and who signs in: what Django's own tables and those of its apps point at."""

import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

from sportello.schema.security import create_roles

# Before the first release there were more steps, in which a function was written as often as it had
# changed (docs/decisions/0038-migrations-squashed.md). A database that has taken all of them has
# taken these. Each of the four names some: what was broken off goes on where it stopped. This one
# names the first and the last, so that a database which is not as far fits none of them.
_BEFORE = """
    0001_tables 0010_bands 0011_templates 0012_templates_security 0013_lists 0050_money
    0060_ages 0060_documents 0061_documents_security 0070_imports 0071_template_sends
    0080_campaigns 0092_segments 0090_campaign_pages 0120_doubt 0121_template_drafts
    0100_channel 0101_channel_security 0102_examinations 0110_assistant
    0111_assistant_security 0092_imports 0094_followups 0130_quiet_claims 0141_search
    0145_compose 0150_people 0160_contacts 0161_people 0170_conversation_events
    0171_events_written 0180_actions 0181_actions_security 0190_campaign_let_go 0195_audited
    0210_enclosures 0211_taps 0220_stops 0250_opening 0251_gists 0230_rehearsals
    0260_search_look 0240_outgoing 0241_notices 0300_recaps 0301_files_read 0280_sign_in
    0281_mentions 0290_tallies
""".split()


class Migration(migrations.Migration):

    initial = True

    replaces = [("sportello", name) for name in _BEFORE]

    dependencies = []

    operations = [
        migrations.RunSQL(create_roles()),
        migrations.RunSQL('CREATE EXTENSION IF NOT EXISTS vector'),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('language', models.CharField(db_default='it', default='it', max_length=8)),
                ('theme', models.CharField(db_default='auto', default='auto', max_length=8)),
                ('is_active', models.BooleanField(db_default=True, default=True)),
                ('is_installer', models.BooleanField(db_default=False, default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('session_epoch', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once'),
                ],
            },
        ),
    ]
