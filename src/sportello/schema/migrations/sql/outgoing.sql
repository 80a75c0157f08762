-- What a company's other systems are told (docs/decisions/0027-outgoing-webhooks.md): news and
-- deliveries, written in the transaction of what they tell.

-- An endpoint that was switched off because nothing arrived is told later, if somebody wants it:
-- its news is kept as failed. One that a person switched off misses what happens meanwhile.
CREATE FUNCTION sportello_is_wanted(company bigint, news text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM sportello_endpoint
                   WHERE workspace_id = company AND news = ANY (events)
                     AND (enabled OR disabled_why <> ''))
$$;

CREATE FUNCTION sportello_tell(
    company bigint, news text, chat bigint, person bigint, matter jsonb, happened timestamptz
) RETURNS void LANGUAGE sql AS $$
    WITH written AS (
        INSERT INTO sportello_news
            (workspace_id, uid, kind, contact_id, conversation_id, matter, at)
        VALUES (company, 'evt_' || replace(gen_random_uuid()::text, '-', ''), news, person, chat,
                matter, coalesce(happened, statement_timestamp()))
        RETURNING id
    )
    INSERT INTO sportello_delivery
        (workspace_id, endpoint_id, news_id, conversation_id, state, why, settled_at)
    SELECT company, e.id, w.id, chat,
           CASE WHEN e.enabled THEN 'queued' ELSE 'failed' END,
           CASE WHEN e.enabled THEN '' ELSE 'endpoint_off' END,
           CASE WHEN NOT e.enabled THEN statement_timestamp() END
    FROM written AS w, sportello_endpoint AS e
    WHERE e.workspace_id = company AND news = ANY (e.events)
      AND (e.enabled OR e.disabled_why <> '')
$$;

CREATE FUNCTION sportello_tell_of_chat(
    news text, chat bigint, matter jsonb, happened timestamptz
) RETURNS void LANGUAGE sql AS $$
    SELECT sportello_tell(
        c.workspace_id, news, c.id, c.contact_id,
        jsonb_build_object(
            'conversation', jsonb_build_object('id', c.id, 'holder', c.holder),
            'contact', jsonb_build_object(
                'id', p.id, 'wa_id', p.wa_id, 'user_id', p.user_id,
                'name', coalesce(nullif(p.name, ''), nullif(p.profile_name, ''), p.username)),
            'number', jsonb_build_object(
                'id', n.id, 'phone_number_id', n.phone_number_id,
                'display_number', n.display_number)
        ) || matter, happened)
    FROM sportello_conversation AS c
    JOIN sportello_contact AS p ON p.id = c.contact_id
    JOIN sportello_number AS n ON n.id = c.number_id
    WHERE c.id = chat
$$;

CREATE FUNCTION sportello_message_told(one sportello_message, with_words boolean) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', one.id, 'wamid', one.wamid, 'origin', one.origin, 'type', one.type,
        'direction', CASE one.origin WHEN 'customer' THEN 'inbound' ELSE 'outbound' END,
        'status', one.status, 'error', one.error, 'reply_to', nullif(one.reply_to, ''),
        'at', one.at
    ) || CASE WHEN with_words THEN jsonb_build_object('text', one.text) ELSE '{}' END
$$;

-- Messages.

CREATE FUNCTION sportello_tell_received() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one sportello_message;
BEGIN
    IF EXISTS (SELECT FROM sportello_endpoint WHERE 'message.received' = ANY (events)) THEN
        FOR one IN SELECT * FROM came WHERE origin = 'customer' ORDER BY id LOOP
            IF sportello_is_wanted(one.workspace_id, 'message.received') THEN
                PERFORM sportello_tell_of_chat(
                    'message.received', one.conversation_id,
                    jsonb_build_object('message', sportello_message_told(one, true)), one.at);
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := 'message.' || CASE NEW.status WHEN 'refused' THEN 'failed' ELSE NEW.status END;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell_of_chat(
            news, NEW.conversation_id,
            jsonb_build_object('message', sportello_message_told(NEW, NEW.status = 'sent')),
            CASE NEW.status WHEN 'sent' THEN NEW.sent_at WHEN 'delivered' THEN NEW.delivered_at
                            WHEN 'read' THEN NEW.read_at ELSE NEW.failed_at END);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_received AFTER INSERT ON sportello_message
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_tell_received();
CREATE TRIGGER tell_status AFTER UPDATE OF status ON sportello_message FOR EACH ROW
    WHEN (OLD.status <> NEW.status
          AND NEW.status IN ('sent', 'delivered', 'read', 'failed', 'refused'))
    EXECUTE FUNCTION sportello_tell_status();

