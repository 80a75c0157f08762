-- The words of messages, and who looks for them; a migration that changes either runs it anew.

-- Of a campaign's message the words count once Meta has taken it: each line in an index of words
-- costs as much as all else that is noted of a message, and what waits is written anew when it leaves.
DROP INDEX IF EXISTS message_words;
CREATE INDEX message_words ON sportello_message
    USING gin (sportello_words(workspace_id, id, text))
    WHERE text <> '' AND type NOT IN ('reaction', 'edit', 'revoke')
      AND (origin <> 'campaign' OR wamid IS NOT NULL);

-- Conversations with messages older than `before` in which all these words begin words, and the
-- message; newest first, until `most` are found (a word that all say gives back no whole stretch).
-- A conversation may come again, of another stretch.
CREATE OR REPLACE FUNCTION sportello_find_messages(words text[], before bigint, most integer)
RETURNS TABLE (conversation_id bigint, message_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off
SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    company bigint := nullif(current_setting('sportello.workspace', true), '')::bigint;
    newest bigint := (SELECT max(id) FROM sportello_message WHERE workspace_id = company);
    oldest bigint := (SELECT min(id) FROM sportello_message WHERE workspace_id = company);
    stretch bigint;
    those integer;
    hits integer := 0;
BEGIN
    FOR stretch IN REVERSE least(coalesce(newest, 0), before - 1) >> 13 .. coalesce(oldest, 1) >> 13 LOOP
        -- Sums that add nothing: the index of words alone shall find, no other join in.
        RETURN QUERY
            SELECT m.conversation_id, max(m.id) AS last FROM sportello_message AS m
            WHERE m.text <> '' AND m.type NOT IN ('reaction', 'edit', 'revoke')
              AND sportello_words(m.workspace_id, m.id, m.text)
                  @@ sportello_wanted(company || ' ' || stretch || ' ', words, 3)
              AND (m.origin <> 'campaign' OR m.wamid IS NOT NULL)
              AND m.workspace_id + 0 = company AND m.id + 0 < before AND m.revoked_at IS NULL
            GROUP BY m.conversation_id
            ORDER BY last DESC LIMIT most - hits;
        GET DIAGNOSTICS those = ROW_COUNT;
        hits := hits + those;
        -- What files say, as a machine put it into words.
        RETURN QUERY
            SELECT m.conversation_id, max(f.message_id) AS last
            FROM sportello_media AS f JOIN sportello_message AS m ON m.id = f.message_id
            WHERE f.words <> ''
              AND sportello_words(f.workspace_id, f.message_id, f.words)
                  @@ sportello_wanted(
                      company || ' ' || stretch || ' ', sportello_find_messages.words, 3)
              AND f.workspace_id + 0 = company AND f.message_id + 0 < before
            GROUP BY m.conversation_id
            ORDER BY last DESC LIMIT greatest(most - hits, 0);
        GET DIAGNOSTICS those = ROW_COUNT;
        hits := hits + those;
        EXIT WHEN hits >= most;
    END LOOP;
END $$;

GRANT CREATE ON SCHEMA public TO sportello_worker;
ALTER FUNCTION sportello_find_messages(text[], bigint, integer) OWNER TO sportello_worker;
REVOKE CREATE ON SCHEMA public FROM sportello_worker;
REVOKE ALL ON FUNCTION sportello_find_messages(text[], bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sportello_find_messages(text[], bigint, integer)
    TO sportello_console, sportello_worker;
