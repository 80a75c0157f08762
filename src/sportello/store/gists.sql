-- name: claim
-- Leases what somebody asked for first, so that one worker writes it.
UPDATE sportello_gist AS g
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s::float8)
FROM sportello_workspace AS w
WHERE g.id = (
    SELECT id FROM sportello_gist
    WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND w.id = g.workspace_id
RETURNING g.id, g.workspace_id, g.conversation_id, g.message_id, g.language, g.claimed_until,
    w.time_zone AS zone;

-- name: chat
-- What customer, assistant and people said to each other, newest first; notes are no part of it.
SELECT m.origin, m.text FROM sportello_message AS m
WHERE m.conversation_id = %(conversation_id)s AND m.text <> '' AND m.origin <> 'note'
  AND m.status NOT IN ('cancelled', 'refused', 'failed') AND m.revoked_at IS NULL
ORDER BY m.at DESC, m.id DESC
LIMIT %(limit)s;

-- name: words
-- What one message says, unless it was taken back.
SELECT m.text FROM sportello_message AS m
WHERE m.id = %(message_id)s AND m.conversation_id = %(conversation_id)s AND m.revoked_at IS NULL;

-- name: settle
-- What was written, or why nothing was.
UPDATE sportello_gist
SET state = %(state)s::varchar, text = %(text)s, why = %(why)s, claimed_until = NULL
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s;
