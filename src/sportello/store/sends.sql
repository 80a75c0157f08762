-- name: take_numbers
-- Takes numbers that have something to send and no dispatcher; each new owner raises the fence.
WITH wanted AS (
    SELECT n.id FROM sportello_number AS n
    WHERE (n.dispatcher_until IS NULL OR n.dispatcher_until < clock_timestamp())
      AND EXISTS (SELECT FROM sportello_send AS s WHERE s.number_id = n.id AND s.state = 'queued')
    ORDER BY n.id LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE sportello_number AS n
SET dispatcher = %(me)s,
    dispatcher_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    fence = n.fence + 1
FROM wanted WHERE n.id = wanted.id
RETURNING n.id, n.workspace_id, n.phone_number_id, n.fence, n.throughput_mps;

-- name: keep_numbers
-- Makes the leases on our numbers last longer; answers those that are still ours.
UPDATE sportello_number
SET dispatcher_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE dispatcher = %(me)s AND dispatcher_until > clock_timestamp() AND id = ANY(%(ids)s)
RETURNING id, workspace_id, phone_number_id, fence, throughput_mps;

-- name: next_due
-- In how many seconds the first queued send of each of our numbers falls due; zero or less: now.
SELECT ours.id, extract(epoch FROM min(first.due_at) - clock_timestamp())::float8 AS wait_s
FROM unnest(%(ids)s::bigint[]) AS ours (id)
CROSS JOIN (VALUES (0), (1), (2)) AS p (priority)
CROSS JOIN LATERAL (
    SELECT s.due_at FROM sportello_send AS s
    WHERE s.number_id = ours.id AND s.state = 'queued' AND s.priority = p.priority
    ORDER BY s.due_at LIMIT 1
) AS first
GROUP BY ours.id;

-- name: release_numbers
-- Lets go of all numbers, so that another dispatcher need not wait for the lease to end.
UPDATE sportello_number SET dispatcher = NULL, dispatcher_until = NULL WHERE dispatcher = %(me)s;

-- name: hold_fence
-- The number as it is now with its company's policy, kept ours until the transaction ends; no row
-- once it is another's.
SELECT n.id, n.workspace_id, n.phone_number_id, n.account_time_zone, n.account_currency, n.status,
       n.paused_why, n.payment, n.portfolio_id, n.messaging_limit,
       n.paused_at < clock_timestamp() - interval '1 hour'
           AND n.paused_why NOT IN ('blocked', 'disconnected') AS probe_due,
       CASE WHEN n.paused_why NOT IN ('', 'blocked', 'disconnected') THEN extract(epoch FROM
           n.paused_at + interval '1 hour' - clock_timestamp())::float8 END AS probe_in_s,
       t.sealed, clock_timestamp() AS at, w.one_template_until_they_answer, w.quiet_from,
       w.quiet_until, w.time_zone
FROM sportello_number AS n JOIN sportello_workspace AS w ON w.id = n.workspace_id
LEFT JOIN sportello_token AS t ON t.number_id = n.id
WHERE n.id = %(number_id)s AND n.dispatcher = %(me)s AND n.fence = %(fence)s
  AND n.dispatcher_until > clock_timestamp()
FOR SHARE OF n;

-- name: due
-- What may leave now: a person's before the assistant's before a campaign's, and of each
-- conversation the oldest open message alone. What is less urgent and waits holds up nothing; nor
-- does a doubt hold up a person, who saw it on screen and writes on: it may last for days. Nor
-- does what a limit, a pause or the hour holds back: an answer has no share in that.
SELECT found.id, found.conversation_id, found.template_id, found.file_id
FROM (VALUES (0), (1), (2)) AS p (priority) CROSS JOIN LATERAL (
    SELECT s.id, s.conversation_id, s.template_id, s.file_id, s.due_at FROM sportello_send AS s
    WHERE s.number_id = %(number_id)s AND s.state = 'queued' AND s.priority = p.priority
      AND s.due_at <= statement_timestamp()
      AND (s.kind = 'read_mark' OR NOT EXISTS (
          SELECT FROM sportello_send AS o
          WHERE o.conversation_id = s.conversation_id AND o.id < s.id AND o.kind = 'message'
            AND o.state IN ('queued', 'sending', 'in_doubt')
            AND (o.state <> 'queued' OR o.priority <= s.priority)
            AND (o.state <> 'in_doubt' OR s.priority > 0)
            AND o.hold_code NOT IN (
                'marketing_cap', 'messaging_limit', 'quiet_hours', 'campaign_paused')))
    ORDER BY s.due_at, s.id LIMIT %(limit)s
) AS found
ORDER BY p.priority, found.due_at, found.id LIMIT %(limit)s;

-- name: lock_conversations
-- The conversations that nobody else works on, locked in the order of their ids.
SELECT c.id, c.holder, c.operator_id, c.handover_reason, c.control_epoch,
       c.window_closes_at, c.awaiting_customer_since, c.ad_entry_at, c.free_entry_until,
       c.contact_id, p.wa_id, p.user_id, p.unreachable_since, p.marketing_capped_until
FROM sportello_conversation AS c JOIN sportello_contact AS p ON p.id = c.contact_id
WHERE c.id = ANY(%(ids)s::bigint[]) ORDER BY c.id
FOR NO KEY UPDATE OF c SKIP LOCKED;

-- name: lock_sends
-- The sends themselves, if they are still to be sent. Here and where else the rows are named by their
-- ids, the state is asked for as `state || ''`: so that no plan which was made while little waited
-- reads the index of all that waits.
SELECT s.id, s.workspace_id, s.conversation_id, s.message_id, s.kind, s.origin, s.body,
       s.control_epoch, s.attempts, s.template_id, s.file_id, m.author_id,
       g.state AS campaign_state, u.unless_answered AND u.answered_at IS NOT NULL AS answered
FROM sportello_send AS s LEFT JOIN sportello_message AS m ON m.id = s.message_id
LEFT JOIN sportello_campaign AS g ON g.id = s.campaign_id
LEFT JOIN sportello_errand AS u ON u.message_id = s.message_id
WHERE s.id = ANY(%(ids)s::bigint[]) AND s.conversation_id = ANY(%(conversation_ids)s::bigint[])
  AND s.state || '' = 'queued'
ORDER BY s.id
FOR UPDATE OF s SKIP LOCKED;

-- name: claim
-- queued -> sending: from the commit on it counts as perhaps sent, and as having reached out.
UPDATE sportello_send AS s
SET state = 'sending', attempt = c.attempt, attempted_at = %(now)s, attempts = s.attempts + 1,
    hold_code = '', lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    reached_out_at = CASE WHEN c.reaches_out THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(attempts)s::uuid[], %(reach_out)s::bool[])
    AS c (id, attempt, reaches_out)
