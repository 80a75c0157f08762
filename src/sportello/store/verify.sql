-- Each check answers the rows that contradict a promise: how many (`total`, on every row), and the
-- first of them by their ids. No row is the good answer.

-- name: bubble_unlike_send
-- The bubble shows another state than the outbox has: what people see is not what happened.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', m.id, 'campaign', s.campaign_id, 'send_state', s.state,
    'message_status', m.status) AS ids
FROM sportello_send AS s JOIN sportello_message AS m ON m.id = s.message_id
WHERE NOT CASE s.state
    WHEN 'queued' THEN m.status IN ('queued', 'held')
    WHEN 'sending' THEN m.status IN ('queued', 'held')
    WHEN 'accepted' THEN
        m.status IN ('accepted', 'sent', 'delivered', 'read', 'played', 'failed')
    WHEN 'rejected' THEN m.status = 'failed'
    ELSE m.status = s.state
END
-- A repetition was refused or withdrawn, and the first attempt had arrived after all.
AND NOT (s.state IN ('rejected', 'refused', 'cancelled')
    AND m.status IN ('accepted', 'sent', 'delivered', 'read', 'played', 'failed')
    AND EXISTS (SELECT FROM sportello_attempt AS a
                WHERE a.send_id = s.id AND a.outcome = 'accepted'))
ORDER BY s.id LIMIT %(limit)s;

-- name: written_to_twice
-- More than one message of a campaign's step, or of an automation's event, was accepted for one
-- person and did not fail, though nobody took that risk for them. The first step has no errand.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', t.campaign_id, 'contact', t.contact_id, 'accepted', t.accepted,
    'sends', t.sends) AS ids
FROM (
    SELECT s.campaign_id, c.contact_id, count(*) AS accepted,
           (array_agg(DISTINCT s.id))[1:10] AS sends
    FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
    JOIN sportello_message AS m ON m.id = s.message_id AND m.status <> 'failed'
    JOIN sportello_conversation AS c ON c.id = s.conversation_id
    LEFT JOIN sportello_errand AS e ON e.message_id = s.message_id
    WHERE a.outcome = 'accepted' AND s.campaign_id IS NOT NULL
    GROUP BY s.campaign_id, c.contact_id, e.position, e.occasion
    HAVING count(*) > 1 AND NOT coalesce(bool_or(e.verdict = 'resent'), false)
) AS t
WHERE NOT EXISTS (
    SELECT FROM sportello_recipient AS r
    WHERE r.campaign_id = t.campaign_id AND r.contact_id = t.contact_id AND r.verdict = 'resent')
ORDER BY t.campaign_id, t.contact_id LIMIT %(limit)s;

-- name: repeated_in_doubt
-- A campaign's message was tried again although a try before had ended in doubt, and no person
-- had taken that upon themselves.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'campaign', s.campaign_id, 'doubtful', a.id, 'repeated', l.id) AS ids
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
JOIN sportello_conversation AS c ON c.id = s.conversation_id
JOIN sportello_attempt AS l ON l.send_id = a.send_id AND l.id <> a.id
    AND l.started_at > a.started_at
WHERE a.outcome = 'in_doubt' AND s.campaign_id IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM sportello_recipient AS r
    WHERE r.campaign_id = s.campaign_id AND r.contact_id = c.contact_id
      AND (r.verdict = 'resent' OR r.retries > 0))
  AND NOT EXISTS (SELECT FROM sportello_errand AS e
                  WHERE e.message_id = s.message_id AND e.verdict = 'resent')
  AND NOT EXISTS (SELECT FROM sportello_errand AS e
                  WHERE e.campaign_id = s.campaign_id AND e.contact_id = c.contact_id
                    AND e.retries > 0)
ORDER BY s.id LIMIT %(limit)s;

-- name: accepted_without_proof
-- The outbox says accepted, and no attempt of it ever was, nor does a person take it as sent.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', s.message_id, 'campaign', s.campaign_id) AS ids
FROM sportello_send AS s
WHERE s.state = 'accepted' AND s.attempted_at >= %(since)s
  AND NOT EXISTS (SELECT FROM sportello_attempt AS a
                  WHERE a.send_id = s.id AND a.outcome = 'accepted')
  AND NOT EXISTS (SELECT FROM sportello_recipient AS r
                  WHERE r.message_id = s.message_id AND r.verdict = 'sent')
  AND NOT EXISTS (SELECT FROM sportello_errand AS e
                  WHERE e.message_id = s.message_id AND e.verdict = 'sent')
