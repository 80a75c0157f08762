-- name: claim
-- Leases the oldest question that waits to be tried.
UPDATE sportello_trial AS t
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM sportello_workspace AS w
WHERE t.id = (
    SELECT id FROM sportello_trial
    WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND w.id = t.workspace_id
RETURNING t.id, t.workspace_id, t.question, t.claimed_until, w.name AS company, w.assistant_name,
    w.language AS company_language, w.answer_from, w.clarify_from;

-- name: settle
-- What the assistant would say, or that it failed.
UPDATE sportello_trial SET state = %(state)s::varchar, result = %(result)s, claimed_until = NULL
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s;
