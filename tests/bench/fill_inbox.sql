-- A shop with {chats} conversations and {messages} messages of words that repeat as people's do.
INSERT INTO sportello_workspace (id, name, slug) VALUES (1, 'Bottega', 'bottega');
INSERT INTO sportello_user (id, email, password, name)
    SELECT n, 'persona' || n || '@example.org', '', 'Persona ' || n FROM generate_series(1, 12) AS n;
INSERT INTO sportello_membership (workspace_id, user_id, role)
    SELECT 1, n, 'owner' FROM generate_series(1, 12) AS n;
INSERT INTO sportello_number (id, workspace_id, phone_number_id, waba_id)
    SELECT n, 1, n::text, '1' FROM generate_series(1, 2) AS n;
INSERT INTO sportello_folder (id, workspace_id, name)
    SELECT n, 1, 'Cartella ' || n FROM generate_series(1, 8) AS n;
INSERT INTO sportello_label (id, workspace_id, name)
    SELECT n, 1, 'Etichetta ' || n FROM generate_series(1, 20) AS n;
CREATE TEMPORARY TABLE vocabulary AS
    SELECT n AS k, (ARRAY['ordin','spedizion','res','fattur','pagament','tagli','color','negozi','sald',
                     'buon','consegn','cambi','prezz','regal','pacc','client','mart','scarp'])
              [1 + n % 18]
              || substr('abcdefghilmnopqrstuvz', 1 + (n / 18) % 21, 1)
              || substr('aeiou', 1 + (n / 378) % 5, 1) || CASE WHEN n > 1890 THEN 'tti' ELSE '' END
              AS word
    FROM generate_series(0, 3779) AS n;
CREATE UNIQUE INDEX ON vocabulary (k);
ANALYZE vocabulary;
INSERT INTO sportello_contact (id, workspace_id, wa_id, name, profile_name)
    SELECT n, 1, (393200000000 + (n::bigint * 7919) % 100000000)::text,
           (ARRAY['Anna','Bruno','Carla','Dario','Elena','Franco','Giada','Ivo','Lucia','Màrco'])
               [1 + n % 10] || ' ' || initcap(word),
           ''
    FROM generate_series(1, {chats}) AS n JOIN vocabulary AS v ON v.k = (n * 31) % 3780;
INSERT INTO sportello_conversation
    (id, workspace_id, number_id, contact_id, holder, operator_id, held_since, last_message_at,
     last_message_text, last_message_origin, window_closes_at, unread_count, folder_id)
    SELECT n, 1, 1 + n % 2, n,
           CASE WHEN n > {chats} - 200 THEN 'queue' WHEN n % 10 < 7 THEN 'closed'
                WHEN n % 10 = 7 THEN 'operator' ELSE 'assistant' END,
           CASE WHEN n % 10 = 7 AND n <= {chats} - 200 THEN 1 + n % 12 END, at, at,
           'Quando arriva il mio ordine?', 'customer', at + interval '24 hours',
           CASE WHEN n % 25 = 0 THEN 1 ELSE 0 END, CASE WHEN n % 4 = 0 THEN 1 + (n / 4) % 8 END
    FROM (SELECT n, timestamptz '2026-11-22 10:00Z' - make_interval(mins => {chats} - n) AS at
          FROM generate_series(1, {chats}) AS n) AS made;
INSERT INTO sportello_labelling (workspace_id, conversation_id, label_id)
    SELECT 1, n, 1 + (n / 3) % 20 FROM generate_series(1, {chats}) AS n WHERE n % 3 = 0;
INSERT INTO sportello_message
    (id, workspace_id, conversation_id, wamid, origin, type, text, status, at)
    SELECT n, 1, 1 + n % {chats}, 'wamid.' || n,
           CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'assistant' END, 'text',
           'Buongiorno, ' || a.word || ' ' || b.word || ' con ' || c.word || ' e ' || d.word
               || ', ordine A' || n % 90000 || ' perché ' || e.word || ' ' || f.word || '?',
           CASE WHEN n % 2 = 0 THEN 'received' ELSE 'read' END,
           timestamptz '2026-11-22 10:00Z' - make_interval(mins => {chats} - n % {chats})
               - make_interval(secs => ({messages} - n) / {chats})
    FROM generate_series(1, {messages}) AS n
    -- The square of a share: few words are said often, most of them seldom.
    JOIN vocabulary AS a ON a.k = (n::bigint * 7 % 3780) * (n::bigint * 7 % 3780) / 3780
    JOIN vocabulary AS b ON b.k = (n::bigint * 11 % 3780) * (n::bigint * 11 % 3780) / 3780
    JOIN vocabulary AS c ON c.k = (n::bigint * 13 % 3779) * (n::bigint * 13 % 3779) / 3780
    JOIN vocabulary AS d ON d.k = (n::bigint * 17 % 3769) * (n::bigint * 17 % 3769) / 3780
    JOIN vocabulary AS e ON e.k = n::bigint * 19 % 3761
    JOIN vocabulary AS f ON f.k = n::bigint * 23 % 3739;
-- Five requests of each conversation, of four lines each: as many lines as there are messages.
INSERT INTO sportello_conversationevent
    (id, workspace_id, conversation_id, number_id, kind, request, holder, by_id, detail, since, at)
    SELECT 1 + 4 * n + line, 1, 1 + n % {chats}, 1 + (1 + n % {chats}) % 2,
           CASE line WHEN 0 THEN 'asked' WHEN 1 THEN 'answered' WHEN 2 THEN 'cited'
                ELSE (ARRAY['handed_over', 'taken', 'closed', 'missed'])[1 + n % 4] END,
           CASE WHEN line > 0 THEN 1 + 4 * n END, 'assistant',
           CASE WHEN (line = 1 AND n % 5 = 0) OR (line = 3 AND n % 4 IN (1, 2)) THEN 1 + n % 12 END,
           CASE line WHEN 1 THEN CASE WHEN n % 5 = 0 THEN 'operator' ELSE 'assistant' END
                WHEN 2 THEN 'pair:' || n % 300
                WHEN 3 THEN CASE WHEN n % 4 = 0 THEN 'no_answer' ELSE '' END ELSE '' END,
           CASE WHEN line = 1 OR (line = 3 AND n % 4 = 2) THEN asked_at END,
           asked_at + make_interval(secs => line * (20 + n % 900))
    FROM generate_series(0, {chats} * 5 - 1) AS n
    CROSS JOIN generate_series(0, 3) AS line
    CROSS JOIN LATERAL (SELECT timestamptz '2026-11-22 10:00Z'
        - make_interval(days => 5 * (n / {chats}), mins => {chats} - n % {chats}) AS asked_at) AS at;
VACUUM ANALYZE sportello_conversationevent;
VACUUM ANALYZE sportello_message;
VACUUM ANALYZE sportello_conversation;
VACUUM ANALYZE sportello_contact;
VACUUM ANALYZE sportello_labelling;
