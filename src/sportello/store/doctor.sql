-- name: claim
-- Takes questions that nobody looks into; if the process dies they are taken again after the lease.
UPDATE sportello_examination AS e
SET state = 'looking', attempts = e.attempts + 1,
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM (
    SELECT id FROM sportello_examination
    WHERE state = 'wanted' OR (state = 'looking' AND lease_until < clock_timestamp())
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) AS due
WHERE e.id = due.id
RETURNING e.id, e.workspace_id, e.number_id, e.subject, e.subject_id, e.deed, e.attempts;

-- name: note
-- One look more has ended: the page shows it.
UPDATE sportello_examination SET looks = looks || %(look)s WHERE id = %(id)s AND state = 'looking';

-- name: finish
-- looking -> done, with the report; by whoever holds it.
UPDATE sportello_examination
SET state = 'done', findings = %(findings)s, looks = %(looks)s, deed_error = %(deed_error)s,
    done_at = %(now)s, lease_until = NULL
WHERE id = %(id)s AND state = 'looking' AND attempts = %(attempts)s;

-- name: prune
-- Reports of more than so many days ago.
DELETE FROM sportello_examination WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_examination
    WHERE created_at < clock_timestamp() - make_interval(days => %(days)s)
    ORDER BY created_at LIMIT %(limit)s));

-- name: numbers
-- All numbers, for the command line.
SELECT id, workspace_id, display_number FROM sportello_number ORDER BY id LIMIT %(limit)s;

-- name: subject
-- The number that the command line's question is about; no row where there is no such thing.
SELECT n.id, n.workspace_id, n.display_number FROM sportello_number AS n
WHERE n.id = CASE %(subject)s::text
    WHEN 'number' THEN %(id)s::bigint
    WHEN 'message' THEN (
        SELECT c.number_id FROM sportello_message AS m
        JOIN sportello_conversation AS c ON c.id = m.conversation_id
        WHERE m.id = %(id)s AND m.origin NOT IN ('customer', 'note'))
    WHEN 'conversation' THEN (
        SELECT c.number_id FROM sportello_conversation AS c WHERE c.id = %(id)s)
    WHEN 'campaign' THEN (SELECT g.number_id FROM sportello_campaign AS g WHERE g.id = %(id)s)
    WHEN 'template' THEN (
        SELECT min(o.id) FROM sportello_template AS t
        JOIN sportello_number AS o ON o.workspace_id = t.workspace_id AND o.waba_id = t.waba_id
        WHERE t.id = %(id)s) END;

-- name: report
-- What was found, once it is done.
SELECT findings, looks, deed_error, subject, subject_id FROM sportello_examination
WHERE id = %(id)s AND state = 'done';

-- name: number
-- The number as we have it, its token, and what its newest webhooks said of the account's end.
SELECT n.id, n.workspace_id, n.phone_number_id, n.waba_id, n.app_id, n.status, n.payment,
       n.paused_why, n.paused_at, n.last_event_at, n.messaging_limit, n.portfolio_id,
       n.dispatcher_until > clock_timestamp() AS is_dispatched, k.sealed,
       (SELECT e.at FROM sportello_platformevent AS e
        WHERE e.workspace_id = n.workspace_id AND e.waba_id = n.waba_id
          AND e.field = 'account_update'
          AND e.value -> 'ban_info' ->> 'waba_ban_state' IS NOT NULL
          AND e.value -> 'ban_info' ->> 'waba_ban_state' = 'SCHEDULE_FOR_DISABLE'
          AND NOT EXISTS (
              SELECT FROM sportello_platformevent AS l
              WHERE l.workspace_id = e.workspace_id AND l.waba_id = e.waba_id
                AND l.field = 'account_update' AND l.at > e.at
                AND l.value -> 'ban_info' ->> 'waba_ban_state' IS NOT NULL)
        ORDER BY e.at DESC LIMIT 1) AS ending_at
FROM sportello_number AS n LEFT JOIN sportello_token AS k ON k.number_id = n.id
WHERE n.id = %(id)s;

-- name: silence
-- Messages that Meta accepted before then and never spoke of again; of the newest ones.
SELECT count(*) AS count, min(attempted_at) AS since FROM (
    SELECT s.attempted_at
    FROM sportello_send AS s JOIN sportello_message AS m ON m.id = s.message_id
    WHERE s.number_id = %(number_id)s AND s.attempted_at > %(since)s
      AND s.attempted_at < %(before)s AND s.state = 'accepted' AND m.status = 'accepted'
    ORDER BY s.id DESC LIMIT 1000
) AS silent;

-- name: message
-- A message, its send, and the last word that Meta said of it.
SELECT m.id, m.status, m.type, m.origin, m.at, m.error, m.failed_at, m.receipt, m.sent_at,
       m.conversation_id, s.id AS send_id, s.template_id, s.file_id, s.hold_code,
       s.attempted_at, s.campaign_id,
       CASE WHEN s.state = 'queued'
            THEN extract(epoch FROM clock_timestamp() - s.due_at)::float8 ELSE 0 END AS late_s,
       (SELECT a.error FROM sportello_attempt AS a
        WHERE a.send_id = s.id AND a.error IS NOT NULL
        ORDER BY a.started_at DESC LIMIT 1) AS last_error,
       EXISTS (SELECT FROM sportello_attempt AS a
               WHERE a.send_id = s.id AND a.outcome = 'in_doubt') AS may_have_left,
       EXISTS (SELECT FROM sportello_repetition AS r WHERE r.message_id = m.id) AS was_repeated
