-- name: mark_of
-- The mark by which a name is known again once it is gone.
SELECT sportello_mark_of(%(workspace_id)s, %(name)s);
