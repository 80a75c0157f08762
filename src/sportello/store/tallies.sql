-- name: companies
-- Those with lines of conversations that are in no day yet, or with days of another zone.
SELECT w.id FROM sportello_workspace AS w
LEFT JOIN sportello_eventmark AS m ON m.workspace_id = w.id
WHERE coalesce(m.upto, 0) < (SELECT coalesce(max(id), 0) FROM sportello_conversationevent)
   OR m.zone <> w.time_zone
ORDER BY w.id;

-- name: take_in
-- The next lines of a company, so many at most; whether there is more to do.
SELECT sportello_tally_events(%(company)s, %(limit)s);
