-- name: claim
-- Locks the oldest pair that the index does not know yet, until the transaction ends.
SELECT id, workspace_id, question, answer, variants, language, enabled
FROM sportello_pair
WHERE indexed_at IS NULL AND deleted_at IS NULL AND id <> ALL(%(except)s)
ORDER BY id
LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED;

-- name: claim_deleted
-- Locks a pair that the console has deleted, until the transaction ends.
SELECT id, workspace_id FROM sportello_pair
WHERE deleted_at IS NOT NULL AND id <> ALL(%(except)s)
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: mark_indexed
-- Tells that the index knows the pair as it is now.
UPDATE sportello_pair SET indexed_at = clock_timestamp() WHERE id = %(pair_id)s;

-- name: forget_pair
-- Removes a deleted pair for good; its passage has left the index before.
DELETE FROM sportello_pair WHERE id = %(pair_id)s AND deleted_at IS NOT NULL;

-- name: known
-- The passage of a pair, and the hash of what it was made from.
SELECT id, content_sha256 FROM sportello_passage WHERE pair_id = %(pair_id)s;

-- name: hold_stats
-- Makes the workspace's row of figures if it has none, and locks it: one writer of a library at a
-- time, so that the counts below cannot cross each other.
INSERT INTO sportello_librarystats (workspace_id) VALUES (%(workspace_id)s)
ON CONFLICT (workspace_id) DO UPDATE SET updated_at = clock_timestamp();

-- name: drop_words
-- Takes a passage's lexemes out of the index and out of the counts.
WITH gone AS (
    DELETE FROM sportello_posting
    WHERE workspace_id = %(workspace_id)s AND passage_id = %(passage_id)s
    RETURNING lexeme
), rare AS (
    DELETE FROM sportello_lexemecount AS counted USING gone
    WHERE counted.workspace_id = %(workspace_id)s AND counted.lexeme = gone.lexeme
      AND counted.passages <= 1
    RETURNING counted.lexeme
)
UPDATE sportello_lexemecount AS counted SET passages = counted.passages - 1 FROM gone
WHERE counted.workspace_id = %(workspace_id)s AND counted.lexeme = gone.lexeme
  AND counted.passages > 1;

-- name: drop_vectors
-- Takes a passage's vectors out of the index.
DELETE FROM sportello_vector
WHERE workspace_id = %(workspace_id)s AND passage_id = %(passage_id)s;

-- name: drop_passage
-- Removes a passage whose words and vectors are gone.
DELETE FROM sportello_passage WHERE id = %(passage_id)s;

-- name: put_passage
-- The passage of a pair, new or written over.
INSERT INTO sportello_passage
    (workspace_id, pair_id, title, text, language, content_sha256, length)
VALUES (%(workspace_id)s, %(pair_id)s, %(title)s, %(text)s, %(language)s, %(sha256)s, %(length)s)
ON CONFLICT (pair_id) DO UPDATE SET
    title = excluded.title, text = excluded.text, language = excluded.language,
    content_sha256 = excluded.content_sha256, length = excluded.length
RETURNING id;

-- name: put_words
-- A passage's lexemes with their frequencies, and one more passage for each of them.
WITH put AS (
    INSERT INTO sportello_posting (workspace_id, passage_id, lexeme, tf)
    SELECT %(workspace_id)s, %(passage_id)s, lexeme, tf
    FROM unnest(%(lexemes)s::text[], %(frequencies)s::int[]) AS told(lexeme, tf)
    RETURNING lexeme
)
INSERT INTO sportello_lexemecount (workspace_id, lexeme, passages)
SELECT %(workspace_id)s, lexeme, 1 FROM put
ON CONFLICT (workspace_id, lexeme)
DO UPDATE SET passages = sportello_lexemecount.passages + 1;

-- name: put_vectors
-- A passage's vectors, each with what it was made from.
INSERT INTO sportello_vector (workspace_id, passage_id, kind, embedding)
SELECT %(workspace_id)s, %(passage_id)s, kind, embedding::vector
FROM unnest(%(kinds)s::text[], %(embeddings)s::text[]) AS told(kind, embedding);

-- name: count
-- Number and mean length of the passages, as they are after this transaction.
UPDATE sportello_librarystats AS stats
SET passages = counted.n, mean_length = counted.mean, version = stats.version + 1,
    updated_at = clock_timestamp()
