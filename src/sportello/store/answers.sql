-- name: next_due
-- In how many seconds the next answer falls due; below zero if it is late, null if none is owed.
SELECT extract(epoch FROM min(greatest(reply_due_at, answering_until)) - clock_timestamp())::float8
       AS seconds
FROM sportello_conversation
WHERE reply_due_at IS NOT NULL;

-- name: claim
-- Leases the conversation that has waited longest for an answer, so that one worker prepares it;
-- longer where a model writes. A disclosure counts once something of the assistant's has left: what
-- waits here is out of date.
UPDATE sportello_conversation AS c
SET answering_until = clock_timestamp()
    + make_interval(secs => CASE WHEN v.has_models THEN %(model_lease_s)s::float8
                                 ELSE %(lease_s)s::float8 END)
FROM sportello_workspace AS w, sportello_manners AS v, sportello_number AS n,
     sportello_contact AS k
WHERE c.id = (
    SELECT id FROM sportello_conversation
    WHERE reply_due_at <= clock_timestamp() AND holder = 'assistant'
      AND (answering_until IS NULL OR answering_until <= clock_timestamp())
    ORDER BY reply_due_at
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
) AND w.id = c.workspace_id AND v.workspace_id = c.workspace_id AND n.id = c.number_id
  AND k.id = c.contact_id
RETURNING c.id, c.workspace_id, c.number_id, c.generation, c.control_epoch, c.answering_until,
    c.assistant_memory AS memory, c.window_closes_at,
    CASE WHEN EXISTS (
        SELECT FROM sportello_message AS o
        WHERE o.conversation_id = c.id AND o.origin = 'assistant'
          AND o.status NOT IN ('cancelled', 'refused')
    ) THEN c.disclosed_at END AS disclosed_at,
    (SELECT count(*) FROM sportello_turn AS t
     WHERE t.conversation_id = c.id AND t.at > %(now)s::timestamptz - interval '10 minutes')
    AS lately,
    w.assistant_on AND n.assistant_on AS assistant_on, k.language AS contact_language,
    k.wa_id,
    v.company, v.assistant_name, v.signature, v.company_language, v.zone, v.answer_from,
    v.clarify_from, v.conduct_version, v.form, v.emoji, v.persona, v.forbidden, v.topics,
    v.silent_from, v.silent_until, v.away_message, v.opening, v.shut_on_holidays,
    v.has_models;

-- name: current
-- Whether a conversation is still as it was when its answer was begun.
SELECT FROM sportello_conversation
WHERE id = %(id)s AND generation = %(generation)s AND control_epoch = %(control_epoch)s
  AND holder = 'assistant' AND answering_until = %(answering_until)s;

-- name: thread
-- What was said before the burst, newest first, for a model that must understand it; of a file what
-- it says in words.
SELECT m.origin, concat_ws(E'\n', nullif(m.text, ''), nullif(f.words, '')) AS text
FROM sportello_message AS m
LEFT JOIN sportello_media AS f ON f.message_id = m.id AND f.words <> ''
WHERE m.conversation_id = %(conversation_id)s AND m.id < %(before)s
  AND (m.text <> '' OR f.words <> '')
  AND m.origin IN ('customer', 'assistant', 'operator')
  AND m.status NOT IN ('cancelled', 'refused', 'failed') AND m.revoked_at IS NULL
ORDER BY m.id DESC
LIMIT %(limit)s;

-- name: heard
-- The customer's newest messages; `is_new`: said since the last answer, be it sent or still waiting
-- in the outbox. What a cancelled or refused answer was for is to be answered again.
WITH answered AS (
    SELECT coalesce(max(o.id), 0) AS id FROM sportello_message AS o
    WHERE o.conversation_id = %(conversation_id)s
      AND o.origin IN ('assistant', 'operator') AND o.status NOT IN ('cancelled', 'refused')
      AND o.type <> 'reaction'
)
SELECT newest.*, coalesce(f.words, '') AS told,
       CASE WHEN f.reading = 'waiting'
            THEN extract(epoch FROM f.awaited_until - clock_timestamp()) ELSE 0
       END::float8 AS waits_s