WHERE s.id = c.id AND s.state || '' = 'queued';

-- name: add_attempts
-- One line for each try, with the guard's word that let it go; never changed but by its outcome.
INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at, receipt)
SELECT c.attempt, %(workspace_id)s, c.id, %(now)s, k.receipt
FROM unnest(%(ids)s::bigint[], %(attempts)s::uuid[], %(places)s::int[]) AS c (id, attempt, place)
JOIN unnest(%(receipts)b::jsonb[]) WITH ORDINALITY AS k (receipt, place) ON k.place = c.place;

-- name: hold
-- queued -> queued, later: the guard says not yet.
UPDATE sportello_send AS s
SET due_at = clock_timestamp() + make_interval(secs => h.wait_s), hold_code = h.code
FROM unnest(%(ids)s::bigint[], %(waits_s)s::float8[], %(codes)s::text[]) AS h (id, wait_s, code)
WHERE s.id = h.id AND s.state || '' = 'queued';

-- name: stop
-- queued -> refused or cancelled: the guard says never.
UPDATE sportello_send AS s SET state = t.state, settled_at = clock_timestamp()
FROM unnest(%(ids)s::bigint[], %(states)s::text[]) AS t (id, state)
WHERE s.id = t.id AND s.state || '' = 'queued';

-- name: show
-- The bubble shows why it waits or never leaves, and keeps the receipt. What leaves is shown when it
-- is known what came of it: a message is written once less, and its receipt stands in the attempt.
UPDATE sportello_message AS m SET status = d.status, receipt = k.receipt
FROM unnest(%(message_ids)s::bigint[], %(statuses)s::text[], %(places)s::int[])
    AS d (id, status, place)
JOIN unnest(%(receipts)b::jsonb[]) WITH ORDINALITY AS k (receipt, place) ON k.place = d.place
WHERE m.id = d.id;

-- name: reject
-- sending or in_doubt -> rejected: Meta said no, for good.
WITH told AS (
    SELECT * FROM unnest(%(attempts)s::uuid[], %(errors)b::jsonb[]) AS t (attempt, error)
), moved AS (
    UPDATE sportello_send AS s
    SET state = 'rejected', settled_at = clock_timestamp(), lease_until = NULL,
        reached_out_at = NULL
    FROM told JOIN sportello_attempt AS a ON a.id = told.attempt
    WHERE s.id = a.send_id AND s.attempt = a.id AND s.state || '' IN ('sending', 'in_doubt')
    RETURNING s.message_id, told.error, a.receipt
), shown AS (
    UPDATE sportello_message AS m
    SET status = 'failed', failed_at = %(now)s, error = moved.error,
        receipt = coalesce(moved.receipt, m.receipt)
    FROM moved WHERE m.id = moved.message_id
)
UPDATE sportello_attempt AS a
SET outcome = 'rejected', error = told.error, ended_at = clock_timestamp()
FROM told WHERE a.id = told.attempt;