ORDER BY s.id LIMIT %(limit)s;

-- name: proof_not_believed
-- An attempt was accepted, and its send waits or is in doubt: it could leave once more.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', s.message_id, 'campaign', s.campaign_id, 'attempt', a.id,
    'send_state', s.state) AS ids
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
WHERE a.outcome = 'accepted' AND s.state IN ('queued', 'sending', 'in_doubt', 'unknown')
ORDER BY s.id LIMIT %(limit)s;

-- name: attempts_missing
-- The outbox counts other attempts than there are on record.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'campaign', s.campaign_id, 'counted', s.attempts, 'on_record', r.n) AS ids
FROM sportello_send AS s
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM sportello_attempt AS a WHERE a.send_id = s.id
) AS r
WHERE s.attempts > 0 AND s.attempted_at >= %(since)s AND r.n <> s.attempts
ORDER BY s.id LIMIT %(limit)s;

-- name: attempt_left_open
-- An attempt has no end although nothing of it is on the wire.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'attempt', a.id, 'send', s.id, 'campaign', s.campaign_id, 'send_state', s.state) AS ids
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
WHERE a.outcome = '' AND NOT (s.state = 'sending' AND s.attempt = a.id)
ORDER BY s.id LIMIT %(limit)s;

-- name: receipt_missing
-- It left without the guard's word for it.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', m.id, 'campaign', s.campaign_id,
    'verdict', m.receipt ->> 'verdict') AS ids
FROM sportello_send AS s JOIN sportello_message AS m ON m.id = s.message_id
LEFT JOIN sportello_attempt AS a ON a.id = s.attempt AND s.state = 'sending'
WHERE s.attempts > 0 AND s.state IN ('sending', 'accepted', 'rejected', 'in_doubt', 'unknown')
  AND coalesce(a.receipt ->> 'verdict', m.receipt ->> 'verdict', 'none')
      NOT IN ('allowed', 'held')
ORDER BY s.id LIMIT %(limit)s;

-- name: charge_missing
-- It left, or may have, and the ledger has no line for it.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', s.message_id, 'campaign', s.campaign_id) AS ids
FROM sportello_send AS s
WHERE s.kind = 'message' AND s.attempts > 0
  AND s.state IN ('sending', 'accepted', 'in_doubt', 'unknown')
  AND s.body ->> 'type' IS DISTINCT FROM 'reaction'
  AND NOT EXISTS (SELECT FROM sportello_charge AS c WHERE c.message_id = s.message_id)
ORDER BY s.id LIMIT %(limit)s;

-- name: charge_unlike_status
-- The ledger owes for what failed, nothing for what was delivered, or bills what never arrived.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'charge', c.id, 'message', m.id, 'message_status', m.status,
    'fell_through', c.fell_through, 'billed_at', c.billed_at) AS ids
FROM sportello_charge AS c JOIN sportello_message AS m ON m.id = c.message_id
WHERE (m.status IN ('failed', 'refused', 'cancelled') AND NOT c.fell_through
        AND c.billed_at IS NULL)
   OR (m.status NOT IN ('failed', 'refused', 'cancelled') AND c.fell_through
        AND c.billed_at IS NULL AND m.pricing ->> 'billable' = 'true' AND c.micros > 0)
   OR (c.billed_at IS NOT NULL AND m.delivered_at IS NULL AND m.read_at IS NULL)
ORDER BY c.id LIMIT %(limit)s;

-- name: recipient_lost
-- Somebody of a frozen audience was released, and there is nothing that was or will be sent.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', r.campaign_id, 'recipient', r.id, 'contact', r.contact_id,
    'message', r.message_id) AS ids
