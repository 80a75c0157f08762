"""A look at messages ends where enough is found: a word that all say gave back a whole stretch."""

from django.db import migrations

_FIND = """
-- Conversations with messages older than `before` in which all these words begin words, and the
-- message; newest first, until `most` are found. A conversation may come again, of another stretch.
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
              AND m.workspace_id + 0 = company AND m.id + 0 < before AND m.revoked_at IS NULL
            GROUP BY m.conversation_id
            ORDER BY last DESC LIMIT most - hits;
        GET DIAGNOSTICS those = ROW_COUNT;
        hits := hits + those;
        EXIT WHEN hits >= most;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0230_rehearsals")]
    operations = [migrations.RunSQL(_FIND)]
