-- What a browser meets beside the conversations: half of them are persona 1's to answer, and one
-- campaign went to everybody.
UPDATE sportello_conversation SET last_inbound_at = last_message_at, unread_count = 0;
UPDATE sportello_conversation SET holder = 'operator', operator_id = 1, control_epoch = 1,
    held_since = last_message_at WHERE id % 2 = 0;
UPDATE sportello_number SET display_number = '39061234567' || id, verified_name = 'Bottega';
INSERT INTO sportello_template (id, workspace_id, waba_id, meta_id, name, language, category, status, components)
    VALUES (1, 1, '1', '1', 'autunno', 'it', 'MARKETING', 'APPROVED',
            '[{"type": "BODY", "text": "La nuova stagione è arrivata: passi a vederla?"}]');
INSERT INTO sportello_campaign (id, workspace_id, number_id, name, state, planned, template_id, content, started_at)
    VALUES (1, 1, 1, 'Autunno', 'completed', true, 1,
            '{"name": "autunno", "language": "it", "category": "MARKETING"}', '2026-11-20 10:00Z');
INSERT INTO sportello_message
    (id, workspace_id, conversation_id, wamid, origin, type, text, status, payload, at)
    SELECT 1000000 + id, 1, id, 'wamid.campaign.' || id, 'campaign', 'template',
           'La nuova stagione è arrivata: passi a vederla?',
           (ARRAY['read', 'delivered', 'sent', 'failed'])[1 + id % 4],
           '{"template": {"category": "marketing"}}', '2026-11-20 10:00Z'
    FROM sportello_conversation;
INSERT INTO sportello_recipient (workspace_id, campaign_id, contact_id, message_id, released_at)
    SELECT 1, 1, contact_id, 1000000 + id, '2026-11-20 10:00Z' FROM sportello_conversation;
-- What is filled in by number must not meet what is written afterwards.
SELECT setval(pg_get_serial_sequence('sportello_' || name, 'id'), 2000000)
    FROM unnest(ARRAY['message', 'conversationevent', 'campaign', 'template']) AS t (name);