-- Conversations and people.

CREATE FUNCTION sportello_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := 'conversation.' || NEW.kind;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell_of_chat(
            news, NEW.conversation_id,
            jsonb_build_object('by', NEW.by_id)
            || CASE NEW.kind WHEN 'handed_over' THEN jsonb_build_object('reason', NEW.detail)
                             ELSE '{}' END,
            NEW.at);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := CASE NEW.action WHEN 'grant' THEN 'consent.given' ELSE 'consent.withdrawn' END;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell(
            NEW.workspace_id, news, NULL, p.id,
            jsonb_build_object(
                'contact', jsonb_build_object(
                    'id', p.id, 'wa_id', p.wa_id, 'user_id', p.user_id,
                    'name', coalesce(nullif(p.name, ''), nullif(p.profile_name, ''), p.username)),
                'consent', jsonb_build_object(
                    'category', NEW.category, 'source', NEW.source, 'at', NEW.at)),
            NEW.at)
        FROM sportello_contact AS p WHERE p.id = NEW.contact_id AND p.erased_at IS NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'contact.erased') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'contact.erased', NULL, NULL,
            jsonb_build_object('contact', jsonb_build_object('id', NEW.contact_id)), NEW.asked_at);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_event AFTER INSERT ON sportello_conversationevent FOR EACH ROW
    WHEN (NEW.kind IN ('opened', 'handed_over', 'taken', 'released', 'closed', 'reopened',
                       'missed'))
    EXECUTE FUNCTION sportello_tell_event();
CREATE TRIGGER tell_consent AFTER INSERT ON sportello_consentevent FOR EACH ROW
    EXECUTE FUNCTION sportello_tell_consent();
CREATE TRIGGER tell_erasure AFTER INSERT ON sportello_erasure FOR EACH ROW
    EXECUTE FUNCTION sportello_tell_erasure();

-- The company's campaigns, templates and numbers.

CREATE FUNCTION sportello_tell_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'campaign.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'campaign.changed', NULL, NULL,
            jsonb_build_object('campaign', jsonb_build_object(
                'id', NEW.id, 'name', NEW.name, 'state', NEW.state,
                'paused_why', nullif(NEW.paused_why, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'template.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'template.changed', NULL, NULL,
            jsonb_build_object('template', jsonb_build_object(
                'id', NEW.id, 'name', NEW.name, 'language', NEW.language,
                'category', NEW.category, 'status', NEW.status,
                'reason', nullif(NEW.reason, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'number.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'number.changed', NULL, NULL,
            jsonb_build_object('number', jsonb_build_object(
                'id', NEW.id, 'phone_number_id', NEW.phone_number_id,
                'display_number', NEW.display_number, 'status', NEW.status,
                'quality', NEW.quality, 'paused_why', nullif(NEW.paused_why, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_campaign AFTER UPDATE OF state ON sportello_campaign FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NOT NEW.automatic)
    EXECUTE FUNCTION sportello_tell_campaign();
CREATE TRIGGER tell_template AFTER UPDATE OF status, category ON sportello_template FOR EACH ROW
    WHEN ((OLD.status, OLD.category) <> (NEW.status, NEW.category))
    EXECUTE FUNCTION sportello_tell_template();
CREATE TRIGGER tell_number AFTER UPDATE OF status, quality, paused_why ON sportello_number
    FOR EACH ROW WHEN ((OLD.status, OLD.quality, OLD.paused_why)
                       <> (NEW.status, NEW.quality, NEW.paused_why))
    EXECUTE FUNCTION sportello_tell_number();
