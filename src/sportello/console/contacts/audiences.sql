-- name: time_limit
-- How long a statement may take as things are.
SELECT current_setting('statement_timeout');

-- name: limit_time
-- How long a statement may take, until the transaction ends.
SELECT set_config('statement_timeout', %(limit)s, true);
