-- A campaign to {people} people that is over, all its rows as the workers leave them, and a draft to
-- the same list. One of a thousand failed for a reason that passes, one of a hundred for good, two
-- of a hundred were skipped; a tenth answered.
INSERT INTO sportello_workspace (id, name, slug, country) VALUES (1, 'Bottega', 'bottega', 'IT');
INSERT INTO sportello_user (id, email, password, name)
    VALUES (1, 'persona1@example.org', '', 'Persona 1');
INSERT INTO sportello_membership (workspace_id, user_id, role) VALUES (1, 1, 'owner');
INSERT INTO sportello_number (id, workspace_id, phone_number_id, waba_id, status)
    VALUES (1, 1, '1', '1', 'connected');
INSERT INTO sportello_template (id, workspace_id, waba_id, meta_id, name, language, category, status,
                                components)
    VALUES (1, 1, '1', '900', 'offerta_autunno', 'it', 'MARKETING', 'APPROVED',
            '[{{"type": "BODY", "text": "Ciao {{{{1}}}}, da noi è arrivata la nuova stagione.",
                "example": {{"body_text": [["Anna"]]}}}}]');
INSERT INTO sportello_contactlist (id, workspace_id, name) VALUES (1, 1, 'Clienti');
INSERT INTO sportello_contact (id, workspace_id, wa_id, name)
    SELECT n, 1, (393330000000 + n)::text, CASE WHEN n % 100 = 0 THEN '=1+' ELSE 'Persona ' END || n
    FROM generate_series(1, {people}) AS n;
INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source, at)
    SELECT 1, n, 'marketing', CASE WHEN n % 50 = 1 THEN 'withdraw' ELSE 'grant' END, 'import',
           timestamptz '2026-11-01 10:00Z'
    FROM generate_series(1, {people}) AS n;
INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)
    SELECT 1, 1, n FROM generate_series(1, {people}) AS n;
INSERT INTO sportello_campaign
    (id, workspace_id, number_id, name, state, planned, template_id, content, variables, audience,
     let_go, started_at, ended_at, planned_up_to)
    SELECT n, 1, 1, 'Autunno ' || n, CASE n WHEN 1 THEN 'completed' ELSE 'draft' END, n = 1, 1,
           CASE n WHEN 1 THEN '{{"name": "offerta_autunno"}}'::jsonb END,
           '{{"1": {{"column": "name"}}}}', '{{"list": 1}}', CASE n WHEN 1 THEN {people} ELSE 0 END,
           CASE n WHEN 1 THEN timestamptz '2026-11-20 10:00Z' END,
           CASE n WHEN 1 THEN timestamptz '2026-11-21 10:00Z' END, 0
    FROM generate_series(1, 2) AS n;
INSERT INTO sportello_conversation (id, workspace_id, number_id, contact_id, holder, last_inbound_at)
    SELECT n, 1, 1, n, 'closed', CASE WHEN n % 10 = 3 THEN timestamptz '2026-11-21 12:00Z' END
    FROM generate_series(1, {people}) AS n;
INSERT INTO sportello_message
    (id, workspace_id, conversation_id, wamid, origin, type, text, payload, status, at, sent_at,
     delivered_at, read_at, failed_at, error, receipt)
    SELECT n, 1, n, 'wamid.' || n, 'campaign', 'template',
           'Ciao Persona ' || n || ', da noi è arrivata la nuova stagione.',
           '{{"template": {{"name": "offerta_autunno", "category": "marketing"}}}}',
           CASE WHEN n % 100 = 7 THEN 'failed' WHEN n % 3 = 0 THEN 'delivered' ELSE 'read' END,
           at, at, CASE WHEN n % 100 <> 7 THEN at END, CASE WHEN n % 3 <> 0 THEN at END,
           CASE WHEN n % 100 = 7 THEN at END,
           CASE WHEN n % 1000 = 7 THEN '{{"code": 131000}}'::jsonb
                WHEN n % 100 = 7 THEN '{{"code": 131026}}'::jsonb END,
           '{{"code": "", "checks": ["window", "consent", "limit", "budget", "hours"]}}'
    FROM (SELECT n, timestamptz '2026-11-20 10:00Z' + n * interval '10 ms' AS at
          FROM generate_series(1, {people}) AS n WHERE n % 50 <> 1) AS sent;
INSERT INTO sportello_recipient
    (id, workspace_id, campaign_id, contact_id, filled, skipped_why, message_id, released_at)
    SELECT n, 1, 1, n, '{{"1": "Persona"}}', CASE WHEN n % 50 = 1 THEN 'opted_out' ELSE '' END,
           CASE WHEN n % 50 <> 1 THEN n END,
           CASE WHEN n % 50 <> 1 THEN timestamptz '2026-11-20 10:00Z' + n * interval '10 ms' END
    FROM generate_series(1, {people}) AS n;
INSERT INTO sportello_charge
    (workspace_id, number_id, message_id, market, calling_code, currency, expected_category,
     expected_kind, expected_micros, fell_through, sent_at)
    SELECT 1, 1, id, 'Italy', '39', 'EUR', 'marketing', 'regular', 57200, status = 'failed', at
    FROM sportello_message;
SELECT setval(pg_get_serial_sequence('sportello_' || t, 'id'), {people} + 1)
    FROM unnest(ARRAY['contact', 'conversation', 'message', 'recipient']) AS t
