-- name: going
-- Campaigns for which something is to be done: an audience to freeze, a start to await, sends to
-- release. An automation goes on for ever, and is looked at only while it owes something.
SELECT c.id FROM sportello_campaign AS c
WHERE (c.state IN ('planning', 'scheduled', 'running') OR (c.state = 'paused' AND NOT c.planned))
  AND (NOT c.automatic OR EXISTS (
      SELECT FROM sportello_errand AS t
      WHERE t.campaign_id = c.id AND t.released_at IS NULL AND t.skipped_why = ''
        AND t.zone = '' AND t.due_at <= %(now)s) OR EXISTS (
      SELECT FROM sportello_errand AS t
      WHERE t.campaign_id = c.id AND t.released_at IS NULL AND t.skipped_why = ''
        AND t.due_at IS NULL AND t.position = 0))
ORDER BY c.id LIMIT %(limit)s;

-- name: hold
-- A campaign, ours until the transaction ends; no row while another worker has it.
SELECT c.id, c.workspace_id, c.number_id, c.state, c.planned, c.automatic,
       EXISTS (SELECT FROM sportello_followup AS f WHERE f.campaign_id = c.id) AS followed,
       c.paused_why, c.content, c.variables,
       c.template_id, c.file_id, c.media_column, c.audience, c.starts_at, c.calendar, c.rate, c.canary, c.step, c.let_go,
       extract(epoch FROM clock_timestamp() - c.stepped_at)::float8 AS waited_s,
       extract(epoch FROM clock_timestamp() - c.released_at)::float8 AS released_s,
       c.planned_up_to, c.started_at, coalesce(c.resumed_at, c.started_at) AS judged_since,
       c.quality AS quality_then, n.quality AS quality_now, w.time_zone, n.throughput_mps,
       t.status AS template_status, t.category AS template_category,
       c.zone, w.brake_failures, w.brake_stops, w.brake_marketing_cap, w.brake_sample_min,
       w.promotions_max, w.promotions_days
FROM sportello_campaign AS c
JOIN sportello_workspace AS w ON w.id = c.workspace_id
JOIN sportello_number AS n ON n.id = c.number_id
LEFT JOIN sportello_template AS t ON t.id = c.template_id
WHERE c.id = %(id)s
FOR NO KEY UPDATE OF c SKIP LOCKED;

-- name: listed
-- The next members of a list, by contact: planning goes on where it stopped.
SELECT p.id, p.wa_id, p.user_id, p.name, p.profile_name, p.properties, p.unreachable_since
FROM sportello_listmember AS m JOIN sportello_contact AS p ON p.id = m.contact_id
WHERE m.list_id = %(list_id)s AND m.contact_id > %(after)s
  AND p.merged_into_id IS NULL AND p.erased_at IS NULL
ORDER BY m.contact_id LIMIT %(limit)s;

-- name: window
-- The next contacts of a company, of whom some may be meant: how far one portion looks.
SELECT max(w.id) AS upto FROM (
    SELECT id FROM sportello_contact WHERE workspace_id = %(workspace_id)s AND id > %(after)s
    ORDER BY id LIMIT %(limit)s
) AS w;

-- name: within
-- Contacts between two ids, each person once; a segment's condition is put behind it.
SELECT id, wa_id, user_id, name, profile_name, properties, unreachable_since
FROM sportello_contact
WHERE workspace_id = %(workspace_id)s AND id > %(after)s AND id <= %(upto)s
  AND merged_into_id IS NULL AND erased_at IS NULL;

-- name: promoted
-- How many promotions each of these people had since then, or is about to have, by any number.
SELECT c.contact_id, count(*) AS had
FROM sportello_conversation AS c JOIN sportello_message AS m ON m.conversation_id = c.id
WHERE c.contact_id = ANY(%(contact_ids)s::bigint[]) AND m.at >= %(since)s
  AND m.type = 'template' AND m.payload #>> '{template,category}' = 'marketing'
  AND m.status NOT IN ('failed', 'refused', 'cancelled')
GROUP BY c.contact_id;

-- name: leave_in_peace
-- Whoever has had enough by now is skipped, though planned.
UPDATE sportello_recipient SET skipped_why = %(why)s
WHERE id = ANY(%(ids)s::bigint[]) AND released_at IS NULL;

-- name: zones
-- The zones in which somebody still waits, empty where the company's hours count. One look into the
-- index for each, however many people live there.
WITH RECURSIVE found (zone) AS (
    (SELECT r.zone FROM sportello_recipient AS r
     WHERE r.campaign_id = %(campaign_id)s AND r.released_at IS NULL AND r.skipped_why = ''
       AND NOT r.awaited
     ORDER BY r.zone LIMIT 1)
    UNION ALL
    SELECT (SELECT r.zone FROM sportello_recipient AS r
            WHERE r.campaign_id = %(campaign_id)s AND r.released_at IS NULL
              AND r.skipped_why = '' AND NOT r.awaited AND r.zone > found.zone
            ORDER BY r.zone LIMIT 1)
    FROM found WHERE found.zone IS NOT NULL
)
SELECT zone FROM found WHERE zone IS NOT NULL LIMIT 600;

