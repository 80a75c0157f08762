-- name: standings
-- The newest line of each contact's ledger on one topic; of two at one instant, the taking.
SELECT asked.id AS contact_id, newest.action
FROM unnest(%(contact_ids)s::bigint[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT e.action FROM sportello_consentevent AS e
    WHERE e.contact_id = asked.id AND e.category = %(topic)s
    ORDER BY e.at DESC, e.action DESC LIMIT 1
) AS newest;
