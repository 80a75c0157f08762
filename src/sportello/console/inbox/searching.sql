-- name: in_messages
-- Messages with all the words, older than one, newest first: chat and message.
SELECT * FROM sportello_find_messages(%(words)s::text[], %(before)s, %(most)s);

-- name: by_name
-- Chats with contacts in whose names and number the words stand.
SELECT * FROM sportello_find_contacts(%(names)s::text[], %(most)s);

-- name: newest_in
-- Of each chat that is asked for the newest message with all the words.
SELECT asked.id, said.message_id
FROM unnest(%(chats)s::bigint[]) AS asked (id),
     LATERAL sportello_says(asked.id, %(patterns)s::text[]) AS said (message_id)
WHERE said.message_id IS NOT NULL;