-- name: add_recipients
-- A portion of the frozen audience; a person that is there already stays as planned.
INSERT INTO sportello_recipient
    (workspace_id, campaign_id, contact_id, filled, skipped_why, zone, enclosure_id, awaited)
SELECT %(workspace_id)s, %(campaign_id)s, r.contact_id, r.filled, r.skipped_why, r.zone,
       r.enclosure_id, r.awaited
FROM unnest(%(contact_ids)b::bigint[], %(filled)b::jsonb[], %(skipped)b::text[], %(zones)b::text[],
            %(enclosures)s::bigint[], %(awaited)b::bool[])
    AS r (contact_id, filled, skipped_why, zone, enclosure_id, awaited)
ON CONFLICT (campaign_id, contact_id) DO NOTHING;

-- name: planned_up_to
-- How far planning has come: committed with the portion itself.
UPDATE sportello_campaign SET planned_up_to = %(after)s WHERE id = %(id)s;

-- name: move
-- The campaign as the rules have moved it.
UPDATE sportello_campaign
SET state = %(state)s::varchar, planned = %(planned)s, paused_why = %(paused_why)s, braked = %(braked)s,
    started_at = CASE WHEN %(state)s = 'running' THEN coalesce(started_at, %(now)s)
                      ELSE started_at END,
    ended_at = CASE WHEN %(state)s IN ('completed', 'cancelled') THEN %(now)s ELSE ended_at END
WHERE id = %(id)s;

-- name: stepped
-- How far the canary's ramp has come.
UPDATE sportello_campaign SET step = %(step)s, stepped_at = clock_timestamp() WHERE id = %(id)s;

-- name: waiting
-- The next people of these zones to be written to, each taken by one worker alone; not those whose
-- own file is still to be fetched. However many wait where it is not the hour, none of them is read.
SELECT r.id, r.contact_id, r.filled, e.file_id, coalesce(f.filename, '') AS filename
FROM sportello_recipient AS r
LEFT JOIN sportello_enclosure AS e ON e.id = r.enclosure_id
LEFT JOIN sportello_file AS f ON f.id = e.file_id
WHERE r.id = ANY(ARRAY(
    SELECT next.id FROM unnest(%(zones)s::text[]) AS z (zone) CROSS JOIN LATERAL (
        SELECT n.id FROM sportello_recipient AS n
        WHERE n.campaign_id = %(campaign_id)s AND n.zone = z.zone AND n.released_at IS NULL
          AND n.skipped_why = '' AND NOT n.awaited
        ORDER BY n.id LIMIT %(limit)s) AS next
    ORDER BY next.id LIMIT %(limit)s))
  AND r.released_at IS NULL AND r.skipped_why = '' AND NOT r.awaited
ORDER BY r.id
FOR UPDATE OF r SKIP LOCKED;

-- name: begin_conversations
-- A conversation for everybody who has none yet with this number; closed until they answer.
INSERT INTO sportello_conversation (workspace_id, number_id, contact_id, holder)
SELECT %(workspace_id)s, %(number_id)s, c.id, 'closed' FROM unnest(%(contact_ids)s::bigint[]) AS c (id)
ON CONFLICT (number_id, contact_id) DO NOTHING;

-- name: lock_conversations
-- Their conversations, locked first and in the order of all.
SELECT id, contact_id, control_epoch FROM sportello_conversation
WHERE number_id = %(number_id)s AND contact_id = ANY(%(contact_ids)s::bigint[])
ORDER BY id FOR NO KEY UPDATE;

-- name: release
-- Recipients become messages in the outbox, each once: `released_at` is set in the same statement.
WITH given AS (
    SELECT * FROM unnest(
        %(recipient_ids)s::bigint[], %(conversation_ids)s::bigint[], %(epochs)s::int[],
        %(texts)s::text[], %(payloads)b::jsonb[], %(bodies)b::jsonb[], %(file_ids)s::bigint[]
    ) AS g (recipient_id, conversation_id, epoch, text, payload, body, file_id)
), messages AS (
    INSERT INTO sportello_message
        (workspace_id, conversation_id, origin, type, text, payload, status, at)
    SELECT %(workspace_id)s, g.conversation_id, 'campaign', 'template', g.text, g.payload,
           'queued', %(now)s
    FROM given AS g
    RETURNING id, conversation_id
), sends AS (
    INSERT INTO sportello_send
        (workspace_id, number_id, conversation_id, message_id, origin, priority, body,
         control_epoch, template_id, file_id, campaign_id, due_at)
    SELECT %(workspace_id)s, %(number_id)s, g.conversation_id, m.id, 'campaign', 2, g.body,
           g.epoch, %(template_id)s, g.file_id, %(campaign_id)s, clock_timestamp()
    FROM given AS g JOIN messages AS m USING (conversation_id)
)
UPDATE sportello_recipient AS r SET released_at = %(now)s, message_id = m.id
FROM given AS g JOIN messages AS m USING (conversation_id)
WHERE r.id = g.recipient_id;

