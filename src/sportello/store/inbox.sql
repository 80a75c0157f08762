-- name: numbers
-- The business numbers that a batch speaks of, with what their companies decided. An assistant that
-- is switched off but has an automatic message gets the chat to say it, and hands over.
SELECT n.id, n.workspace_id, n.phone_number_id, n.waba_id, n.display_number,
       n.assistant_on AND w.assistant_on OR v.away_message <> '' AS assistant_on,
       w.debounce_ms, w.debounce_ms_max
FROM sportello_number AS n JOIN sportello_workspace AS w ON w.id = n.workspace_id
JOIN sportello_manners AS v ON v.workspace_id = n.workspace_id
WHERE n.phone_number_id = ANY(%(phone_number_ids)s) OR n.waba_id = ANY(%(waba_ids)s);

-- name: heard_from
-- Meta's time of the newest event of each number: proof that the stream of webhooks is alive.
UPDATE sportello_number AS n SET last_event_at = heard.at
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS heard (id, at)
WHERE n.id = heard.id AND (n.last_event_at IS NULL OR n.last_event_at < heard.at);

-- name: knows_message
-- Whether this message was folded before.
SELECT FROM sportello_message WHERE workspace_id = %(workspace_id)s AND wamid = %(wamid)s;

-- name: find_contacts
-- The one contact, or the two, that a number and a business-scoped id speak of.
SELECT id, wa_id, user_id, profile_name, username, unreachable_since
FROM sportello_contact
WHERE workspace_id = %(workspace_id)s AND (wa_id = %(wa_id)s OR user_id = %(user_id)s)
ORDER BY wa_id IS DISTINCT FROM %(wa_id)s, id;

