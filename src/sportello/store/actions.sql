-- name: enabled
-- What the assistant of a company may do.
SELECT id, pair_id, name, purpose, writes, parameters, nothing
FROM sportello_action
WHERE workspace_id = %(workspace_id)s AND enabled
ORDER BY id
LIMIT 20;

-- name: target
-- Where an action calls, with its sealed secret.
SELECT a.id, a.url, a.writes, a.reply, a.header, s.sealed
FROM sportello_action AS a
LEFT JOIN sportello_actionsecret AS s ON s.action_id = a.id
WHERE a.workspace_id = %(workspace_id)s AND a.id = %(action_id)s AND a.enabled;

-- name: begin
-- An execution, committed before the call leaves; only while the conversation is still ours, and
-- once for each of the customer's messages.
INSERT INTO sportello_actionrun (workspace_id, action_id, conversation_id, key, state, values)
SELECT c.workspace_id, %(action_id)s, c.id, %(key)s, 'begun', %(values)s
FROM sportello_conversation AS c
WHERE c.id = %(conversation_id)s AND c.workspace_id = %(workspace_id)s
  AND c.generation = %(generation)s AND c.control_epoch = %(control_epoch)s
  AND c.holder = 'assistant' AND c.answering_until = %(answering_until)s
FOR NO KEY UPDATE OF c
ON CONFLICT (action_id, conversation_id, key) WHERE conversation_id IS NOT NULL DO NOTHING
RETURNING id;

-- name: known
-- An execution that was begun before for the same message, if the conversation is still ours.
SELECT r.id, r.state, r.said, r.why
FROM sportello_actionrun AS r
JOIN sportello_conversation AS c ON c.id = r.conversation_id
WHERE r.action_id = %(action_id)s AND r.conversation_id = %(conversation_id)s AND r.key = %(key)s
  AND c.generation = %(generation)s AND c.control_epoch = %(control_epoch)s
  AND c.holder = 'assistant' AND c.answering_until = %(answering_until)s;

-- name: settle
-- What came of it.
UPDATE sportello_actionrun
SET state = %(state)s::varchar, said = %(said)s, why = %(why)s, status = %(status)s,
    took_ms = %(took_ms)s
WHERE id = %(id)s AND state = 'begun';

-- name: to_try
-- Takes a trial that somebody asked for in the settings; also of an action that is still off.
UPDATE sportello_actionrun AS r SET state = 'begun'
FROM sportello_action AS a
LEFT JOIN sportello_actionsecret AS s ON s.action_id = a.id
WHERE a.id = r.action_id AND r.id = (
    SELECT id FROM sportello_actionrun WHERE state = 'waiting'
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING r.id AS run_id, r.wa_id, r.values, a.id, a.url, a.writes, a.reply, a.header, s.sealed;
