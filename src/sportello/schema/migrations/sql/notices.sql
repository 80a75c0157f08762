-- What people are told at the desk, by ids alone: one notice for each person who wants it.

-- `whom`: that person alone; `by`: who did it, and knows. Readers have nothing to do there, unless
-- somebody calls them by name.
CREATE FUNCTION sportello_notice(
    company bigint, told text, whom bigint, by bigint, chat bigint, thing bigint,
    closes timestamptz, happened timestamptz
) RETURNS bigint LANGUAGE sql AS $$
    WITH written AS (
        INSERT INTO sportello_notice
            (workspace_id, user_id, kind, conversation_id, thing_id, closes_at, at)
        SELECT company, m.user_id, told, chat, thing, closes,
               coalesce(happened, statement_timestamp())
        FROM sportello_membership AS m
        LEFT JOIN sportello_noticewish AS w
            ON w.workspace_id = m.workspace_id AND w.user_id = m.user_id
        WHERE m.workspace_id = company AND m.deactivated_at IS NULL
          AND (w.id IS NULL OR told = ANY (w.events))
          AND (whom IS NULL OR m.user_id = whom) AND m.user_id IS DISTINCT FROM by
          AND (m.role <> 'reader' OR told = 'mentioned')
        RETURNING id
    )
    SELECT count(*) FROM written
$$;

CREATE FUNCTION sportello_notice_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(
        NEW.workspace_id, CASE NEW.kind WHEN 'taken' THEN 'assigned' ELSE NEW.kind END,
        CASE NEW.kind WHEN 'taken' THEN c.operator_id END,
        -- Who is given a chat by a program or by turns has not done it themselves.
        nullif(current_setting('sportello.user', true), '')::bigint, c.id, NULL, NULL, NEW.at)
    FROM sportello_conversation AS c
    WHERE c.id = NEW.conversation_id AND (NEW.kind <> 'taken' OR c.operator_id IS NOT NULL);
    RETURN NULL;
END $$;

-- Who is named by the whole name is told alone, not everybody of that first name: whole names
-- first; a first name counts in what they leave. The sign within an address names nobody.
CREATE FUNCTION sportello_notice_mention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := lower(NEW.text);
    whole text;
    left_over text;
BEGIN
    SELECT string_agg(name, '|' ORDER BY length(name) DESC) INTO whole FROM (
        SELECT regexp_replace(lower(u.name), '([^[:alnum:] ])', '\\\1', 'g') AS name
        FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
        WHERE m.workspace_id = NEW.workspace_id AND m.deactivated_at IS NULL
          AND strpos(u.name, ' ') > 0
    ) AS names;
    left_over := CASE WHEN whole IS NULL THEN told
        ELSE regexp_replace(told, '@(' || whole || ')(?![[:alnum:]])', ' ', 'g') END;
    PERFORM sportello_notice(
        NEW.workspace_id, 'mentioned', u.id, NEW.author_id, NEW.conversation_id, NULL, NULL, NEW.at)
    FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
    WHERE m.workspace_id = NEW.workspace_id AND m.deactivated_at IS NULL AND u.name <> ''
      AND (told ~ ('(^|[^[:alnum:]])@' || regexp_replace(lower(u.name), '([^[:alnum:] ])', '\\\1', 'g')
                   || '([^[:alnum:]]|$)')
           OR left_over ~ (
               '(^|[^[:alnum:]])@' || regexp_replace(
                   lower(split_part(u.name, ' ', 1)), '([^[:alnum:] ])', '\\\1', 'g')
               || '([^[:alnum:]]|$)'));
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_braked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(NEW.workspace_id, 'braked', NULL, NULL, NULL, NEW.id, NULL, NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_blocked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(
        NEW.workspace_id, 'blocked', NULL, NULL, NULL, NEW.id, NULL, NEW.paused_at);
    RETURN NULL;
END $$;

CREATE TRIGGER notice AFTER INSERT ON sportello_conversationevent FOR EACH ROW
    WHEN (NEW.kind IN ('handed_over', 'taken'))
    EXECUTE FUNCTION sportello_notice_event();
CREATE TRIGGER notice_mention AFTER INSERT ON sportello_message FOR EACH ROW
    WHEN (NEW.origin = 'note' AND strpos(NEW.text, '@') > 0)
    EXECUTE FUNCTION sportello_notice_mention();
CREATE TRIGGER notice AFTER UPDATE OF state, braked ON sportello_campaign FOR EACH ROW
    WHEN (NEW.state = 'paused' AND OLD.state <> 'paused' AND NEW.braked IS NOT NULL
          AND NEW.braked IS DISTINCT FROM OLD.braked)
    EXECUTE FUNCTION sportello_notice_braked();
CREATE TRIGGER notice AFTER UPDATE OF paused_why ON sportello_number FOR EACH ROW
    WHEN (NEW.paused_why <> '' AND OLD.paused_why = '')
    EXECUTE FUNCTION sportello_notice_blocked();

-- Browsers are woken, on the desk and (by `workers.notify`) elsewhere.
CREATE FUNCTION sportello_notice_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_notices', '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':notice:' || NEW.user_id);
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT ON sportello_notice FOR EACH ROW
    EXECUTE FUNCTION sportello_notice_live();
