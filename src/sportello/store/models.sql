-- name: chosen
-- The company's models, the first first, with their sealed keys.
SELECT m.id, m.place, m.provider, m.base_url, m.model, m.price_in_micros, m.price_out_micros,
       m.updated_at, m.sees, k.sealed
FROM sportello_languagemodel AS m
LEFT JOIN sportello_modelkey AS k ON k.model_id = m.id
WHERE m.workspace_id = %(workspace_id)s AND m.enabled
ORDER BY m.place;

-- name: room
-- Whether the budgets of this chat, this day and this month leave room for another call.
SELECT coalesce(b.chat_micros > (
           SELECT coalesce(sum(cost_micros), 0) FROM sportello_modelcall
           WHERE conversation_id = %(conversation_id)s AND at >= %(day)s), true)
   AND coalesce(b.day_micros > (
           SELECT coalesce(sum(cost_micros), 0) FROM sportello_modelcall
           WHERE workspace_id = w.id AND at >= %(day)s), true)
   AND coalesce(b.month_micros > (
           SELECT coalesce(sum(cost_micros), 0) FROM sportello_modelcall
           WHERE workspace_id = w.id AND at >= %(month)s), true) AS room
FROM sportello_workspace AS w
LEFT JOIN sportello_modelbudget AS b ON b.workspace_id = w.id
WHERE w.id = %(workspace_id)s;

-- name: note
-- One call and its cost.
INSERT INTO sportello_modelcall (workspace_id, conversation_id, model, purpose, outcome, tokens_in,
                                 tokens_out, cost_micros, took_ms, at)
VALUES (%(workspace_id)s, %(conversation_id)s, %(model)s, %(purpose)s, %(outcome)s, %(tokens_in)s,
        %(tokens_out)s, %(cost_micros)s, %(took_ms)s, %(now)s);

-- name: to_try
-- A model that somebody wants to see working.
SELECT m.id, m.workspace_id, m.place, m.provider, m.base_url, m.model, m.price_in_micros,
       m.price_out_micros, m.updated_at, m.sees, k.sealed
FROM sportello_languagemodel AS m
LEFT JOIN sportello_modelkey AS k ON k.model_id = m.id
WHERE m.test_state = 'waiting'
ORDER BY m.id
LIMIT 1;

-- name: tried
-- What came of it.
UPDATE sportello_languagemodel
SET test_state = %(state)s::varchar, test_reason = %(reason)s, test_ms = %(took_ms)s
WHERE id = %(id)s AND test_state = 'waiting';