FROM sportello_recipient AS r
LEFT JOIN sportello_send AS s ON s.message_id = r.message_id AND s.campaign_id = r.campaign_id
WHERE (r.released_at IS NOT NULL OR r.message_id IS NOT NULL) AND s.id IS NULL
ORDER BY r.id LIMIT %(limit)s;

-- name: recipient_unmarked
-- Somebody has a message of the campaign, and is not marked as released or was to be skipped.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', r.campaign_id, 'recipient', r.id, 'contact', r.contact_id,
    'skipped_why', r.skipped_why, 'message', r.message_id) AS ids
FROM sportello_recipient AS r
WHERE r.message_id IS NOT NULL AND (r.released_at IS NULL OR r.skipped_why <> '')
ORDER BY r.id LIMIT %(limit)s;

-- name: other_persons_message
-- A recipient's message lies in somebody else's chat.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', r.campaign_id, 'recipient', r.id, 'contact', r.contact_id,
    'written_to', c.contact_id, 'message', m.id) AS ids
FROM sportello_recipient AS r JOIN sportello_message AS m ON m.id = r.message_id
JOIN sportello_conversation AS c ON c.id = m.conversation_id
WHERE c.contact_id <> r.contact_id
ORDER BY r.id LIMIT %(limit)s;

-- name: over_too_early
-- A campaign counts as completed, and somebody still waits for their turn or is on the wire.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', g.id, 'waiting', w.waiting, 'open', w.open) AS ids
FROM sportello_campaign AS g
CROSS JOIN LATERAL (
    SELECT (SELECT count(*) FROM sportello_recipient AS r
            WHERE r.campaign_id = g.id AND r.released_at IS NULL AND r.skipped_why = ''
           ) AS waiting,
           (SELECT count(*) FROM sportello_send AS s
            WHERE s.campaign_id = g.id AND s.state IN ('queued', 'sending')) AS open
) AS w
WHERE g.state = 'completed' AND w.waiting + w.open > 0
ORDER BY g.id LIMIT %(limit)s;

-- name: let_go_forgotten
-- A campaign counts fewer messages that it let go than there are people and errands that were; more
-- it may count, for people are deleted.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', g.id, 'counted', g.let_go, 'found', f.n) AS ids
FROM sportello_campaign AS g
CROSS JOIN LATERAL (
    SELECT (SELECT count(*) FROM sportello_recipient AS r
            WHERE r.campaign_id = g.id AND r.released_at IS NOT NULL)
         + (SELECT count(*) FROM sportello_errand AS t
            WHERE t.campaign_id = g.id AND t.released_at IS NOT NULL) AS n
) AS f
WHERE g.let_go < f.n
ORDER BY g.id LIMIT %(limit)s;

-- name: file_not_theirs
-- A step of a campaign went with another file than the one it was planned with, or without it: a
-- person's own, else the campaign's, a follow-up's, an automation's. What was kept for some days
-- only is gone by now, with whoever was erased, and proves nothing.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', p.campaign_id, 'recipient', p.recipient_id, 'errand', p.errand_id,
    'enclosure', p.enclosure_id, 'file', p.file_id, 'send', p.send_id, 'sent', p.sent) AS ids
FROM (
    SELECT r.campaign_id, r.contact_id, r.id AS recipient_id, NULL::bigint AS errand_id,
           e.id AS enclosure_id, CASE WHEN e.id IS NULL THEN g.file_id ELSE e.file_id END AS file_id,
           s.id AS send_id, s.file_id AS sent, coalesce(e.why = 'expired', false) AS gone
    FROM sportello_recipient AS r JOIN sportello_campaign AS g ON g.id = r.campaign_id
    JOIN sportello_send AS s ON s.message_id = r.message_id
    LEFT JOIN sportello_enclosure AS e ON e.id = r.enclosure_id
    UNION ALL
    SELECT t.campaign_id, t.contact_id, t.recipient_id, t.id, NULL,
           CASE WHEN t.position = 0 THEN g.file_id ELSE f.file_id END, s.id, s.file_id, false
    FROM sportello_errand AS t JOIN sportello_campaign AS g ON g.id = t.campaign_id
    JOIN sportello_send AS s ON s.message_id = t.message_id
    LEFT JOIN sportello_followup AS f
        ON f.campaign_id = t.campaign_id AND f.position = t.position
) AS p
JOIN sportello_contact AS c ON c.id = p.contact_id AND c.erased_at IS NULL
WHERE NOT p.gone AND p.sent IS DISTINCT FROM p.file_id
ORDER BY p.send_id LIMIT %(limit)s;

