"""One calendar for the company, and how long each kind of content is kept.

What manners said of people's hours becomes the first calendar.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import CONSOLE, UPGRADES_ONLY, WORKER, guard_rows

_KEPT = "name language time_zone country one_template_until_they_answer quiet_from quiet_until monthly_budget_micros brake_failures brake_stops brake_marketing_cap brake_sample_min canary promotions_max promotions_days assistant_on answer_from clarify_from assistant_name release_after_minutes second_factor_required audit_days opening shut_on_holidays"

# New columns of a view stand at its end: those before them are as migration 0111 made them.
_MANNERS = """
CREATE OR REPLACE VIEW sportello_manners WITH (security_invoker = true) AS
SELECT w.id AS workspace_id, w.name AS company, w.assistant_name,
       coalesce(d.signature, w.signature) AS signature, w.language AS company_language,
       w.time_zone AS zone, w.answer_from, w.clarify_from,
       coalesce(d.version, 0) AS conduct_version, coalesce(d.form, 'lei') AS form,
       coalesce(d.emoji, false) AS emoji, coalesce(d.persona, '') AS persona,
       coalesce(d.forbidden, '{}') AS forbidden, coalesce(d.topics, '{}') AS topics,
       d.silent_from, d.silent_until, coalesce(d.away_message, '') AS away_message,
       d.people_from, d.people_until, coalesce(d.people_days, '{}') AS people_days,
       EXISTS (
           SELECT FROM sportello_languagemodel AS m WHERE m.workspace_id = w.id AND m.enabled
       ) AS has_models,
       w.opening, w.shut_on_holidays
FROM sportello_workspace AS w
LEFT JOIN LATERAL (
    SELECT * FROM sportello_conduct AS v WHERE v.workspace_id = w.id
    ORDER BY v.version DESC LIMIT 1
) AS d ON true;
"""
# Monday was 1 and is 0 now; no day named meant every day.
_TAKEN_OVER = """
UPDATE sportello_workspace AS w
SET shut_on_holidays = false,
    opening = jsonb_build_object('holidays', '[]'::jsonb, 'days', (
        SELECT jsonb_object_agg((day - 1)::text, jsonb_build_array(jsonb_build_array(
            to_char(d.people_from, 'HH24:MI'), to_char(d.people_until, 'HH24:MI'))))
        FROM generate_series(1, 7) AS day
        WHERE d.people_days = '{}' OR day = ANY (d.people_days)))
FROM sportello_conduct AS d
WHERE d.workspace_id = w.id AND d.people_from < d.people_until
  AND NOT EXISTS (SELECT FROM sportello_conduct AS newer
                  WHERE newer.workspace_id = d.workspace_id AND newer.version > d.version);
"""

# What a night took is written once, by the worker alone.
_ADDED_ONLY = f"""
REVOKE INSERT, UPDATE, DELETE ON sportello_retentionrun FROM {CONSOLE};
REVOKE UPDATE ON sportello_retentionrun FROM {WORKER};
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0220_stops")]
    operations = [
        migrations.AddField("workspace", "opening", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "workspace", "shut_on_holidays", models.BooleanField(db_default=True, default=True)
        ),
        migrations.RunSQL(_TAKEN_OVER, hints=UPGRADES_ONLY),
        migrations.RunSQL(_MANNERS),
        migrations.RunSQL("DROP TRIGGER audit ON sportello_workspace"),
        migrations.RunSQL(audit("sportello_workspace", _KEPT)),
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
