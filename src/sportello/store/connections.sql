-- name: claim
-- Takes connections that are due; if the process dies they are due again after the lease. While
-- Meta blocks a number, and until an administrator has spoken, nothing of it is changed there.
WITH due AS (
    SELECT o.id FROM sportello_connection AS o
    WHERE o.state = 'running' AND o.due_at <= statement_timestamp()
      AND NOT (o.kind IN ('profile', 'repair') AND EXISTS (
          SELECT FROM sportello_number AS n WHERE n.id = o.number_id
            AND (n.status = 'banned' OR n.paused_why = 'blocked')))
    ORDER BY o.due_at LIMIT %(limit)s FOR NO KEY UPDATE OF o SKIP LOCKED
)
UPDATE sportello_connection AS c
SET attempts = least(c.attempts + 1, 30000),
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM due WHERE c.id = due.id
RETURNING c.id, c.workspace_id, c.kind, c.by_hand, c.number_id, c.waba_id, c.phone_number_id,
    c.facts, c.attempts;

-- name: next_step
-- The first step that is not done.
SELECT place, name FROM sportello_connectionstep
WHERE connection_id = %(id)s AND state <> 'done' ORDER BY place LIMIT 1;

-- name: begin_step
-- A step is being taken; the lease begins anew. No row if the connection is no longer ours, or if
-- the number has been blocked since.
WITH ours AS (
    UPDATE sportello_connection AS o
    SET due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
    WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s
      AND NOT (o.kind IN ('profile', 'repair') AND EXISTS (
          SELECT FROM sportello_number AS n WHERE n.id = o.number_id
            AND (n.status = 'banned' OR n.paused_why = 'blocked')))
    RETURNING id
)
UPDATE sportello_connectionstep AS s SET state = 'doing', error = NULL, at = %(now)s
FROM ours WHERE s.connection_id = ours.id AND s.place = %(place)s
RETURNING s.id;

-- name: hold
-- The connection, ours until the transaction ends; no row if it is no longer ours.
SELECT id FROM sportello_connection
WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s
FOR NO KEY UPDATE;

-- name: end_step
-- A step is done; what it found out is kept with it.
WITH kept AS (
    UPDATE sportello_connection
    SET facts = facts || %(facts)s::jsonb, number_id = coalesce(%(number_id)s, number_id),
        waba_id = %(waba_id)s, phone_number_id = %(phone_number_id)s
    WHERE id = %(id)s
)
UPDATE sportello_connectionstep SET state = 'done', error = NULL, at = %(now)s
WHERE connection_id = %(id)s AND place = %(place)s;

-- name: fail_step
-- A step did not succeed: again after a while, or once a person says so.
WITH moved AS (
    UPDATE sportello_connection
    SET facts = facts || %(facts)s::jsonb,
        state = CASE WHEN %(wait_s)s::float8 IS NULL THEN 'stopped' ELSE state END,
        due_at = clock_timestamp() + make_interval(secs => coalesce(%(wait_s)s, 0))
    WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s
    RETURNING id
)
UPDATE sportello_connectionstep AS s SET state = 'failed', error = %(error)s, at = %(now)s
FROM moved WHERE s.connection_id = moved.id AND s.place = %(place)s;

-- name: finish
-- All steps are done: what was secret on the way is forgotten.
WITH gone AS (DELETE FROM sportello_connectionsecret WHERE connection_id = %(id)s)
UPDATE sportello_connection SET state = 'done', ended_at = %(now)s
WHERE id = %(id)s AND state = 'running' AND attempts = %(attempts)s;

-- name: secrets
-- What is secret on the way, the newest of each name.
SELECT DISTINCT ON (name) name, sealed FROM sportello_connectionsecret
WHERE connection_id = %(id)s ORDER BY name, id DESC;

-- name: keep_secret
-- One more secret on the way.
INSERT INTO sportello_connectionsecret (workspace_id, connection_id, name, sealed)
VALUES (%(workspace_id)s, %(id)s, %(name)s, %(sealed)s);

-- name: forget_secret
-- A secret that is used up or has proved wrong.
DELETE FROM sportello_connectionsecret WHERE connection_id = %(id)s AND name = %(name)s;

