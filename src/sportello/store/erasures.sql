-- Each part takes the content of a bounded number of rows, and finds fewer when it is through: the
-- job goes on where a crash left it.

-- name: next
-- The oldest erasure that is not done, ours until the transaction ends.
SELECT id, workspace_id, contact_id, wa_id, user_id, step, upto
FROM sportello_erasure WHERE state = 'running'
ORDER BY id LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: messages
-- What was said, by whomever, and what else a bubble shows; that it was said stays.
UPDATE sportello_message
SET text = '', payload = '{}', reactions = '{}', sources = '[]', reply_to = ''
WHERE id = ANY(ARRAY(
    SELECT m.id FROM sportello_conversation AS c
    JOIN sportello_message AS m ON m.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s
      AND (m.text <> '' OR m.payload <> '{}' OR m.reactions <> '{}' OR m.reply_to <> '')
    LIMIT %(limit)s
));

-- name: sends
-- What was sent, word by word; what is on the wire at this moment is left to settle.
UPDATE sportello_send SET body = '{}'
WHERE id = ANY(ARRAY(
    SELECT s.id FROM sportello_conversation AS c
    JOIN sportello_message AS m ON m.conversation_id = c.id
    JOIN sportello_send AS s ON s.message_id = m.id
    WHERE c.contact_id = %(contact_id)s AND s.state NOT IN ('queued', 'sending')
      AND s.body <> '{}'
    LIMIT %(limit)s
));

-- name: media
-- Files that they sent, to be taken off the disk: the rows keep that there was one.
UPDATE sportello_media SET state = 'gone', filename = '', reason = 'erased'
WHERE id = ANY(ARRAY(
    SELECT f.id FROM sportello_conversation AS c
    JOIN sportello_message AS m ON m.conversation_id = c.id
    JOIN sportello_media AS f ON f.message_id = m.id
    WHERE c.contact_id = %(contact_id)s AND f.reason <> 'erased'
    LIMIT %(limit)s
))
RETURNING id;

-- name: turns
-- What they asked the assistant, as it was kept for review, and what it meant, as a vector.
UPDATE sportello_turn SET question = '', found = '[]', embedding = NULL
WHERE id = ANY(ARRAY(
    SELECT t.id FROM sportello_conversation AS c
    JOIN sportello_turn AS t ON t.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s
      AND (t.question <> '' OR t.found <> '[]' OR t.embedding IS NOT NULL)
    LIMIT %(limit)s
));

-- name: gists
-- What a model made of their words for an operator.
DELETE FROM sportello_gist
WHERE id = ANY(ARRAY(
    SELECT g.id FROM sportello_conversation AS c
    JOIN sportello_gist AS g ON g.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s
    LIMIT %(limit)s
));

-- name: drafts
-- What colleagues began to write to them.
DELETE FROM sportello_draft
WHERE id = ANY(ARRAY(
    SELECT d.id FROM sportello_conversation AS c
    JOIN sportello_draft AS d ON d.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s
    LIMIT %(limit)s
));

-- name: executions
-- What was looked up or changed for them elsewhere; that it was stays.
UPDATE sportello_actionrun SET wa_id = '', values = '{}', said = ''
WHERE id = ANY(ARRAY(
    SELECT r.id FROM sportello_conversation AS c
    JOIN sportello_actionrun AS r ON r.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s
      AND (r.wa_id <> '' OR r.values <> '{}' OR r.said <> '')
    LIMIT %(limit)s
));

-- name: proposals
-- Changes of the knowledge proposed from their words, unless somebody took them over.
DELETE FROM sportello_proposal
WHERE id = ANY(ARRAY(
    SELECT p.id FROM sportello_conversation AS c
    JOIN sportello_turn AS t ON t.conversation_id = c.id
    JOIN sportello_proposal AS p ON p.turn_id = t.id
    WHERE c.contact_id = %(contact_id)s AND p.state <> 'accepted'
    LIMIT %(limit)s
));

