-- name: tell
-- The browsers that look are told once the transaction is committed.
SELECT pg_notify('sportello_live', %(payload)s);