FROM (
    SELECT count(*) AS n, coalesce(avg(length), 0) AS mean
    FROM sportello_passage WHERE workspace_id = %(workspace_id)s AND NOT waits
) AS counted
WHERE stats.workspace_id = %(workspace_id)s;

-- name: vectors
-- Every vector of a library; of a very large one, each `step`-th.
SELECT embedding FROM sportello_vector
WHERE workspace_id = %(workspace_id)s AND id %% %(step)s = 0;

-- name: count_vectors
-- How many vectors a library has.
SELECT count(*) AS n FROM sportello_vector WHERE workspace_id = %(workspace_id)s;

-- name: put_cloud
-- The mean of a library's vectors and how they scatter.
UPDATE sportello_librarystats
SET centroid = %(centroid)s, covariance = %(covariance)s, version = version + 1,
    updated_at = clock_timestamp()
WHERE workspace_id = %(workspace_id)s;

-- name: without_cloud
-- Libraries whose last pair was indexed later than their vectors were measured.
SELECT stats.workspace_id
FROM sportello_librarystats AS stats
WHERE stats.passages > 0 AND (stats.centroid = '' OR EXISTS (
    SELECT FROM sportello_pair AS pair
    WHERE pair.workspace_id = stats.workspace_id AND pair.indexed_at >= stats.updated_at
) OR EXISTS (
    SELECT FROM sportello_document AS document
    WHERE document.workspace_id = stats.workspace_id AND document.updated_at >= stats.updated_at
))
LIMIT 100;

-- name: stats
-- A library's figures, small enough to ask for at every question.
SELECT version, passages, mean_length FROM sportello_librarystats
WHERE workspace_id = %(workspace_id)s;

-- name: cloud
-- A library's cloud of vectors and its languages, asked for when the version is new.
SELECT version, centroid, covariance, ARRAY(
    SELECT language FROM sportello_passage WHERE workspace_id = %(workspace_id)s
    GROUP BY language ORDER BY count(*) DESC, language LIMIT 4
) AS languages
FROM sportello_librarystats WHERE workspace_id = %(workspace_id)s;

-- name: passages_with
-- In how many passages each of these lexemes stands; those that stand in none are left out.
SELECT lexeme, passages FROM sportello_lexemecount
WHERE workspace_id = %(workspace_id)s AND lexeme = ANY(%(lexemes)s);

-- name: lexemes_like
-- Known lexemes that begin alike and are about as long: what mistyped words may have meant.
SELECT asked.mistyped, alike.lexeme
FROM unnest(%(mistyped)s::text[], %(beginnings)s::text[]) AS asked(mistyped, beginning)
CROSS JOIN LATERAL (
    SELECT lexeme FROM sportello_lexemecount
    WHERE workspace_id = %(workspace_id)s AND starts_with(lexeme, asked.beginning)
      AND length(lexeme) BETWEEN length(asked.mistyped) - 1 AND length(asked.mistyped) + 1
    LIMIT 2000
) AS alike;

-- name: lexical
-- Passages by BM25 (k1 1.2, b 0.75) over weighted lexemes, with the share of their weight found.
-- What is withdrawn is looked up first: it is little, and joining every passage costs thrice.
WITH hidden AS MATERIALIZED (
    SELECT passage.id FROM sportello_pair AS pair
    JOIN sportello_passage AS passage ON passage.pair_id = pair.id
    WHERE pair.workspace_id = %(workspace_id)s
      AND (NOT pair.enabled OR pair.deleted_at IS NOT NULL)
    UNION ALL
    SELECT passage.id FROM sportello_document AS document
    JOIN sportello_passage AS passage ON passage.document_id = document.id
    WHERE document.workspace_id = %(workspace_id)s
      AND (NOT document.enabled OR document.deleted_at IS NOT NULL)
)
SELECT posting.passage_id,
       sum(asked.idf * posting.tf * 2.2::float8
           / (posting.tf + 1.2::float8 * (0.25::float8 + 0.75::float8 * passage.length
                                          / greatest(stats.mean_length, 1)))) AS bm25,
       sum(asked.idf) AS found
FROM unnest(%(lexemes)s::text[], %(idfs)s::float8[]) AS asked(lexeme, idf)
JOIN sportello_librarystats AS stats ON stats.workspace_id = %(workspace_id)s
JOIN sportello_posting AS posting
  ON posting.workspace_id = %(workspace_id)s AND posting.lexeme = asked.lexeme
JOIN sportello_passage AS passage ON passage.id = posting.passage_id
WHERE posting.passage_id NOT IN (SELECT id FROM hidden)
  AND (%(only)s::bigint[] IS NULL OR posting.passage_id = ANY(%(only)s))
