-- name: add
-- What became of a burst; an unanswered question joins those that ask the same.
INSERT INTO sportello_turn (workspace_id, conversation_id, message_id, question, language, band,
                            way, reason, confidence, found, faults, cost_micros, conduct_version,
                            embedding, cluster, at)
VALUES (%(workspace_id)s, %(conversation_id)s, %(message_id)s, %(question)s, %(language)s,
        %(band)s, %(way)s, %(reason)s, %(confidence)s, %(found)s, %(faults)s, %(cost_micros)s,
        %(conduct_version)s, %(embedding)s::vector, %(cluster)s, %(now)s)
RETURNING id;

-- name: alike
-- The cluster of the unanswered question that is nearest to this one, if it is near enough.
SELECT cluster FROM sportello_turn
WHERE workspace_id = %(workspace_id)s AND cluster IS NOT NULL AND embedding IS NOT NULL
  AND at > %(now)s::timestamptz - interval '90 days'
  AND embedding <=> %(embedding)s::vector < %(distance)s::float8
ORDER BY embedding <=> %(embedding)s::vector
LIMIT 1;

-- name: begin_cluster
-- A question that nobody asked before is the first of its cluster.
UPDATE sportello_turn SET cluster = id WHERE id = %(id)s;

-- name: answered_by_people
-- Hand-overs after which a person wrote to the customer, with all they wrote until the customer's
-- next word but one; a bounded number, locked.
SELECT t.id, t.workspace_id, t.question, t.language, t.cluster, said.answer, said.first_id
FROM sportello_turn AS t
CROSS JOIN LATERAL (
    SELECT string_agg(o.text, E'\n' ORDER BY o.id) AS answer, min(o.id) AS first_id
    FROM (
        SELECT m.id, m.text FROM sportello_message AS m
        WHERE m.conversation_id = t.conversation_id AND m.origin = 'operator' AND m.type = 'text'
          AND m.status NOT IN ('cancelled', 'refused', 'failed') AND m.at > t.at
          AND m.at < t.at + interval '3 days'
        ORDER BY m.id
        LIMIT 3
    ) AS o
) AS said
WHERE t.band = 'handover' AND NOT t.harvested AND t.question <> '' AND said.answer <> ''
  AND t.at < %(now)s::timestamptz - interval '10 minutes'
ORDER BY t.id
LIMIT %(limit)s
FOR UPDATE OF t SKIP LOCKED;

-- name: harvested
-- Looked at; also those for which nobody wrote in time.
UPDATE sportello_turn SET harvested = true
WHERE id = ANY(%(ids)s)
   OR (band = 'handover' AND NOT harvested AND at < %(now)s::timestamptz - interval '4 days');

-- name: propose
-- A person's answer as a proposal; one for each cluster, counted where it comes again; none that
-- says what was rejected for the same cluster before.
INSERT INTO sportello_proposal (workspace_id, kind, origin, turn_id, question, answer, language,
                                cluster, at)
SELECT %(workspace_id)s::bigint, 'add', 'person', %(turn_id)s::bigint, %(question)s::text,
       %(answer)s::text, %(language)s::varchar, %(cluster)s::bigint, %(now)s::timestamptz
WHERE NOT EXISTS (
    SELECT FROM sportello_proposal AS before
    WHERE before.workspace_id = %(workspace_id)s AND before.cluster = %(cluster)s
      AND before.state = 'rejected' AND before.answer = %(answer)s
)
ON CONFLICT (workspace_id, cluster) WHERE state = 'open' AND origin = 'person'
DO UPDATE SET times = sportello_proposal.times + 1, answer = EXCLUDED.answer,
              turn_id = EXCLUDED.turn_id;

-- name: prune
-- Turns and calls of models older than the day given; a bounded number of each.
WITH old AS (
    DELETE FROM sportello_turn WHERE id IN (
        SELECT id FROM sportello_turn WHERE at < %(before)s ORDER BY at LIMIT %(limit)s
    )
)
DELETE FROM sportello_modelcall WHERE id IN (
    SELECT id FROM sportello_modelcall WHERE at < %(before)s ORDER BY at LIMIT %(limit)s
);
