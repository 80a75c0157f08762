-- name: wanted
-- Templates with buttons that a campaign or an automation has used since then, each with a number
-- of its account whose token may ask for it.
SELECT DISTINCT ON (t.id) t.id, t.workspace_id, t.meta_id, t.waba_id, n.id AS number_id, k.sealed
FROM sportello_campaign AS c
LEFT JOIN sportello_followup AS f ON f.campaign_id = c.id
JOIN sportello_template AS t ON t.id = c.template_id OR t.id = f.template_id
JOIN sportello_number AS n ON n.workspace_id = t.workspace_id AND n.waba_id = t.waba_id
JOIN sportello_token AS k ON k.number_id = n.id
WHERE c.started_at IS NOT NULL AND (c.ended_at IS NULL OR c.ended_at >= %(since)s)
  AND t.meta_id <> '' AND t.components @> '[{"type": "BUTTONS"}]'
ORDER BY t.id, n.id LIMIT %(limit)s;

-- name: learn
-- What Meta counts by now of each day; a day that is not over grows.
INSERT INTO sportello_tap (workspace_id, template_id, day, kind, words, count)
SELECT t.workspace_id, t.id, g.day, g.kind, g.words, g.count
FROM unnest(%(template_ids)s::bigint[], %(days)s::date[], %(kinds)s::text[], %(words)s::text[],
            %(counts)s::int[]) AS g (template_id, day, kind, words, count)
JOIN sportello_template AS t ON t.id = g.template_id
ORDER BY g.template_id, g.day, g.kind, g.words
ON CONFLICT (template_id, day, kind, words) DO UPDATE SET count = excluded.count
WHERE sportello_tap.count <> excluded.count;
