-- name: find
-- The ledger's lines of some messages. Whoever changes a line has its message locked first, so
-- that they need no locks of their own.
SELECT c.id, told.n, c.market, c.calling_code, c.currency, c.category, c.kind, c.micros,
       c.stated_by, c.billed_at, n.account_time_zone, m.pricing,
       coalesce(m.delivered_at, m.read_at) AS arrived_at
FROM unnest(%(workspace_ids)s::bigint[], %(wamids)s::text[]) WITH ORDINALITY
    AS told (workspace_id, wamid, n)
JOIN sportello_message AS m ON m.workspace_id = told.workspace_id AND m.wamid = told.wamid
JOIN sportello_charge AS c ON c.message_id = m.id
JOIN sportello_number AS n ON n.id = c.number_id
ORDER BY c.id;

-- name: settle
-- What Meta stated, priced; what was delivered is owed, whatever was said before.
UPDATE sportello_charge AS c
SET market = t.market, category = t.category, kind = t.kind, micros = t.micros,
    stated_by = t.stated_by, billed_at = t.billed_at,
    fell_through = c.fell_through AND t.billed_at IS NULL
FROM unnest(%(ids)s::bigint[], %(markets)s::text[], %(categories)s::text[], %(kinds)s::text[],
            %(micros)s::bigint[], %(stated_bys)s::smallint[], %(billed_ats)s::timestamptz[])
    AS t (id, market, category, kind, micros, stated_by, billed_at)
WHERE c.id = t.id;