-- name: conversations
-- The line that lists show, and what the assistant remembers.
UPDATE sportello_conversation SET last_message_text = '', assistant_memory = '{}'
WHERE contact_id = %(contact_id)s AND (last_message_text <> '' OR assistant_memory <> '{}');

-- name: enclosures
-- Files that campaigns enclosed for them alone, with the links that led there; not those that
-- somebody else got too, or that the company uses elsewhere.
WITH mine AS (
    SELECT e.id, e.file_id FROM sportello_enclosure AS e
    WHERE e.id IN (SELECT r.enclosure_id FROM sportello_recipient AS r
                   WHERE r.contact_id = %(contact_id)s AND r.enclosure_id IS NOT NULL)
      AND NOT EXISTS (SELECT FROM sportello_recipient AS o
                      WHERE o.enclosure_id = e.id AND o.contact_id <> %(contact_id)s)
    LIMIT %(limit)s
), files AS (
    DELETE FROM sportello_file AS f USING mine
    WHERE f.id = mine.file_id
      AND NOT EXISTS (SELECT FROM sportello_enclosure AS e
                      WHERE e.file_id = f.id AND e.id NOT IN (SELECT id FROM mine))
      AND NOT EXISTS (SELECT FROM sportello_campaign AS c WHERE c.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_followup AS u WHERE u.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_template AS t WHERE t.sample_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_cannedreply AS k WHERE k.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_send AS s
                      JOIN sportello_conversation AS c ON c.id = s.conversation_id
                      WHERE s.file_id = f.id AND c.contact_id <> %(contact_id)s)
)
DELETE FROM sportello_enclosure WHERE id IN (SELECT id FROM mine);

-- name: files
-- Files that we sent to them alone, which may be about them, as Meta keeps them for us too; not those
-- that somebody else got as well, or that the company uses elsewhere.
WITH mine AS (
    SELECT s.id, s.file_id FROM sportello_conversation AS c
    JOIN sportello_send AS s ON s.conversation_id = c.id
    WHERE c.contact_id = %(contact_id)s AND s.file_id IS NOT NULL
      AND s.state NOT IN ('queued', 'sending')
    LIMIT %(limit)s
), files AS (
    DELETE FROM sportello_file AS f
    WHERE f.id IN (SELECT file_id FROM mine)
      AND NOT EXISTS (SELECT FROM sportello_enclosure AS e WHERE e.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_campaign AS c WHERE c.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_followup AS u WHERE u.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_template AS t WHERE t.sample_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_cannedreply AS k WHERE k.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_send AS s
                      JOIN sportello_conversation AS c ON c.id = s.conversation_id
                      WHERE s.file_id = f.id AND c.contact_id <> %(contact_id)s)
    RETURNING f.id
), uploads AS (
    DELETE FROM sportello_upload AS u USING files AS f WHERE u.file_id = f.id
)
UPDATE sportello_send SET file_id = NULL WHERE id IN (SELECT id FROM mine);

-- name: recipients
-- The words that campaigns had filled in for them; their file is waited for no more.
UPDATE sportello_recipient SET filled = '{}', awaited = false
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_recipient
    WHERE contact_id = %(contact_id)s AND (filled <> '{}' OR awaited) LIMIT %(limit)s
));

-- name: errands
-- The words that follow-ups and automations had filled in for them.
UPDATE sportello_errand SET filled = '{}'
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_errand
    WHERE contact_id = %(contact_id)s AND filled <> '{}' LIMIT %(limit)s
));

-- name: memberships
-- The lists that they were on.
DELETE FROM sportello_listmember
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_listmember WHERE contact_id = %(contact_id)s LIMIT %(limit)s
));

-- name: ledger
-- Of their consents what was said and when stays, and where it comes from; not in whose words.
UPDATE sportello_consentevent
SET text = CASE WHEN action = 'grant' THEN text ELSE '' END,
    proof = proof - '{note, given_by, row}'::text[] || '{"erased": true}'
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_consentevent
    WHERE contact_id = %(contact_id)s AND NOT proof ? 'erased' LIMIT %(limit)s
));