-- name: prune_secrets
-- Nobody came back for these.
DELETE FROM sportello_connectionsecret
WHERE at < clock_timestamp() - make_interval(hours => %(hours)s);

-- name: token
-- The number's own token and PIN.
SELECT sealed, pin FROM sportello_token WHERE number_id = %(number_id)s;

-- name: owner
-- Whose the number is.
SELECT id, workspace_id FROM sportello_number WHERE phone_number_id = %(phone_number_id)s;

-- name: add_number
-- The number's row, made or found; of another company it gives no row.
INSERT INTO sportello_number
    (workspace_id, phone_number_id, waba_id, app_id, display_number, verified_name, status)
VALUES (%(workspace_id)s, %(phone_number_id)s, %(waba_id)s, %(app_id)s, %(display_number)s,
        %(verified_name)s, 'pending')
ON CONFLICT (phone_number_id) DO UPDATE
    SET waba_id = excluded.waba_id,
        app_id = coalesce(nullif(excluded.app_id, ''), sportello_number.app_id)
    WHERE sportello_number.workspace_id = excluded.workspace_id
RETURNING id;

-- name: keep_token
-- The number's token, in place of the one before; a PIN that is not given stays.
INSERT INTO sportello_token (workspace_id, number_id, sealed, pin)
VALUES (%(workspace_id)s, %(number_id)s, %(sealed)s, %(pin)s)
ON CONFLICT (number_id) DO UPDATE
    SET sealed = excluded.sealed, pin = coalesce(excluded.pin, sportello_token.pin);

-- name: show_token
-- Its last four signs are all that people see of it.
UPDATE sportello_number SET token_last4 = %(last4)s WHERE id = %(number_id)s;

-- name: keep_app_secret
-- The secret by which a company's own app signs its webhooks.
INSERT INTO sportello_appsecret (workspace_id, app_id, sealed)
VALUES (%(workspace_id)s, %(app_id)s, %(sealed)s)
ON CONFLICT (workspace_id, app_id) DO UPDATE SET sealed = excluded.sealed;

-- name: apps
-- The apps whose webhooks can be verified for this company.
SELECT app_id FROM sportello_appsecret WHERE workspace_id = %(workspace_id)s;

-- name: app_secrets
-- All of them, for the edge.
SELECT id, workspace_id, app_id, sealed FROM sportello_appsecret ORDER BY id LIMIT %(limit)s;

-- name: let_go
-- The number is connected: what stood in the way is over, but for a block.
UPDATE sportello_number SET paused_why = '', paused_at = NULL, silent_since = NULL
WHERE id = %(number_id)s AND paused_why NOT IN ('', 'blocked');

-- name: stop
-- Nothing leaves by this number any more, until it is connected again.
UPDATE sportello_number
SET status = 'disconnected', paused_at = coalesce(paused_at, clock_timestamp()),
    paused_why = CASE WHEN paused_why = 'blocked' THEN paused_why ELSE 'disconnected' END
WHERE id = %(number_id)s;

-- name: neighbours
-- Other numbers that live by the same account's webhooks.
SELECT count(*) AS count FROM sportello_number
WHERE waba_id = %(waba_id)s AND id <> %(number_id)s AND status <> 'disconnected';

-- name: count_templates
-- How many templates of the account are known.
SELECT count(*) AS count FROM sportello_template
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND deleted_at IS NULL;

-- name: begin_repair
-- A repair that nobody asked for, unless something is going on with the number already.
INSERT INTO sportello_connection
    (workspace_id, kind, number_id, waba_id, phone_number_id, created_at)
SELECT n.workspace_id, 'repair', n.id, n.waba_id, n.phone_number_id, %(now)s
FROM sportello_number AS n
WHERE n.id = %(number_id)s AND NOT EXISTS (
    SELECT FROM sportello_connection AS c
    WHERE c.number_id = n.id AND (c.state = 'running'
        OR (c.kind = 'repair' AND c.created_at > %(since)s)))
RETURNING id, workspace_id;

-- name: add_steps
-- Its steps, in their order.
INSERT INTO sportello_connectionstep (workspace_id, connection_id, place, name)
SELECT %(workspace_id)s, %(id)s, s.place, s.name
FROM unnest(%(names)s::text[]) WITH ORDINALITY AS s (name, place);
