-- One defect for each difference that the verification names. `victim` is one accepted send of the
-- campaign: send_id, message_id.

-- name: victim
-- Which send it happens to.
CREATE TEMPORARY TABLE victim ON COMMIT DROP AS
SELECT id AS send_id, message_id FROM sportello_send
WHERE campaign_id IS NOT NULL AND state = 'accepted' ORDER BY id LIMIT 1;

-- name: bubble_unlike_send
-- The outbox forgets that it was accepted, the bubble does not.
UPDATE sportello_attempt SET outcome = 'returned' WHERE outcome = 'accepted';
UPDATE sportello_send SET state = 'cancelled' WHERE id = (SELECT send_id FROM victim);

-- name: written_to_twice
-- A second attempt was accepted.
INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at, outcome, wamid)
SELECT gen_random_uuid(), workspace_id, id, now(), 'accepted', 'wamid.again'
FROM sportello_send WHERE id = (SELECT send_id FROM victim);

-- name: repeated_in_doubt
-- Tried again a minute after a doubtful try.
INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at, outcome)
SELECT gen_random_uuid(), workspace_id, send_id, started_at + interval '1 minute', 'returned'
FROM sportello_attempt WHERE outcome = 'in_doubt';

-- name: accepted_without_proof
-- The attempt says that it came back.
UPDATE sportello_attempt SET outcome = 'returned' WHERE send_id = (SELECT send_id FROM victim);

-- name: proof_not_believed
-- It stands in the outbox once more.
UPDATE sportello_send SET state = 'queued', settled_at = NULL
WHERE id = (SELECT send_id FROM victim);

-- name: attempts_missing
-- The line of the attempt is gone.
DELETE FROM sportello_attempt WHERE send_id = (SELECT send_id FROM victim);

-- name: attempt_left_open
-- The end of an attempt was not written down.
UPDATE sportello_attempt SET outcome = '', ended_at = NULL WHERE outcome = 'rejected';

-- name: receipt_missing
-- Nobody knows why it was allowed.
UPDATE sportello_message SET receipt = NULL WHERE id = (SELECT message_id FROM victim);

-- name: charge_missing
-- The ledger lost a line.
DELETE FROM sportello_charge WHERE message_id = (SELECT message_id FROM victim);

-- name: charge_unlike_status
-- What failed is owed for.
UPDATE sportello_charge SET fell_through = false WHERE fell_through;

-- name: recipient_lost
-- Released, and no send.
DELETE FROM sportello_send WHERE id = (SELECT send_id FROM victim);

-- name: recipient_unmarked
-- Sent, and not marked as released: the next step would release them again.
UPDATE sportello_recipient SET released_at = NULL
WHERE message_id = (SELECT message_id FROM victim);

-- name: other_persons_message
-- The words went into the wrong chat.
UPDATE sportello_message SET conversation_id = (SELECT max(id) FROM sportello_conversation)
WHERE id = (SELECT message_id FROM victim);

-- name: over_too_early
-- One was never written to.
UPDATE sportello_recipient SET skipped_why = '' WHERE skipped_why <> '';

-- name: let_go_forgotten
-- The campaign's own count of what it let go is behind.
UPDATE sportello_campaign SET let_go = 1;

-- name: totals_differ
-- The report counts somebody as withdrawn who was reached.
UPDATE sportello_message SET status = 'cancelled' WHERE id = (SELECT message_id FROM victim);

-- name: behind_webhooks
-- The delivery was told and is not shown.
UPDATE sportello_message SET status = 'accepted' WHERE id = (SELECT message_id FROM victim);

-- name: ahead_of_webhooks
-- Shown as read, which nobody told.
UPDATE sportello_message SET status = 'read' WHERE id = (SELECT message_id FROM victim);

-- name: unheard
-- What the customer wrote is gone.
DELETE FROM sportello_message WHERE origin = 'customer';

-- name: file_not_theirs
-- A file was kept for them, and the message went without it.
WITH kept AS (
    INSERT INTO sportello_file (workspace_id, sha256, mime_type, filename, size, content)
    SELECT workspace_id, repeat('a', 64), 'application/pdf', 'fattura.pdf', 1, 'x'
    FROM sportello_send WHERE id = (SELECT send_id FROM victim)
    RETURNING id, workspace_id
), enclosed AS (
    INSERT INTO sportello_enclosure
        (workspace_id, campaign_id, key, reference, state, settled, file_id)
    SELECT k.workspace_id, s.campaign_id, encode(sha256('fattura.pdf'), 'hex'), 'fattura.pdf', 'kept', true, k.id
    FROM kept AS k, sportello_send AS s WHERE s.id = (SELECT send_id FROM victim)
    RETURNING id
)
UPDATE sportello_recipient SET enclosure_id = (SELECT id FROM enclosed)
WHERE message_id = (SELECT message_id FROM victim);

-- name: file_of_others
-- Their own file is not the one that its key names.
WITH enclosed AS (
    INSERT INTO sportello_enclosure
        (workspace_id, campaign_id, key, reference, state, settled, why)
    SELECT workspace_id, campaign_id, encode(sha256('fattura-8.pdf'), 'hex'), 'fattura-9.pdf',
           'unfit', true, 'expired'
    FROM sportello_send WHERE id = (SELECT send_id FROM victim)
    RETURNING id
)
UPDATE sportello_recipient SET enclosure_id = (SELECT id FROM enclosed)
WHERE message_id = (SELECT message_id FROM victim);

-- name: file_not_named
-- The words name a file of which the outbox knows nothing.
WITH kept AS (
    INSERT INTO sportello_file (workspace_id, sha256, mime_type, filename, size, content)
    SELECT workspace_id, repeat('b', 64), 'image/png', 'banco.png', 1, 'x'
    FROM sportello_send WHERE id = (SELECT send_id FROM victim)
    RETURNING id
)
UPDATE sportello_send
SET body = jsonb_build_object('type', 'image', 'image', jsonb_build_object(
    'id', 'file:' || (SELECT id FROM kept)))
WHERE id = (SELECT send_id FROM victim);

-- name: file_forgotten
-- Their link led to nothing, all is settled, and they wait on.
WITH enclosed AS (
    INSERT INTO sportello_enclosure
        (workspace_id, campaign_id, key, reference, state, settled, why)
    SELECT workspace_id, id, encode(sha256('https://example.org/1'), 'hex'),
           'https://example.org/1', 'unfit', true, 'media_unreachable'
    FROM sportello_campaign
    RETURNING id, campaign_id
)
UPDATE sportello_recipient AS r SET enclosure_id = e.id, awaited = true
FROM enclosed AS e WHERE e.campaign_id = r.campaign_id AND r.released_at IS NULL;
