-- name: steps
-- A campaign's follow-ups, in their order.
SELECT position, unless_answered, after_count, after_unit, template_id, file_id, content, variables
FROM sportello_followup WHERE campaign_id = %(campaign_id)s ORDER BY position;

-- name: freeze
-- A errand for each follow-up of each person of a portion; who is skipped is skipped in all.
INSERT INTO sportello_errand (workspace_id, campaign_id, recipient_id, contact_id, position,
                            occasion, unless_answered, filled, skipped_why, zone)
SELECT r.workspace_id, r.campaign_id, r.id, r.contact_id, f.position, '', f.unless_answered,
       g.filled, r.skipped_why, r.zone
FROM unnest(%(contact_ids)s::bigint[], %(positions)s::smallint[], %(filled)s::jsonb[])
    AS g (contact_id, position, filled)
JOIN sportello_recipient AS r ON r.campaign_id = %(campaign_id)s AND r.contact_id = g.contact_id
JOIN sportello_followup AS f ON f.campaign_id = r.campaign_id AND f.position = g.position
ON CONFLICT (recipient_id, position) DO NOTHING;

-- name: follow
-- The first follow-up of recipients counts from the message that has just gone into the outbox.
UPDATE sportello_errand AS t SET after_message_id = r.message_id
FROM sportello_recipient AS r
WHERE r.id = ANY(%(recipient_ids)s::bigint[]) AND t.recipient_id = r.id AND t.position = 1
  AND t.skipped_why = '';

-- name: untimed
-- Follow-ups that count from a message of which more is known by now; none that somebody else
-- works on, so that nobody waits.
SELECT t.id, t.recipient_id, t.position, coalesce(l.position, 0) AS left_position,
       l.due_at AS left_due_at, m.status, m.receipt ->> 'code' AS receipt_code,
       coalesce(s.attempted_at, m.at) AS left_at
FROM sportello_errand AS t
JOIN sportello_message AS m ON m.id = t.after_message_id
LEFT JOIN sportello_send AS s ON s.message_id = m.id
LEFT JOIN sportello_errand AS l ON l.message_id = m.id
WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL AND t.skipped_why = ''
  AND t.due_at IS NULL AND t.position > 0 AND t.after_message_id IS NOT NULL
  AND m.status NOT IN ('queued', 'held', 'in_doubt', 'unknown')
ORDER BY t.id LIMIT %(limit)s
FOR UPDATE OF t SKIP LOCKED;

-- name: untimed_events
-- What an automation took and has not yet set a time for, with its age by the database's clock.
SELECT t.id, extract(epoch FROM clock_timestamp() - t.created_at)::float8 AS age_s
FROM sportello_errand AS t
WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL AND t.skipped_why = ''
  AND t.due_at IS NULL AND t.position = 0
ORDER BY t.id LIMIT %(limit)s
FOR UPDATE OF t SKIP LOCKED;

-- name: automation
-- How long a campaign's automation waits after its event.
SELECT after_count, after_unit, trigger FROM sportello_automation WHERE campaign_id = %(id)s;

-- name: time
-- When errands fall due.
UPDATE sportello_errand AS t SET due_at = g.due_at
FROM unnest(%(ids)s::bigint[], %(due_ats)s::timestamptz[]) AS g (id, due_at)
WHERE t.id = g.id AND t.due_at IS NULL AND t.released_at IS NULL AND t.skipped_why = '';

-- name: end
-- From these follow-ups on there is nothing to follow up on.
UPDATE sportello_errand SET skipped_why = 'not_reached' WHERE id = ANY(ARRAY(
    SELECT t.id
    FROM unnest(%(recipient_ids)s::bigint[], %(positions)s::int[]) AS g (recipient_id, position)
    JOIN sportello_errand AS t ON t.recipient_id = g.recipient_id AND t.position >= g.position
    WHERE t.released_at IS NULL AND t.skipped_why = ''
    ORDER BY t.id FOR UPDATE OF t SKIP LOCKED));

