-- name: claim
-- Takes files that are wanted now; if the process dies they are due again after the lease.
UPDATE sportello_media AS f
SET attempts = least(f.attempts + 1, 30000),
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM sportello_message AS m, sportello_conversation AS c, sportello_number AS n,
    sportello_token AS t
WHERE f.id IN (
    SELECT id FROM sportello_media WHERE state = 'wanted' AND due_at <= statement_timestamp()
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) AND m.id = f.message_id AND c.id = m.conversation_id AND n.id = c.number_id
  AND t.number_id = n.id
RETURNING f.id, f.workspace_id, f.message_id, f.media_id, f.mime_type, f.attempts,
    n.id AS number_id, n.phone_number_id, t.sealed;

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