GROUP BY posting.passage_id
ORDER BY bm25 DESC, posting.passage_id
LIMIT %(limit)s;

-- name: dense
-- Passages by their vectors: the best of a passage's questions and that of its text, weighted. An
-- exact scan, which below 20,000 passages needs no index.
WITH hidden AS MATERIALIZED (
    SELECT passage.id FROM sportello_pair AS pair
    JOIN sportello_passage AS passage ON passage.pair_id = pair.id
    WHERE pair.workspace_id = %(workspace_id)s
      AND (NOT pair.enabled OR pair.deleted_at IS NOT NULL)
    UNION ALL
    SELECT passage.id FROM sportello_document AS document
    JOIN sportello_passage AS passage ON passage.document_id = document.id
    WHERE document.workspace_id = %(workspace_id)s
      AND (NOT document.enabled OR document.deleted_at IS NOT NULL)
)
SELECT passage_id, coalesce(asked, told) AS asked, coalesce(told, asked) AS told
FROM (
    SELECT vector.passage_id,
           max(-(vector.embedding <#> %(question)s::vector))
               FILTER (WHERE vector.kind <> 'passage') AS asked,
           max(-(vector.embedding <#> %(question)s::vector))
               FILTER (WHERE vector.kind = 'passage') AS told
    FROM sportello_vector AS vector
    WHERE vector.workspace_id = %(workspace_id)s
      AND vector.passage_id NOT IN (SELECT id FROM hidden)
      AND (%(only)s::bigint[] IS NULL OR vector.passage_id = ANY(%(only)s))
    GROUP BY vector.passage_id
) AS near
ORDER BY %(weight)s::float8 * coalesce(asked, told)
         + (1 - %(weight)s::float8) * coalesce(told, asked) DESC, passage_id
LIMIT %(limit)s;

-- name: passages
-- What these passages say.
SELECT passage.id AS passage_id, passage.pair_id, passage.document_id, passage.title,
       passage.language, coalesce(pair.answer, passage.text) AS answer,
       coalesce(pair.question || pair.variants, ARRAY[passage.asked]) AS variants,
       passage.pair_id IS NOT NULL OR passage.asked <> '' AS authored,
       coalesce(document.title, '') AS document, coalesce(document.url, '') AS url
FROM sportello_passage AS passage
LEFT JOIN sportello_pair AS pair ON pair.id = passage.pair_id
LEFT JOIN sportello_document AS document ON document.id = passage.document_id
WHERE passage.id = ANY(%(ids)s);

-- name: pair
-- One pair, if it may still be used as an answer.
SELECT id AS pair_id, question AS title, answer, language FROM sportello_pair
WHERE id = %(pair_id)s AND workspace_id = %(workspace_id)s AND enabled AND deleted_at IS NULL;

-- name: passage
-- One passage of a document, if it may still be used as an answer.
SELECT passage.id AS passage_id, passage.document_id, passage.title, passage.text AS answer,
       passage.language, passage.asked <> '' AS authored, document.title AS document, document.url
FROM sportello_passage AS passage
JOIN sportello_document AS document ON document.id = passage.document_id
WHERE passage.id = %(passage_id)s AND passage.workspace_id = %(workspace_id)s
  AND document.enabled AND document.deleted_at IS NULL;

-- name: progress
-- How much of a library is indexed.
SELECT count(*) FILTER (WHERE indexed_at IS NOT NULL) AS indexed, count(*) AS total
FROM sportello_pair WHERE workspace_id = %(workspace_id)s AND deleted_at IS NULL;

-- name: make_scratch
-- A workspace for a measurement, to be rolled back.
INSERT INTO sportello_workspace (name, slug, language)
VALUES ('scratch', 'scratch-' || gen_random_uuid(), %(language)s)
RETURNING id;

-- name: add_pair
-- A pair that is indexed at once.
INSERT INTO sportello_pair (workspace_id, question, answer, variants, language, indexed_at)
VALUES (%(workspace_id)s, %(question)s, %(answer)s, %(variants)s, %(language)s, clock_timestamp())
RETURNING id;

-- name: add_document
-- A document that is being indexed, for a measurement.
INSERT INTO sportello_document (workspace_id, kind, title, format, language, state, sha256)
VALUES (%(workspace_id)s, 'file', %(title)s, 'txt', %(language)s, 'indexing', gen_random_uuid())
RETURNING id;