-- name: due
-- Errands of these zones whose time has come; not yet held, for their conversations are held first.
SELECT next.id, next.contact_id FROM unnest(%(zones)s::text[]) AS z (zone) CROSS JOIN LATERAL (
    SELECT t.id, t.contact_id, t.due_at FROM sportello_errand AS t
    WHERE t.campaign_id = %(campaign_id)s AND t.zone = z.zone AND t.due_at <= %(now)s
      AND t.released_at IS NULL AND t.skipped_why = ''
    ORDER BY t.due_at, t.id LIMIT %(limit)s) AS next
ORDER BY next.due_at, next.id LIMIT %(limit)s;

-- name: zones
-- The zones in which an errand has its time, empty where the company's hours count: one look into
-- the index for each.
WITH RECURSIVE found (zone) AS (
    (SELECT t.zone FROM sportello_errand AS t
     WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL AND t.skipped_why = ''
       AND t.due_at IS NOT NULL
     ORDER BY t.zone LIMIT 1)
    UNION ALL
    SELECT (SELECT t.zone FROM sportello_errand AS t
            WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL
              AND t.skipped_why = '' AND t.due_at IS NOT NULL AND t.zone > found.zone
            ORDER BY t.zone LIMIT 1)
    FROM found WHERE found.zone IS NOT NULL
)
SELECT zone FROM found WHERE zone IS NOT NULL LIMIT 600;

-- name: spare
-- Whoever of these was skipped when their message was due is skipped in every step.
UPDATE sportello_errand AS t SET skipped_why = r.skipped_why
FROM sportello_recipient AS r
WHERE r.id = ANY(%(recipient_ids)s::bigint[]) AND r.skipped_why <> '' AND t.recipient_id = r.id
  AND t.released_at IS NULL AND t.skipped_why = '';

-- name: take
-- The errands themselves, if they are still to come now that nobody can answer meanwhile.
SELECT t.id, t.recipient_id, t.contact_id, t.position, t.filled, m.status AS before_status,
       m.receipt ->> 'code' AS before_code, p.wa_id, p.name, p.profile_name, p.properties,
       p.unreachable_since
FROM sportello_errand AS t
JOIN sportello_contact AS p ON p.id = t.contact_id
LEFT JOIN sportello_message AS m ON m.id = t.after_message_id
WHERE t.id = ANY(%(ids)s::bigint[]) AND t.released_at IS NULL AND t.skipped_why = ''
ORDER BY t.id
FOR UPDATE OF t SKIP LOCKED;

-- name: skip
-- Errands at which nothing is sent, each with its reason.
UPDATE sportello_errand AS t SET skipped_why = g.why
FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS g (id, why)
WHERE t.id = g.id AND t.released_at IS NULL AND t.skipped_why = '';

-- name: release
-- Errands become messages in the outbox, each once, and the next follow-up counts from them.
WITH given AS (
    SELECT * FROM unnest(
        %(errand_ids)s::bigint[], %(conversation_ids)s::bigint[], %(epochs)s::int[],
        %(texts)s::text[], %(payloads)s::jsonb[], %(bodies)s::jsonb[],
        %(template_ids)s::bigint[], %(file_ids)s::bigint[]
    ) AS g (errand_id, conversation_id, epoch, text, payload, body, template_id, file_id)
), messages AS (
    INSERT INTO sportello_message
        (workspace_id, conversation_id, origin, type, text, payload, status, at)
    SELECT %(workspace_id)s, g.conversation_id, %(origin)s, 'template', g.text, g.payload,
           'queued', %(now)s
    FROM given AS g
    RETURNING id, conversation_id
), sends AS (
    INSERT INTO sportello_send
        (workspace_id, number_id, conversation_id, message_id, origin, priority, body,
         control_epoch, template_id, file_id, campaign_id, due_at)
    SELECT %(workspace_id)s, %(number_id)s, g.conversation_id, m.id, %(origin)s, 2, g.body,
           g.epoch, g.template_id, g.file_id, %(campaign_id)s, clock_timestamp()
    FROM given AS g JOIN messages AS m USING (conversation_id)
), gone AS (
    UPDATE sportello_errand AS t SET released_at = %(now)s, message_id = m.id
    FROM given AS g JOIN messages AS m USING (conversation_id)
    WHERE t.id = g.errand_id
    RETURNING t.recipient_id, t.position, m.id AS message_id
)
UPDATE sportello_errand AS n SET after_message_id = gone.message_id
FROM gone
WHERE n.recipient_id = gone.recipient_id AND n.position = gone.position + 1
  AND n.skipped_why = '';

