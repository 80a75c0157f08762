-- name: begin
-- What the policies of schema/security.py and the audit log go by, until the transaction ends.
SELECT set_config('sportello.workspace', %(workspace)s, true),
       set_config('sportello.user', %(user)s, true),
       set_config('sportello.installer', %(installer)s, true),
       set_config('sportello.key_prefix', %(key_prefix)s, true),
       set_config('sportello.actor', %(actor)s, true);

-- name: name
-- One of these settings anew, until the transaction ends.
SELECT set_config('sportello.' || %(setting)s, %(value)s, true);

-- name: try_lock
-- Whether this transaction is the only one that holds the name.
SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0));
