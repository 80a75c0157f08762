-- name: put_on_list
-- People onto a list; how many were not on it.
WITH added AS (
    INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)
    SELECT c.workspace_id, %(list_id)s, c.id
    FROM sportello_contact AS c WHERE c.id = ANY(%(people)s::bigint[])
    ON CONFLICT (list_id, contact_id) DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM added;