-- name: file_of_others
-- Somebody's own file belongs to another campaign, or is not what its own key names.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', r.campaign_id, 'recipient', r.id, 'enclosure', e.id,
    'of_campaign', e.campaign_id) AS ids
FROM sportello_recipient AS r JOIN sportello_enclosure AS e ON e.id = r.enclosure_id
WHERE e.campaign_id <> r.campaign_id
   OR (e.reference <> '' AND e.key <> encode(sha256(convert_to(e.reference, 'UTF8')), 'hex'))
ORDER BY r.id LIMIT %(limit)s;

-- name: file_not_named
-- What was handed to Meta names another file of ours than the outbox waited for. A file that
-- nothing else names goes after its days, and its mark in the body then says nothing.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'send', s.id, 'message', s.message_id, 'campaign', s.campaign_id, 'file', s.file_id,
    'named', f.id) AS ids
FROM sportello_send AS s
JOIN sportello_file AS f ON f.id = substring(s.body::text FROM '"id": "file:([0-9]{1,18})"')::bigint
WHERE s.kind = 'message' AND s.file_id IS DISTINCT FROM f.id
ORDER BY s.id LIMIT %(limit)s;

-- name: file_forgotten
-- Somebody waits for a file that nobody brings any more, or was not told that theirs is not to be
-- had.
SELECT count(*) OVER () AS total, jsonb_build_object(
    'campaign', r.campaign_id, 'recipient', r.id, 'enclosure', e.id,
    'state', e.state, 'awaited', r.awaited) AS ids
FROM sportello_recipient AS r LEFT JOIN sportello_enclosure AS e ON e.id = r.enclosure_id
WHERE (r.awaited AND (e.id IS NULL OR e.settled))
   OR (e.settled AND e.state = 'unfit' AND e.why <> 'expired' AND r.skipped_why = '')
ORDER BY r.id LIMIT %(limit)s;

-- name: totals
-- Of each campaign how many people stand where, by their bubble and by the outbox; empty: nothing
-- was released for them yet.
SELECT r.campaign_id, g.state, r.skipped_why <> '' AS skipped, coalesce(m.status, '') AS bubble,
       coalesce(s.state, '') AS send, count(*) AS people
FROM sportello_recipient AS r JOIN sportello_campaign AS g ON g.id = r.campaign_id
LEFT JOIN sportello_message AS m ON m.id = r.message_id
LEFT JOIN sportello_send AS s ON s.message_id = r.message_id
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5;

-- name: doubled_replies
-- Answers that were sent once more because their loss was proven, and both arrived: allowed, and
-- counted.
SELECT count(*) AS n FROM (
    SELECT FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
    WHERE a.outcome = 'accepted' AND s.campaign_id IS NULL
    GROUP BY s.id HAVING count(*) > 1
) AS twice;

-- name: unsettled
-- What stands open: on the wire, in doubt, to be verified by a person, and webhooks not yet read.
SELECT (SELECT count(*) FROM sportello_send WHERE state = 'queued') AS waiting,
       (SELECT count(*) FROM sportello_send WHERE state = 'sending') AS on_the_wire,
       (SELECT count(*) FROM sportello_send WHERE state = 'in_doubt') AS in_doubt,
       (SELECT count(*) FROM sportello_send WHERE state = 'unknown') AS to_verify,
       (SELECT count(*) FROM sportello_journalentry WHERE folded_at IS NULL) AS unread_webhooks;

-- name: numbers
-- The business numbers by the name that Meta's webhooks give them.
SELECT phone_number_id, workspace_id FROM sportello_number;

-- name: journal
-- All that webhooks brought, in the order in which it came. What was set aside is not asked for.
SELECT j.id, j.body, j.folded_at IS NOT NULL AS folded,
       EXISTS (SELECT FROM sportello_quarantined AS q WHERE q.journal_id = j.id) AS set_aside
