-- Ages are told by the statement's time: clock_timestamp() differs from row to row, and no index can
-- be asked with it.

-- name: prune_replies
-- What the API answered to a key longer ago than so many hours: the key may be used anew.
DELETE FROM sportello_idempotentreply WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_idempotentreply
    WHERE created_at < statement_timestamp() - make_interval(hours => %(hours)s)
    ORDER BY created_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));

-- name: prune_trials
-- Questions of the test bench, answered or not, older than so many days; runs of sets keep theirs.
DELETE FROM sportello_trial WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_trial
    WHERE created_at < statement_timestamp() - make_interval(days => %(days)s)
      AND run_id IS NULL
    ORDER BY created_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));

-- name: prune_links
-- Sign-in links that were used up, or ran out, before an instant of the company's time.
DELETE FROM sportello_loginlink WHERE id = ANY(ARRAY(
    SELECT id FROM sportello_loginlink
    WHERE least(expires_at, used_at) < %(before)s
    ORDER BY least(expires_at, used_at)
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
));

-- name: prune_audit
-- Entries of the audit log older than their company keeps them, by its time; none keeps less than 30
-- days, which lets an index find the old ones. Nobody may change an entry, so none can be locked.
DELETE FROM sportello_auditentry WHERE id = ANY(ARRAY(
    SELECT e.id FROM sportello_auditentry AS e
    JOIN sportello_workspace AS w ON w.id = e.workspace_id
    WHERE e.at < %(now)s::timestamptz - interval '30 days'
      AND e.at < %(now)s::timestamptz - make_interval(days => w.audit_days)
    ORDER BY e.at
    LIMIT %(limit)s
));
