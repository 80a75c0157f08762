-- What the assistant must know of a company: its settings and the manners in force.
CREATE VIEW sportello_manners WITH (security_invoker = true) AS
SELECT w.id AS workspace_id, w.name AS company, w.assistant_name,
       coalesce(d.signature, w.signature) AS signature, w.language AS company_language,
       w.time_zone AS zone, w.answer_from, w.clarify_from,
       coalesce(d.version, 0) AS conduct_version, coalesce(d.form, 'lei') AS form,
       coalesce(d.emoji, false) AS emoji, coalesce(d.persona, '') AS persona,
       coalesce(d.forbidden, '{}') AS forbidden, coalesce(d.topics, '{}') AS topics,
       d.silent_from, d.silent_until, coalesce(d.away_message, '') AS away_message,
       EXISTS (
           SELECT FROM sportello_languagemodel AS m WHERE m.workspace_id = w.id AND m.enabled
       ) AS has_models,
       w.opening, w.shut_on_holidays
FROM sportello_workspace AS w
LEFT JOIN LATERAL (
    SELECT * FROM sportello_conduct AS v WHERE v.workspace_id = w.id
    ORDER BY v.version DESC LIMIT 1
) AS d ON true;
REVOKE ALL ON sportello_manners FROM sportello_console;
GRANT SELECT ON sportello_manners TO sportello_worker;