-- name: add_contact
-- A customer seen for the first time; no row if another worker was quicker.
INSERT INTO sportello_contact (workspace_id, wa_id, user_id, profile_name, username)
VALUES (%(workspace_id)s, %(wa_id)s, %(user_id)s, %(profile_name)s, %(username)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: learn_contact
-- What a webhook says of a customer beside the message; what it does not say stays.
UPDATE sportello_contact
SET wa_id = coalesce(%(wa_id)s, wa_id),
    user_id = coalesce(%(user_id)s, user_id),
    profile_name = coalesce(nullif(%(profile_name)s, ''), profile_name),
    username = coalesce(nullif(%(username)s, ''), username)
WHERE id = %(id)s;

-- name: find_conversation
-- The conversation of a number and a customer, locked first as everybody does.
SELECT c.id, c.holder, c.operator_id, c.handover_reason, c.control_epoch, c.last_inbound_at,
       (SELECT max(m.at) FROM sportello_message AS m WHERE m.conversation_id = c.id) AS newest_at
FROM sportello_conversation AS c
WHERE c.number_id = %(number_id)s AND c.contact_id = %(contact_id)s
FOR UPDATE OF c;

-- name: add_conversation
-- Begins a conversation, held by nobody yet; no row if another worker was quicker.
INSERT INTO sportello_conversation (workspace_id, number_id, contact_id, holder)
VALUES (%(workspace_id)s, %(number_id)s, %(contact_id)s, 'closed')
ON CONFLICT (number_id, contact_id) DO NOTHING;

-- name: add_message
-- A customer's message; no row if it is known already.
INSERT INTO sportello_message
    (workspace_id, conversation_id, wamid, origin, type, text, payload, reply_to, status, at)
VALUES
    (%(workspace_id)s, %(conversation_id)s, %(wamid)s, 'customer', %(type)s, %(text)s,
     %(payload)s, %(reply_to)s, 'received', %(at)s)
ON CONFLICT (workspace_id, wamid) DO NOTHING
RETURNING id;

-- name: add_media
-- A file that tend shall bring in.
INSERT INTO sportello_media (workspace_id, message_id, media_id, mime_type, filename, due_at)
VALUES
    (%(workspace_id)s, %(message_id)s, %(media_id)s, %(mime_type)s, %(filename)s,
     clock_timestamp())
ON CONFLICT (message_id, media_id) DO NOTHING;

-- name: hear
-- The customer's word moves the conversation: window, holder, what the list shows, what is owed.
UPDATE sportello_conversation
SET holder = %(holder)s::varchar,
    operator_id = %(operator_id)s,
    handover_reason = %(handover_reason)s,
    held_since = CASE WHEN control_epoch = %(control_epoch)s THEN held_since ELSE %(now)s END,
    control_epoch = %(control_epoch)s,
    last_inbound_at = %(last_inbound_at)s,
    window_closes_at = %(window_closes_at)s,
    awaiting_customer_since =
        CASE WHEN %(answers)s::bool THEN NULL ELSE awaiting_customer_since END,
    ad_entry_at =
        CASE WHEN %(by_ad)s::bool THEN greatest(ad_entry_at, %(at)s) ELSE ad_entry_at END,
    generation = generation + (%(speaks)s::bool)::int,
    unread_count = unread_count + (%(speaks)s::bool)::int,
    last_message_at =
        CASE WHEN %(speaks)s::bool THEN greatest(last_message_at, %(at)s) ELSE last_message_at END,
    last_message_text = CASE
        WHEN %(speaks)s::bool AND %(at)s >= coalesce(last_message_at, %(at)s) THEN %(text)s
        ELSE last_message_text END,
    last_message_origin = CASE
        WHEN %(speaks)s::bool AND %(at)s >= coalesce(last_message_at, %(at)s) THEN 'customer'
        ELSE last_message_origin END,
    reply_due_at = CASE
        WHEN %(holder)s <> 'assistant' THEN NULL
        WHEN %(owes)s::bool THEN least(
            clock_timestamp() + make_interval(secs => %(debounce_s)s),
            coalesce(burst_started_at, clock_timestamp())
                + make_interval(secs => %(debounce_s_max)s))
        ELSE reply_due_at END,
    burst_started_at = CASE
        WHEN %(holder)s <> 'assistant' THEN NULL
        WHEN %(owes)s::bool THEN coalesce(burst_started_at, clock_timestamp())
        ELSE burst_started_at END
WHERE id = %(id)s;

-- name: apply_marks
-- Reactions, edits and a revocation of one message, read from the rows that brought them: so
-- neither their order nor their number matters.
UPDATE sportello_message AS m
SET reactions = CASE
        WHEN reaction.emoji IS NULL THEN m.reactions
        WHEN reaction.emoji = '' THEN m.reactions - 'customer'
        ELSE m.reactions || jsonb_build_object('customer', reaction.emoji) END,
    payload = CASE
        WHEN edit.text IS NULL OR m.payload ? 'original' THEN m.payload
        ELSE m.payload || jsonb_build_object('original', m.text) END,
    text = coalesce(edit.text, m.text),
    edited_at = coalesce(edit.at, m.edited_at),
    revoked_at = coalesce(revoke.at, m.revoked_at)
FROM (SELECT %(wamid)s::text AS wamid, %(conversation_id)s::bigint AS conversation_id) AS target
LEFT JOIN LATERAL (
    SELECT r.text AS emoji FROM sportello_message AS r
    WHERE r.conversation_id = target.conversation_id AND r.type = 'reaction'
      AND r.origin = 'customer' AND r.payload -> 'reaction' ->> 'message_id' = target.wamid
    ORDER BY r.at DESC, r.wamid DESC LIMIT 1
) AS reaction ON true
LEFT JOIN LATERAL (
    SELECT e.text, e.at FROM sportello_message AS e
    WHERE e.conversation_id = target.conversation_id AND e.type = 'edit'
      AND e.payload -> 'edit' ->> 'original_message_id' = target.wamid
    ORDER BY e.at DESC, e.wamid DESC LIMIT 1
) AS edit ON true
LEFT JOIN LATERAL (
    SELECT min(k.at) AS at FROM sportello_message AS k
    WHERE k.conversation_id = target.conversation_id AND k.type = 'revoke'
      AND k.payload -> 'revoke' ->> 'original_message_id' = target.wamid
) AS revoke ON true
WHERE m.workspace_id = %(workspace_id)s AND m.wamid = target.wamid
  AND m.conversation_id = target.conversation_id;

-- name: lock_conversations
-- All conversations of some contacts, locked in the order of their ids.
SELECT id, number_id, contact_id FROM sportello_conversation
WHERE contact_id = ANY(%(contact_ids)s) ORDER BY id FOR UPDATE;

-- name: move_messages
-- Messages of a conversation that turned out to be another's.
UPDATE sportello_message SET conversation_id = %(to)s WHERE conversation_id = %(from)s;

-- name: move_sends
-- Sends of a conversation that turned out to be another's.
UPDATE sportello_send SET conversation_id = %(to)s WHERE conversation_id = %(from)s;

-- name: merge_conversation
-- What one conversation knew goes into the other, which lives on; a change of hands for both.
UPDATE sportello_conversation AS c
SET last_inbound_at = greatest(c.last_inbound_at, o.last_inbound_at),
    window_closes_at = greatest(c.window_closes_at, o.window_closes_at),
    ad_entry_at = greatest(c.ad_entry_at, o.ad_entry_at),
    free_entry_until = greatest(c.free_entry_until, o.free_entry_until),
    generation = c.generation + o.generation,
    control_epoch = greatest(c.control_epoch, o.control_epoch) + 1,
    unread_count = c.unread_count + o.unread_count,
    last_message_text = CASE
        WHEN o.last_message_at > coalesce(c.last_message_at, '-infinity')
        THEN o.last_message_text ELSE c.last_message_text END,
    last_message_origin = CASE
        WHEN o.last_message_at > coalesce(c.last_message_at, '-infinity')
        THEN o.last_message_origin ELSE c.last_message_origin END,
    last_message_at = greatest(c.last_message_at, o.last_message_at),
    reply_due_at =
        CASE WHEN c.holder = 'assistant' THEN coalesce(c.reply_due_at, o.reply_due_at) END
FROM sportello_conversation AS o
WHERE c.id = %(to)s AND o.id = %(from)s;

-- name: drop_conversation
-- A conversation whose rows live on in another.
DELETE FROM sportello_conversation WHERE id = %(id)s;

-- name: give_conversation
-- A conversation goes to the contact that its customer turned out to be.
UPDATE sportello_conversation SET contact_id = %(contact_id)s WHERE id = %(id)s;

-- name: move_consents
-- The ledger of a contact that turned out to be another.
UPDATE sportello_consentevent SET contact_id = %(to)s WHERE contact_id = %(from)s;

-- name: drop_contact
-- A contact whose rows live on in another.
DELETE FROM sportello_contact WHERE id = %(id)s;

-- name: add_platform_event
-- An event about templates, numbers or the account; no row if it was told before.
INSERT INTO sportello_platformevent (workspace_id, number_id, waba_id, field, value, digest, at)
VALUES (%(workspace_id)s, %(number_id)s, %(waba_id)s, %(field)s, %(value)s, %(digest)s, %(at)s)
ON CONFLICT (workspace_id, digest) DO NOTHING
RETURNING id;

-- name: is_overtaken
-- Whether a newer event of the same field was told before this one; `events`: which of them count.
SELECT FROM sportello_platformevent
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND field = %(field)s
  AND at > %(at)s AND (%(number_id)s::bigint IS NULL OR number_id = %(number_id)s)
  AND (%(events)s::text[] IS NULL OR value ->> 'event' = ANY(%(events)s))
LIMIT 1;

-- name: set_number_status
-- What Meta says of an account goes to all its numbers. A look of about that time (Meta tells
-- seconds, of a clock of its own) or later may have seen what is newer: Meta is asked again.
UPDATE sportello_number
SET status = %(status)s,
    seen_at = CASE WHEN seen_at < %(at)s::timestamptz - make_interval(secs => %(about_s)s)
                   THEN seen_at END
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND status <> %(status)s;

-- name: expect_ending
-- Whether Meta means to block the account is known from now on: so the history tells its change.
UPDATE sportello_number SET told = told || '{"ending": ""}'
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s AND NOT told ? 'ending';

-- name: set_ending
-- The day of the block that Meta announced, "yes" where it names none, "" once it is not to come.
UPDATE sportello_number SET told = told || jsonb_build_object('ending', %(day)s::text)
WHERE workspace_id = %(workspace_id)s AND waba_id = %(waba_id)s
  AND told ->> 'ending' IS DISTINCT FROM %(day)s::text;

-- name: set_verified_name
-- The display name that Meta approved.
UPDATE sportello_number SET verified_name = %(name)s WHERE id = %(id)s;
