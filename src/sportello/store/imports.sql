-- name: claim
-- Leases the oldest import that waits to be looked at or taken in, or whose worker died.
UPDATE sportello_contactimport AS i
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    attempts = i.attempts + 1
WHERE i.id = (
    SELECT id FROM sportello_contactimport
    WHERE state IN ('looking', 'running')
      AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING i.id, i.workspace_id, i.state, i.attempts, i.plan, i.done;

-- name: parts
-- The file's next piece after a place.
SELECT place, content FROM sportello_importpart
WHERE upload_id = %(id)s AND place > %(after)s
ORDER BY place LIMIT 1;

-- name: seen
-- What a worker saw of a file; now a person says what its columns are.
UPDATE sportello_contactimport
SET state = 'mapping', sample = %(sample)s, total = %(total)s, attempts = 0, claimed_until = NULL
WHERE id = %(id)s AND state = 'looking' AND attempts = %(attempts)s;

-- name: still
-- It is still being read: the lease goes on, and while it is looked at so many rows are known.
UPDATE sportello_contactimport
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    total = greatest(total, %(rows)s)
WHERE id = %(id)s AND state IN ('looking', 'running') AND attempts = %(attempts)s;

-- name: fail
-- The file gives no rows, or no more; what has come in stays, the first rows shown of it do not.
UPDATE sportello_contactimport
SET state = 'failed', reason = %(reason)s, finished_at = %(now)s, claimed_until = NULL,
    sample = '{}'
WHERE id = %(id)s AND state IN ('looking', 'running') AND attempts = %(attempts)s;

-- name: hold
-- The import, ours until the transaction ends; no row if it was cancelled, or is another's now.
SELECT done, total, counts FROM sportello_contactimport
WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s
FOR NO KEY UPDATE;

-- name: take_in
-- A portion of checked rows: contacts, lists and consents. What came of it, as JSON.
SELECT sportello_take_in(%(workspace_id)s, %(id)s, %(fits)s::jsonb) AS told;

-- name: add_flaws
-- Rows with what is wrong with them, as they stood in the file.
INSERT INTO sportello_importflaw (workspace_id, upload_id, line, code, cells)
SELECT %(workspace_id)s, %(id)s, w.line, w.code, coalesce(w.cells, '[]')
FROM jsonb_to_recordset(%(wrongs)s::jsonb) AS w (line int, code text, cells jsonb);

-- name: advance
-- How far it has come: committed with the portion itself. The lease goes on.
UPDATE sportello_contactimport
SET done = %(done)s, counts = %(counts)s, rate = %(rate)s,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE id = %(id)s;

-- name: release
-- Its worker stops: the next one need not wait for the lease to run out.
UPDATE sportello_contactimport SET claimed_until = NULL
WHERE id = %(id)s AND attempts = %(attempts)s;

-- name: finish
-- All rows are behind us: running -> done. The first of them need not be shown any more.
UPDATE sportello_contactimport
SET state = 'done', done = total, finished_at = %(now)s, claimed_until = NULL, sample = '{}'
WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s;

-- name: clear_parts
-- The file of an import that is over: what it held is in the contacts now.
DELETE FROM sportello_importpart AS p USING sportello_contactimport AS i
WHERE i.id = %(id)s AND i.state IN ('done', 'cancelled', 'failed') AND p.upload_id = i.id;

-- name: clear_seen
-- Whom it met need not be known any more; so many at a time.
DELETE FROM sportello_importseen WHERE id IN (
    SELECT s.id FROM sportello_importseen AS s JOIN sportello_contactimport AS i ON i.id = s.upload_id
    WHERE i.id = %(id)s AND i.state IN ('done', 'cancelled', 'failed')
    LIMIT %(limit)s
);
