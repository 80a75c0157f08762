-- Room on pages, indexes that models cannot say, and the table of Django's cache.

-- Statuses rewrite a message row three times; the room left lets the rewrites stay on its page. A
-- charge is rewritten when its message is delivered.
ALTER TABLE sportello_message SET (fillfactor = 80);
ALTER TABLE sportello_conversation SET (fillfactor = 70);
ALTER TABLE sportello_send SET (fillfactor = 60);
ALTER TABLE sportello_charge SET (fillfactor = 50);

-- Views of the list; and what the foreign keys of a conversation look for when it goes.
CREATE INDEX conversation_in_folder ON sportello_conversation
    (workspace_id, folder_id, last_message_at DESC NULLS LAST)
    WHERE folder_id IS NOT NULL AND holder <> 'closed';
CREATE INDEX conversation_of_operator ON sportello_conversation
    (workspace_id, operator_id, last_message_at DESC NULLS LAST) WHERE operator_id IS NOT NULL;
CREATE INDEX conversation_unread ON sportello_conversation
    (workspace_id, last_message_at DESC NULLS LAST) WHERE unread_count > 0;
CREATE INDEX conversation_waiting ON sportello_conversation
    (held_since, id) WHERE holder = 'queue';

-- A campaign brings three statuses a message: a block must not queue behind them. The words are
-- those of `store/journal.sql`.
CREATE INDEX sportello_journalentry_first ON sportello_journalentry (id)
    WHERE folded_at IS NULL AND position('"account_update"'::bytea IN body) > 0;

-- allauth's counters live in Django's cache, and this is the cache's table.
CREATE TABLE django_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX django_cache_expires ON django_cache (expires);