-- name: news
-- What other systems were told of them; that they were told stays, and nothing is told again.
UPDATE sportello_news SET matter = '{}'
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_news
    WHERE contact_id = %(contact_id)s AND matter <> '{}' LIMIT %(limit)s
));

-- name: echoes
-- What those answered, which may quote it.
UPDATE sportello_delivery SET answer = ''
WHERE id = ANY(ARRAY(
    SELECT d.id FROM sportello_news AS n
    JOIN sportello_delivery AS d ON d.news_id = n.id
    WHERE n.contact_id = %(contact_id)s AND d.answer <> '' LIMIT %(limit)s
));

-- name: replies
-- What the API answered to a key, where it tells of them: the key may be used anew.
DELETE FROM sportello_idempotentreply
WHERE id = ANY(ARRAY(
    SELECT r.id FROM sportello_idempotentreply AS r
    WHERE r.workspace_id = %(workspace_id)s
      AND (r.body ->> 'conversation_id' IN (SELECT c.id::text FROM sportello_conversation AS c
                                            WHERE c.contact_id = %(contact_id)s)
           OR r.body ->> 'contact_id' = %(contact_id)s::text
           OR %(wa_id)s <> ''
              AND strpos(regexp_replace(r.body::text, '[ +]', '', 'g'), %(wa_id)s) > 0)
    LIMIT %(limit)s
));

-- name: flaws
-- Rows of files that did not come in and bear their number, however it is written.
DELETE FROM sportello_importflaw
WHERE %(wa_id)s <> '' AND id = ANY(ARRAY(
    SELECT id FROM sportello_importflaw
    WHERE workspace_id = %(workspace_id)s
      AND strpos(regexp_replace(cells::text, '[^0-9]', '', 'g'), right(%(wa_id)s, 9)) > 0
    LIMIT %(limit)s
));

-- name: quarantine
-- Events set aside that name them.
DELETE FROM sportello_quarantined
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_quarantined
    WHERE workspace_id = %(workspace_id)s
      AND (%(wa_id)s <> '' AND strpos(raw, %(wa_id)s) > 0
           OR %(user_id)s <> '' AND strpos(raw, %(user_id)s) > 0)
    LIMIT %(limit)s
));

-- name: journal
-- Of the next bodies of webhooks those that name them and are folded: how far it has looked, and
-- how many went.
WITH looked_at AS (
    SELECT id, body, folded_at FROM sportello_journalentry
    WHERE id > %(upto)s ORDER BY id LIMIT %(limit)s
), gone AS (
    DELETE FROM sportello_journalentry AS j USING looked_at AS l
    WHERE j.id = l.id AND l.folded_at IS NOT NULL
      AND (%(wa_id)s <> '' AND position(convert_to(%(wa_id)s, 'UTF8') IN l.body) > 0
           OR %(user_id)s <> '' AND position(convert_to(%(user_id)s, 'UTF8') IN l.body) > 0)
    RETURNING j.id
)
SELECT (SELECT max(id) FROM looked_at) AS upto, (SELECT count(*) FROM looked_at) AS looked,
       (SELECT count(*) FROM gone) AS gone;

-- name: advance
-- How far the job has come: committed with the portion itself.
UPDATE sportello_erasure
SET step = %(step)s, upto = %(upto)s,
    counts = jsonb_set(counts, ARRAY[%(kind)s::text],
                       to_jsonb(coalesce((counts ->> %(kind)s::text)::bigint, 0) + %(gone)s))
WHERE id = %(id)s;

-- name: finish
-- All parts are through: the number itself is forgotten.
UPDATE sportello_erasure
SET state = 'done', wa_id = '', user_id = '', finished_at = %(now)s
WHERE id = %(id)s;
