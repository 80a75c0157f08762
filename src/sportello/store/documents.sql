-- name: claim_to_read
-- Leases the oldest document that waits to be read, or whose reader died; pages when they are due.
UPDATE sportello_document AS d
SET state = CASE WHEN d.state IN ('ready', 'review', 'failed') THEN d.state ELSE 'reading' END,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    attempts = d.attempts + 1
WHERE d.id = (
    SELECT id FROM sportello_document
    WHERE deleted_at IS NULL AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
      AND (state IN ('waiting', 'reading')
           OR (kind = 'page' AND site_id IS NULL AND due_at <= clock_timestamp()
               AND state IN ('ready', 'review', 'failed')))
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING d.id, d.workspace_id, d.kind, d.format, d.url, d.title, d.language, d.publishes_itself,
    d.sha256, d.state, d.attempts, d.content, d.site_id;

-- name: keep_draft
-- What was read waits for a person, or for the index at once; nothing to do if it is known. What
-- speaks to machines (`doubted`) waits for a person in any case.
UPDATE sportello_document
SET draft = CASE WHEN %(known)s THEN NULL ELSE %(draft)s::jsonb END,
    title = CASE WHEN %(title)s = '' THEN title ELSE %(title)s END,
    language = CASE WHEN %(language)s = '' THEN language ELSE %(language)s END,
    state = CASE WHEN %(known)s THEN 'ready'
                 WHEN publishes_itself AND NOT %(doubted)s::boolean THEN 'indexing'
                 ELSE 'review' END,
    sha256 = CASE WHEN kind = 'page' AND publishes_itself AND NOT %(doubted)s::boolean
                  THEN %(sha256)s ELSE sha256 END,
    reason = '', attempts = 0, claimed_until = NULL, read_at = clock_timestamp(),
    started_at = clock_timestamp(), updated_at = clock_timestamp(),
    due_at = CASE WHEN every_hours > 0
                  THEN clock_timestamp() + make_interval(hours => every_hours) END
WHERE id = %(id)s AND deleted_at IS NULL;

-- name: fail
-- Why a document cannot be read. A page that was known before stays known.
UPDATE sportello_document
SET state = 'failed', reason = %(reason)s, attempts = 0, claimed_until = NULL,
    read_at = clock_timestamp(), updated_at = clock_timestamp(),
    due_at = CASE WHEN every_hours > 0
                  THEN clock_timestamp() + make_interval(hours => every_hours) END
WHERE id = %(id)s AND deleted_at IS NULL;

-- name: claim_draft
-- Locks a document whose draft is to replace what the index has of it, until the transaction ends.
SELECT id, workspace_id, title, language, draft
FROM sportello_document
WHERE state = 'indexing' AND draft IS NOT NULL AND deleted_at IS NULL AND id <> ALL(%(except)s)
ORDER BY id
LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED;

-- name: passages_of
-- A document's passages as they are known now.
SELECT id, content_sha256 FROM sportello_passage WHERE document_id = %(document_id)s ORDER BY id;

-- name: move_passages
-- Passages that stay, at the places that they have in the new version.
UPDATE sportello_passage AS passage SET place = told.place
FROM unnest(%(ids)s::bigint[], %(places)s::int[]) AS told(id, place)
WHERE passage.id = told.id AND passage.place <> told.place;

-- name: add_passages
-- New passages of a document; nobody finds them until they have words and vectors.
INSERT INTO sportello_passage
    (workspace_id, document_id, place, title, text, asked, language, content_sha256, length, waits)
SELECT %(workspace_id)s, %(document_id)s, told.place, told.title, told.text, told.asked,
       %(language)s, told.sha256, 0, true
FROM unnest(%(places)s::int[], %(titles)s::text[], %(texts)s::text[], %(asked)s::text[],
            %(sha256s)s::text[]) AS told(place, title, text, asked, sha256);

-- name: draft_taken
-- The draft is in the passages now.
UPDATE sportello_document
SET draft = NULL, started_at = clock_timestamp(), updated_at = clock_timestamp(), new_passages = (
    SELECT count(*) FROM sportello_passage WHERE document_id = %(document_id)s AND waits
)
WHERE id = %(document_id)s;

-- name: claim_passages
-- Locks passages that wait, the oldest document's first, until the transaction ends.
SELECT passage.id, passage.workspace_id, passage.document_id, passage.title, passage.text,
       passage.asked, passage.language, passage.content_sha256
FROM sportello_passage AS passage
JOIN sportello_document AS document ON document.id = passage.document_id
WHERE passage.waits AND document.deleted_at IS NULL AND passage.id <> ALL(%(except)s)
ORDER BY passage.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF passage SKIP LOCKED;

-- name: same_vectors
-- Vectors of passages that say the same, in the same workspace: what is known is not embedded
-- again.
SELECT DISTINCT ON (passage.content_sha256) passage.content_sha256, passage.id
FROM sportello_passage AS passage
WHERE passage.workspace_id = %(workspace_id)s AND passage.content_sha256 = ANY(%(sha256s)s)
  AND NOT passage.waits AND passage.document_id IS NOT NULL
ORDER BY passage.content_sha256, passage.id;

-- name: copy_vectors
-- The vectors of one passage for another that says the same.
INSERT INTO sportello_vector (workspace_id, passage_id, kind, embedding)
SELECT workspace_id, %(passage_id)s, kind, embedding
FROM sportello_vector WHERE passage_id = %(known_id)s;

-- name: put_vectors
-- Vectors of several passages.
INSERT INTO sportello_vector (workspace_id, passage_id, kind, embedding)
SELECT %(workspace_id)s, passage_id, kind, embedding::vector
FROM unnest(%(passage_ids)s::bigint[], %(kinds)s::text[], %(embeddings)s::text[])
    AS told(passage_id, kind, embedding);

-- name: put_words
-- Lexemes of several passages with their frequencies, counted into the library's.
WITH put AS (
    INSERT INTO sportello_posting (workspace_id, passage_id, lexeme, tf)
    SELECT %(workspace_id)s, passage_id, lexeme, tf
    FROM unnest(%(passage_ids)s::bigint[], %(lexemes)s::text[], %(frequencies)s::int[])
        AS told(passage_id, lexeme, tf)
    RETURNING lexeme
)
INSERT INTO sportello_lexemecount (workspace_id, lexeme, passages)
SELECT %(workspace_id)s, lexeme, count(*) FROM put GROUP BY lexeme
ON CONFLICT (workspace_id, lexeme)
DO UPDATE SET passages = sportello_lexemecount.passages + excluded.passages;

-- name: reveal
-- Passages that have words and vectors now: from this commit on they are found.
UPDATE sportello_passage AS passage SET waits = false, length = told.length
FROM unnest(%(ids)s::bigint[], %(lengths)s::int[]) AS told(id, length)
WHERE passage.id = told.id;

-- name: settle
-- Documents of which nothing waits any more are ready.
UPDATE sportello_document AS document
SET state = 'ready', started_at = NULL, updated_at = clock_timestamp()
WHERE document.id = ANY(%(ids)s) AND document.state = 'indexing' AND document.draft IS NULL
  AND NOT EXISTS (
      SELECT FROM sportello_passage WHERE document_id = document.id AND waits
  )
RETURNING document.id;

-- name: drop_words
-- Takes the lexemes of several passages out of the index and out of the counts.
WITH gone AS (
    DELETE FROM sportello_posting
    WHERE workspace_id = %(workspace_id)s AND passage_id = ANY(%(passage_ids)s)
    RETURNING lexeme
), counted AS (
    SELECT lexeme, count(*) AS n FROM gone GROUP BY lexeme
), rare AS (
    DELETE FROM sportello_lexemecount AS known USING counted
    WHERE known.workspace_id = %(workspace_id)s AND known.lexeme = counted.lexeme
      AND known.passages <= counted.n
    RETURNING known.lexeme
)
UPDATE sportello_lexemecount AS known SET passages = known.passages - counted.n FROM counted
WHERE known.workspace_id = %(workspace_id)s AND known.lexeme = counted.lexeme
  AND known.passages > counted.n;

-- name: drop_vectors
-- Takes the vectors of several passages out of the index.
DELETE FROM sportello_vector
WHERE workspace_id = %(workspace_id)s AND passage_id = ANY(%(passage_ids)s);

-- name: drop_passages
-- Removes passages whose words and vectors are gone.
DELETE FROM sportello_passage WHERE id = ANY(%(passage_ids)s);

-- name: claim_deleted
-- Locks a document that the console has deleted, until the transaction ends.
SELECT id, workspace_id FROM sportello_document
WHERE deleted_at IS NOT NULL AND id <> ALL(%(except)s)
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: some_passages
-- Some of a document's passages, to be removed a few at a time.
SELECT id FROM sportello_passage WHERE document_id = %(document_id)s LIMIT %(limit)s;

-- name: forget
-- Removes a deleted document for good; its passages have left before.
DELETE FROM sportello_document WHERE id = %(document_id)s AND deleted_at IS NOT NULL;

-- name: claim_site
-- Leases a site that waits to be read, or is due, or whose reader died.
UPDATE sportello_site AS site
SET state = 'reading', attempts = site.attempts + 1, pages_read = 0, pages_known = 0,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE site.id = (
    SELECT id FROM sportello_site
    WHERE deleted_at IS NULL AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
      AND (state IN ('waiting', 'reading')
           OR (due_at <= clock_timestamp() AND state IN ('ready', 'failed')))
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING site.id, site.workspace_id, site.url, site.language, site.pages_max,
    site.publishes_itself, site.attempts;

-- name: find_page
-- A page of a site, made if it is new: what is known of its published text.
INSERT INTO sportello_document
    (workspace_id, site_id, kind, title, url, format, language, state, publishes_itself)
VALUES (%(workspace_id)s, %(site_id)s, 'page', left(%(url)s, 200), %(url)s, 'html', %(language)s,
        'review', %(publishes_itself)s)
ON CONFLICT (workspace_id, url) WHERE kind = 'page' AND deleted_at IS NULL
DO UPDATE SET updated_at = clock_timestamp(), publishes_itself = excluded.publishes_itself,
    site_id = coalesce(sportello_document.site_id, excluded.site_id)
RETURNING id, sha256, draft, state;

-- name: note_walk
-- How far a walk has come; its lease goes on.
UPDATE sportello_site
SET pages_read = %(pages_read)s, pages_known = %(pages_known)s,
    claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE id = %(id)s AND deleted_at IS NULL
RETURNING id;

-- name: end_walk
-- A site has been read, or cannot be.
UPDATE sportello_site
SET state = %(state)s::varchar, reason = %(reason)s, claimed_until = NULL, attempts = 0,
    read_at = clock_timestamp(),
    due_at = CASE WHEN every_hours > 0
                  THEN clock_timestamp() + make_interval(hours => every_hours) END
WHERE id = %(id)s;

-- name: claim_deleted_site
-- Deletes the pages of a site that the console has deleted, then the site when they are gone.
WITH gone AS (
    SELECT id FROM sportello_site WHERE deleted_at IS NOT NULL LIMIT 20
), pages AS (
    UPDATE sportello_document SET deleted_at = clock_timestamp()
    FROM gone WHERE site_id = gone.id AND sportello_document.deleted_at IS NULL
    RETURNING sportello_document.id
)
DELETE FROM sportello_site AS site USING gone
WHERE site.id = gone.id
  AND NOT EXISTS (SELECT FROM sportello_document WHERE site_id = site.id);
