-- name: claim
-- Leases the oldest question that waits to be tried; those of a whole set after all others.
UPDATE sportello_trial AS t
SET claimed_until = clock_timestamp()
    + make_interval(secs => CASE WHEN v.has_models THEN %(model_lease_s)s::float8
                                 ELSE %(lease_s)s::float8 END)
FROM sportello_manners AS v
WHERE t.id = (
    SELECT id FROM sportello_trial
    WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY run_id IS NOT NULL, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND v.workspace_id = t.workspace_id
RETURNING t.id, t.workspace_id, t.question, t.claimed_until,
    CASE WHEN t.run_id IS NULL THEN t.asked_id END AS after_id,
    v.company, v.assistant_name, v.signature, v.company_language, v.zone, v.answer_from,
    v.clarify_from, v.conduct_version, v.form, v.emoji, v.persona, v.forbidden, v.topics,
    v.silent_from, v.silent_until, v.away_message, v.opening, v.shut_on_holidays,
    v.has_models;

-- name: before
-- What was asked and answered before a trial in the same chat, the oldest first.
WITH RECURSIVE chat AS (
    SELECT id, asked_id, question, result, 1 AS back FROM sportello_trial
    WHERE id = %(after_id)s::bigint AND workspace_id = %(workspace_id)s AND run_id IS NULL
    UNION ALL
    SELECT t.id, t.asked_id, t.question, t.result, chat.back + 1
    FROM chat JOIN sportello_trial AS t ON t.id = chat.asked_id
    WHERE chat.back < %(limit)s::int AND t.run_id IS NULL AND t.workspace_id = %(workspace_id)s
)
SELECT question, coalesce(result ->> 'text', '') AS answer,
       coalesce(result -> 'memory', '{}'::jsonb) AS memory
FROM chat ORDER BY back DESC;

-- name: house
-- What must be known of a company to answer for it.
SELECT v.workspace_id, v.company, v.assistant_name, v.signature, v.company_language, v.zone,
    v.answer_from, v.clarify_from, v.conduct_version, v.form, v.emoji, v.persona, v.forbidden,
    v.topics, v.silent_from, v.silent_until, v.away_message, v.opening, v.shut_on_holidays,
    v.has_models
FROM sportello_manners AS v WHERE v.workspace_id = %(workspace_id)s;

-- name: settle
-- What the assistant would say, or that it failed.
UPDATE sportello_trial SET state = %(state)s::varchar, result = %(result)s, claimed_until = NULL
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s;
