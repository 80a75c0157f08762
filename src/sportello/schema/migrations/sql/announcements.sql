-- The tables announce their own changes (docs/decisions/0002-tables-announce.md), so that whoever
-- writes, page or worker, wakes the same listeners. `sportello_live` tells the browsers what
-- changed, by ids alone: `<workspace>:<conversation>` or `<workspace>:<thing>:<id>`; every other
-- channel wakes a worker and says nothing. A statement tells once where many rows come at a time;
-- what a claim writes is told by row, so that a claim that finds nothing is silent.

CREATE FUNCTION sportello_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_ARGV[0], '');
    RETURN NULL;
END $$;

-- Messages and conversations. What a conversation carries is part of its row in the list.

CREATE FUNCTION sportello_announce_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':' || changed.id)
    FROM (SELECT DISTINCT workspace_id, id FROM changes) AS changed;
    IF EXISTS (SELECT FROM changes WHERE reply_due_at IS NOT NULL) THEN
        PERFORM pg_notify('sportello_answers', '');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':' || changed.conversation_id)
    FROM (SELECT DISTINCT workspace_id, conversation_id FROM changes) AS changed;
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT ON sportello_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_journal');
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_conversation
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_conversation();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_conversation
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_conversation();
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_message
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_message
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_labelling
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_delete AFTER DELETE ON sportello_labelling
    REFERENCING OLD TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_insert AFTER INSERT ON sportello_reminder
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_reminder
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
CREATE TRIGGER announce_delete AFTER DELETE ON sportello_reminder
    REFERENCING OLD TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_message();
-- A sweep wakes whoever does it.
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_sweep
    FOR EACH ROW WHEN (NEW.state IN ('doing', 'undoing'))
    EXECUTE FUNCTION sportello_announce('sportello_sweeps');
CREATE TRIGGER announce AFTER INSERT ON sportello_send
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_sends');

-- What stops a number is told to its dispatcher, by id: whoever sends for that number asks the
-- guard anew for what it has claimed and not sent.
CREATE FUNCTION sportello_announce_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_stops', NEW.id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_stop AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((NEW.status <> 'connected' AND OLD.status <> NEW.status)
          OR (NEW.paused_why <> '' AND OLD.paused_why <> NEW.paused_why))
    EXECUTE FUNCTION sportello_announce_stop();

-- Templates and files. `sportello_tend` wakes the worker that asks Meta.

CREATE FUNCTION sportello_announce_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', changed.workspace_id || ':template:' || changed.id)
    FROM (SELECT DISTINCT workspace_id, id FROM changes) AS changed;
    IF EXISTS (SELECT FROM changes WHERE wish <> '') THEN
        PERFORM pg_notify('sportello_tend', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_insert AFTER INSERT ON sportello_template
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_template();
CREATE TRIGGER announce_update AFTER UPDATE ON sportello_template
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_template();
CREATE TRIGGER announce AFTER INSERT ON sportello_upload
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_tend');

-- Campaigns. `sportello_campaigns` wakes the worker that plans; its own notes of progress do not.

CREATE FUNCTION sportello_announce_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_campaigns', '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':campaign:' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_campaign
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_campaign();
CREATE TRIGGER announce AFTER INSERT ON sportello_errand
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_campaigns');
-- By row: a link that is known already tells nobody.
CREATE TRIGGER announce AFTER INSERT ON sportello_enclosure
    FOR EACH ROW WHEN (NEW.state = 'wanted')
    EXECUTE FUNCTION sportello_announce('sportello_enclosures');

-- Contacts. Of all that one transaction changes the browsers hear once.

CREATE FUNCTION sportello_announce_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':contacts:0');
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', c.workspace_id || ':contacts:0')
    FROM (SELECT DISTINCT workspace_id FROM came) AS c;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_changed AFTER UPDATE OF name, properties ON sportello_contact FOR EACH ROW
    WHEN ((OLD.name, OLD.properties) IS DISTINCT FROM (NEW.name, NEW.properties))
    EXECUTE FUNCTION sportello_announce_contact();
CREATE TRIGGER announce_new AFTER INSERT ON sportello_contact
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_contacts();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_contactimport
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_imports');

-- Connections, step by step.

CREATE FUNCTION sportello_announce_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':connection:' || NEW.id);
    IF NEW.number_id IS NOT NULL THEN
        PERFORM pg_notify('sportello_live', NEW.workspace_id || ':number:' || NEW.number_id);
    END IF;
    IF NEW.state = 'running' THEN
        PERFORM pg_notify('sportello_tend', '');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':connection:' || NEW.connection_id);
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sportello_connection
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_connection();
CREATE TRIGGER announce AFTER UPDATE ON sportello_connectionstep
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_step();

-- The doctor. `sportello_doctor` wakes the worker that looks; `sportello_live` the page that waits.

CREATE FUNCTION sportello_announce_examination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':examination:' || NEW.id);
    IF NEW.state = 'wanted' THEN
        PERFORM pg_notify('sportello_doctor', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON sportello_examination
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_examination();

-- What the assistant knows. `sportello_documents` wakes the worker that reads, `sportello_index`
-- the one that indexes, `sportello_trials` the one that answers: it also tries, sums up and puts
-- files into words.

CREATE FUNCTION sportello_announce_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_documents', '');
    PERFORM pg_notify('sportello_index', '');
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_document
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_document();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_site
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_document();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF question, answer, variants, language, enabled,
    deleted_at ON sportello_pair
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_index');
CREATE TRIGGER announce AFTER INSERT ON sportello_trial
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_trials');
CREATE TRIGGER announce AFTER UPDATE OF test_state ON sportello_languagemodel
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_trials');
CREATE TRIGGER announce AFTER INSERT ON sportello_actionrun
    FOR EACH ROW WHEN (NEW.state = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_gist
    FOR EACH ROW WHEN (NEW.state = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');
CREATE TRIGGER announce AFTER INSERT ON sportello_recap
    FOR EACH ROW WHEN (NEW.state = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');
-- The file is here, or will not come: whoever shall read it is woken.
CREATE TRIGGER announce_file AFTER UPDATE OF state ON sportello_media FOR EACH ROW
    WHEN (OLD.state = 'wanted' AND NEW.state <> 'wanted' AND NEW.reading = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');

-- What other systems are told.

CREATE TRIGGER announce AFTER INSERT ON sportello_delivery FOR EACH ROW
    WHEN (NEW.state = 'queued') EXECUTE FUNCTION sportello_announce('sportello_outgoing');
CREATE TRIGGER announce_again AFTER UPDATE OF state ON sportello_delivery FOR EACH ROW
    WHEN (NEW.state = 'queued' AND OLD.state IN ('delivered', 'failed'))
    EXECUTE FUNCTION sportello_announce('sportello_outgoing');
CREATE TRIGGER announce AFTER UPDATE OF enabled, replay_since ON sportello_endpoint FOR EACH ROW
    WHEN ((NEW.enabled AND NOT OLD.enabled)
          OR (NEW.replay_since IS NOT NULL AND NEW.replay_since IS DISTINCT FROM OLD.replay_since))
    EXECUTE FUNCTION sportello_announce('sportello_outgoing');
