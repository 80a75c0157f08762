-- name: ring
-- Reminders whose time has come: they ring, and their chats are unread.
WITH due AS (
    SELECT r.id, r.conversation_id FROM sportello_reminder AS r
    WHERE r.rung_at IS NULL AND r.due_at <= %(now)s
    ORDER BY r.due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), rung AS (
    UPDATE sportello_reminder AS r SET rung_at = %(now)s FROM due WHERE r.id = due.id
)
UPDATE sportello_conversation AS c SET unread_count = greatest(c.unread_count, 1)
WHERE c.id IN (SELECT conversation_id FROM due);

-- name: sharing
-- Companies whose queue is shared out, where chats wait and somebody is at the desk.
SELECT w.id, w.opening, w.shut_on_holidays, w.time_zone FROM sportello_workspace AS w
WHERE w.shares_queue
  AND EXISTS (SELECT FROM sportello_conversation AS c
              WHERE c.workspace_id = w.id AND c.holder = 'queue')
  AND EXISTS (SELECT FROM sportello_attendance AS p
              WHERE p.workspace_id = w.id AND NOT p.is_away
                AND p.seen_at > clock_timestamp() - make_interval(secs => %(present_s)s))
ORDER BY w.id LIMIT %(limit)s;

-- name: present
-- People of a company who are at the desk and take chats.
SELECT p.user_id, p.given_at FROM sportello_attendance AS p
JOIN sportello_membership AS m ON m.workspace_id = p.workspace_id AND m.user_id = p.user_id
WHERE p.workspace_id = %(workspace_id)s AND NOT p.is_away AND m.role <> 'reader'
  AND p.seen_at > clock_timestamp() - make_interval(secs => %(present_s)s)
ORDER BY p.user_id
FOR UPDATE OF p;

-- name: waiting
-- Chats of a company that wait for a person, the longest waiting first.
SELECT c.id, c.control_epoch FROM sportello_conversation AS c
WHERE c.workspace_id = %(workspace_id)s AND c.holder = 'queue'
  AND c.awaiting_customer_since IS NULL
ORDER BY c.held_since NULLS FIRST, c.id LIMIT %(limit)s
FOR UPDATE OF c SKIP LOCKED;

-- name: give
-- Chats go from the queue to people; nothing of the assistant's is under way in a queue.
UPDATE sportello_conversation AS c
SET holder = 'operator', operator_id = given.user_id, handover_reason = '', held_since = %(now)s,
    control_epoch = c.control_epoch + 1
FROM unnest(%(ids)s::bigint[], %(users)s::bigint[]) AS given (id, user_id)
WHERE c.id = given.id AND c.holder = 'queue';

-- name: note_given
-- Who was given a chat goes to the end of the row.
UPDATE sportello_attendance SET given_at = clock_timestamp()
WHERE workspace_id = %(workspace_id)s AND user_id = ANY(%(users)s);

-- name: sweep
-- The oldest sweep that goes on.
SELECT s.id, s.workspace_id, s.deed, s.target, s.state FROM sportello_sweep AS s
WHERE s.state IN ('doing', 'undoing')
ORDER BY s.id LIMIT 1
FOR UPDATE OF s SKIP LOCKED;

-- name: batch_to_do
-- Its next batch.
SELECT b.id, b.conversations, b.before FROM sportello_swept AS b
WHERE b.sweep_id = %(sweep_id)s AND NOT b.is_looked_at
ORDER BY b.id LIMIT 1;

-- name: batch_to_undo
-- The next batch of which something is to be undone.
SELECT b.id, b.conversations, b.before FROM sportello_swept AS b
WHERE b.sweep_id = %(sweep_id)s AND b.before IS NOT NULL
ORDER BY b.id LIMIT 1;

-- name: chats
-- Conversations of a batch as they are, locked in the order of their ids.
SELECT c.id, c.holder, c.operator_id, c.handover_reason, c.control_epoch, c.unread_count,
       c.folder_id, c.awaiting_customer_since IS NOT NULL AS is_awaiting,
       EXISTS (SELECT FROM sportello_labelling AS l
               WHERE l.label_id = %(label_id)s AND l.conversation_id = c.id) AS has_label
FROM sportello_conversation AS c
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
ORDER BY c.id
FOR UPDATE OF c;

