    WITH told AS MATERIALIZED (
        SELECT e.* FROM {lines} AS e
        WHERE e.workspace_id = company AND e.id > since_id AND e.id <= upto_id
    ), touched AS (
        SELECT DISTINCT e.conversation_id, coalesce(e.request, e.id) AS request FROM told AS e
        WHERE e.kind = 'asked' OR (e.request IS NOT NULL
              AND e.kind IN ('answered', 'taken', 'handed_over', 'helped', 'closed'))
    ), each AS (
        SELECT a.at, a.number_id,
               count(*) FILTER (WHERE e.id <= since_id AND e.kind = 'answered') > 0 AS was_met,
               count(*) FILTER (WHERE e.kind = 'answered') > 0 AS is_met,
               count(*) FILTER (WHERE e.id <= since_id AND of_people) > 0 AS was_shared,
               count(*) FILTER (WHERE of_people) > 0 AS is_shared,
               count(*) FILTER (WHERE e.id <= since_id AND e.kind = 'closed') > 0 AS was_closed,
               count(*) FILTER (WHERE e.kind = 'closed') > 0 AS is_closed
        FROM touched
        JOIN {lines} AS a ON a.id = touched.request AND a.kind = 'asked'
        JOIN {lines} AS e
          ON e.conversation_id = touched.conversation_id AND e.id >= touched.request
         AND e.id <= upto_id AND coalesce(e.request, e.id) = touched.request
        CROSS JOIN LATERAL (
            SELECT e.kind IN ('taken', 'handed_over', 'helped')
                   OR (e.kind = 'answered' AND e.detail = 'operator')
        ) AS told_by (of_people)
        GROUP BY a.id, a.at, a.number_id
    ), made AS (
        SELECT (at AT TIME ZONE zone)::date AS day, number_id, kind::text, by_id, detail::text,
               1 AS n
        FROM told
        UNION ALL
        SELECT (e.at AT TIME ZONE zone)::date, e.number_id, 'joined', e.by_id, e.detail::text, 1
        FROM told AS e
        WHERE e.kind = 'answered' AND NOT EXISTS (
            SELECT FROM {lines} AS b
            WHERE b.conversation_id = e.conversation_id AND b.id < e.id AND b.kind = 'answered'
              AND b.request = e.request AND b.detail = e.detail
              AND b.by_id IS NOT DISTINCT FROM e.by_id)
        UNION ALL
        SELECT (at AT TIME ZONE zone)::date, number_id, figure.kind, NULL::bigint, '', figure.n
        FROM each CROSS JOIN LATERAL (VALUES
            ('met', is_met::int - was_met::int),
            ('alone', (is_met AND NOT is_shared)::int - (was_met AND NOT was_shared)::int),
            ('solved', ((is_met AND NOT is_shared) OR is_closed)::int
                     - ((was_met AND NOT was_shared) OR was_closed)::int)
        ) AS figure (kind, n)
    )
    SELECT made.day, made.number_id, made.kind, made.by_id, made.detail, sum(made.n)::bigint
    FROM made GROUP BY 1, 2, 3, 4, 5 HAVING sum(made.n) <> 0
