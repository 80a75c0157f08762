-- name: claim
-- Takes files that Meta shall have now; if the process dies they are due again after the lease.
-- Those of a number without a token are not taken at all: they would be in the others' way; nor
-- are those of one that Meta blocked or a person disconnected, until it may send again.
WITH due AS (
    SELECT u.id, n.phone_number_id, k.sealed
    FROM sportello_upload AS u
    JOIN sportello_number AS n ON n.id = u.number_id
    JOIN sportello_token AS k ON k.number_id = n.id
    WHERE u.state = 'wanted' AND u.due_at <= statement_timestamp()
      AND n.status <> 'banned' AND n.paused_why NOT IN ('blocked', 'disconnected')
    ORDER BY u.due_at LIMIT %(limit)s FOR UPDATE OF u SKIP LOCKED
)
UPDATE sportello_upload AS u
SET attempts = least(u.attempts + 1, 30000),
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM due
WHERE u.id = due.id
RETURNING u.id, u.workspace_id, u.file_id, u.number_id, u.attempts, due.phone_number_id,
    due.sealed;

-- name: keep
-- Meta has the file: wanted -> kept.
UPDATE sportello_upload
SET state = 'kept', media_id = %(media_id)s, kept_until = %(kept_until)s, reason = ''
WHERE id = %(id)s AND state = 'wanted';

-- name: refuse
-- Meta will not have it: wanted -> refused, with Meta's words.
UPDATE sportello_upload SET state = 'refused', reason = %(reason)s
WHERE id = %(id)s AND state = 'wanted';

-- name: postpone
-- Not now: again after so many seconds.
UPDATE sportello_upload
SET due_at = clock_timestamp() + make_interval(secs => %(wait_s)s), reason = %(reason)s
WHERE id = %(id)s AND state = 'wanted';

-- name: release_sends
-- What waited for the file need wait no longer; the guard decides with what is now known.
UPDATE sportello_send SET due_at = clock_timestamp()
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_send
    WHERE file_id = %(file_id)s AND number_id = %(number_id)s AND state = 'queued'
      AND hold_code = 'media_not_ready' AND due_at > clock_timestamp()
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
));