-- name: pending
-- Whether a follow-up may still come; not one that hangs on what nobody will ever know by itself.
SELECT EXISTS (
    SELECT FROM sportello_errand AS t
    WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL AND t.skipped_why = ''
      AND t.due_at IS NOT NULL
) OR EXISTS (
    SELECT FROM sportello_errand AS t JOIN sportello_message AS m ON m.id = t.after_message_id
    WHERE t.campaign_id = %(campaign_id)s AND t.released_at IS NULL AND t.skipped_why = ''
      AND t.due_at IS NULL AND t.after_message_id IS NOT NULL AND m.status <> 'unknown'
) AS pending;

-- name: leave_out
-- What is left when a campaign is over will never come.
UPDATE sportello_errand SET skipped_why = 'not_reached'
WHERE campaign_id = %(campaign_id)s AND released_at IS NULL AND skipped_why = '';

-- name: answer
-- The customer has answered: what was meant for their silence is over, what of it waits in the
-- outbox is withdrawn, and the next step meant for everybody goes on counting from where it stood.
WITH mine AS (
    SELECT t.id, t.recipient_id, t.position, t.after_message_id, t.message_id, t.released_at
    FROM sportello_errand AS t
    JOIN sportello_campaign AS c ON c.id = t.campaign_id AND c.number_id = %(number_id)s
    LEFT JOIN sportello_recipient AS r ON r.id = t.recipient_id
    LEFT JOIN sportello_message AS m ON m.id = r.message_id
    WHERE t.contact_id = %(contact_id)s AND t.unless_answered AND t.answered_at IS NULL
      AND t.skipped_why = ''
      AND (t.recipient_id IS NULL
           OR (m.status NOT IN ('queued', 'held', 'refused', 'cancelled')
               AND (%(answers)s::bool OR m.at <= %(at)s)))
    ORDER BY t.id FOR UPDATE OF t
), answered AS (
    UPDATE sportello_errand AS t
    SET answered_at = %(at)s,
        skipped_why = CASE WHEN mine.released_at IS NULL THEN 'answered' ELSE '' END
    FROM mine WHERE t.id = mine.id
), woken AS (
    UPDATE sportello_errand AS n SET after_message_id = last.after_message_id
    FROM (
        SELECT DISTINCT ON (mine.recipient_id) mine.recipient_id, mine.position,
               mine.after_message_id
        FROM mine WHERE mine.released_at IS NULL AND mine.after_message_id IS NOT NULL
        ORDER BY mine.recipient_id, mine.position
    ) AS last
    WHERE n.recipient_id = last.recipient_id AND n.after_message_id IS NULL
      AND n.skipped_why = '' AND NOT n.unless_answered
      AND n.position = (
          SELECT min(o.position) FROM sportello_errand AS o
          WHERE o.recipient_id = last.recipient_id AND o.position > last.position
            AND NOT o.unless_answered)
), withdrawn AS (
    UPDATE sportello_send AS s SET state = 'cancelled', settled_at = clock_timestamp()
    FROM mine WHERE s.message_id = mine.message_id AND s.state = 'queued'
    RETURNING s.message_id
)
UPDATE sportello_message AS m SET status = 'cancelled', receipt = %(receipt)s
FROM withdrawn WHERE m.id = withdrawn.message_id AND m.status IN ('queued', 'held');
