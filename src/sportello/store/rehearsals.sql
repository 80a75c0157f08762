-- name: claim
-- Leases the oldest change that waits to be tried, with what must be known of its company.
UPDATE sportello_rehearsal AS r
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM sportello_manners AS v
WHERE r.id = (
    SELECT id FROM sportello_rehearsal
    WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND v.workspace_id = r.workspace_id
RETURNING r.id, r.workspace_id, r.kind, r.pair_id, r.document_id, r.draft, r.replayed,
    r.claimed_until,
    v.company, v.assistant_name, v.signature, v.company_language, v.zone, v.answer_from,
    v.clarify_from, v.conduct_version, v.form, v.emoji, v.persona, v.forbidden, v.topics,
    v.silent_from, v.silent_until, v.away_message, v.opening, v.shut_on_holidays, v.has_models;

-- name: kept
-- The questions that must keep their answers, with what is expected, the oldest first.
SELECT q.id AS question_id, s.name AS of_set, q.question, q.band, q.pair_id, q.facts
FROM sportello_setquestion AS q JOIN sportello_questionset AS s ON s.id = q.of_set_id
WHERE q.workspace_id = %(workspace_id)s
ORDER BY q.id LIMIT %(limit)s;

-- name: real
-- The customers' last questions, each wording once, the newest first.
SELECT turn_id, question FROM (
    SELECT DISTINCT ON (question) id AS turn_id, question FROM (
        SELECT id, question FROM sportello_turn
        WHERE workspace_id = %(workspace_id)s AND band <> '' AND question <> ''
        ORDER BY at DESC LIMIT 4 * %(limit)s::int
    ) AS newest
    ORDER BY question, id DESC
) AS once
ORDER BY turn_id DESC LIMIT %(limit)s::int;

-- name: note
-- How far it is, and more time to go on; nothing where it was dropped, published or taken over.
UPDATE sportello_rehearsal
SET asked = %(asked)s, total = %(total)s,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s
RETURNING claimed_until;

-- name: settle
-- What the change would do, or why nobody can say.
UPDATE sportello_rehearsal
SET state = %(state)s::varchar, reason = %(reason)s, counts = %(counts)s, rows = %(rows)s,
    claimed_until = NULL
WHERE id = %(id)s AND state = 'waiting' AND claimed_until = %(claimed_until)s;

-- name: still_there
-- How many of these pairs the company still has, also of those that are switched off.
SELECT count(*) AS n FROM sportello_pair
WHERE id = ANY(%(pair_ids)s::bigint[]) AND workspace_id = %(workspace_id)s AND deleted_at IS NULL;

-- name: write_pair
-- The pair as it would be. To be rolled back.
UPDATE sportello_pair
SET question = %(question)s, answer = %(answer)s, variants = %(variants)s,
    language = %(language)s, enabled = %(enabled)s
WHERE id = %(pair_id)s;

-- name: draft
-- A document whose new version waits to be looked at.
SELECT id, workspace_id, title, language, draft FROM sportello_document
WHERE id = %(document_id)s AND workspace_id = %(workspace_id)s AND state = 'review'
  AND deleted_at IS NULL AND draft IS NOT NULL;

-- name: hold_draft
-- Locks a document before its library, as the index does: else both could wait for each other.
SELECT id FROM sportello_document
WHERE id = %(document_id)s AND state = 'review' AND deleted_at IS NULL
FOR NO KEY UPDATE;

-- name: waiting_of
-- A document's passages without words and vectors.
SELECT id, workspace_id, document_id, title, text, asked, language, content_sha256
FROM sportello_passage WHERE document_id = %(document_id)s AND waits ORDER BY id;

-- name: prune
-- Rehearsals of before the instant given, whatever became of them; a bounded number.
DELETE FROM sportello_rehearsal WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_rehearsal WHERE at < %(before)s ORDER BY at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));
