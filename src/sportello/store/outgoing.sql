-- Deliveries are the queue. Triggers fill it (schema/migrations/sql) with what happened; times here
-- are the database's.

-- name: claim
-- What may be tried now: of each endpoint a few at once, one where nothing arrives; of each
-- conversation the oldest first, as long as that has not failed for some minutes already.
UPDATE sportello_delivery AS d
SET state = 'sending', attempts = d.attempts + 1,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM sportello_news AS n, sportello_endpoint AS e
WHERE n.id = d.news_id AND e.id = d.endpoint_id AND d.state = 'queued' AND d.id = ANY(ARRAY(
    SELECT due.id FROM sportello_endpoint AS one CROSS JOIN LATERAL (
        SELECT q.id FROM sportello_delivery AS q
        WHERE q.endpoint_id = one.id AND q.state = 'queued' AND q.due_at <= clock_timestamp()
          AND (one.enabled OR q.trial)
          AND NOT EXISTS (
              SELECT FROM sportello_delivery AS before
              WHERE before.endpoint_id = one.id AND before.id < q.id
                AND before.conversation_id = q.conversation_id
                AND (before.state = 'sending' OR before.state = 'queued' AND before.attempts < 3))
        ORDER BY q.due_at, q.id
        LIMIT greatest(0, CASE WHEN one.failing_since IS NULL THEN %(each)s ELSE 1 END - (
            SELECT count(*) FROM sportello_delivery AS under_way
            WHERE under_way.endpoint_id = one.id AND under_way.state = 'sending'))
        FOR UPDATE SKIP LOCKED
    ) AS due
    LIMIT %(limit)s
))
RETURNING d.id, d.endpoint_id, d.attempts, d.trial, d.claimed_until, e.url, n.uid, n.kind, n.matter,
    n.at, clock_timestamp() - e.failing_since AS failing_for,
    extract(epoch FROM clock_timestamp())::bigint AS sent_at_s,
    ARRAY(SELECT s.sealed FROM sportello_endpointsecret AS s
          WHERE s.endpoint_id = e.id
            AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
          ORDER BY s.expires_at DESC NULLS FIRST, s.id DESC LIMIT 3) AS sealed;

-- name: reclaim
-- Whoever tried these never said what came of it: they are tried again.
UPDATE sportello_delivery SET state = 'queued', claimed_until = NULL, due_at = clock_timestamp()
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_delivery
    WHERE state = 'sending' AND claimed_until < statement_timestamp()
    ORDER BY claimed_until LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));

-- name: settle
-- What came of a try, unless somebody else claimed it meanwhile.
UPDATE sportello_delivery
SET state = %(state)s::varchar, status = %(status)s::int, why = %(why)s::text,
    took_ms = %(took_ms)s::int,
    answer = %(answer)s, claimed_until = NULL,
    due_at = clock_timestamp() + make_interval(secs => %(pause_s)s),
    settled_at = CASE WHEN %(state)s::varchar <> 'queued' THEN clock_timestamp() END,
    tries = (CASE WHEN jsonb_array_length(tries) >= 20 THEN tries - 0 ELSE tries END)
        || jsonb_build_object('at', clock_timestamp(), 'status', %(status)s::int,
                              'why', %(why)s::text, 'ms', %(took_ms)s::int)
WHERE id = %(id)s AND state = 'sending' AND claimed_until = %(claimed_until)s;

-- name: arrived
-- Something arrived at an endpoint that had seemed lost.
UPDATE sportello_endpoint SET failing_since = NULL
WHERE id = %(endpoint_id)s AND failing_since IS NOT NULL;

-- name: missed
-- The first failure after a success: from here on it is counted how long nothing arrives.
UPDATE sportello_endpoint SET failing_since = clock_timestamp()
WHERE id = %(endpoint_id)s AND failing_since IS NULL;

-- name: switch_off
-- Nobody is there any more.
UPDATE sportello_endpoint
SET enabled = false, disabled_why = %(why)s, disabled_at = clock_timestamp(), replay_since = NULL,
    replay_wished_at = NULL
WHERE id = %(endpoint_id)s AND enabled;

-- name: lay_down
-- What waited for an endpoint that was switched off for failing: kept, to be told again by hand.
UPDATE sportello_delivery SET state = 'failed', why = 'endpoint_off', settled_at = clock_timestamp()
WHERE id = ANY(ARRAY(
    SELECT d.id FROM sportello_endpoint AS e
    JOIN sportello_delivery AS d ON d.endpoint_id = e.id
    WHERE e.disabled_why <> '' AND d.state = 'queued' AND NOT d.trial
    LIMIT %(limit)s
    FOR UPDATE OF d SKIP LOCKED
));

-- name: replay
-- A portion of what a person wants told again; the wish is granted when a portion is not full.
WITH wish AS (
    SELECT id, replay_since, replay_wished_at FROM sportello_endpoint
    WHERE replay_since IS NOT NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
), again AS (
    UPDATE sportello_delivery
    SET state = 'queued', attempts = 0, due_at = clock_timestamp(), settled_at = NULL
    WHERE id = ANY(ARRAY(
        SELECT d.id FROM wish
        JOIN sportello_delivery AS d ON d.endpoint_id = wish.id
        JOIN sportello_news AS n ON n.id = d.news_id
        WHERE d.state = 'failed' AND NOT d.trial AND d.settled_at < wish.replay_wished_at
          AND n.at >= wish.replay_since AND n.matter <> '{}'
        ORDER BY d.id LIMIT %(limit)s
    )) AND state = 'failed'
    RETURNING id
), granted AS (
    UPDATE sportello_endpoint AS e SET replay_since = NULL, replay_wished_at = NULL
    FROM wish WHERE e.id = wish.id AND (SELECT count(*) FROM again) < %(limit)s
    RETURNING e.id
)
SELECT (SELECT count(*) FROM wish) AS wishes, (SELECT count(*) FROM again) AS again;

-- name: prune_news
-- What happened so long ago that nobody asks any more; its deliveries go with it.
DELETE FROM sportello_news WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_news
    WHERE created_at < statement_timestamp() - make_interval(days => %(days)s)
    ORDER BY created_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));

-- name: prune_secrets
-- Secrets whose time of overlap is over.
DELETE FROM sportello_endpointsecret WHERE expires_at < statement_timestamp();
