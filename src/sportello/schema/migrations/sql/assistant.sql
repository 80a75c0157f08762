-- What the assistant must know of files, and of what people said meanwhile.

-- Where somebody of ours spoke; else there is nothing to tell. An answer that is owed at once waits
-- for the words, but no longer than `answering_until` says.
CREATE FUNCTION sportello_want_recap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM sportello_message AS m
        WHERE m.conversation_id = NEW.id AND m.origin = 'operator' AND m.text <> ''
          AND m.type <> 'reaction' AND m.at >= OLD.held_since AND m.revoked_at IS NULL
          AND m.status NOT IN ('cancelled', 'refused', 'failed')
    ) THEN
        IF NEW.reply_due_at IS NOT NULL THEN
            NEW.answering_until := clock_timestamp() + interval '30 seconds';
        END IF;
        INSERT INTO sportello_recap
            (workspace_id, conversation_id, control_epoch, at, held_until)
        VALUES (NEW.workspace_id, NEW.id, NEW.control_epoch,
                coalesce(NEW.held_since, statement_timestamp()), NEW.answering_until)
        ON CONFLICT (conversation_id, control_epoch) DO NOTHING;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER want_recap BEFORE UPDATE OF holder ON sportello_conversation FOR EACH ROW
    WHEN (OLD.holder = 'operator' AND NEW.holder = 'assistant')
    EXECUTE FUNCTION sportello_want_recap();

-- Whoever may read such a file is asked as it is announced; a customer's answer waits for it from
-- then on, and no longer than this.
CREATE FUNCTION sportello_want_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT CASE m.type
            WHEN 'image' THEN EXISTS (
                SELECT FROM sportello_languagemodel AS l
                WHERE l.workspace_id = NEW.workspace_id AND l.enabled AND l.sees)
            WHEN 'audio' THEN EXISTS (
                SELECT FROM sportello_filereading AS r
                WHERE r.workspace_id = NEW.workspace_id AND r.voice)
            WHEN 'document' THEN EXISTS (
                SELECT FROM sportello_filereading AS r
                WHERE r.workspace_id = NEW.workspace_id AND r.documents)
            ELSE false END
        FROM sportello_message AS m
        WHERE m.id = NEW.message_id AND m.origin = 'customer'
    ) THEN
        NEW.reading := 'waiting';
        NEW.awaited_until := clock_timestamp() + interval '60 seconds';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER want_words BEFORE INSERT ON sportello_media
    FOR EACH ROW EXECUTE FUNCTION sportello_want_words();

-- Words go with the file, and with what else the message said: by erasure, retention, or because
-- the customer took it back.
CREATE FUNCTION sportello_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := '';
    RETURN NEW;
END $$;

CREATE TRIGGER forget_words BEFORE UPDATE OF state ON sportello_media FOR EACH ROW
    WHEN (NEW.state = 'gone' AND NEW.words <> '') EXECUTE FUNCTION sportello_forget_words();

CREATE FUNCTION sportello_forget_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_media SET words = '' WHERE message_id = NEW.id AND words <> '';
    RETURN NULL;
END $$;

CREATE TRIGGER forget_words AFTER UPDATE OF payload, revoked_at ON sportello_message FOR EACH ROW
    WHEN (NEW.origin = 'customer' AND NEW.type IN ('image', 'audio', 'document')
          AND (NEW.payload = '{}' AND OLD.payload <> '{}'
               OR NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL))
    EXECUTE FUNCTION sportello_forget_message_words();
