-- The lines of conversations (docs/decisions/0019-conversation-events.md), written in the
-- transaction of the deed itself. Read by the migration that makes a new database, and once more by
-- those that change what older ones have.

CREATE OR REPLACE FUNCTION sportello_write_event(
    chat sportello_conversation, kind text, request bigint, at timestamptz,
    detail text DEFAULT '', since timestamptz DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO sportello_conversationevent
        (workspace_id, conversation_id, number_id, kind, request, holder, by_id, detail, since, at)
    VALUES (chat.workspace_id, chat.id, chat.number_id, kind, request, chat.holder,
            CASE WHEN kind IN ('asked', 'missed', 'cited') THEN NULL
                 WHEN kind = 'opened' AND detail <> 'operator' THEN NULL
                 WHEN detail IN ('assistant', 'customer') THEN NULL
                 ELSE coalesce(nullif(current_setting('sportello.user', true), '')::bigint,
                               CASE WHEN detail = 'operator' OR kind IN ('taken', 'helped')
                                    THEN chat.operator_id END) END,
            detail, since, coalesce(at, statement_timestamp()))
$$;

-- An update of the conversation is one deed, and may tell several things, which are written in the
-- order in which they are true: the window that shut unanswered, the first message, the question,
-- who has it now, the answer.
CREATE OR REPLACE FUNCTION sportello_write_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked sportello_conversationevent;
    begins bool := NEW.last_inbound_at IS NOT NULL
        AND NEW.last_inbound_at IS DISTINCT FROM OLD.last_inbound_at
        AND (OLD.window_closes_at IS NULL OR NEW.last_inbound_at >= OLD.window_closes_at);
    speaks bool := NEW.last_message_origin IN ('assistant', 'operator')
        AND NEW.last_message_origin IS DISTINCT FROM OLD.last_message_origin;
    moved_at timestamptz := coalesce(NEW.held_since, NEW.last_message_at);
    last_wait sportello_conversationevent;
BEGIN
    SELECT * INTO asked FROM sportello_conversationevent
    WHERE conversation_id = NEW.id AND kind = 'asked' ORDER BY id DESC LIMIT 1;
    IF OLD.last_message_origin = 'customer' AND OLD.holder <> 'closed' AND (
        begins
        OR (NEW.last_message_origin <> 'customer' AND NEW.last_message_at >= OLD.window_closes_at)
        OR (NEW.holder = 'closed' AND NEW.held_since >= OLD.window_closes_at)
    ) THEN
        PERFORM sportello_write_event(NEW, 'missed', asked.id, OLD.window_closes_at);
    END IF;
    IF OLD.last_message_at IS NULL AND NEW.last_message_at IS NOT NULL THEN
        PERFORM sportello_write_event(
            NEW, 'opened', NULL, NEW.last_message_at, NEW.last_message_origin);
    END IF;
    IF begins THEN
        PERFORM sportello_write_event(NEW, 'asked', NULL, NEW.last_inbound_at);
        SELECT * INTO asked FROM sportello_conversationevent
        WHERE conversation_id = NEW.id AND kind = 'asked' ORDER BY id DESC LIMIT 1;
    END IF;
    IF OLD.holder = 'closed' AND NEW.holder <> 'closed' AND OLD.control_epoch > 0 THEN
        PERFORM sportello_write_event(
            NEW, 'reopened', asked.id, moved_at,
            CASE WHEN NEW.last_inbound_at IS DISTINCT FROM OLD.last_inbound_at
                 THEN 'customer' ELSE '' END);
    END IF;
    IF NEW.holder = 'closed' AND OLD.holder <> 'closed' THEN
        PERFORM sportello_write_event(NEW, 'closed', asked.id, moved_at, '', (
            SELECT coalesce(max(e.at) FILTER (WHERE e.holder = 'assistant'), min(e.at))
            FROM sportello_conversationevent AS e
            WHERE e.conversation_id = NEW.id AND e.kind = 'asked' AND e.id > coalesce((
                SELECT max(c.id) FROM sportello_conversationevent AS c
                WHERE c.conversation_id = NEW.id AND c.kind = 'closed'), 0)));
    ELSIF NEW.holder = 'operator'
        AND (OLD.holder IS DISTINCT FROM 'operator'
             OR OLD.operator_id IS DISTINCT FROM NEW.operator_id) THEN
        PERFORM sportello_write_event(NEW, 'taken', asked.id, moved_at);
    ELSIF NEW.holder = 'queue' AND OLD.holder IN ('assistant', 'closed')
        AND NEW.handover_reason <> '' THEN
        PERFORM sportello_write_event(
            NEW, 'handed_over', asked.id, moved_at, NEW.handover_reason);
    ELSIF OLD.holder IN ('operator', 'queue') AND NEW.holder IN ('assistant', 'queue')
        AND OLD.holder <> NEW.holder THEN
        PERFORM sportello_write_event(NEW, 'released', asked.id, moved_at);
    END IF;
    IF speaks AND asked.id IS NOT NULL THEN
        PERFORM sportello_write_event(
            NEW, 'answered', asked.id, NEW.last_message_at, NEW.last_message_origin,
            CASE WHEN NOT EXISTS (
                SELECT FROM sportello_conversationevent
                WHERE conversation_id = NEW.id AND id > asked.id AND kind = 'answered'
            ) THEN asked.at END);
    END IF;
    IF speaks AND NEW.last_message_origin = 'operator' THEN
        SELECT * INTO last_wait FROM sportello_conversationevent
        WHERE conversation_id = NEW.id AND kind IN ('handed_over', 'helped')
        ORDER BY id DESC LIMIT 1;
        IF last_wait.kind = 'handed_over' THEN
            PERFORM sportello_write_event(
                NEW, 'helped', asked.id, NEW.last_message_at, 'operator', last_wait.at);
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER write_events AFTER UPDATE OF
    holder, operator_id, last_inbound_at, last_message_at, last_message_origin
    ON sportello_conversation FOR EACH ROW
    WHEN (OLD.holder <> NEW.holder
          OR OLD.operator_id IS DISTINCT FROM NEW.operator_id
          OR OLD.last_inbound_at IS DISTINCT FROM NEW.last_inbound_at
          OR OLD.last_message_origin <> NEW.last_message_origin
          OR (OLD.last_message_at IS NULL) <> (NEW.last_message_at IS NULL))
    EXECUTE FUNCTION sportello_write_events();
CREATE OR REPLACE TRIGGER write_first_event AFTER INSERT ON sportello_conversation FOR EACH ROW
    WHEN (NEW.last_message_at IS NOT NULL)
    EXECUTE FUNCTION sportello_write_events();

-- What the assistant's answer was taken from.
CREATE OR REPLACE FUNCTION sportello_write_citation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chat sportello_conversation;
    source text;
BEGIN
    SELECT CASE WHEN one.found ->> 'pair_id' IS NOT NULL THEN 'pair:' || (one.found ->> 'pair_id')
                WHEN one.found ->> 'document_id' IS NOT NULL
                THEN 'document:' || (one.found ->> 'document_id') END
    INTO source
    FROM jsonb_array_elements(NEW.found) WITH ORDINALITY AS one (found, place)
    WHERE one.found ->> 'used' = 'true' ORDER BY one.place LIMIT 1;
    SELECT * INTO chat FROM sportello_conversation WHERE id = NEW.conversation_id;
    IF source IS NOT NULL AND chat.id IS NOT NULL THEN
        PERFORM sportello_write_event(chat, 'cited', (
            SELECT max(id) FROM sportello_conversationevent
            WHERE conversation_id = chat.id AND kind = 'asked'), NEW.at, left(source, 32));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER write_citation AFTER INSERT ON sportello_turn FOR EACH ROW
    WHEN (NEW.band = 'answer')
    EXECUTE FUNCTION sportello_write_citation();
