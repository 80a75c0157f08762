-- name: numbers
-- Numbers that have a token, to be looked at: all that are not disconnected here, those for which
-- Meta wants to be paid, or those that nobody has looked at.
SELECT n.id, n.phone_number_id, n.waba_id, t.sealed
FROM sportello_number AS n JOIN sportello_token AS t ON t.number_id = n.id
WHERE (NOT %(unpaid)s::bool OR n.payment <> '') AND n.paused_why <> 'disconnected'
  AND (NOT %(unseen)s::bool OR n.seen_at IS NULL)
ORDER BY n.id LIMIT %(limit)s;

-- name: refresh
-- A number as Meta has it now; what Meta does not say stays. `heard`: how many words about the
-- account had come when Meta was asked. If another came meanwhile, nobody knows which of the two is
-- the newer: the word's state stays, and Meta is asked again. A number that was disconnected here,
-- maybe since Meta was asked, stays so.
UPDATE sportello_number AS n
SET display_number = coalesce(nullif(%(display_number)s, ''), display_number),
    verified_name = coalesce(nullif(%(verified_name)s, ''), verified_name),
    quality = coalesce(%(quality)s, quality),
    status = CASE WHEN h.count = %(heard)s AND paused_why <> 'disconnected'
                  THEN coalesce(%(status)s, status) ELSE status END,
    throughput_mps = coalesce(%(throughput_mps)s, throughput_mps),
    messaging_limit = coalesce(%(messaging_limit)s, messaging_limit),
    portfolio_id = coalesce(nullif(%(portfolio_id)s, ''), portfolio_id),
    account_currency = coalesce(nullif(%(account_currency)s, ''), account_currency),
    payment = coalesce(%(payment)s, payment),
    profile = coalesce(%(profile)s, profile),
    told = told || %(told)s::jsonb,
    seen_at = CASE WHEN h.count = %(heard)s OR %(status)s IS NULL OR %(status)s = status
                   THEN %(now)s::timestamptz END
FROM (
    SELECT count(e.id) AS count
    FROM sportello_number AS m LEFT JOIN sportello_platformevent AS e
      ON e.workspace_id = m.workspace_id AND e.waba_id = m.waba_id AND e.field = 'account_update'
    WHERE m.id = %(id)s
) AS h
WHERE id = %(id)s;

-- name: heard
-- How many words about the number's account have come.
SELECT count(*)
FROM sportello_number AS n JOIN sportello_platformevent AS e
  ON e.workspace_id = n.workspace_id AND e.waba_id = n.waba_id AND e.field = 'account_update'
WHERE n.id = %(id)s;

-- name: set_messaging_limit
-- Meta's limit goes to all numbers of the account, and of the portfolio it belongs to.
UPDATE sportello_number SET messaging_limit = %(limit)s
WHERE workspace_id = %(workspace_id)s
  AND (waba_id = %(waba_id)s OR portfolio_id IN (
      SELECT portfolio_id FROM sportello_number
      WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND portfolio_id <> ''
  ))
  AND messaging_limit IS DISTINCT FROM %(limit)s;

-- name: idle
-- Chats that a person holds and has left alone for longer than the company allows.
SELECT c.id, c.workspace_id, c.holder, c.operator_id, c.control_epoch, c.last_message_origin,
       c.window_closes_at, w.assistant_on AND n.assistant_on AS assistant_on
FROM sportello_conversation AS c
JOIN sportello_workspace AS w ON w.id = c.workspace_id
JOIN sportello_number AS n ON n.id = c.number_id
WHERE c.holder = 'operator' AND w.release_after_minutes IS NOT NULL
  AND greatest(c.held_since, (
      SELECT max(m.at) FROM sportello_message AS m
      WHERE m.conversation_id = c.id AND m.origin IN ('operator', 'note')
  )) < %(now)s::timestamptz - make_interval(mins => w.release_after_minutes)
ORDER BY c.id LIMIT %(limit)s
FOR UPDATE OF c SKIP LOCKED;

-- name: release
-- The chat changes hands; the assistant answers what stands unanswered.
UPDATE sportello_conversation
SET holder = %(holder)s::varchar, operator_id = NULL, handover_reason = %(handover_reason)s,
    control_epoch = %(control_epoch)s, held_since = %(now)s,
    reply_due_at = CASE WHEN %(owes)s::bool THEN clock_timestamp() END,
    burst_started_at = CASE WHEN %(owes)s::bool THEN clock_timestamp() END,
    answering_until = NULL
WHERE id = %(id)s;
