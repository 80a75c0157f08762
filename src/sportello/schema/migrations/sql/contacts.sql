-- How contacts come in, what a company notes of them, and the no that outlives them.

-- One way for pages, API and worker. Rows were checked by `rules.contact_rows`; here they become
-- contacts, members of lists and lines of the ledger, all of them or none, as often as they come.
CREATE TYPE sportello_arrival AS (
    line int, wa_id text, name text, language text, properties jsonb,
    topic text, source text, text text, at timestamptz, contact_id bigint
);

CREATE FUNCTION sportello_take_in(company bigint, import bigint, arrived jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    arrivals sportello_arrival[];
    made bigint[];
    first_met bigint[];
    gone bigint[];
    told jsonb;
    the_import sportello_contactimport;
BEGIN
    SELECT * INTO STRICT the_import FROM sportello_contactimport
    WHERE id = import AND workspace_id = company;

    SELECT array_agg(g) INTO arrivals
    FROM jsonb_populate_recordset(NULL::sportello_arrival, arrived) AS g;

    -- Another may have been quicker: then the number is known, and that will do.
    WITH added AS (
        INSERT INTO sportello_contact (workspace_id, wa_id, name, language, properties)
        SELECT company, g.wa_id, g.name, g.language, g.properties
        FROM unnest(arrivals) AS g ORDER BY g.wa_id
        ON CONFLICT (workspace_id, wa_id) DO NOTHING
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO made FROM added;

    SELECT array_agg(ROW(g.line, g.wa_id, g.name, g.language, g.properties, g.topic, g.source,
                         g.text, g.at, c.id)::sportello_arrival) INTO arrivals
    FROM unnest(arrivals) AS g
    JOIN sportello_contact AS c ON c.workspace_id = company AND c.wa_id = g.wa_id;

    WITH met AS (
        INSERT INTO sportello_importseen (workspace_id, upload_id, contact_id)
        SELECT company, import, g.contact_id FROM unnest(arrivals) AS g
        ON CONFLICT (upload_id, contact_id) DO NOTHING
        RETURNING contact_id
    )
    SELECT coalesce(array_agg(contact_id), '{}') INTO first_met FROM met;

    -- The file completes whom we know; of two rows with one number the first stands.
    WITH known AS (
        SELECT g.*, c.name AS had_name, c.language AS had_language, c.properties AS had,
               f.id IS NOT NULL AS leads
        FROM unnest(arrivals) AS g
        JOIN sportello_contact AS c ON c.id = g.contact_id
        LEFT JOIN unnest(first_met) AS f (id) ON f.id = g.contact_id
        LEFT JOIN unnest(made) AS m (id) ON m.id = g.contact_id
        WHERE m.id IS NULL
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ), completed AS (
        SELECT contact_id,
               CASE WHEN leads THEN coalesce(nullif(name, ''), had_name)
                    ELSE coalesce(nullif(had_name, ''), name) END AS name,
               CASE WHEN leads THEN coalesce(nullif(language, ''), had_language)
                    ELSE coalesce(nullif(had_language, ''), language) END AS language,
               CASE WHEN leads THEN had || properties ELSE properties || had END AS properties
        FROM known
    )
    UPDATE sportello_contact AS c
    SET name = k.name, language = k.language, properties = k.properties
    FROM completed AS k
    WHERE c.id = k.contact_id
      AND (c.name, c.language, c.properties) IS DISTINCT FROM (k.name, k.language, k.properties);

    INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)
    SELECT company, l.id, g.contact_id
    FROM jsonb_array_elements_text(the_import.lists) AS chosen (id)
    JOIN sportello_contactlist AS l ON l.workspace_id = company AND l.id = chosen.id::bigint
    CROSS JOIN unnest(arrivals) AS g
    ON CONFLICT (list_id, contact_id) DO NOTHING;

    -- Nobody is brought back who said no.
    SELECT coalesce(array_agg(g.line), '{}') INTO gone
    FROM unnest(arrivals) AS g
    CROSS JOIN LATERAL (
        SELECT e.action FROM sportello_consentevent AS e
        WHERE e.contact_id = g.contact_id AND e.category = g.topic
        ORDER BY e.at DESC, e.action DESC LIMIT 1
    ) AS newest
    WHERE newest.action = 'withdraw';

    -- A file that is imported twice states nothing new.
    INSERT INTO sportello_consentevent
        (workspace_id, contact_id, category, action, source, text, proof, by_id, at)
    SELECT company, g.contact_id, g.topic, 'grant', 'import', g.text,
           jsonb_build_object('given_by', g.source, 'provenance', the_import.provenance,
                              'row', g.line, 'import', import),
           the_import.by_id, g.at
    FROM unnest(arrivals) AS g
    WHERE g.topic IS NOT NULL AND g.line <> ALL (gone)
      AND NOT EXISTS (
          SELECT FROM sportello_consentevent AS e
          WHERE e.contact_id = g.contact_id AND e.category = g.topic AND e.at = g.at
            AND e.action = 'grant' AND e.source = 'import'
      );

    SELECT jsonb_build_object(
        'created', cardinality(made),
        'updated', cardinality(first_met) - cardinality(made),
        'merged', count(*) - cardinality(first_met),
        'granted', count(*) FILTER (WHERE g.topic IS NOT NULL) - cardinality(gone),
        'without_consent', count(*) FILTER (
            WHERE g.topic IS NULL AND g.contact_id = ANY (first_met)),
        'opted_out', cardinality(gone),
        'gone', to_jsonb(gone)
    ) INTO told FROM unnest(arrivals) AS g;
    RETURN told;
END $$;

-- What a company notes of a contact is text. Nothing that stands there makes these fail: what is no
-- number and no date of the calendar is null.
CREATE FUNCTION sportello_number_of(given text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN given ~ '^\s*-?[0-9]{1,15}([.,][0-9]{1,6})?\s*$'
           THEN replace(btrim(given), ',', '.')::numeric END
$$;

-- Without a query of its own for each value and without captures, which regular expressions pay for
-- dearly.
CREATE FUNCTION sportello_date_of(given text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text := translate(ltrim(given, E' \t\n\r\f\v'), '/.', '--');
    last text;
    y int; m int; d int;
BEGIN
    IF given ~ '^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([^0-9]|$)' THEN
        y := split_part(plain, '-', 1);
        last := split_part(plain, '-', 3);
        d := CASE WHEN substr(last, 2, 1) BETWEEN '0' AND '9' THEN left(last, 2)
                  ELSE left(last, 1) END;
    ELSIF given ~ '^\s*[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}([^0-9]|$)' THEN
        y := left(split_part(plain, '-', 3), 4);
        d := split_part(plain, '-', 1);
    ELSE
        RETURN NULL;
    END IF;
    m := split_part(plain, '-', 2);
    IF y NOT BETWEEN 1900 AND 2999 OR m NOT BETWEEN 1 AND 12 OR d NOT BETWEEN 1 AND 31 THEN
        RETURN NULL;
    END IF;
    IF d > 28 AND d > date_part('day', make_date(y, m, 1) + interval '1 month - 1 day') THEN
        RETURN NULL;
    END IF;
    RETURN make_date(y, m, d);
END $$;

-- The key of the marks: neither role reads it, both may ask for the mark of a number they know.
ALTER TABLE sportello_suppressionkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE sportello_suppressionkey FORCE ROW LEVEL SECURITY;
REVOKE ALL ON sportello_suppressionkey FROM sportello_console, sportello_worker;
CREATE POLICY keeper ON sportello_suppressionkey TO CURRENT_USER USING (true);

CREATE FUNCTION sportello_mark_of(company bigint, name text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    of_company bytea;
BEGIN
    SELECT secret INTO of_company FROM sportello_suppressionkey WHERE workspace_id = company;
    IF of_company IS NULL THEN
        INSERT INTO sportello_suppressionkey (workspace_id, secret)
        VALUES (company, decode(
            replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
        ON CONFLICT (workspace_id) DO NOTHING;
        SELECT secret INTO STRICT of_company FROM sportello_suppressionkey
        WHERE workspace_id = company;
    END IF;
    RETURN sha256(of_company || sha256(of_company || convert_to(name, 'UTF8')));
END $$;

-- Whoever was erased and comes again, by a message, a file or the API, has said no already: lines
-- of the ledger, which nobody who imports can undo.
CREATE FUNCTION sportello_remember_no(company bigint, person bigint, name text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO sportello_consentevent
        (workspace_id, contact_id, category, action, source, proof, at)
    SELECT company, person, topic, 'withdraw', 'operator', '{"erased": true}', s.at
    FROM sportello_suppression AS s, unnest(ARRAY['marketing', 'utility']) AS topic
    WHERE s.workspace_id = company AND s.digest = sportello_mark_of(company, name);
$$;

CREATE FUNCTION sportello_remember_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM came AS c JOIN sportello_suppression AS s
               ON s.workspace_id = c.workspace_id) THEN
        PERFORM sportello_remember_no(c.workspace_id, c.id, n.name)
        FROM came AS c CROSS JOIN LATERAL (VALUES (c.wa_id), (c.user_id)) AS n (name)
        WHERE n.name IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_remember_learnt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sportello_suppression WHERE workspace_id = NEW.workspace_id) THEN
        PERFORM sportello_remember_no(NEW.workspace_id, NEW.id, n.name)
        FROM (VALUES (OLD.wa_id, NEW.wa_id), (OLD.user_id, NEW.user_id)) AS n (before, name)
        WHERE n.name IS NOT NULL AND n.name IS DISTINCT FROM n.before;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER remember_new AFTER INSERT ON sportello_contact
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_remember_new();
CREATE TRIGGER remember_learnt AFTER UPDATE OF wa_id, user_id ON sportello_contact FOR EACH ROW
    WHEN ((OLD.wa_id, OLD.user_id) IS DISTINCT FROM (NEW.wa_id, NEW.user_id)
          AND NEW.erased_at IS NULL)
    EXECUTE FUNCTION sportello_remember_learnt();

-- A no counts for the person, whichever of their numbers said it.
CREATE FUNCTION sportello_no_of_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sportello_consentevent
        (workspace_id, contact_id, category, action, source, proof, at)
    SELECT NEW.workspace_id, other.id, NEW.category, 'withdraw', NEW.source,
           jsonb_build_object('merged', NEW.contact_id), NEW.at
    FROM sportello_contact AS mine
    JOIN sportello_contact AS other
      ON other.workspace_id = mine.workspace_id AND other.id <> mine.id
     AND (other.id = mine.merged_into_id OR other.merged_into_id = mine.id
          OR other.merged_into_id = mine.merged_into_id)
    WHERE mine.id = NEW.contact_id
      AND NOT EXISTS (
          SELECT FROM sportello_consentevent AS e
          WHERE e.contact_id = other.id AND e.category = NEW.category
            AND e.action = 'withdraw' AND e.at >= NEW.at
      );
    RETURN NULL;
END $$;

CREATE TRIGGER one_person AFTER INSERT ON sportello_consentevent FOR EACH ROW
    WHEN (NEW.action = 'withdraw') EXECUTE FUNCTION sportello_no_of_the_person();