FROM sportello_journalentry AS j ORDER BY j.id;

-- name: behind_webhooks
-- Of what webhooks told: messages that stand further back, and attempts of ours whose message
-- nobody moved.
SELECT told.entry_id, told.wamid, told.status, m.id AS message_id, m.status AS shown,
       s.campaign_id
FROM unnest(%(entry_ids)s::bigint[], %(workspace_ids)s::bigint[], %(wamids)s::text[],
            %(statuses)s::text[], %(attempts)s::uuid[])
    AS told (entry_id, workspace_id, wamid, status, attempt)
LEFT JOIN sportello_message AS m
    ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
LEFT JOIN sportello_send AS s ON s.message_id = m.id
LEFT JOIN sportello_attempt AS a ON a.id = told.attempt AND a.workspace_id = told.workspace_id
WHERE (m.id IS NOT NULL AND m.origin NOT IN ('customer', 'note')
        AND array_position(%(life)s::text[], told.status)
            > array_position(%(life)s::text[], m.status::text))
   OR (m.id IS NULL AND a.id IS NOT NULL AND a.wamid <> told.wamid
        AND NOT EXISTS (SELECT FROM sportello_orphanstatus AS o
            WHERE o.workspace_id = told.workspace_id AND o.wamid = told.wamid));

-- name: unheard
-- Of customers' messages in webhooks: those that are in no chat, though their writer is known.
SELECT told.entry_id, told.wamid
FROM unnest(%(entry_ids)s::bigint[], %(workspace_ids)s::bigint[], %(wamids)s::text[],
            %(wa_ids)s::text[], %(user_ids)s::text[])
    AS told (entry_id, workspace_id, wamid, wa_id, user_id)
WHERE EXISTS (SELECT FROM sportello_contact AS p
              WHERE p.workspace_id = told.workspace_id
                AND (p.wa_id = told.wa_id OR p.user_id = told.user_id))
  AND NOT EXISTS (SELECT FROM sportello_message AS m
                  WHERE m.workspace_id = told.workspace_id AND m.wamid = told.wamid);

-- name: reported
-- Messages of ours of which Meta is said to have told something, as far back as the journal goes.
SELECT m.id, m.wamid, m.status, s.campaign_id
FROM sportello_message AS m JOIN sportello_send AS s ON s.message_id = m.id
WHERE m.wamid IS NOT NULL AND m.status IN ('sent', 'delivered', 'read', 'played')
  AND m.created_at >= (
      SELECT min(received_at) FROM sportello_journalentry WHERE folded_at IS NOT NULL)
  -- The webhooks that named somebody went when that person was erased.
  AND NOT EXISTS (
      SELECT FROM sportello_conversation AS c JOIN sportello_contact AS p ON p.id = c.contact_id
      WHERE c.id = m.conversation_id AND p.erased_at IS NOT NULL);

-- name: attempts
-- What the outbox knows of attempts that somebody else saw on the wire.
SELECT a.id AS attempt, a.outcome, a.send_id, s.state, s.campaign_id, s.template_id, s.file_id,
       c.contact_id, m.text, coalesce(m.status = 'failed', false) AS failed,
       EXISTS (SELECT FROM sportello_recipient AS r
               WHERE r.campaign_id = s.campaign_id AND r.contact_id = c.contact_id
                 AND r.verdict = 'resent')
       OR EXISTS (SELECT FROM sportello_errand AS e
                  WHERE e.message_id = s.message_id AND e.verdict = 'resent') AS risked
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
JOIN sportello_conversation AS c ON c.id = s.conversation_id
LEFT JOIN sportello_message AS m ON m.id = s.message_id
WHERE a.id = ANY(%(ids)s::uuid[]);

-- name: files_at_meta
-- Which of our files stand behind these media ids.
SELECT media_id, file_id FROM sportello_upload WHERE media_id = ANY(%(media_ids)s::text[]);

-- name: taken
-- Attempts that count as accepted, oldest first: to be compared with what was seen on the wire.
SELECT a.id AS attempt, a.send_id, s.campaign_id
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
WHERE a.outcome = 'accepted' AND s.kind = 'message';
