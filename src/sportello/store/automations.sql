-- name: claim
-- An automation that listens for silence and is to look again, ours until the transaction ends.
SELECT a.id, a.workspace_id, a.campaign_id, a.repeats, a.after_count, a.after_unit,
       a.looked_up_to, a.looked_up_to_id, c.number_id, w.time_zone
FROM sportello_automation AS a
JOIN sportello_campaign AS c ON c.id = a.campaign_id AND c.state = 'running'
JOIN sportello_workspace AS w ON w.id = a.workspace_id
WHERE a.trigger = 'silence' AND a.look_at <= clock_timestamp() AND a.looked_up_to IS NOT NULL
ORDER BY a.look_at LIMIT 1
FOR NO KEY UPDATE OF a SKIP LOCKED;

-- name: silent
-- Open chats of a number whose last word is a person's or the assistant's, said after the one that
-- was looked at last and no later than so: nobody has answered it since. A campaign's or an
-- automation's word is none of them, or an automation would set off itself.
SELECT c.id, c.contact_id, c.last_message_at FROM sportello_conversation AS c
WHERE c.number_id = %(number_id)s AND c.last_message_origin IN ('operator', 'assistant')
  AND c.holder <> 'closed' AND c.last_message_at <= %(until)s
  AND (c.last_message_at, c.id) > (%(since)s, %(since_id)s)
ORDER BY c.last_message_at, c.id LIMIT %(limit)s;

-- name: take
-- A errand for each of these customers, unless the same silence or the one time has had its own.
INSERT INTO sportello_errand (workspace_id, campaign_id, contact_id, occasion, unless_answered)
SELECT %(workspace_id)s, %(campaign_id)s, g.contact_id, g.occasion, true
FROM unnest(%(contact_ids)s::bigint[], %(occasions)s::text[]) AS g (contact_id, occasion)
ON CONFLICT DO NOTHING;

-- name: looked
-- How far it has looked, and when it looks again.
UPDATE sportello_automation
SET looked_up_to = %(up_to)s, looked_up_to_id = %(up_to_id)s,
    look_at = clock_timestamp() + make_interval(secs => %(wait_s)s)
WHERE id = %(id)s;
