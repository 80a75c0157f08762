-- Each part looks at a bounded number of rows after `upto`, by id, and empties those that are older
-- than `before`: it tells how far it has come, how many rows it looked at, how many it emptied, and
-- which files are to be taken off the disk. That a message was said, when, its states, its receipt
-- and its price stay; consents, suppressions and the ledger are no part of this.

-- name: next
-- The retention that has been due longest, ours until the transaction ends.
SELECT r.id, r.workspace_id, r.kind, r.days, r.step, r.upto, r.gone, w.time_zone
FROM sportello_retention AS r
JOIN sportello_workspace AS w ON w.id = r.workspace_id
WHERE r.due_at <= %(now)s
ORDER BY r.due_at, r.id LIMIT 1
FOR UPDATE OF r SKIP LOCKED;

-- name: messages
-- Words, and what else a bubble shows. What waits to leave, or is leaving, is left as it is.
WITH looked AS MATERIALIZED (
    SELECT id, at FROM sportello_message
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s ORDER BY id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_message AS m
    SET text = '', payload = '{}', reactions = '{}', sources = '[]', reply_to = ''
    FROM looked AS l
    WHERE m.id = l.id AND l.at < %(before)s AND m.status NOT IN ('queued', 'held')
      AND (m.text <> '' OR m.payload <> '{}' OR m.reactions <> '{}' OR m.reply_to <> '')
    RETURNING m.id
), bodies AS (
    UPDATE sportello_send AS s SET body = '{}'
    FROM gone AS g
    WHERE s.message_id = g.id AND s.state NOT IN ('queued', 'sending') AND s.body <> '{}'
), questions AS (
    UPDATE sportello_turn AS t SET question = '', found = '[]', embedding = NULL
    FROM gone AS g WHERE t.message_id = g.id AND (t.question <> '' OR t.found <> '[]')
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: gists
-- What a model made of words, as old as they may become.
WITH looked AS MATERIALIZED (
    SELECT g.id, g.at FROM sportello_gist AS g
    WHERE g.workspace_id = %(workspace_id)s AND g.id > %(upto)s ORDER BY g.id LIMIT %(limit)s
), gone AS (
    DELETE FROM sportello_gist AS g USING looked AS l WHERE g.id = l.id AND l.at < %(before)s
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       0 AS gone, '{}'::bigint[] AS files;

-- name: lines
-- The lines that lists show of conversations that have rested so long, and what the assistant
-- remembers of them.
WITH looked AS MATERIALIZED (
    SELECT id, last_message_at FROM sportello_conversation
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s ORDER BY id LIMIT %(limit)s
), emptied AS (
    UPDATE sportello_conversation AS c SET last_message_text = '', assistant_memory = '{}'
    FROM looked AS l
    WHERE c.id = l.id AND l.last_message_at < %(before)s
      AND (c.last_message_text <> '' OR c.assistant_memory <> '{}')
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       0 AS gone, '{}'::bigint[] AS files;

-- name: questions
-- What customers asked, also where the assistant said nothing.
WITH looked AS MATERIALIZED (
    SELECT id, at FROM sportello_turn
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s ORDER BY id LIMIT %(limit)s
), emptied AS (
    UPDATE sportello_turn AS t SET question = '', found = '[]', embedding = NULL
    FROM looked AS l
    WHERE t.id = l.id AND l.at < %(before)s
      AND (t.question <> '' OR t.found <> '[]' OR t.embedding IS NOT NULL)
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       0 AS gone, '{}'::bigint[] AS files;

-- name: media
-- Files that came, to be taken off the disk: the rows keep that there was one.
WITH looked AS MATERIALIZED (
    SELECT f.id, m.at FROM sportello_media AS f
    JOIN sportello_message AS m ON m.id = f.message_id
    WHERE f.workspace_id = %(workspace_id)s AND f.id > %(upto)s ORDER BY f.id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_media AS f SET state = 'gone', filename = '', reason = 'expired'
    FROM looked AS l
    WHERE f.id = l.id AND l.at < %(before)s AND f.state <> 'gone'
    RETURNING f.id
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone,
       coalesce((SELECT array_agg(id) FROM gone), '{}')::bigint[] AS files;

-- name: closed
-- All content of conversations that were closed so long ago and stayed so. One with more messages
-- than fit into a portion is gone on with in the next.
WITH looked AS MATERIALIZED (
    SELECT id FROM sportello_conversation
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s AND holder = 'closed'
      AND greatest(held_since, last_message_at) < %(before)s
    ORDER BY id LIMIT %(chats)s
), full_ones AS MATERIALIZED (
    SELECT m.id FROM looked AS l JOIN sportello_message AS m ON m.conversation_id = l.id
    WHERE m.status NOT IN ('queued', 'held')
      AND (m.text <> '' OR m.payload <> '{}' OR m.reactions <> '{}' OR m.reply_to <> ''
           OR EXISTS (SELECT FROM sportello_media AS f
                      WHERE f.message_id = m.id AND f.state <> 'gone'))
    LIMIT %(limit)s
), gone AS (
    UPDATE sportello_message AS m
    SET text = '', payload = '{}', reactions = '{}', sources = '[]', reply_to = ''
    FROM full_ones AS o WHERE m.id = o.id
    RETURNING m.id
), files AS (
    UPDATE sportello_media AS f SET state = 'gone', filename = '', reason = 'expired'
    FROM full_ones AS o WHERE f.message_id = o.id AND f.state <> 'gone'
    RETURNING f.id
), bodies AS (
    UPDATE sportello_send AS s SET body = '{}'
    FROM full_ones AS o
    WHERE s.message_id = o.id AND s.state NOT IN ('queued', 'sending') AND s.body <> '{}'
), questions AS (
    UPDATE sportello_turn AS t SET question = '', found = '[]', embedding = NULL
    FROM looked AS l
    WHERE t.conversation_id = l.id AND (t.question <> '' OR t.found <> '[]')
), gists AS (
    DELETE FROM sportello_gist AS g USING looked AS l WHERE g.conversation_id = l.id
), emptied AS (
    UPDATE sportello_conversation AS c SET last_message_text = '', assistant_memory = '{}'
    FROM looked AS l
    WHERE c.id = l.id AND (c.last_message_text <> '' OR c.assistant_memory <> '{}')
)
SELECT CASE WHEN (SELECT count(*) FROM full_ones) < %(limit)s
            THEN (SELECT max(id) FROM looked) ELSE %(upto)s END AS upto,
       CASE WHEN (SELECT count(*) FROM full_ones) < %(limit)s
                 AND (SELECT count(*) FROM looked) < %(chats)s
            THEN 0 ELSE %(limit)s END AS looked,
       (SELECT count(*) FROM gone) AS gone,
       coalesce((SELECT array_agg(id) FROM files), '{}')::bigint[] AS files;

-- name: answers
-- What was looked up or changed for customers elsewhere; that it was stays.
WITH looked AS MATERIALIZED (
    SELECT id, at FROM sportello_actionrun
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s ORDER BY id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_actionrun AS r SET wa_id = '', values = '{}', said = ''
    FROM looked AS l
    WHERE r.id = l.id AND l.at < %(before)s AND r.state NOT IN ('waiting', 'begun')
      AND (r.wa_id <> '' OR r.values <> '{}' OR r.said <> '')
    RETURNING r.id
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: recipients
-- The words that campaigns had filled in for each, once they are over.
WITH looked AS MATERIALIZED (
    SELECT r.id, coalesce(r.released_at, c.ended_at) AS at, c.state
    FROM sportello_recipient AS r JOIN sportello_campaign AS c ON c.id = r.campaign_id
    WHERE r.workspace_id = %(workspace_id)s AND r.id > %(upto)s ORDER BY r.id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_recipient AS r SET filled = '{}'
    FROM looked AS l
    WHERE r.id = l.id AND l.at < %(before)s AND l.state IN ('completed', 'cancelled')
      AND r.filled <> '{}'
    RETURNING r.id
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: errands
-- The words that follow-ups and automations had filled in, once they were sent or passed over.
WITH looked AS MATERIALIZED (
    SELECT id, coalesce(released_at, created_at) AS at,
           released_at IS NOT NULL OR skipped_why <> '' AS over
    FROM sportello_errand
    WHERE workspace_id = %(workspace_id)s AND id > %(upto)s ORDER BY id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_errand AS e SET filled = '{}'
    FROM looked AS l
    WHERE e.id = l.id AND l.at < %(before)s AND l.over AND e.filled <> '{}'
    RETURNING e.id
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: enclosures
-- The files that campaigns enclosed for one person each, and the links that led there, once they are
-- over; a file that something else still names stays. The row stays, so that nobody's is rewritten.
WITH looked AS MATERIALIZED (
    SELECT e.id, e.file_id, c.ended_at AS at, c.state
    FROM sportello_enclosure AS e JOIN sportello_campaign AS c ON c.id = e.campaign_id
    WHERE e.workspace_id = %(workspace_id)s AND e.id > %(upto)s ORDER BY e.id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_enclosure AS e
    SET state = 'unfit', why = 'expired', detail = '', reference = '', file_id = NULL,
        key = 'expired:' || e.id
    FROM looked AS l
    WHERE e.id = l.id AND l.at < %(before)s AND l.state IN ('completed', 'cancelled')
      AND e.settled AND e.why <> 'expired'
    RETURNING e.id
), files AS (
    DELETE FROM sportello_file AS f USING (
        SELECT DISTINCT l.file_id FROM looked AS l JOIN gone AS g ON g.id = l.id
    ) AS one
    WHERE f.id = one.file_id
      AND NOT EXISTS (SELECT FROM sportello_enclosure AS e
                      WHERE e.file_id = f.id AND e.id NOT IN (SELECT id FROM gone))
      AND NOT EXISTS (SELECT FROM sportello_campaign AS c WHERE c.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_followup AS u WHERE u.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_template AS t WHERE t.sample_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_cannedreply AS k WHERE k.file_id = f.id)
      AND NOT EXISTS (SELECT FROM sportello_send AS s
                      LEFT JOIN sportello_campaign AS c ON c.id = s.campaign_id
                      WHERE s.file_id = f.id
                        AND (s.state IN ('queued', 'sending') OR c.id IS NULL
                             OR c.state NOT IN ('completed', 'cancelled')))
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: flaws
-- Rows of files that did not come in; how many there were, the import keeps.
WITH looked AS MATERIALIZED (
    SELECT f.id, i.created_at AS at FROM sportello_importflaw AS f
    JOIN sportello_contactimport AS i ON i.id = f.upload_id
    WHERE f.workspace_id = %(workspace_id)s AND f.id > %(upto)s ORDER BY f.id LIMIT %(limit)s
), gone AS (
    UPDATE sportello_importflaw AS f SET cells = '[]'
    FROM looked AS l WHERE f.id = l.id AND l.at < %(before)s AND f.cells <> '[]'
    RETURNING f.id
)
SELECT (SELECT max(id) FROM looked) AS upto, (SELECT count(*) FROM looked) AS looked,
       (SELECT count(*) FROM gone) AS gone, '{}'::bigint[] AS files;

-- name: advance
-- How far tonight's look has come: committed with the portion itself.
UPDATE sportello_retention SET step = %(step)s, upto = %(upto)s, gone = gone + %(gone)s
WHERE id = %(id)s;

-- name: finish
-- Until the next night; a night that took something is written down.
WITH done AS (
    UPDATE sportello_retention SET step = 0, upto = 0, gone = 0, due_at = %(due_at)s
    WHERE id = %(id)s
)
INSERT INTO sportello_retentionrun (workspace_id, kind, days, gone, at)
SELECT r.workspace_id, r.kind, r.days, r.gone, %(now)s FROM sportello_retention AS r
WHERE r.id = %(id)s AND r.gone > 0;
