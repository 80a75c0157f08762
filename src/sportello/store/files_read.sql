-- name: claim
-- Leases the file that has waited longest to be put into words, once it is here or will not come.
UPDATE sportello_media AS f
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s::float8),
    readings = least(f.readings + 1, 30000)
FROM sportello_workspace AS w, sportello_message AS m
WHERE f.id = (
    SELECT id FROM sportello_media
    WHERE reading = 'waiting' AND state <> 'wanted'
      AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND w.id = f.workspace_id AND m.id = f.message_id
RETURNING f.id, f.workspace_id, m.conversation_id, f.message_id, f.state, f.mime_type,
    f.readings AS attempts, f.claimed_until, w.time_zone AS zone, w.language, w.name AS company,
    CASE m.type WHEN 'image' THEN 'picture' WHEN 'audio' THEN 'voice' ELSE 'document' END AS kind;

-- name: ears
-- Who writes a company's voice notes down, with the sealed key.
SELECT r.workspace_id, r.voice_url AS url, r.voice_model AS model,
       r.voice_minute_micros AS minute_micros, k.sealed
FROM sportello_filereading AS r
LEFT JOIN sportello_voicekey AS k ON k.workspace_id = r.workspace_id
WHERE r.workspace_id = %(workspace_id)s AND r.voice;

-- name: hold
-- The conversation first, as everybody locks.
SELECT FROM sportello_conversation WHERE id = %(conversation_id)s FOR NO KEY UPDATE;

-- name: settle
-- What the file says, or why nothing is known of it; none where its words were erased meanwhile.
UPDATE sportello_media
SET reading = %(reading)s::varchar, words = CASE WHEN state = 'kept' THEN %(words)s ELSE '' END,
    unread_why = %(why)s, reading_cost_micros = reading_cost_micros + %(cost_micros)s,
    claimed_until = NULL
WHERE id = %(id)s AND reading = 'waiting' AND claimed_until = %(claimed_until)s;

-- name: go_on
-- The answer that waited for the conversation's files waits no longer, once none is left.
UPDATE sportello_conversation AS c SET answering_until = NULL
WHERE c.id = %(conversation_id)s
  AND c.answering_until = (SELECT held_until FROM sportello_media WHERE id = %(id)s)
  AND NOT EXISTS (
      SELECT FROM sportello_media AS f
      WHERE f.held_until = c.answering_until AND f.reading = 'waiting'
  );

-- name: touch_message
-- Wakes the browsers that show the message of a file.
UPDATE sportello_message SET payload = payload WHERE id = %(message_id)s;
