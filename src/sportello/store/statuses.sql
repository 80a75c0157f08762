-- name: apply
-- What Meta says became of messages moves them forward, never back, whatever the order; answers
-- the wamids that are not known.
WITH told AS MATERIALIZED (
    SELECT * FROM unnest(
        %(workspace_ids)s::bigint[], %(wamids)s::text[], %(statuses)s::text[],
        %(sent_ats)s::timestamptz[], %(delivered_ats)s::timestamptz[],
        %(read_ats)s::timestamptz[], %(failed_ats)s::timestamptz[],
        %(errors)b::jsonb[], %(pricings)b::jsonb[]
    ) AS t (workspace_id, wamid, status, sent_at, delivered_at, read_at, failed_at, error, pricing)
), met AS MATERIALIZED (
    SELECT m.id, told.*
    FROM told JOIN sportello_message AS m
        ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
), moved AS (
    UPDATE sportello_message AS m
    SET status = CASE
            WHEN array_position(%(life)s::text[], met.status)
                > array_position(%(life)s::text[], m.status::text)
            THEN met.status ELSE m.status END,
        sent_at = least(m.sent_at, met.sent_at),
        delivered_at = least(m.delivered_at, met.delivered_at),
        read_at = least(m.read_at, met.read_at),
        failed_at = least(m.failed_at, met.failed_at),
        error = greatest(m.error, met.error),
        pricing = greatest(m.pricing, met.pricing)
    FROM met
    WHERE m.id = met.id AND m.origin NOT IN ('customer', 'note')
      AND (array_position(%(life)s::text[], met.status)
              > array_position(%(life)s::text[], m.status::text)
          OR (least(m.sent_at, met.sent_at), least(m.delivered_at, met.delivered_at),
              least(m.read_at, met.read_at), least(m.failed_at, met.failed_at),
              greatest(m.error, met.error), greatest(m.pricing, met.pricing))
            IS DISTINCT FROM
             (m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.error, m.pricing))
)
SELECT told.workspace_id, told.wamid FROM told
LEFT JOIN met ON met.workspace_id = told.workspace_id AND met.wamid = told.wamid
WHERE met.id IS NULL;

-- name: accept_sends
-- A status that brings our attempt home proves its send accepted, before its answer or without.
UPDATE sportello_send AS s
SET state = 'accepted', settled_at = clock_timestamp(), lease_until = NULL
FROM sportello_attempt AS a
WHERE a.id = ANY(%(attempts)s::uuid[]) AND s.id = a.send_id
  AND a.workspace_id = s.workspace_id AND s.state = ANY(%(before)s::text[]);

-- name: accept_messages
-- The wamids that came home with attempts; a message that has one keeps it. The word that let it go
-- comes with them. (`IS NULL` would read the index of wamids for all that waits.)
UPDATE sportello_message AS m
SET wamid = home.wamid, receipt = coalesce(a.receipt, m.receipt),
    status = CASE
        WHEN array_position(%(life)s::text[], 'accepted')
            > array_position(%(life)s::text[], m.status::text)
        THEN 'accepted' ELSE m.status END
FROM unnest(%(attempts)s::uuid[], %(wamids)s::text[], %(workspace_ids)s::bigint[])
    AS home (attempt, wamid, workspace_id)
JOIN sportello_attempt AS a ON a.id = home.attempt AND a.workspace_id = home.workspace_id
JOIN sportello_send AS s ON s.id = a.send_id
WHERE m.id = s.message_id AND coalesce(m.wamid, '') = '';

-- name: accept_attempts
-- The attempts themselves; answers the wamids that were ours, also of a message sent twice.
UPDATE sportello_attempt AS a
SET outcome = 'accepted', wamid = home.wamid, ended_at = coalesce(a.ended_at, clock_timestamp())
FROM unnest(%(attempts)s::uuid[], %(wamids)s::text[], %(workspace_ids)s::bigint[])
    AS home (attempt, wamid, workspace_id)
WHERE a.id = home.attempt AND a.workspace_id = home.workspace_id
RETURNING a.workspace_id, a.wamid;

-- name: keep_orphans
-- Statuses of messages that are not known, or not yet.
INSERT INTO sportello_orphanstatus (workspace_id, wamid, status, at, detail)
SELECT * FROM unnest(
    %(workspace_ids)s::bigint[], %(wamids)s::text[], %(statuses)s::text[],
    %(ats)s::timestamptz[], %(details)b::jsonb[])
ON CONFLICT (workspace_id, wamid, status) DO NOTHING;

-- name: adopt_orphans
-- Takes the orphans whose message has become known, to be applied; a bounded number.
DELETE FROM sportello_orphanstatus WHERE id = ANY(ARRAY(
    SELECT o.id FROM sportello_orphanstatus AS o
    JOIN sportello_message AS m ON m.workspace_id = o.workspace_id AND m.wamid = o.wamid
    ORDER BY o.id LIMIT %(limit)s
    FOR UPDATE OF o SKIP LOCKED
))
RETURNING workspace_id, wamid, status, at, detail;

-- name: adopt_orphans_of
-- The same for wamids that have just become known.
DELETE FROM sportello_orphanstatus AS o
USING unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) AS home (workspace_id, wamid)
WHERE o.workspace_id = home.workspace_id AND o.wamid = home.wamid
RETURNING o.workspace_id, o.wamid, o.status, o.at, o.detail;

-- name: drop_orphans
-- Orphans of messages that we never sent.
DELETE FROM sportello_orphanstatus WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_orphanstatus
    WHERE received_at < statement_timestamp() - make_interval(days => %(days)s)
    ORDER BY received_at LIMIT %(limit)s
));

-- name: shut_windows
-- Meta says that these came after more than a day: the customer's window is shut, unless
-- they have written since. `last_inbound_at` stays: it is what we heard.
UPDATE sportello_conversation AS c SET window_closes_at = told.at
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[], %(ats)s::timestamptz[])
    AS told (workspace_id, wamid, at)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
WHERE c.id = m.conversation_id AND c.window_closes_at > told.at
  AND (c.last_inbound_at IS NULL OR c.last_inbound_at < told.at);

-- name: guess_attempts
-- Failures without our attempt, of wamids that we do not know: the one send in doubt to that
-- customer at that time, if there is but one. What is not in doubt waits for its wamid instead.
SELECT told.wamid, (array_agg(s.attempt))[1] AS attempt
FROM unnest(%(number_ids)s::bigint[], %(wamids)s::text[], %(wa_ids)s::text[],
            %(user_ids)s::text[], %(ats)s::timestamptz[])
    AS told (number_id, wamid, wa_id, user_id, at)
JOIN sportello_send AS s ON s.number_id = told.number_id AND s.state = 'in_doubt'
    AND s.kind = 'message'
    AND s.attempted_at BETWEEN told.at - make_interval(secs => %(within_s)s)
                           AND told.at + make_interval(secs => %(within_s)s)
JOIN sportello_message AS m ON m.id = s.message_id AND m.wamid IS NULL
JOIN sportello_conversation AS c ON c.id = s.conversation_id
JOIN sportello_contact AS p ON p.id = c.contact_id
    AND (p.wa_id = told.wa_id OR p.user_id = told.user_id)
GROUP BY told.wamid HAVING count(DISTINCT s.id) = 1;