-- name: requeue
-- sending -> queued: it has not left, or Meta asks to come again.
WITH told AS (
    SELECT * FROM unnest(
        %(attempts)s::uuid[], %(waits_s)s::float8[], %(codes)s::text[], %(errors)b::jsonb[]
    ) AS t (attempt, wait_s, code, error)
), moved AS (
    UPDATE sportello_send AS s
    SET state = 'queued', lease_until = NULL, hold_code = told.code, reached_out_at = NULL,
        due_at = clock_timestamp() + make_interval(secs => told.wait_s)
    FROM told JOIN sportello_attempt AS a ON a.id = told.attempt
    WHERE s.id = a.send_id AND s.attempt = a.id AND s.state || '' = 'sending'
    RETURNING s.message_id, a.receipt
), shown AS (
    UPDATE sportello_message AS m
    SET status = 'queued', receipt = coalesce(moved.receipt, m.receipt)
    FROM moved WHERE m.id = moved.message_id
)
UPDATE sportello_attempt AS a
SET outcome = 'returned', error = told.error, ended_at = clock_timestamp()
FROM told WHERE a.id = told.attempt;

-- name: lose
-- sending -> in_doubt: bytes left and no answer came.
WITH moved AS (
    UPDATE sportello_send AS s SET state = 'in_doubt', lease_until = NULL
    FROM sportello_attempt AS a
    WHERE a.id = ANY(%(attempts)s::uuid[]) AND s.id = a.send_id AND s.attempt = a.id
      AND s.state || '' = 'sending'
    RETURNING s.message_id, s.attempt, a.receipt
), shown AS (
    UPDATE sportello_message AS m
    SET status = 'in_doubt', receipt = coalesce(moved.receipt, m.receipt)
    FROM moved WHERE m.id = moved.message_id
)
UPDATE sportello_attempt AS a SET outcome = 'in_doubt', ended_at = clock_timestamp()
FROM moved WHERE a.id = moved.attempt;

-- name: abandoned
-- Attempts whose process died between the claim and the result.
SELECT attempt FROM sportello_send
WHERE state = 'sending' AND lease_until < clock_timestamp()
ORDER BY id LIMIT %(limit)s
FOR UPDATE SKIP LOCKED;

-- name: doubts
-- Sends in doubt for longer than so many seconds, with what may settle them.
SELECT s.id, s.message_id, s.kind, s.origin, s.body ->> 'type' AS type, s.attempted_at,
       n.last_event_at,
       (SELECT count(*) FROM sportello_attempt AS a
        WHERE a.send_id = s.id AND a.outcome = 'in_doubt') AS lost,
       EXISTS (SELECT FROM sportello_send AS l
               WHERE l.conversation_id = s.conversation_id AND l.id > s.id AND l.kind = 'message'
                 AND l.state IN ('sending', 'accepted')) AS overtaken
FROM sportello_send AS s JOIN sportello_number AS n ON n.id = s.number_id
WHERE s.state = 'in_doubt' AND s.attempted_at < %(before)s
ORDER BY s.attempted_at LIMIT %(limit)s
FOR UPDATE OF s SKIP LOCKED;

-- name: resend
-- in_doubt -> queued: proven lost, once more.
WITH moved AS (
    UPDATE sportello_send SET state = 'queued', due_at = clock_timestamp(), hold_code = 'resent'
    WHERE id = ANY(%(ids)s::bigint[]) AND state = 'in_doubt'
    RETURNING message_id
)
UPDATE sportello_message AS m SET status = 'queued' FROM moved WHERE m.id = moved.message_id;

-- name: give_up
-- in_doubt -> unknown: never to be known by itself; a person decides.
WITH moved AS (
    UPDATE sportello_send SET state = 'unknown', settled_at = clock_timestamp()
    WHERE id = ANY(%(ids)s::bigint[]) AND state = 'in_doubt'
    RETURNING message_id
)
UPDATE sportello_message AS m SET status = 'unknown' FROM moved WHERE m.id = moved.message_id;

-- name: pause
-- Nothing more leaves by this number, or by all of its account, until the cure is found.
UPDATE sportello_number SET paused_why = %(why)s, paused_at = clock_timestamp()
WHERE paused_why = '' AND (id = %(id)s OR (%(account)s AND (workspace_id, waba_id) = (
    SELECT workspace_id, waba_id FROM sportello_number WHERE id = %(id)s)));

-- name: note_probe
-- The hourly attempt on a paused number has been made.
UPDATE sportello_number SET paused_at = clock_timestamp()
WHERE id = %(id)s AND paused_why <> '';

-- name: forget_probe
-- It never reached Meta: the next may leave at once.
UPDATE sportello_number SET paused_at = paused_at - interval '1 hour'
WHERE id = %(id)s AND paused_why <> '';

-- name: resume
-- Meta took a message again: the number, or all of its account, is no longer paused. What a person
-- stopped, and what a block stopped, goes on by a person's word alone.
UPDATE sportello_number SET paused_why = '', paused_at = NULL
WHERE paused_why NOT IN ('', 'blocked', 'disconnected') AND (id = %(id)s OR (
    paused_why IN ('account', 'payment') AND (workspace_id, waba_id) = (
        SELECT workspace_id, waba_id FROM sportello_number WHERE id = %(id)s)));

-- name: prune_attempts
-- Attempts of sends settled longer ago than so many days.
DELETE FROM sportello_attempt WHERE id = ANY(ARRAY(
    SELECT a.id FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
    WHERE a.started_at < %(before)s AND s.settled_at IS NOT NULL
    ORDER BY a.started_at
    LIMIT %(limit)s
));