FROM (
    SELECT m.id, m.wamid, m.type, m.text, m.payload, m.at,
           m.id > greatest(answered.id, %(answered)s) AS is_new
    FROM answered, sportello_message AS m
    WHERE m.conversation_id = %(conversation_id)s AND m.origin = 'customer'
      AND m.type NOT IN ('reaction', 'edit', 'revoke', 'system') AND m.revoked_at IS NULL
    ORDER BY m.id DESC
    LIMIT %(limit)s
) AS newest
-- One file a message, looked up for these few.
LEFT JOIN LATERAL (
    SELECT words, reading, awaited_until FROM sportello_media
    WHERE message_id = newest.id AND reading <> '' ORDER BY id LIMIT 1
) AS f ON true
ORDER BY newest.at, newest.id;

-- name: hold
-- Locks the conversation if it is still as it was when the answer was begun, and still ours.
SELECT id FROM sportello_conversation
WHERE id = %(id)s AND generation = %(generation)s AND control_epoch = %(control_epoch)s
  AND holder = 'assistant' AND reply_due_at IS NOT NULL AND answering_until = %(answering_until)s
FOR UPDATE;

-- name: let_go
-- Gives a lease back: whoever is due next may have the conversation at once.
UPDATE sportello_conversation SET answering_until = NULL
WHERE id = %(id)s AND answering_until = %(answering_until)s;

-- name: wait_for_files
-- An answer that waits for what files say: kept by its lease until these are put into words.
WITH held AS (
    UPDATE sportello_conversation
    SET answering_until = clock_timestamp() + make_interval(secs => %(wait_s)s::float8)
    WHERE id = %(id)s AND answering_until = %(answering_until)s
    RETURNING id, answering_until
)
UPDATE sportello_media AS f SET held_until = held.answering_until
FROM held JOIN sportello_message AS m ON m.conversation_id = held.id
WHERE f.message_id = m.id AND f.reading = 'waiting';

-- name: mark_read
-- Ticks the customer's message blue and, if an answer follows, shows that somebody is typing.
INSERT INTO sportello_send (workspace_id, number_id, conversation_id, kind, origin, priority, body,
                            control_epoch, generation, due_at)
VALUES (%(workspace_id)s, %(number_id)s, %(id)s, 'read_mark', 'assistant', 1, %(body)s,
        %(control_epoch)s, %(generation)s, clock_timestamp());

-- name: remember
-- What the assistant keeps in mind of a conversation.
UPDATE sportello_conversation SET assistant_memory = %(memory)s WHERE id = %(id)s;

-- name: say
-- One bubble and its place in the outbox; `wait_s` lets it come after the one before.
WITH message AS (
    INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text, payload,
                                   status, sources, confidence, at)
    VALUES (%(workspace_id)s, %(id)s, 'assistant', %(type)s, %(text)s, %(payload)s, 'queued',
            %(sources)s, %(confidence)s, %(now)s)
    RETURNING id
)
INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id, origin, priority,
                            body, control_epoch, generation, due_at)
SELECT %(workspace_id)s, %(number_id)s, %(id)s, message.id, 'assistant', 1, %(body)s,
       %(control_epoch)s, %(generation)s, clock_timestamp() + make_interval(secs => %(wait_s)s)
FROM message
RETURNING message_id;

-- name: settle
-- The answer is given: nothing is owed any more. A hand-over moves the conversation to the queue.
UPDATE sportello_conversation
SET reply_due_at = NULL, burst_started_at = NULL, answering_until = NULL,
    assistant_memory = %(memory)s,
    disclosed_at = CASE WHEN %(disclosed)s THEN coalesce(disclosed_at, %(now)s)
                        ELSE disclosed_at END,
    holder = %(holder)s::varchar,
    handover_reason = %(reason)s,
    control_epoch = %(control_epoch)s,
    held_since = CASE WHEN control_epoch = %(control_epoch)s THEN held_since ELSE %(now)s END,
    last_message_at = CASE WHEN %(text)s = '' THEN last_message_at ELSE %(now)s END,
    last_message_text = CASE WHEN %(text)s = '' THEN last_message_text
                             ELSE left(%(text)s, 200) END,
    last_message_origin = CASE WHEN %(text)s = '' THEN last_message_origin ELSE 'assistant' END
WHERE id = %(id)s;
