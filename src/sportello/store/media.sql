-- name: claim
-- Takes files that are wanted now; if the process dies they are due again after the lease.
-- Those of a number without a token are not taken at all: they would be in the others' way.
WITH due AS (
    SELECT f.id, n.id AS number_id, n.phone_number_id, t.sealed
    FROM sportello_media AS f
    JOIN sportello_message AS m ON m.id = f.message_id
    JOIN sportello_conversation AS c ON c.id = m.conversation_id
    JOIN sportello_number AS n ON n.id = c.number_id
    JOIN sportello_token AS t ON t.number_id = n.id
    WHERE f.state = 'wanted' AND f.due_at <= statement_timestamp()
    ORDER BY f.due_at LIMIT %(limit)s FOR UPDATE OF f SKIP LOCKED
)
UPDATE sportello_media AS f
SET attempts = least(f.attempts + 1, 30000),
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM due
WHERE f.id = due.id
RETURNING f.id, f.workspace_id, f.message_id, f.media_id, f.mime_type, f.attempts,
    due.number_id, due.phone_number_id, due.sealed;

-- name: keep
-- The file lies in its place: wanted -> kept.
UPDATE sportello_media SET state = 'kept', size = %(size)s, mime_type = %(mime_type)s, reason = ''
WHERE id = %(id)s AND state = 'wanted';

-- name: drop
-- It will not come: wanted -> gone or refused, with the reason.
UPDATE sportello_media SET state = %(state)s, reason = %(reason)s
WHERE id = %(id)s AND state = 'wanted';

-- name: postpone
-- Not now: again after so many seconds.
UPDATE sportello_media
SET due_at = clock_timestamp() + make_interval(secs => %(wait_s)s), reason = %(reason)s
WHERE id = %(id)s AND state = 'wanted';

-- name: touch_message
-- Wakes the browsers that show the message of a file.
UPDATE sportello_message SET payload = payload WHERE id = %(message_id)s;
