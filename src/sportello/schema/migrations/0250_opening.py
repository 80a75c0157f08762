"""One calendar for the whole company; what manners said of people's hours becomes its first."""

from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import UPGRADES_ONLY

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


class Migration(migrations.Migration):
    dependencies = [("sportello", "0195_audited")]
    operations = [
        migrations.AddField("workspace", "opening", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "workspace", "shut_on_holidays", models.BooleanField(db_default=True, default=True)
        ),
        migrations.RunSQL(_TAKEN_OVER, hints=UPGRADES_ONLY),
        migrations.RunSQL(_MANNERS),
        migrations.RunSQL("DROP TRIGGER audit ON sportello_workspace"),
        migrations.RunSQL(audit("sportello_workspace", _KEPT)),
    ]
