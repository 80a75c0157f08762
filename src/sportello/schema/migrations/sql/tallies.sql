-- Figures by day (docs/decisions/0033-days-are-kept.md), kept beside the lines of conversations:
-- what each line adds, and what it changes of its request.

-- What the lines after one id, up to another, add to the days of a company. Each part of it adds
-- up: of two stretches that meet, the sums are those of both together. A request counts on the day
-- on which it was asked, however late what became of it: its figure is what it is with these lines
-- less what it was before them.
CREATE FUNCTION sportello_event_deltas(
    company bigint, since_id bigint, upto_id bigint, zone text
) RETURNS TABLE (day date, number_id bigint, kind text, by_id bigint, detail text, n bigint)
LANGUAGE sql STABLE AS $$
{deltas of sportello_conversationevent}
$$;

CREATE FUNCTION sportello_event_writers() RETURNS TABLE (writer text) LANGUAGE sql AS $$
    SELECT l.virtualtransaction FROM pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
      AND l.relation = 'sportello_conversationevent'::regclass
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;

-- Takes the next lines of a company into its days, so many at most; whether there is more to do.
-- A line counts once nobody is left who was writing lines when it had been seen: else one with a
-- smaller id might still come. Who writes holds the table's lock for it before an id is given.
CREATE FUNCTION sportello_tally_events(company bigint, most integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    mark sportello_eventmark;
    now_zone text := (SELECT time_zone FROM sportello_workspace WHERE id = company);
    newest bigint := (SELECT coalesce(max(id), 0) FROM sportello_conversationevent);
    last bigint;
BEGIN
    SELECT * INTO mark FROM sportello_eventmark WHERE workspace_id = company FOR UPDATE SKIP LOCKED;
    IF mark.workspace_id IS NULL THEN
        INSERT INTO sportello_eventmark (workspace_id, zone) VALUES (company, now_zone)
        ON CONFLICT DO NOTHING;
        RETURN newest > 0;
    END IF;
    IF mark.zone <> now_zone THEN
        DELETE FROM sportello_eventtally WHERE workspace_id = company;
        UPDATE sportello_eventmark SET zone = now_zone, upto = 0 WHERE workspace_id = company;
        RETURN true;
    END IF;
    IF mark.seen = mark.upto THEN
        UPDATE sportello_eventmark SET seen = newest,
            gate = coalesce((SELECT string_agg(writer, ',') FROM sportello_event_writers()), '')
        WHERE workspace_id = company AND newest > seen;
        RETURN newest > mark.upto;
    END IF;
    IF EXISTS (
        SELECT FROM sportello_event_writers() AS w (writer)
        WHERE w.writer = ANY (string_to_array(mark.gate, ','))
    ) THEN
        RETURN false;
    END IF;
    last := coalesce((
        SELECT id FROM sportello_conversationevent
        WHERE workspace_id = company AND id > mark.upto AND id <= mark.seen
        ORDER BY id OFFSET most - 1 LIMIT 1), mark.seen);
    INSERT INTO sportello_eventtally AS known
        (workspace_id, day, number_id, kind, by_id, detail, n)
    SELECT company, d.day, d.number_id, d.kind, d.by_id, d.detail, d.n
    FROM sportello_event_deltas(company, mark.upto, last, mark.zone) AS d
    ON CONFLICT (workspace_id, day, number_id, kind, detail, by_id)
    DO UPDATE SET n = known.n + excluded.n;
    UPDATE sportello_eventmark SET upto = last WHERE workspace_id = company;
    RETURN last < newest;
END $$;

-- The lines of a conversation go all at once: what they had added is taken back.
CREATE FUNCTION sportello_untell_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    company bigint;
    since_id bigint := 0;
    upto_id bigint;
    zone text;
BEGIN
    FOR company, upto_id, zone IN
        SELECT m.workspace_id, m.upto, m.zone FROM sportello_eventmark AS m
        WHERE m.workspace_id IN (SELECT g.workspace_id FROM gone AS g)
        ORDER BY m.workspace_id FOR UPDATE
    LOOP
        INSERT INTO sportello_eventtally AS known
            (workspace_id, day, number_id, kind, by_id, detail, n)
        SELECT company, d.day, d.number_id, d.kind, d.by_id, d.detail, -d.n FROM (
{deltas of gone}
        ) AS d (day, number_id, kind, by_id, detail, n)
        ON CONFLICT (workspace_id, day, number_id, kind, detail, by_id)
        DO UPDATE SET n = known.n + excluded.n;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER untell AFTER DELETE ON sportello_conversationevent
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION sportello_untell_events();

-- The days of the company of this transaction: those kept, and what its newest lines add to them.
-- Days of another zone than they are kept in are counted from all lines.
CREATE FUNCTION sportello_tallied(first_on date, last_on date, zone text)
RETURNS TABLE (day date, number_id bigint, kind text, by_id bigint, detail text, n bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    company bigint := nullif(current_setting('sportello.workspace', true), '')::bigint;
    kept bigint := (SELECT m.upto FROM sportello_eventmark AS m
                    WHERE m.workspace_id = company AND m.zone = sportello_tallied.zone);
BEGIN
    RETURN QUERY
        SELECT t.day, t.number_id, t.kind::text, t.by_id, t.detail::text, t.n
        FROM sportello_eventtally AS t
        WHERE t.workspace_id = company AND t.day BETWEEN first_on AND last_on
          AND t.n <> 0 AND kept IS NOT NULL
        UNION ALL
        SELECT d.* FROM sportello_event_deltas(
            company, coalesce(kept, 0), 9223372036854775807, zone) AS d
        WHERE d.day BETWEEN first_on AND last_on;
END $$;

-- The same as the page shows it, for one number or (null) all: by kind and day, by kind and number,
-- by kind, person and detail. `own` and `before`: from `own_on` on, and earlier; `everywhere`: own
-- days of all numbers. `cut` says by which of the three.
CREATE FUNCTION sportello_figures(
    first_on date, own_on date, last_on date, zone text, only_number bigint
) RETURNS TABLE (
    cut integer, kind text, day date, number_id bigint, by_id bigint, detail text,
    own bigint, before bigint, everywhere bigint
) LANGUAGE sql STABLE AS $$
    SELECT grouping(t.day, t.number_id, t.by_id), t.kind, t.day, t.number_id, t.by_id, t.detail,
           coalesce(sum(t.n) FILTER (WHERE is_wanted AND t.day >= own_on), 0)::bigint,
           coalesce(sum(t.n) FILTER (WHERE is_wanted AND t.day < own_on), 0)::bigint,
           coalesce(sum(t.n) FILTER (WHERE t.day >= own_on), 0)::bigint
    FROM sportello_tallied(first_on, last_on, zone) AS t
    CROSS JOIN LATERAL (SELECT only_number IS NULL OR t.number_id = only_number) AS w (is_wanted)
    GROUP BY GROUPING SETS ((t.kind, t.day), (t.kind, t.number_id), (t.kind, t.by_id, t.detail))
$$;

-- How long people waited, in whole seconds, by kind of the line that ended the wait and whether it
-- lies before `own_at`; and own ones by person and origin (`is_person`), of answers whose wait
-- ended. Equal waits are counted together: the value at a place of the ordered list is the first
-- whose count up to there is beyond it. `open`: when a wait counts; null: always. A clock of Meta's
-- ahead of ours makes none below zero.
CREATE FUNCTION sportello_waits(
    starts_at timestamptz, own_at timestamptz, ends_at timestamptz, only_number bigint,
    open tstzmultirange
) RETURNS TABLE (
    is_person boolean, kind text, is_before boolean, by_id bigint, detail text, n bigint,
    median double precision, p90 double precision
) LANGUAGE sql STABLE
-- Without it all waits are sorted; the counts of equal ones fit in much less.
SET work_mem = '64MB'
AS $$
    WITH waited AS (
        SELECT e.kind, e.at < own_at AS is_before, e.by_id, e.detail,
               CASE WHEN open IS NULL
                    THEN greatest(round(date_part('epoch', e.at - e.since)), 0)::bigint
                    ELSE (SELECT coalesce(round(sum(
                              extract(epoch FROM upper(part) - lower(part)))), 0)::bigint
                          FROM unnest(open * tstzmultirange(tstzrange(
                              e.since, greatest(e.since, e.at)))) AS lies (part))
               END AS seconds
        FROM sportello_conversationevent AS e
        WHERE e.at >= starts_at AND e.at < ends_at AND e.since IS NOT NULL
          AND (only_number IS NULL OR e.number_id = only_number)
    ), alike AS MATERIALIZED (
        SELECT w.kind, w.is_before, w.by_id, w.detail, w.seconds, count(*) AS n
        FROM waited AS w GROUP BY 1, 2, 3, 4, 5
    ), equal AS (
        SELECT false AS is_person, a.kind, a.is_before, NULL::bigint AS by_id,
               NULL::varchar AS detail, a.seconds, sum(a.n)::bigint AS n
        FROM alike AS a GROUP BY 2, 3, 6
        UNION ALL
        SELECT true, NULL, false, a.by_id, a.detail, a.seconds, sum(a.n)::bigint
        FROM alike AS a WHERE NOT a.is_before GROUP BY 4, 5, 6
    ), placed AS (
        SELECT e.*, sum(e.n) OVER (one ORDER BY e.seconds) AS upto, sum(e.n) OVER one AS total
        FROM equal AS e
        WINDOW one AS (PARTITION BY e.is_person, e.kind, e.is_before, e.by_id, e.detail)
    )
    SELECT p.is_person, p.kind::text, p.is_before, p.by_id, p.detail::text, p.total::bigint,
           min(p.seconds) FILTER (WHERE p.upto > floor((p.total - 1) * 0.5)) * (1 - half.part)
             + min(p.seconds) FILTER (WHERE p.upto > ceil((p.total - 1) * 0.5)) * half.part,
           min(p.seconds) FILTER (WHERE p.upto > floor((p.total - 1) * 0.9)) * (1 - most.part)
             + min(p.seconds) FILTER (WHERE p.upto > ceil((p.total - 1) * 0.9)) * most.part
    FROM placed AS p
    CROSS JOIN LATERAL (SELECT (((p.total - 1) * 0.5) % 1)::float8) AS half (part)
    CROSS JOIN LATERAL (SELECT (((p.total - 1) * 0.9) % 1)::float8) AS most (part)
    GROUP BY p.is_person, p.kind, p.is_before, p.by_id, p.detail, p.total, half.part, most.part
$$;
