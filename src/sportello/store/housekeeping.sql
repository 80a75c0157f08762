-- name: prune_replies
-- What the API answered to a key longer ago than so many hours: the key may be used anew.
DELETE FROM sportello_idempotentreply WHERE id IN (
    SELECT id FROM sportello_idempotentreply
    WHERE created_at < clock_timestamp() - make_interval(hours => %(hours)s)
    ORDER BY id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);

-- name: prune_trials
-- Questions of the test bench, answered or not, older than so many days.
DELETE FROM sportello_trial WHERE id IN (
    SELECT id FROM sportello_trial
    WHERE created_at < clock_timestamp() - make_interval(days => %(days)s)
    ORDER BY id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);

-- name: prune_links
-- Sign-in links that were used up, or ran out, before an instant of the company's time.
DELETE FROM sportello_loginlink WHERE id IN (
    SELECT id FROM sportello_loginlink
    WHERE expires_at < %(before)s OR used_at < %(before)s
    ORDER BY id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
);
