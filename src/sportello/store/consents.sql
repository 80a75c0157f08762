-- name: standings
-- The newest line of each contact's ledger on one topic; of two at one instant, the taking.
SELECT asked.id AS contact_id, newest.action
FROM unnest(%(contact_ids)s::bigint[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT e.action FROM sportello_consentevent AS e
    WHERE e.contact_id = asked.id AND e.category = %(topic)s
    ORDER BY e.at DESC, e.action DESC LIMIT 1
) AS newest;

-- name: hold
-- All conversations of these contacts, locked in the order of their ids as everybody does: no
-- claim decides about them until we have said what they want.
SELECT id FROM sportello_conversation
WHERE contact_id = ANY(%(contact_ids)s::bigint[]) ORDER BY id FOR UPDATE;

-- name: history
-- What a customer's words must be seen against: who answers them, in which language, and whether
-- the same words were heard and confirmed within a day.
SELECT w.name AS company, coalesce(nullif(k.language, ''), w.language) AS language,
       EXISTS (
           SELECT FROM sportello_consentevent AS e
           WHERE e.contact_id = k.id AND e.category = 'marketing' AND e.source = 'keyword'
             AND e.action = %(action)s::varchar AND e.at > %(since)s
       ) AS confirmed
FROM sportello_contact AS k JOIN sportello_workspace AS w ON w.id = k.workspace_id
WHERE k.id = %(contact_id)s;

-- name: lock_contact
-- Keeps two workers from writing the same line into one customer's ledger.
SELECT id FROM sportello_contact WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: add
-- A line of the consent ledger, unless that very line stands there.
INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source, text,
                                    proof, at)
SELECT %(workspace_id)s, %(contact_id)s, 'marketing', %(action)s::varchar, %(source)s::varchar,
       %(text)s, %(proof)s, %(at)s
WHERE NOT EXISTS (
    SELECT FROM sportello_consentevent
    WHERE contact_id = %(contact_id)s AND category = 'marketing' AND at = %(at)s
      AND action = %(action)s AND source = %(source)s
);

-- name: opt_out
-- Meta says of these messages that their customers want no marketing: into the ledger, once.
INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source, proof, at)
SELECT DISTINCT ON (c.contact_id) m.workspace_id, c.contact_id, 'marketing', 'withdraw',
       'preference', jsonb_build_object('wamid', m.wamid, 'code', 131050), told.at
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[], %(ats)s::timestamptz[])
    AS told (workspace_id, wamid, at)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
JOIN sportello_conversation AS c ON c.id = m.conversation_id
WHERE NOT EXISTS (
    SELECT FROM sportello_consentevent AS e
    WHERE e.contact_id = c.contact_id AND e.category = 'marketing' AND e.action = 'withdraw'
      AND e.at = told.at
)
ORDER BY c.contact_id, told.at;

-- name: cancel_marketing
-- queued -> cancelled: what waits to promote something to people who do not want it.
WITH stopped AS (
    SELECT s.id, s.message_id
    FROM sportello_conversation AS c
    JOIN sportello_send AS s ON s.conversation_id = c.id AND s.state = 'queued'
    JOIN sportello_template AS t ON t.id = s.template_id AND t.category = 'MARKETING'
    WHERE c.contact_id = ANY(%(contact_ids)s::bigint[])
    ORDER BY s.id FOR UPDATE OF s
), cancelled AS (
    UPDATE sportello_send AS s SET state = 'cancelled', settled_at = clock_timestamp()
    FROM stopped WHERE s.id = stopped.id
)
UPDATE sportello_message AS m SET status = 'cancelled', receipt = %(receipt)s
FROM stopped WHERE m.id = stopped.message_id AND m.status IN ('queued', 'held');

-- name: newest
-- The newest line on marketing: what a "no" to our question settles, or leaves alone. `asked`:
-- nothing was said in this number's chat since we asked what they meant.
SELECT newest.action, newest.source, coalesce(latest.payload @> %(question)s, false) AS asked,
       EXISTS (
           SELECT FROM sportello_consentevent AS e
           WHERE e.contact_id = %(contact_id)s AND e.category = 'marketing'
             AND e.source = 'doubt' AND e.at > %(since)s
       ) AS doubted
FROM (
    SELECT e.action, e.source FROM sportello_consentevent AS e
    WHERE e.contact_id = %(contact_id)s AND e.category = 'marketing'
    ORDER BY e.at DESC, e.action DESC LIMIT 1
) AS newest
LEFT JOIN LATERAL (
    SELECT m.payload FROM sportello_message AS m
    JOIN sportello_conversation AS c ON c.id = m.conversation_id
    WHERE c.contact_id = %(contact_id)s AND c.number_id = %(number_id)s
    ORDER BY m.id DESC LIMIT 1
) AS latest ON true;

-- name: confirm
-- Tells the customer that they were heard, or asks what they meant, in the epoch in which they
-- wrote.
WITH said AS (
    INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text, payload,
                                   status, at)
    VALUES (%(workspace_id)s, %(conversation_id)s, 'automation', %(type)s, %(text)s, %(payload)s,
            'queued', %(now)s)
    RETURNING id
), shown AS (
    UPDATE sportello_conversation
    SET last_message_at = %(now)s, last_message_text = left(%(text)s, 200),
        last_message_origin = 'automation'
    WHERE id = %(conversation_id)s
)
INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id, origin, priority,
                            body, control_epoch, generation, due_at)
SELECT c.workspace_id, c.number_id, c.id, said.id, 'automation', 1, %(body)s, c.control_epoch,
       c.generation, clock_timestamp()
FROM said, sportello_conversation AS c WHERE c.id = %(conversation_id)s;

-- name: cap
-- Meta said of these messages that it delivers no marketing to their customers for now.
UPDATE sportello_contact AS k
SET marketing_capped_until = greatest(k.marketing_capped_until, told.until)
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[], %(untils)s::timestamptz[])
    AS told (workspace_id, wamid, until)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
JOIN sportello_conversation AS c ON c.id = m.conversation_id
WHERE k.id = c.contact_id;

-- name: lose
-- Meta said of these messages that their customers cannot be reached, and they have not written
-- since.
UPDATE sportello_contact AS k SET unreachable_since = told.at
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[], %(ats)s::timestamptz[])
    AS told (workspace_id, wamid, at)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
JOIN sportello_conversation AS c ON c.id = m.conversation_id
WHERE k.id = c.contact_id AND k.unreachable_since IS NULL
  AND (c.last_inbound_at IS NULL OR c.last_inbound_at < told.at);

-- name: reach
-- A customer who writes can be reached.
UPDATE sportello_contact SET unreachable_since = NULL WHERE id = %(id)s;

-- name: contacts_of
-- Whose messages these are.
SELECT DISTINCT c.contact_id
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) AS told (workspace_id, wamid)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
JOIN sportello_conversation AS c ON c.id = m.conversation_id;
