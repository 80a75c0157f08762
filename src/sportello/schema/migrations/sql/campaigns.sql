-- Charges that fall through, and lists that set off automations.

-- A charge falls through with its message, whoever says so: the wire, a status, the guard, a page.
CREATE FUNCTION sportello_charge_falls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_charge SET fell_through = true
    WHERE message_id = NEW.id AND NOT fell_through;
    RETURN NULL;
END $$;

CREATE TRIGGER charge_falls AFTER UPDATE OF status ON sportello_message
    FOR EACH ROW WHEN (NEW.status IN ('failed', 'refused', 'cancelled')
                       AND OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION sportello_charge_falls();

-- One question for each statement that fills lists, however many rows it brings; whoever writes
-- them, a page or a worker, sets off the same automations.
CREATE FUNCTION sportello_automate_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sportello_errand (workspace_id, campaign_id, contact_id, occasion)
    SELECT a.workspace_id, a.campaign_id, n.contact_id,
           CASE WHEN a.repeats THEN 'list:' || n.id ELSE 'once' END
    FROM added AS n
    JOIN sportello_automation AS a ON a.list_id = n.list_id AND a.trigger = 'list'
    JOIN sportello_campaign AS c ON c.id = a.campaign_id AND c.state = 'running'
    ORDER BY n.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER automate AFTER INSERT ON sportello_listmember
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_automate_list();
