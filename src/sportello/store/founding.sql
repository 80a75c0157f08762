-- name: alone
-- Waits until nobody else migrates; held until the connection ends.
SELECT pg_advisory_lock(%(lock)s);

-- name: has_people
-- A row if anybody may sign in.
SELECT id FROM sportello_user LIMIT 1;

-- name: first_workspace
-- The oldest company, or null.
SELECT min(id) AS id FROM sportello_workspace;

-- name: add_workspace
-- A company, unless its slug is taken.
INSERT INTO sportello_workspace (name, slug, undo_seconds)
VALUES (%(name)s, %(slug)s, %(undo_seconds)s)
ON CONFLICT (slug) DO NOTHING;

-- name: workspace
-- A company by its slug.
SELECT id FROM sportello_workspace WHERE slug = %(slug)s;

-- name: workspaces
-- The companies by their slugs, the oldest first; enough of them to name in one message.
SELECT id, slug FROM sportello_workspace ORDER BY id LIMIT 50;

-- name: put_number
-- A business number with its accounts; one that is known stays with its company.
INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id, app_id, token_last4)
VALUES (%(workspace_id)s, %(phone_number_id)s, %(waba_id)s, %(app_id)s, %(token_last4)s)
ON CONFLICT (phone_number_id) DO UPDATE
    SET waba_id = excluded.waba_id, app_id = excluded.app_id, token_last4 = excluded.token_last4
RETURNING id, workspace_id;

-- name: put_token
-- A number's sealed token, in place of the one before.
INSERT INTO sportello_token (workspace_id, number_id, sealed)
VALUES (%(workspace_id)s, %(number_id)s, %(sealed)s)
ON CONFLICT (number_id) DO UPDATE SET sealed = excluded.sealed;

-- name: unread_pair
-- A row if some pair of the knowledge is not searchable yet.
SELECT id FROM sportello_pair WHERE indexed_at IS NULL LIMIT 1;