FROM sportello_message AS m LEFT JOIN sportello_send AS s ON s.message_id = m.id
WHERE m.id = %(id)s AND m.workspace_id = %(workspace_id)s;

-- name: last_message
-- What we wrote last into a conversation, if it has not arrived.
SELECT id FROM (
    SELECT id, status FROM sportello_message
    WHERE conversation_id = %(id)s AND workspace_id = %(workspace_id)s
      AND origin NOT IN ('customer', 'note')
    ORDER BY at DESC, id DESC LIMIT 1
) AS last
WHERE status NOT IN ('delivered', 'read', 'played');

-- name: chat
-- A conversation and its customer.
SELECT c.holder, c.window_closes_at, c.awaiting_customer_since, c.contact_id,
       p.unreachable_since, p.marketing_capped_until
FROM sportello_conversation AS c JOIN sportello_contact AS p ON p.id = c.contact_id
WHERE c.id = %(id)s AND c.workspace_id = %(workspace_id)s;

-- name: template
-- A template as we have it.
SELECT id, meta_id, name, language, status, category, reason, paused_until, deleted_at,
       components, updated_at
FROM sportello_template WHERE id = %(id)s AND workspace_id = %(workspace_id)s;

-- name: upload
-- A file on its way to Meta, or refused.
SELECT state, reason, due_at FROM sportello_upload
WHERE file_id = %(file_id)s AND number_id = %(number_id)s;

-- name: campaign
-- A campaign as it stands.
SELECT c.id, c.state, c.paused_why, c.braked, c.starts_at, c.calendar, c.planned, c.template_id,
       w.time_zone,
       (SELECT count(*) FROM sportello_recipient AS r WHERE r.campaign_id = c.id) AS audience
FROM sportello_campaign AS c JOIN sportello_workspace AS w ON w.id = c.workspace_id
WHERE c.id = %(id)s AND c.workspace_id = %(workspace_id)s;

-- name: campaign_reasons
-- Why its people are skipped, held or not reached: the most frequent reasons of each kind.
(SELECT 'skipped' AS kind, r.skipped_why AS code, count(*) AS count
 FROM sportello_recipient AS r
 WHERE r.campaign_id = %(id)s AND r.skipped_why <> '' GROUP BY 2 ORDER BY 3 DESC LIMIT 5)
UNION ALL
(SELECT 'held', s.hold_code, count(*) FROM sportello_send AS s
 WHERE s.campaign_id = %(id)s AND s.state IN ('queued', 'sending') AND s.hold_code <> ''
 GROUP BY 2 ORDER BY 3 DESC LIMIT 5)
UNION ALL
(SELECT 'failed', coalesce(m.error ->> 'code', ''), count(*)
 FROM sportello_recipient AS r JOIN sportello_message AS m ON m.id = r.message_id
 WHERE r.campaign_id = %(id)s AND m.status = 'failed'
 GROUP BY 2 ORDER BY 3 DESC LIMIT 5);

-- name: house
-- How long work lies that nobody takes up, by the database's clock.
SELECT
    (SELECT count(*) FROM (
        SELECT FROM sportello_send AS s
        WHERE s.number_id = %(number_id)s AND s.state = 'queued'
          AND s.due_at < clock_timestamp() - interval '10 s' LIMIT 10000) AS l) AS outbox_late,
    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(s.due_at)), 0)::float8
     FROM sportello_send AS s
     WHERE s.number_id = %(number_id)s AND s.state = 'queued'
       AND s.due_at < clock_timestamp()) AS outbox_late_s,
    (SELECT count(*) FROM (
        SELECT FROM sportello_journalentry AS j
        WHERE j.folded_at IS NULL LIMIT 10000) AS l) AS inbox_waiting,
    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(j.received_at)), 0)::float8
     FROM sportello_journalentry AS j WHERE j.folded_at IS NULL) AS inbox_late_s,
    (SELECT count(*) FROM sportello_quarantined AS q
     WHERE q.workspace_id = %(workspace_id)s AND q.resolved_at IS NULL) AS set_aside;

-- name: template_of
-- The template that a subject is, or carries.
SELECT t.id, t.meta_id, t.waba_id FROM sportello_template AS t
WHERE t.workspace_id = %(workspace_id)s AND t.id = CASE %(subject)s::text
    WHEN 'template' THEN %(subject_id)s::bigint
    WHEN 'campaign' THEN (SELECT c.template_id FROM sportello_campaign AS c
                          WHERE c.id = %(subject_id)s AND c.workspace_id = t.workspace_id)
    WHEN 'message' THEN (SELECT s.template_id FROM sportello_send AS s
                         WHERE s.message_id = %(subject_id)s
                           AND s.workspace_id = t.workspace_id)
    WHEN 'conversation' THEN (SELECT s.template_id FROM sportello_send AS s
                              WHERE s.conversation_id = %(subject_id)s
                                AND s.workspace_id = t.workspace_id
                                AND s.template_id IS NOT NULL
                              ORDER BY s.id DESC LIMIT 1) END;
