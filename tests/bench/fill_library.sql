-- A library of many passages, made in the database: words drawn as words are, vectors in a cone.
WITH document AS (
    INSERT INTO sportello_document (workspace_id, kind, title, format, sha256, state)
    VALUES (%(workspace_id)s, 'file', 'Archivio', 'txt', 'many', 'ready')
    RETURNING id
), passage AS (
    INSERT INTO sportello_passage
        (workspace_id, document_id, place, title, text, language, content_sha256, length)
    SELECT %(workspace_id)s, document.id, n, 'Voce ' || n, repeat('Una frase qualsiasi. ', 40),
           'it', 'many-' || n, %(terms)s
    FROM document, generate_series(1, %(passages)s) AS n
    RETURNING id
), posting AS (
    INSERT INTO sportello_posting (workspace_id, passage_id, lexeme, tf)
    SELECT DISTINCT ON (passage.id, drawn.rank) %(workspace_id)s, passage.id,
           coalesce(known.lexeme, 'it:parola' || drawn.rank), 1
    FROM passage
    CROSS JOIN LATERAL (
        SELECT floor(power(%(vocabulary)s, random()))::int AS rank
        FROM generate_series(1, %(terms)s) WHERE passage.id > 0
    ) AS drawn
    LEFT JOIN (
        SELECT lexeme, row_number() OVER (ORDER BY passages DESC) AS rank
        FROM sportello_lexemecount WHERE workspace_id = %(workspace_id)s
    ) AS known ON known.rank = drawn.rank
    RETURNING lexeme
), counted AS (
    INSERT INTO sportello_lexemecount (workspace_id, lexeme, passages)
    SELECT %(workspace_id)s, lexeme, count(*) FROM posting GROUP BY lexeme
    ON CONFLICT (workspace_id, lexeme)
    DO UPDATE SET passages = sportello_lexemecount.passages + excluded.passages
), known AS (
    SELECT embedding, row_number() OVER () AS n FROM sportello_vector
    WHERE workspace_id = %(workspace_id)s
)
INSERT INTO sportello_vector (workspace_id, passage_id, kind, embedding)
SELECT %(workspace_id)s, passage.id, 'passage', known.embedding
FROM passage JOIN known ON known.n = 1 + passage.id %% (SELECT count(*) FROM known);
