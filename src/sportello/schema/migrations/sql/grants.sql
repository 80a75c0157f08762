-- What the roles may not do although row-level security would let them.

-- Only the edge and the workers touch the journal.
REVOKE ALL ON sportello_journalentry FROM sportello_console;

-- The console writes what is secret and never reads it: a page that leaks leaks no key.
REVOKE SELECT ON sportello_token, sportello_connectionsecret, sportello_appsecret,
    sportello_modelkey, sportello_voicekey, sportello_actionsecret, sportello_endpointsecret
    FROM sportello_console;
GRANT SELECT (id, workspace_id, number_id) ON sportello_token TO sportello_console;
GRANT SELECT (id, workspace_id, connection_id, name, at) ON sportello_connectionsecret
    TO sportello_console;
GRANT SELECT (id, workspace_id, app_id, created_at) ON sportello_appsecret TO sportello_console;
GRANT SELECT (id, workspace_id, model_id) ON sportello_modelkey TO sportello_console;
GRANT SELECT (id, workspace_id) ON sportello_voicekey TO sportello_console;
GRANT SELECT (id, workspace_id, action_id) ON sportello_actionsecret TO sportello_console;
GRANT SELECT (id, workspace_id, endpoint_id, expires_at) ON sportello_endpointsecret
    TO sportello_console;

-- Prices are the same for every company: all may read them, the installer's command writes them.
REVOKE INSERT, UPDATE, DELETE ON sportello_ratecard, sportello_rate, sportello_prefix
    FROM sportello_console;

-- An entry of the audit log is added and never changed; the worker deletes those that are old
-- enough. Rows that go with their parents are deleted by the tables' owner, who needs leave to note
-- it.
REVOKE UPDATE, DELETE ON sportello_auditentry FROM sportello_console;
REVOKE INSERT, UPDATE ON sportello_auditentry FROM sportello_worker;
CREATE POLICY cascades ON sportello_auditentry FOR INSERT
    WITH CHECK (
        workspace_id = (SELECT nullif(current_setting('sportello.workspace', true), '')::bigint)
    );

-- Lines of conversations are forever; they go with their conversation.
REVOKE UPDATE, DELETE, TRUNCATE ON sportello_conversationevent
    FROM sportello_console, sportello_worker;

-- What a night took is written once, by the worker alone.
REVOKE INSERT, UPDATE, DELETE ON sportello_retentionrun FROM sportello_console;
REVOKE UPDATE ON sportello_retentionrun FROM sportello_worker;

-- Nothing that moves messages has any business with people's browsers. Of second factors the
-- worker's role seals the secrets anew when the key changes.
REVOKE ALL ON usersessions_usersession FROM sportello_worker;

-- Which migrations were applied is the owner's to write.
REVOKE ALL ON django_migrations FROM sportello_console, sportello_worker;
GRANT SELECT ON django_migrations TO sportello_console, sportello_worker;
