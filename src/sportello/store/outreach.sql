-- name: templates
-- The templates of some sends, as Meta has them now.
SELECT id, name, language, status, category, parameter_format, components, deleted_at
FROM sportello_template WHERE id = ANY(%(ids)s);

-- name: uploads
-- The files of some sends, as Meta keeps them for this number. Kept as they are until the transaction
-- ends: whoever brings one there meanwhile finds those that are held for it, and calls them.
SELECT file_id, media_id, state, kept_until
FROM sportello_upload WHERE number_id = %(number_id)s AND file_id = ANY(%(file_ids)s)
ORDER BY id FOR SHARE;

-- name: want_uploads
-- Files that Meta does not have, or not for much longer: tend brings them there, again if need be.
INSERT INTO sportello_upload (workspace_id, file_id, number_id)
SELECT f.workspace_id, f.id, %(number_id)s FROM sportello_file AS f
WHERE f.id = ANY(%(file_ids)s) AND f.workspace_id = %(workspace_id)s ORDER BY f.id
ON CONFLICT (file_id, number_id) DO UPDATE
SET state = 'wanted', due_at = clock_timestamp(), attempts = 0
WHERE sportello_upload.state = 'kept' AND sportello_upload.kept_until <= %(now)s;

-- name: lock_contacts
-- Keeps their consent as it stands until the transaction ends; whoever is being written about now
-- is left out.
SELECT id FROM sportello_contact WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id
FOR SHARE SKIP LOCKED;

-- name: people_reached
-- How many people the numbers of a portfolio wrote to first since then; counted up to a ceiling.
SELECT count(*) AS people FROM (
    SELECT DISTINCT c.contact_id
    FROM sportello_send AS s JOIN sportello_conversation AS c ON c.id = s.conversation_id
    WHERE s.number_id = ANY(ARRAY(
            SELECT n.id FROM sportello_number AS n
            WHERE n.id = %(number_id)s
               OR (n.portfolio_id <> '' AND n.portfolio_id = %(portfolio_id)s)))
      AND s.reached_out_at > %(since)s
    LIMIT %(limit)s
) AS reached;

-- name: reached_among
-- Which of these people are among them: to write to them again takes nothing of the limit.
SELECT DISTINCT c.contact_id
FROM sportello_conversation AS c
JOIN sportello_send AS s ON s.conversation_id = c.id
JOIN sportello_number AS n ON n.id = c.number_id
WHERE c.contact_id = ANY(%(contact_ids)s) AND s.reached_out_at > %(since)s
  AND (n.id = %(number_id)s OR (n.portfolio_id <> '' AND n.portfolio_id = %(portfolio_id)s));

-- name: await_answers
-- From here on it is the customer's turn.
UPDATE sportello_conversation
SET awaiting_customer_since = coalesce(awaiting_customer_since, %(now)s)
WHERE id = ANY(%(ids)s::bigint[]);

-- name: lock_chats_of_attempts
-- The conversations of attempts that ended badly, locked before their sends, as everybody does.
SELECT c.id FROM sportello_conversation AS c
WHERE c.id IN (
    SELECT s.conversation_id FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
    WHERE a.id = ANY(%(attempts)s::uuid[]) AND s.attempt = a.id)
ORDER BY c.id
FOR NO KEY UPDATE OF c;

-- name: lock_chats_of_failed
-- The conversations of templates that wrote first and did not arrive, locked before their sends.
SELECT c.id FROM sportello_conversation AS c
WHERE c.awaiting_customer_since IS NOT NULL AND c.id IN (
    SELECT m.conversation_id
    FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) AS told (workspace_id, wamid)
    JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
    WHERE m.status = 'failed' AND m.type = 'template')
ORDER BY c.id
FOR NO KEY UPDATE OF c;

-- name: unreach
-- What failed reached nobody: Meta does not count it either.
UPDATE sportello_send AS s SET reached_out_at = NULL
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) AS told (workspace_id, wamid)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
WHERE s.message_id = m.id AND m.status = 'failed' AND s.reached_out_at IS NOT NULL;

-- name: await_no_more
-- We wait for an answer only to what may have arrived; to nothing, if nothing has.
UPDATE sportello_conversation AS c SET awaiting_customer_since = (
    SELECT min(s.reached_out_at) FROM sportello_send AS s
    WHERE s.conversation_id = c.id AND s.reached_out_at >= c.awaiting_customer_since)
WHERE c.id = ANY(%(ids)s) AND c.awaiting_customer_since IS NOT NULL;

-- name: shut_windows_of
-- Meta refused these on the spot for being late: the window is shut, whatever we believed, unless
-- the customer has written since the attempt.
UPDATE sportello_conversation AS c SET window_closes_at = s.attempted_at
FROM sportello_attempt AS a JOIN sportello_send AS s ON s.id = a.send_id
WHERE a.id = ANY(%(attempts)s::uuid[]) AND s.attempt = a.id AND c.id = s.conversation_id
  AND c.window_closes_at > s.attempted_at
  AND (c.last_inbound_at IS NULL OR c.last_inbound_at < s.attempted_at);
