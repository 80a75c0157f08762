-- What people and programs change is noted by the tables themselves (schema/audit.py). `kept` names
-- the columns whose values may stand in the log. The columns named here are those by whose change
-- alone nobody did anything.

CREATE FUNCTION sportello_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor jsonb := current_setting('sportello.actor')::jsonb;
    was jsonb := coalesce(to_jsonb(OLD), '{}');
    becomes jsonb := coalesce(to_jsonb(NEW), '{}');
    company bigint := coalesce(
        (was || becomes)->>'workspace_id', nullif(current_setting('sportello.workspace', true), '')
    )::bigint;
    kept text[] := string_to_array(TG_ARGV[0], ' ');
    touched text[] := ARRAY(
        SELECT key FROM jsonb_object_keys(was || becomes) AS key
        WHERE was->key IS DISTINCT FROM becomes->key
          AND key <> ALL (string_to_array(
              'updated_at changed_at seen_at control_epoch held_since handover_reason '
              'reply_due_at burst_started_at answering_until generation assistant_memory '
              'unread_count last_message_at last_message_text last_message_origin last_login '
              'due_at indexed_at attempts claimed_until session_epoch called called_in '
              'looked_up_to looked_up_to_id look_at stepped_at', ' '))
        ORDER BY key
    );
BEGIN
    IF company IS NULL OR (TG_OP = 'UPDATE' AND touched = '{}') THEN
        RETURN NULL;
    END IF;
    INSERT INTO sportello_auditentry
        (workspace_id, at, user_id, key_prefix, ip, deed, thing, row_id, verb, changed, before,
         after)
    SELECT company, (actor->>'at')::timestamptz, (actor->>'user')::bigint,
           coalesce(actor->>'key', ''), (actor->>'ip')::inet, actor->>'deed',
           regexp_replace(TG_TABLE_NAME, '^sportello_', ''),
           coalesce((was || becomes)->>'id', (was || becomes)->>'workspace_id')::bigint,
           lower(TG_OP), CASE TG_OP WHEN 'UPDATE' THEN touched ELSE '{}' END,
           (SELECT coalesce(jsonb_object_agg(key, left(was->>key, 200)), '{}')
            FROM unnest(touched) AS key WHERE key = ANY (kept) AND was ? key),
           (SELECT coalesce(jsonb_object_agg(key, left(becomes->>key, 200)), '{}')
            FROM unnest(touched) AS key WHERE key = ANY (kept) AND becomes ? key);
    RETURN NULL;
END $$;
