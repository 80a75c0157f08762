-- name: alone
-- Of several who load at once one goes on; the others wait until its transaction ends.
SELECT pg_advisory_xact_lock(%(lock)s);

-- name: put_card
-- A price list by its contents; looked at again, the same one only moves its day of checking.
INSERT INTO sportello_ratecard (source, currency, effective_from, checked_on, sha256)
VALUES (%(source)s, %(currency)s, %(effective_from)s, %(checked_on)s, %(sha256)s)
ON CONFLICT (sha256, currency, effective_from) DO UPDATE
    SET checked_on = greatest(sportello_ratecard.checked_on, excluded.checked_on)
RETURNING id, xmax = 0 AS is_new;

-- name: add_rate
-- One price of a list.
INSERT INTO sportello_rate (card_id, market, category, micros)
VALUES (%(card_id)s, %(market)s, %(category)s, %(micros)s);

-- name: prefixes
-- The map from calling codes to markets, in its order.
SELECT calling_code, country, market_before, market_since FROM sportello_prefix ORDER BY id;

-- name: forget_prefixes
-- Before another map takes its place.
DELETE FROM sportello_prefix;

-- name: add_prefix
-- One line of the map.
INSERT INTO sportello_prefix (calling_code, country, market_before, market_since)
VALUES (%(calling_code)s, %(country)s, %(market_before)s, %(market_since)s);
