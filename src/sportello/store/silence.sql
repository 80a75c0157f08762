-- name: listeners
-- Connected numbers with what tells whether their webhooks come: the oldest message that Meta took
-- after the last event and has not reported on, and how many messages customers wrote one and two
-- weeks before in the span that is silent now.
SELECT n.id, n.last_event_at, n.silent_since,
       (SELECT a.started_at FROM sportello_attempt AS a
        JOIN sportello_send AS s ON s.id = a.send_id
        JOIN sportello_message AS m ON m.id = s.message_id
        WHERE a.started_at > greatest(n.last_event_at, %(now)s::timestamptz - interval '1 day')
          AND a.started_at <= %(now)s AND a.outcome = 'accepted' AND s.number_id = n.id
          AND m.status = 'accepted'
        ORDER BY a.started_at LIMIT 1) AS unanswered_since,
       CASE WHEN n.last_event_at < %(now)s::timestamptz - interval '10 minutes' THEN
           (SELECT count(*) / 2.0 FROM (
                SELECT id FROM sportello_conversation AS c
                WHERE c.number_id = n.id
                  AND c.last_inbound_at > n.last_event_at - interval '14 days'
                LIMIT 5000
            ) AS c JOIN sportello_message AS m ON m.conversation_id = c.id
            CROSS JOIN (VALUES (interval '7 days'), (interval '14 days')) AS w (ago)
            WHERE m.origin = 'customer' AND m.at > n.last_event_at - w.ago
              AND m.at <= least(%(now)s, n.last_event_at + interval '7 days') - w.ago)
       ELSE 0 END::float8 AS usual
FROM sportello_number AS n
WHERE n.status = 'connected' AND n.paused_why NOT IN ('blocked', 'disconnected')
ORDER BY n.id LIMIT %(limit)s;

-- name: note
-- Whether webhooks are missing, as the number's page says it.
UPDATE sportello_number SET silent_since = %(since)s WHERE id = %(id)s;
