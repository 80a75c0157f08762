-- name: counted
-- How many different files a campaign has by now, as far as the bound.
SELECT count(*) AS known FROM (
    SELECT FROM sportello_enclosure WHERE campaign_id = %(campaign_id)s LIMIT %(most)s
) AS e;

-- name: want
-- Links that are new to the campaign are to be fetched; those it knows stay as they are.
INSERT INTO sportello_enclosure (workspace_id, campaign_id, key, reference)
SELECT %(workspace_id)s, %(campaign_id)s, g.key, g.reference
FROM unnest(%(keys)s::text[], %(references)s::text[]) AS g (key, reference)
ORDER BY g.key
ON CONFLICT (campaign_id, key) DO NOTHING;

-- name: known
-- What is known of these, held so that nobody settles them until the portion is committed.
SELECT id, key, state, why FROM sportello_enclosure
WHERE campaign_id = %(campaign_id)s AND key = ANY(%(keys)s::text[])
ORDER BY id FOR SHARE;

-- name: claim
-- Links to fetch now, and files of which not everybody has been told; due again after the lease.
WITH due AS (
    SELECT e.id, coalesce(c.content, jsonb_build_object('components', t.components)) AS content
    FROM sportello_enclosure AS e
    JOIN sportello_campaign AS c ON c.id = e.campaign_id
    LEFT JOIN sportello_template AS t ON t.id = c.template_id
    WHERE NOT e.settled AND e.due_at <= statement_timestamp()
    ORDER BY e.due_at LIMIT %(limit)s FOR UPDATE OF e SKIP LOCKED
)
UPDATE sportello_enclosure AS e
SET attempts = least(e.attempts + 1, 30000),
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM due
WHERE e.id = due.id
RETURNING e.id, e.workspace_id, e.reference, e.state, e.why, e.attempts, due.content;

-- name: keep_file
-- The bytes as a file of the company's; the same bytes again are the same file.
INSERT INTO sportello_file (workspace_id, sha256, mime_type, filename, size, content)
VALUES (%(workspace_id)s, %(sha256)s, %(mime_type)s, %(filename)s, %(size)s, %(content)s)
ON CONFLICT (workspace_id, sha256) DO UPDATE SET sha256 = excluded.sha256
RETURNING id;

-- name: keep
-- wanted -> kept: it is there.
UPDATE sportello_enclosure SET state = 'kept', file_id = %(file_id)s
WHERE id = %(id)s AND state = 'wanted';

-- name: refuse
-- wanted -> unfit: whoever it was for gets nothing.
UPDATE sportello_enclosure SET state = 'unfit', why = %(why)s, detail = %(detail)s
WHERE id = %(id)s AND state = 'wanted';

-- name: postpone
-- Not now: again after so many seconds.
UPDATE sportello_enclosure
SET due_at = clock_timestamp() + make_interval(secs => %(wait_s)s), detail = %(detail)s
WHERE id = %(id)s AND state = 'wanted';

-- name: tell
-- A portion of those who waited for it: written to when their turn comes, or skipped. An array, for
-- what is locked within IN may be looked for again, and then be more than a portion.
UPDATE sportello_recipient SET awaited = false, skipped_why = %(why)s
WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_recipient WHERE enclosure_id = %(id)s AND awaited
    ORDER BY id LIMIT %(limit)s FOR UPDATE
))
RETURNING id;

-- name: settle
-- Everybody knows.
UPDATE sportello_enclosure SET settled = true WHERE id = %(id)s AND state <> 'wanted';

-- name: open
-- Whether somebody of a campaign still waits for their file.
SELECT EXISTS (
    SELECT FROM sportello_enclosure WHERE campaign_id = %(campaign_id)s AND NOT settled
) AS open;
