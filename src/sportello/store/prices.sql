-- name: newest
-- Changes whenever a price list or the map of markets is loaded.
SELECT (SELECT coalesce(max(id), 0) FROM sportello_ratecard) AS card,
       (SELECT coalesce(max(id), 0) FROM sportello_prefix) AS prefix;

-- name: rates
-- Every price that may count: of one day, currency, market and category the newest loading.
SELECT DISTINCT ON (k.currency, r.market, r.category, k.effective_from)
       k.currency, r.market, r.category, k.effective_from, r.micros
FROM sportello_rate AS r JOIN sportello_ratecard AS k ON k.id = r.card_id
ORDER BY k.currency, r.market, r.category, k.effective_from, k.id DESC;

-- name: prefixes
-- The calling codes with their countries and markets.
SELECT calling_code, country, market_before, market_since FROM sportello_prefix ORDER BY id;

-- name: service_used
-- Answers by a number since the month began, as far as they can use up the allowance.
SELECT count(*) AS used FROM (
    SELECT FROM sportello_charge
    WHERE number_id = %(number_id)s AND sent_at >= %(since)s
      AND expected_category = 'service' AND expected_kind <> 'free_entry_point'
      AND NOT fell_through
    LIMIT %(limit)s
) AS counted;

-- name: hold_budget
-- The company's ceiling, if it has one; held, so that two numbers cannot spend the same rest.
SELECT monthly_budget_micros AS micros, time_zone FROM sportello_workspace
WHERE id = %(workspace_id)s AND monthly_budget_micros IS NOT NULL
FOR NO KEY UPDATE;

-- name: spent
-- What we wrote first since the month began has cost, or will when it is delivered.
SELECT coalesce(sum(coalesce(micros, expected_micros)), 0)::bigint AS micros,
       coalesce((SELECT max(id) FROM sportello_charge), 0) AS last
FROM sportello_charge
WHERE workspace_id = %(workspace_id)s AND sent_at >= %(since)s AND currency = %(currency)s
  AND expected_category <> 'service' AND NOT fell_through;

-- name: spent_since
-- The same for the lines that have come since the last one that was there at that sum.
SELECT coalesce(sum(coalesce(micros, expected_micros)), 0)::bigint AS micros
FROM sportello_charge
WHERE id > %(last)s AND workspace_id = %(workspace_id)s AND currency = %(currency)s
  AND expected_category <> 'service' AND NOT fell_through;

-- name: note
-- The lines of the ledger for what leaves now; a message that leaves once more has one line.
INSERT INTO sportello_charge (workspace_id, number_id, message_id, market, calling_code, currency,
                              expected_category, expected_kind, expected_micros, sent_at)
SELECT %(workspace_id)s, %(number_id)s, t.message_id, t.market, t.calling_code, %(currency)s,
       t.category, t.kind, t.micros, %(now)s
FROM unnest(%(message_ids)s::bigint[], %(markets)s::text[], %(calling_codes)s::text[],
            %(categories)s::text[], %(kinds)s::text[], %(micros)s::bigint[])
    AS t (message_id, market, calling_code, category, kind, micros)
ORDER BY t.message_id
ON CONFLICT (message_id) DO UPDATE
SET market = excluded.market, calling_code = excluded.calling_code,
    currency = excluded.currency, expected_category = excluded.expected_category,
    expected_kind = excluded.expected_kind, expected_micros = excluded.expected_micros,
    sent_at = excluded.sent_at, fell_through = false
WHERE sportello_charge.billed_at IS NULL;

-- name: open_entries
-- Our first answer to somebody from an advertisement: nothing is charged for three days.
UPDATE sportello_conversation AS c SET free_entry_until = t.until, ad_entry_at = NULL
FROM unnest(%(ids)s::bigint[], %(untils)s::timestamptz[]) AS t (id, until)
WHERE c.id = t.id;
