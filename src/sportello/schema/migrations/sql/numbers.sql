-- A number's history, and what follows from its state, whoever learnt of it.

-- `greatest`: the company's clock may run ahead of the database's, as in the demo.
CREATE FUNCTION sportello_note_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sportello_numberchange (workspace_id, number_id, kind, before, after, at)
    SELECT NEW.workspace_id, NEW.id, c.kind, left(coalesce(c.before, ''), 200),
           left(coalesce(c.after, ''), 200),
           greatest(clock_timestamp(), NEW.seen_at, NEW.last_event_at)
    FROM (
        VALUES ('status', OLD.status::text, NEW.status::text),
               ('quality', OLD.quality, NEW.quality),
               ('name', OLD.verified_name, NEW.verified_name),
               ('limit', OLD.messaging_limit::text, NEW.messaging_limit::text),
               ('throughput', OLD.throughput_mps::text, NEW.throughput_mps::text),
               ('payment', OLD.payment, NEW.payment),
               ('paused', OLD.paused_why, NEW.paused_why),
               ('silent', CASE WHEN OLD.silent_since IS NULL THEN '' ELSE 'yes' END,
                          CASE WHEN NEW.silent_since IS NULL THEN '' ELSE 'yes' END),
               ('token', OLD.token_last4, NEW.token_last4)
        UNION ALL
        -- What was not known before is no change.
        SELECT left(t.key, 24), OLD.told ->> t.key, t.value
        FROM jsonb_each_text(NEW.told) AS t (key, value) WHERE OLD.told ? t.key
    ) AS c (kind, before, after)
    WHERE c.before IS DISTINCT FROM c.after AND NOT (c.kind IN ('name', 'limit') AND
        coalesce(c.before, '') = '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':number:' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER note AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((OLD.status, OLD.quality, OLD.verified_name, OLD.messaging_limit, OLD.throughput_mps,
           OLD.payment, OLD.paused_why, OLD.silent_since, OLD.token_last4, OLD.told, OLD.profile)
        IS DISTINCT FROM
          (NEW.status, NEW.quality, NEW.verified_name, NEW.messaging_limit, NEW.throughput_mps,
           NEW.payment, NEW.paused_why, NEW.silent_since, NEW.token_last4, NEW.told, NEW.profile))
    EXECUTE FUNCTION sportello_note_number();

-- A block is never lifted by a poll nor by a probe.
CREATE FUNCTION sportello_block_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.paused_why := 'blocked';
    NEW.paused_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER block BEFORE UPDATE OF status ON sportello_number FOR EACH ROW
    WHEN (NEW.status = 'banned' AND OLD.status <> 'banned')
    EXECUTE FUNCTION sportello_block_number();

-- Campaigns of a number that cannot send are paused in the same transaction, and what they have in
-- the outbox waits with them: it would be refused, and lost to its people.
-- `console/campaigns/deeds.py` brings it back.
CREATE FUNCTION sportello_stop_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stopped bigint[];
BEGIN
    WITH moved AS (
        UPDATE sportello_campaign SET state = 'paused', paused_why = 'account'
        WHERE number_id = NEW.id AND state IN ('planning', 'scheduled', 'running')
        RETURNING id
    )
    SELECT array_agg(id) INTO stopped FROM moved;
    WITH held AS (
        UPDATE sportello_send
        SET due_at = clock_timestamp() + interval '10 years', hold_code = 'campaign_paused'
        WHERE campaign_id = ANY(stopped) AND state = 'queued'
        RETURNING message_id
    )
    UPDATE sportello_message AS m SET status = 'held' FROM held WHERE m.id = held.message_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stop_campaigns AFTER UPDATE ON sportello_number FOR EACH ROW
    WHEN ((NEW.status IN ('banned', 'disconnected', 'restricted') AND OLD.status <> NEW.status)
          OR (NEW.paused_why IN ('blocked', 'disconnected') AND OLD.paused_why <> NEW.paused_why))
    EXECUTE FUNCTION sportello_stop_campaigns();

-- What waited for a number is called when the number may send again, instead of asking anew all the
-- time. The codes are those of `workers/dispatch_claim.py`.
CREATE FUNCTION sportello_call_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_send SET due_at = clock_timestamp()
    WHERE number_id = NEW.id AND state = 'queued' AND due_at > clock_timestamp()
      AND hold_code IN ('number_paused', 'number_not_ready', 'account_blocked',
                        'account_restricted', 'payment_needed');
    IF FOUND THEN
        PERFORM pg_notify('sportello_sends', '');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER call_held AFTER UPDATE OF status, paused_why, payment ON sportello_number
    FOR EACH ROW
    WHEN ((OLD.paused_why <> '' AND NEW.paused_why = '')
          OR (OLD.payment <> '' AND NEW.payment = '')
          OR (OLD.status <> NEW.status AND NEW.status IN ('connected', 'restricted')))
    EXECUTE FUNCTION sportello_call_held();