-- name: released
-- So many more have gone into the outbox, and until when the company's own pace is used up, by the
-- database's clock: nothing is rounded away, and of a longer rest only a minute is made up for.
UPDATE sportello_campaign
SET let_go = let_go + %(count)s, released_at = CASE
    WHEN rate IS NULL OR released_at IS NULL THEN clock_timestamp()
    ELSE greatest(released_at, clock_timestamp() - interval '1 minute')
         + make_interval(secs => 60.0 * %(count)s / rate)
END
WHERE id = %(id)s;

-- name: open
-- How many of a campaign's sends are queued, and how many are not at their end. What is in doubt
-- may stay so for days, and holds up nothing. And one of the codes, of those that stop all of it,
-- by which a send is held.
SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) AS open,
       min(hold_code) FILTER (
           WHERE state = 'queued' AND hold_code = ANY(%(stops)s::text[])) AS stopped_by
FROM sportello_send
WHERE campaign_id = %(id)s AND state IN ('queued', 'sending');

-- name: counts
-- What is known of those who were let go last, at most so many of the first messages and as many of
-- the errands: `all_` of all of these, the rest since it was judged. However large the audience
-- is, this costs no more.
SELECT count(*) AS seen,
       count(*) FILTER (WHERE k.has_left) AS all_sent,
       count(*) FILTER (WHERE k.is_settled) AS all_settled,
       count(*) FILTER (WHERE k.is_new AND k.has_left) AS sent,
       count(*) FILTER (WHERE k.is_new AND k.is_settled) AS settled,
       count(*) FILTER (WHERE k.is_new AND k.is_failed
                        AND k.code NOT IN ('131049', '131048')) AS failed,
       count(*) FILTER (WHERE k.is_new AND k.is_failed AND k.code = '131049') AS capped,
       count(*) FILTER (WHERE k.is_new AND k.is_failed AND k.code = '131048') AS spam_limited
FROM (
    SELECT r.released_at >= %(since)s AS is_new, m.status = 'failed' AS is_failed,
           m.status NOT IN ('queued', 'held', 'refused', 'cancelled') AS has_left,
           m.status IN ('delivered', 'read', 'played', 'failed') AS is_settled,
           coalesce(m.error ->> 'code', '') AS code
    FROM (
        (SELECT released_at, message_id FROM sportello_recipient
         WHERE campaign_id = %(id)s AND released_at IS NOT NULL
         ORDER BY released_at DESC LIMIT %(most)s)
        UNION ALL
        (SELECT released_at, message_id FROM sportello_errand
         WHERE campaign_id = %(id)s AND released_at >= %(errands_since)s
         ORDER BY released_at DESC LIMIT %(most)s)
    ) AS r
    JOIN sportello_message AS m ON m.id = r.message_id
) AS k;

-- name: stops
-- How many of those who were let go last, the same as `counts` looks at, have asked us to stop since
-- they were written to. Looked for from the side of those who asked, the latest so many of them.
WITH latest AS (
    SELECT coalesce((SELECT released_at FROM sportello_recipient
                     WHERE campaign_id = %(id)s AND released_at IS NOT NULL
                     ORDER BY released_at DESC OFFSET %(most)s - 1 LIMIT 1), '-infinity') AS people,
           coalesce((SELECT released_at FROM sportello_errand
                     WHERE campaign_id = %(id)s AND released_at >= %(errands_since)s
                     ORDER BY released_at DESC OFFSET %(most)s - 1 LIMIT 1),
                    %(errands_since)s::timestamptz) AS errands
), asked AS (
    SELECT contact_id, at FROM sportello_consentevent
    WHERE workspace_id = %(workspace_id)s AND action = 'withdraw' AND source <> 'doubt'
      AND at >= %(since)s
    ORDER BY at DESC LIMIT %(most)s
)
SELECT count(DISTINCT asked.contact_id) AS stopped
FROM asked CROSS JOIN latest
WHERE EXISTS (
    SELECT FROM sportello_recipient AS r
    WHERE r.campaign_id = %(id)s AND r.contact_id = asked.contact_id
      AND r.released_at BETWEEN latest.people AND asked.at)
  OR EXISTS (
    SELECT FROM sportello_errand AS t
    WHERE t.contact_id = asked.contact_id AND t.campaign_id = %(id)s
      AND t.released_at BETWEEN latest.errands AND asked.at);

-- name: template_fell
-- Whether Meta has lowered the template's quality meanwhile.
SELECT EXISTS (
    SELECT FROM sportello_templatechange AS t
    WHERE t.template_id = %(template_id)s AND t.kind = 'quality' AND t.at >= %(since)s
      AND t.after IN ('YELLOW', 'RED')
) AS fell;
