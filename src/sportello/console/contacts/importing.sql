-- name: take_in
-- Rows that fit become contacts, as the worker's do (store/imports.sql); what became of them.
SELECT sportello_take_in(%(workspace_id)s, %(id)s, %(fits)s::jsonb);