-- name: cancel_sends
-- What the assistant prepared for chats that change hands stays unsent.
WITH cancelled AS (
    UPDATE sportello_send SET state = 'cancelled', settled_at = %(now)s
    WHERE id IN (
        SELECT s.id FROM sportello_send AS s
        WHERE s.conversation_id = ANY(%(ids)s) AND s.state = 'queued' AND s.origin = 'assistant'
        ORDER BY s.id FOR UPDATE
    )
    RETURNING message_id
)
UPDATE sportello_message AS m SET status = 'cancelled'
FROM cancelled WHERE m.id = cancelled.message_id AND m.status IN ('queued', 'held');

-- name: move
-- Chats change hands. The assistant that gets one back answers what stands unanswered.
UPDATE sportello_conversation AS c
SET holder = moved.holder, operator_id = moved.operator_id, held_since = %(now)s,
    handover_reason = moved.reason, control_epoch = moved.epoch, answering_until = NULL,
    reply_due_at = CASE WHEN owed.owes THEN clock_timestamp() END,
    burst_started_at = CASE WHEN owed.owes THEN clock_timestamp() END
FROM unnest(%(ids)s::bigint[], %(holders)s::varchar[], %(operators)s::bigint[],
            %(reasons)s::varchar[], %(epochs)s::int[])
         AS moved (id, holder, operator_id, reason, epoch)
JOIN sportello_conversation AS o ON o.id = moved.id
CROSS JOIN LATERAL (
    SELECT moved.holder = 'assistant' AND o.last_message_origin = 'customer'
           AND o.window_closes_at > %(now)s AS owes
) AS owed
WHERE c.id = moved.id;

-- name: mark
-- What is unread of chats, and where they lie; a folder that was deleted takes nothing.
UPDATE sportello_conversation AS c
SET unread_count = marked.unread, folder_id = marked.folder_id
FROM unnest(%(ids)s::bigint[], %(unreads)s::int[], %(folders)s::bigint[])
         AS marked (id, unread, folder_id)
WHERE c.id = marked.id AND (marked.folder_id IS NULL OR EXISTS (
    SELECT FROM sportello_folder AS f
    WHERE f.id = marked.folder_id AND f.workspace_id = c.workspace_id AND f.deleted_at IS NULL));

-- name: label
-- Chats carry a label from now on, unless it was deleted.
INSERT INTO sportello_labelling (workspace_id, conversation_id, label_id)
SELECT l.workspace_id, given.id, l.id
FROM unnest(%(ids)s::bigint[]) AS given (id)
JOIN sportello_label AS l ON l.id = %(label_id)s AND l.workspace_id = %(workspace_id)s
                         AND l.deleted_at IS NULL
ON CONFLICT (label_id, conversation_id) DO NOTHING;

-- name: unlabel
-- Chats no longer carry a label.
DELETE FROM sportello_labelling
WHERE label_id = %(label_id)s AND conversation_id = ANY(%(ids)s)
  AND workspace_id = %(workspace_id)s;

-- name: note_batch
-- A batch was gone through; how its chats were, where they changed.
UPDATE sportello_swept SET is_looked_at = true, before = %(before)s WHERE id = %(id)s;

-- name: note_sweep
-- How far a sweep has come, and its new state.
UPDATE sportello_sweep
SET looked = least(total, looked + %(looked)s), changed = least(total, changed + %(changed)s),
    state = %(state)s
WHERE id = %(id)s;

-- name: is_person
-- Whether somebody may be given chats of a company.
SELECT FROM sportello_membership
WHERE workspace_id = %(workspace_id)s AND user_id = %(user_id)s AND role <> 'reader';

-- name: prune_sweeps
-- Sweeps that nobody may undo any more.
DELETE FROM sportello_sweep WHERE id IN (
    SELECT id FROM sportello_sweep
    WHERE at < %(before)s AND state IN ('done', 'undone') ORDER BY at LIMIT %(limit)s);

-- name: prune_labels
-- Labels that were deleted for good.
DELETE FROM sportello_label WHERE id IN (
    SELECT id FROM sportello_label WHERE deleted_at < %(before)s ORDER BY id LIMIT %(limit)s);

-- name: prune_folders
-- Folders that were deleted for good; what lay in them lies nowhere in particular.
DELETE FROM sportello_folder WHERE id IN (
    SELECT id FROM sportello_folder WHERE deleted_at < %(before)s ORDER BY id LIMIT %(limit)s);
