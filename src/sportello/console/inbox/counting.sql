-- name: left_column
-- Views, folders, people and labels with what lies in them: each count stops at `most`, and reads
-- an index from its beginning. Labels are counted on so many open conversations as well.
SELECT 'view', v.name, '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.holder = ANY(v.holders) LIMIT %(most)s) AS q)
FROM (VALUES ('all', '{assistant,queue,operator}'::text[]),
             ('unassigned', '{assistant,queue}'), ('waiting', '{queue}')) AS v (name, holders)
UNION ALL
SELECT 'view', 'mine', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = %(user)s LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'unread', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.unread_count > 0 LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'closing', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at > %(day)s AND c.holder <> 'closed'
          AND c.window_closes_at > %(now)s AND c.window_closes_at <= %(soon)s
        LIMIT %(most)s) AS q)
UNION ALL
SELECT 'folder', f.id::text, f.name, '', f.place, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.folder_id = f.id AND c.holder <> 'closed'
        LIMIT %(most)s) AS q)
FROM (SELECT id, name, row_number() OVER (ORDER BY name, id) AS place
      FROM sportello_folder WHERE deleted_at IS NULL ORDER BY place LIMIT %(groups)s) AS f
UNION ALL
SELECT 'person', p.id::text, p.called, '', p.place, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = p.id LIMIT %(most)s) AS q)
FROM (SELECT u.id, coalesce(nullif(u.name, ''), u.email) AS called,
             row_number() OVER (ORDER BY u.name, u.email) AS place
      FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
      WHERE m.workspace_id = %(workspace)s AND m.role <> 'reader'
      ORDER BY place LIMIT %(groups)s) AS p
UNION ALL
SELECT 'label', l.id::text, l.name, l.colour, l.place, coalesce(n.found, 0)
FROM (SELECT id, name, colour, row_number() OVER (ORDER BY name, id) AS place
      FROM sportello_label WHERE deleted_at IS NULL ORDER BY place LIMIT %(groups)s) AS l
     LEFT JOIN (
        SELECT g.label_id, count(*) AS found
        FROM (SELECT c.id FROM sportello_conversation AS c
              WHERE c.last_message_at IS NOT NULL
                AND c.holder = ANY('{assistant,queue,operator}'::text[]) LIMIT %(most)s) AS c
             JOIN sportello_labelling AS g ON g.conversation_id = c.id
        GROUP BY g.label_id) AS n ON n.label_id = l.id;
