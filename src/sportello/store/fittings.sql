-- name: claim
-- Leases the company whose certainty has waited longest to be measured anew.
UPDATE sportello_fitting AS f
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM sportello_workspace AS w
WHERE f.workspace_id = (
    SELECT workspace_id FROM sportello_fitting
    WHERE due_at <= clock_timestamp()
      AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY due_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AND w.id = f.workspace_id
RETURNING f.workspace_id, f.claimed_until, f.due_at, w.language;

-- name: labelled
-- Questions of which is known what answers them, each wording once, what people said last first:
-- corrections of answers, then questions of sets. `kind`: right, wrong, other; none for a question
-- that nothing of the company's answers.
SELECT DISTINCT ON (question) question, kind, pair_id, document_id FROM (
    SELECT t.question, c.kind, c.pair_id, c.document_id, 0 AS place, c.at
    FROM sportello_correction AS c JOIN sportello_turn AS t ON t.id = c.turn_id
    WHERE c.workspace_id = %(workspace_id)s AND t.question <> ''
    UNION ALL
    SELECT q.question, CASE WHEN q.pair_id IS NULL THEN 'none' ELSE 'right' END, q.pair_id, NULL,
           1, NULL
    FROM sportello_setquestion AS q
    WHERE q.workspace_id = %(workspace_id)s AND (q.pair_id IS NOT NULL OR q.band = 'handover')
) AS told
ORDER BY question, place, at DESC
LIMIT %(limit)s;

-- name: settle
-- What was measured; it is measured again in a week, unless something was said meanwhile.
UPDATE sportello_fitting
SET labels = %(labels)s, answerable = %(answerable)s, weights = %(weights)s,
    figures = %(figures)s, fitted_at = %(now)s, claimed_until = NULL,
    due_at = CASE WHEN due_at > %(due_at)s THEN due_at
                  WHEN %(labels)s > 0 THEN clock_timestamp() + interval '7 days' END
WHERE workspace_id = %(workspace_id)s AND claimed_until = %(claimed_until)s;

-- name: set_aside
-- It could not be measured: again in an hour.
UPDATE sportello_fitting
SET claimed_until = NULL, due_at = clock_timestamp() + interval '1 hour'
WHERE workspace_id = %(workspace_id)s AND claimed_until = %(claimed_until)s;

-- name: weights
-- By which weights a company's certainty is judged; none where the shipped ones hold.
SELECT fitted_at, weights FROM sportello_fitting
WHERE workspace_id = %(workspace_id)s AND weights IS NOT NULL;
