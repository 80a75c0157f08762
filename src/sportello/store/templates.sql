-- name: claim
-- Takes wishes that are due; if the process dies they are due again after the lease. Those of an
-- account that Meta blocked wait until an administrator lets it go on.
WITH due AS (
    SELECT t.id FROM sportello_template AS t
    WHERE t.wish <> '' AND t.due_at <= statement_timestamp() AND NOT EXISTS (
        SELECT FROM sportello_number AS n
        WHERE n.workspace_id = t.workspace_id AND n.waba_id = t.waba_id
          AND (n.status = 'banned' OR n.paused_why = 'blocked'))
    ORDER BY t.due_at LIMIT %(limit)s FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE sportello_template AS t
SET attempts = least(t.attempts + 1, 30000), step = 'submitting',
    due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
FROM due
WHERE t.id = due.id
RETURNING t.id, t.workspace_id, t.waba_id, t.meta_id, t.name, t.language, t.status, t.wish,
    t.wished, t.attempts;

-- name: account
-- A number of the account whose token may be used, the first.
SELECT n.id AS number_id, n.app_id, k.sealed
FROM sportello_number AS n JOIN sportello_token AS k ON k.number_id = n.id
WHERE n.workspace_id = %(workspace_id)s AND n.waba_id = %(waba_id)s
ORDER BY n.id LIMIT 1;

-- name: file
-- A file's bytes, to be uploaded as a sample.
SELECT content, mime_type, filename FROM sportello_file
WHERE workspace_id = %(workspace_id)s AND id = %(id)s;

-- name: step
-- How far a wish is; the lease begins anew. No row if it is no longer ours.
UPDATE sportello_template
SET step = %(step)s, due_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE id = %(id)s AND wish = %(wish)s AND attempts = %(attempts)s
RETURNING id;

-- name: created
-- Meta took the creation: the wish is done; what the template became is told after this.
UPDATE sportello_template
SET meta_id = %(meta_id)s, wish = '', step = '', due_at = NULL, attempts = 0, error = NULL,
    wished = NULL, submitted_at = %(now)s, updated_at = %(now)s
WHERE id = %(id)s AND wish = 'create'
RETURNING id;

-- name: edited
-- Meta took the edit: the wish is done; what the template became is told after this.
UPDATE sportello_template
SET wish = '', step = '', due_at = NULL, attempts = 0, error = NULL, wished = NULL,
    edited_at = %(now)s, submitted_at = %(now)s, updated_at = %(now)s
WHERE id = %(id)s AND wish = 'edit'
RETURNING id;

-- name: count_edit
-- It counts against the edits that Meta allows.
INSERT INTO sportello_templateedit (workspace_id, template_id, at)
VALUES (%(workspace_id)s, %(id)s, %(now)s);

-- name: deleted
-- Meta took the deletion; a webhook or the synchronisation tells when it is gone.
UPDATE sportello_template
SET status = CASE WHEN status = 'DELETED' THEN status ELSE 'PENDING_DELETION' END,
    deleted_at = coalesce(deleted_at, %(now)s), wish = '', step = '', due_at = NULL, attempts = 0,
    error = NULL, wished = NULL, updated_at = %(now)s
WHERE id = %(id)s AND wish = 'delete'
RETURNING status;

-- name: failed
-- Meta will not: the wish ends. What stands at Meta stays as it is.
UPDATE sportello_template
SET status = CASE WHEN wish = 'create' THEN 'failed' ELSE status END, wish = '', step = '',
    due_at = NULL, attempts = 0, error = %(error)s, updated_at = %(now)s
WHERE id = %(id)s AND wish = %(wish)s AND attempts = %(attempts)s
RETURNING id;

-- name: postponed
-- Not now: again after so many seconds.
UPDATE sportello_template
SET step = 'waiting', due_at = clock_timestamp() + make_interval(secs => %(wait_s)s),
    error = %(error)s, updated_at = %(now)s
WHERE id = %(id)s AND wish = %(wish)s AND attempts = %(attempts)s;

-- name: find
-- A template by Meta's id, or as one that we have not yet heard of by it; locked.
SELECT id, workspace_id, waba_id, meta_id, name, language, category, coming_category, components,
    status, reason, reason_detail, quality, paused_until, wish, deleted_at
FROM sportello_template
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s
  AND (meta_id = %(meta_id)s OR (
      meta_id = '' AND deleted_at IS NULL AND name = %(name)s AND language = %(language)s
  ))
ORDER BY meta_id DESC LIMIT 1 FOR NO KEY UPDATE;

-- name: learn
-- What Meta has now; one that we wished to create is found.
UPDATE sportello_template
SET meta_id = %(meta_id)s, status = %(status)s, category = %(category)s,
    coming_category = %(coming_category)s, components = %(components)s, quality = %(quality)s,
    reason = %(reason)s, reason_detail = %(reason_detail)s, paused_until = %(paused_until)s,
    deleted_at = %(deleted_at)s, synchronised_at = %(now)s, updated_at = %(now)s,
    submitted_at = CASE WHEN wish = 'create' THEN %(now)s ELSE submitted_at END,
    wished = CASE WHEN wish = 'create' THEN NULL ELSE wished END,
    error = CASE WHEN meta_id = '' THEN NULL ELSE error END,
    step = CASE WHEN wish = 'create' THEN '' ELSE step END,
    due_at = CASE WHEN wish = 'create' THEN NULL ELSE due_at END,
    wish = CASE WHEN wish = 'create' THEN '' ELSE wish END
WHERE id = %(id)s;

-- name: add
-- A template that was made elsewhere, or before us; no row where its name is taken meanwhile.
INSERT INTO sportello_template (
    workspace_id, waba_id, meta_id, name, language, category, coming_category, parameter_format,
    components, status, reason, quality, deleted_at, synchronised_at, created_at, updated_at
) VALUES (
    %(workspace_id)s, %(waba_id)s, %(meta_id)s, %(name)s, %(language)s, %(category)s,
    %(coming_category)s, %(parameter_format)s, %(components)s, %(status)s, %(reason)s,
    %(quality)s, %(deleted_at)s, %(now)s, %(now)s, %(now)s
) ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_change
-- A line of a template's history.
INSERT INTO sportello_templatechange (
    workspace_id, template_id, kind, before, after, reason, at, is_alarm
) VALUES (
    %(workspace_id)s, %(template_id)s, %(kind)s, %(before)s, %(after)s, %(reason)s, %(at)s,
    %(is_alarm)s
);

-- name: want_synchronised
-- Something changed at Meta: the account is read anew soon.
UPDATE sportello_number SET templates_synchronised_at = NULL
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s
  AND templates_synchronised_at IS NOT NULL;

-- name: claim_accounts
-- Accounts to be read: never read, told to have changed, or read too long ago.
UPDATE sportello_number AS n SET templates_synchronised_at = %(now)s
FROM (
    SELECT DISTINCT b.workspace_id, b.waba_id
    FROM sportello_number AS b JOIN sportello_token AS k ON k.number_id = b.id
    WHERE (b.templates_synchronised_at IS NULL OR b.templates_synchronised_at <= %(before)s
           OR b.templates_synchronised_at > %(now)s::timestamptz + interval '1 hour')
      AND NOT (b.workspace_id || ':' || b.waba_id) = ANY(%(not_now)s::text[])
    LIMIT %(limit)s
) AS due
WHERE n.workspace_id = due.workspace_id AND n.waba_id = due.waba_id
RETURNING n.workspace_id, n.waba_id;

-- name: of_account
-- All that is known of an account's templates at Meta, to be compared.
SELECT id, meta_id, name, language, category, coming_category, components, status, reason,
    quality, wish, submitted_at, created_at, deleted_at
FROM sportello_template
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s
  AND (meta_id <> '' OR deleted_at IS NULL);

-- name: is_overtaken
-- Whether a newer event of the same field was told of this template before.
SELECT FROM sportello_platformevent
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND field = %(field)s
  AND at > %(at)s AND value ->> 'message_template_id' = %(meta_id)s
LIMIT 1;
