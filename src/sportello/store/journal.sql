-- name: append
-- Keeps webhook bodies as received, in the order given.
INSERT INTO sportello_journalentry (body, signed_for)
SELECT * FROM unnest(%(bodies)b::bytea[], %(signed)s::bigint[]);

-- name: ping
-- Asks whether the database answers.
SELECT 1;

-- name: claim
-- Locks the oldest entries that nobody folds yet; their sizes tell how many fit into memory.
SELECT id, octet_length(body) AS size
FROM sportello_journalentry
WHERE folded_at IS NULL
ORDER BY id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED;

-- name: claim_first
-- Of those, what Meta says of an account: a block stops everything, and waits for nothing.
SELECT id, octet_length(body) AS size
FROM sportello_journalentry
WHERE folded_at IS NULL AND position('"account_update"'::bytea IN body) > 0
ORDER BY id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED;

-- name: bodies
-- The bodies of claimed entries, oldest first.
SELECT id, body, received_at, signed_for FROM sportello_journalentry WHERE id = ANY(%(ids)s) ORDER BY id;

-- name: mark_folded
-- Closes entries in the transaction that folded them.
UPDATE sportello_journalentry SET folded_at = clock_timestamp() WHERE id = ANY(%(ids)s);

-- name: count_failure
-- Notes that an entry could not be folded, and tells how often by now.
UPDATE sportello_journalentry SET attempts = least(attempts + 1, 30000)
WHERE id = %(id)s AND folded_at IS NULL
RETURNING attempts;

-- name: quarantine
-- Keeps an event that could not be folded, for a person to look at.
INSERT INTO sportello_quarantined (workspace_id, journal_id, reason, raw, at)
VALUES (%(workspace_id)s, %(journal_id)s, %(reason)s, %(raw)s, %(at)s);

-- name: replay
-- Entries to be folded once more, as if they came now; what of them was set aside is tried anew.
WITH again AS (
    UPDATE sportello_journalentry SET folded_at = NULL, attempts = 0
    WHERE id BETWEEN %(first)s AND %(last)s
    RETURNING id
), tried_anew AS (
    DELETE FROM sportello_quarantined AS q USING again
    WHERE q.journal_id = again.id AND q.resolved_at IS NULL
)
SELECT count(*) AS entries, (SELECT pg_notify('sportello_journal', '')) AS rung FROM again;

-- name: prune
-- Deletes folded entries older than so many days, a bounded number at a time.
DELETE FROM sportello_journalentry WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_journalentry
    WHERE received_at < statement_timestamp() - make_interval(days => %(days)s)
      AND folded_at IS NOT NULL
    ORDER BY received_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));
