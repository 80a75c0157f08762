-- What conversations are searched by (docs/decisions/0015-search-of-the-desk.md): words of files,
-- names and numbers of contacts; what messages say stands in `search_messages.sql`.
--
-- The functions that look run as the workers' role, to whom the policies show all rows: an operator
-- that row-level security does not trust (as `@@`) may use no index below a policy. They look only
-- into the workspace that the transaction names, which stands in each word of the index as well.

-- Without case and accents; rules/searching.py folds alike.
CREATE FUNCTION sportello_fold(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
RETURN CASE WHEN octet_length(given) = length(given) THEN lower(given)
    ELSE lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')) END;

-- Each word with its company and its stretch of 8,192 messages: so a search reads newest stretches
-- first and stops, and never the whole list of messages that hold a word said often.
-- One pass of a regular expression, as every message pays for it; words of an index have a limit.
CREATE FUNCTION sportello_words(workspace bigint, message bigint, given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    folded text := public.sportello_fold(left(given, 5000));
    mark text := workspace::text || ' ' || (message >> 13)::text || ' ';
BEGIN
    IF octet_length(folded) > 2000 THEN
        folded := regexp_replace(folded, '([[:alnum:]]{40})[[:alnum:]]+', '\1', 'g');
    END IF;
    RETURN array_to_tsvector(array_remove(string_to_array(
        mark || regexp_replace(folded, '[^[:alnum:]]+', chr(1) || mark, 'g'), chr(1)), mark));
END $$;

-- Every ending of every word: so the beginning of an ending is any part of a name or number.
CREATE FUNCTION sportello_names(workspace bigint, given text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000
RETURN array_to_tsvector(ARRAY(
    SELECT workspace::text || ' ' || substr(left(word, 40), start)
    FROM regexp_split_to_table(sportello_fold(left(given, 500)), '[^[:alnum:]]+') AS word,
         generate_series(1, greatest(1, least(length(word), 40) - 1)) AS start
    WHERE word <> ''));

-- What files say is found like what was written: by an index of its own, in the same looks.
CREATE INDEX media_words ON sportello_media
    USING gin (sportello_words(workspace_id, message_id, words)) WHERE words <> '';
CREATE INDEX contact_names ON sportello_contact USING gin (sportello_names(workspace_id,
    name || ' ' || profile_name || ' ' || username || ' ' || coalesce(wa_id, '')));

-- All these words after the mark; those of so many letters or more are beginnings of words.
CREATE FUNCTION sportello_wanted(mark text, words text[], letters integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT string_agg(quote_literal(mark || word)
                      || CASE WHEN length(word) >= letters THEN ':*' ELSE '' END, ' & ')::tsquery
    FROM unnest(words) AS word);

-- Conversations with contacts in whose names and number all these words stand.
CREATE FUNCTION sportello_find_contacts(words text[], most integer)
RETURNS TABLE (conversation_id bigint)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '32MB' SET enable_seqscan = off
SET jit = off SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan
AS $$
    SELECT c.id
    FROM (
        SELECT p.id FROM sportello_contact AS p
        WHERE sportello_names(p.workspace_id, p.name || ' ' || p.profile_name || ' ' || p.username
                              || ' ' || coalesce(p.wa_id, '')) @@ sportello_wanted(
                  current_setting('sportello.workspace', true) || ' ', words, 1)
          AND p.workspace_id = nullif(current_setting('sportello.workspace', true), '')::bigint
        LIMIT most
    ) AS found
    JOIN sportello_conversation AS c ON c.contact_id = found.id
$$;

-- The newest message of a conversation in which all these patterns are found; of the newest 500.
CREATE FUNCTION sportello_says(conversation bigint, patterns text[]) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT newest.id
    FROM (
        SELECT told.id, told.at, told.said
        FROM (
            SELECT m.id, m.at, CASE
                WHEN m.type IN ('image', 'audio', 'document') THEN concat_ws(' ', m.text, (
                    SELECT f.words FROM sportello_media AS f WHERE f.message_id = m.id LIMIT 1))
                ELSE m.text END AS said
            FROM sportello_message AS m
            WHERE m.conversation_id = conversation
              AND m.type NOT IN ('reaction', 'edit', 'revoke') AND m.revoked_at IS NULL
        ) AS told
        WHERE told.said <> ''
        ORDER BY told.at DESC, told.id DESC LIMIT 500
    ) AS newest
    WHERE sportello_fold(newest.said) ~ ALL (patterns)
    ORDER BY newest.at DESC, newest.id DESC LIMIT 1
);

GRANT CREATE ON SCHEMA public TO sportello_worker;
ALTER FUNCTION sportello_find_contacts(text[], integer) OWNER TO sportello_worker;
REVOKE CREATE ON SCHEMA public FROM sportello_worker;
REVOKE ALL ON FUNCTION sportello_find_contacts(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sportello_find_contacts(text[], integer)
    TO sportello_console, sportello_worker;
