-- name: claim
-- Leases the recap that has waited longest, so that one worker writes it.
UPDATE sportello_recap AS r
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s::float8)
FROM sportello_workspace AS w
WHERE r.id = (
    SELECT id FROM sportello_recap
    WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND w.id = r.workspace_id
RETURNING r.id, r.workspace_id, r.conversation_id, r.at, r.held_until, r.claimed_until,
    w.time_zone AS zone, w.language, w.name AS company;

-- name: said
-- What was said before a chat came back, newest first; notes are no part of it.
SELECT m.origin, m.text FROM sportello_message AS m
WHERE m.conversation_id = %(conversation_id)s AND m.text <> '' AND m.at <= %(at)s
  AND m.origin IN ('customer', 'assistant', 'operator')
  AND m.type NOT IN ('reaction', 'edit', 'revoke', 'system')
  AND m.status NOT IN ('cancelled', 'refused', 'failed') AND m.revoked_at IS NULL
ORDER BY m.at DESC, m.id DESC
LIMIT %(limit)s;

-- name: go_on
-- The owed answer that waited for the words waits no longer.
UPDATE sportello_conversation SET answering_until = NULL
WHERE id = %(conversation_id)s AND answering_until = %(held_until)s;

-- name: settle
-- The words as a line in the chat, seen by colleagues alone: once, whoever wrote them.
WITH line AS (
    INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, payload, status, at)
    SELECT r.workspace_id, r.conversation_id, 'note', 'recap', %(payload)s, 'noted', r.at
    FROM sportello_recap AS r
    WHERE r.id = %(id)s AND r.state = 'waiting' AND r.claimed_until = %(claimed_until)s
      AND %(has_words)s::bool
    RETURNING id
)
UPDATE sportello_recap
SET state = 'written', claimed_until = NULL, message_id = (SELECT id FROM line)
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s;

-- name: known
-- The recap under whose control the assistant answers, and what it says; no words where they are
-- still being written, or were erased.
SELECT r.state, r.at, m.payload -> 'recap' AS told
FROM sportello_recap AS r LEFT JOIN sportello_message AS m ON m.id = r.message_id
WHERE r.conversation_id = %(conversation_id)s AND r.control_epoch = %(control_epoch)s;
