-- name: closing
-- Tells of windows about to shut on a customer who waits for a person: the person who has the chat,
-- or everybody where nobody has it. Once for each window; how many were told.
SELECT coalesce(sum(sportello_notice(
    c.workspace_id, 'closing', c.operator_id, NULL, c.id, NULL, c.window_closes_at, %(now)s
)), 0)::bigint AS told
FROM sportello_workspace AS w
JOIN sportello_conversation AS c ON c.workspace_id = w.id
WHERE c.holder IN ('operator', 'queue') AND c.last_message_origin = 'customer'
  AND c.last_message_at > %(now)s::timestamptz - interval '25 hours'
  AND c.window_closes_at > %(now)s AND c.window_closes_at <= %(until)s
  AND NOT EXISTS (
      SELECT FROM sportello_notice AS n
      WHERE n.kind = 'closing' AND n.conversation_id = c.id AND n.closes_at = c.window_closes_at);

-- name: claim
-- Notices for which browsers were not yet woken, at most once each: a wake-up is a hint, the notice
-- itself waits on the page. Whose they are, each person once.
WITH taken AS (
    UPDATE sportello_notice SET pushed_at = clock_timestamp()
    WHERE id = ANY(ARRAY(
        SELECT id FROM sportello_notice WHERE pushed_at IS NULL
        ORDER BY id LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING workspace_id, user_id, created_at
), people AS (
    SELECT workspace_id, user_id FROM taken
    WHERE created_at > statement_timestamp() - interval '10 minutes'
    GROUP BY workspace_id, user_id
)
SELECT p.id, p.address, w.time_zone, n.quiet_from, n.quiet_until,
       extract(epoch FROM clock_timestamp())::bigint AS now_s
FROM people
JOIN sportello_pushplace AS p
    ON p.workspace_id = people.workspace_id AND p.user_id = people.user_id
JOIN sportello_workspace AS w ON w.id = people.workspace_id
LEFT JOIN sportello_noticewish AS n
    ON n.workspace_id = people.workspace_id AND n.user_id = people.user_id
ORDER BY p.id;

-- name: forget
-- A browser that its push service does not know any more.
DELETE FROM sportello_pushplace WHERE id = %(id)s;

-- name: prune
-- Notices so old that nobody looks at them any more.
DELETE FROM sportello_notice WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_notice
    WHERE created_at < statement_timestamp() - make_interval(days => %(days)s)
    ORDER BY created_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));
