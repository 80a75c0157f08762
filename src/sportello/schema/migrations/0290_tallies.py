"""Figures by day, kept beside the lines: what each line adds, and what it changes of its request."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows

_TALLY = "sportello_eventtally"
_MARK = "sportello_eventmark"

# What the lines after one id, up to another, add to the days of a company. Each part of it adds up:
# of two stretches that meet, the sums are those of both together. A request counts on the day on
# which it was asked, however late what became of it: its figure is what it is with these lines
# less what it was before them.
_DELTAS = """
    WITH told AS MATERIALIZED (
        SELECT e.* FROM {lines} AS e
        WHERE e.workspace_id = company AND e.id > since_id AND e.id <= upto_id
    ), touched AS (
        SELECT DISTINCT e.conversation_id, coalesce(e.request, e.id) AS request FROM told AS e
        WHERE e.kind = 'asked' OR (e.request IS NOT NULL
              AND e.kind IN ('answered', 'taken', 'handed_over', 'helped', 'closed'))
    ), each AS (
        SELECT a.at, a.number_id,
               count(*) FILTER (WHERE e.id <= since_id AND e.kind = 'answered') > 0 AS was_met,
               count(*) FILTER (WHERE e.kind = 'answered') > 0 AS is_met,
               count(*) FILTER (WHERE e.id <= since_id AND of_people) > 0 AS was_shared,
               count(*) FILTER (WHERE of_people) > 0 AS is_shared,
               count(*) FILTER (WHERE e.id <= since_id AND e.kind = 'closed') > 0 AS was_closed,
               count(*) FILTER (WHERE e.kind = 'closed') > 0 AS is_closed
        FROM touched
        JOIN {lines} AS a ON a.id = touched.request AND a.kind = 'asked'
        JOIN {lines} AS e
          ON e.conversation_id = touched.conversation_id AND e.id >= touched.request
         AND e.id <= upto_id AND coalesce(e.request, e.id) = touched.request
        CROSS JOIN LATERAL (
            SELECT e.kind IN ('taken', 'handed_over', 'helped')
                   OR (e.kind = 'answered' AND e.detail = 'operator')
        ) AS told_by (of_people)
        GROUP BY a.id, a.at, a.number_id
    ), made AS (
        SELECT (at AT TIME ZONE zone)::date AS day, number_id, kind::text, by_id, detail::text,
               1 AS n
        FROM told
        UNION ALL
        SELECT (e.at AT TIME ZONE zone)::date, e.number_id, 'joined', e.by_id, e.detail::text, 1
        FROM told AS e
        WHERE e.kind = 'answered' AND NOT EXISTS (
            SELECT FROM {lines} AS b
            WHERE b.conversation_id = e.conversation_id AND b.id < e.id AND b.kind = 'answered'
              AND b.request = e.request AND b.detail = e.detail
              AND b.by_id IS NOT DISTINCT FROM e.by_id)
        UNION ALL
        SELECT (at AT TIME ZONE zone)::date, number_id, figure.kind, NULL::bigint, '', figure.n
        FROM each CROSS JOIN LATERAL (VALUES
            ('met', is_met::int - was_met::int),
            ('alone', (is_met AND NOT is_shared)::int - (was_met AND NOT was_shared)::int),
            ('solved', ((is_met AND NOT is_shared) OR is_closed)::int
                     - ((was_met AND NOT was_shared) OR was_closed)::int)
        ) AS figure (kind, n)
    )
    SELECT made.day, made.number_id, made.kind, made.by_id, made.detail, sum(made.n)::bigint
    FROM made GROUP BY 1, 2, 3, 4, 5 HAVING sum(made.n) <> 0
"""

_ADD = f"""
    INSERT INTO {_TALLY} AS known (workspace_id, day, number_id, kind, by_id, detail, n)
    SELECT %s FROM %s
    ON CONFLICT (workspace_id, day, number_id, kind, detail, by_id)
    DO UPDATE SET n = known.n + excluded.n
"""
_IN = _ADD % (
    "company, d.day, d.number_id, d.kind, d.by_id, d.detail, d.n",
    "sportello_event_deltas(company, mark.upto, last, mark.zone) AS d",
)
_OUT = _ADD % (
    "company, d.day, d.number_id, d.kind, d.by_id, d.detail, -d.n",
    f"({_DELTAS.format(lines='gone')}) AS d (day, number_id, kind, by_id, detail, n)",
)

_FUNCTIONS = f"""
CREATE FUNCTION sportello_event_deltas(
    company bigint, since_id bigint, upto_id bigint, zone text
) RETURNS TABLE (day date, number_id bigint, kind text, by_id bigint, detail text, n bigint)
LANGUAGE sql STABLE AS $${_DELTAS.format(lines="sportello_conversationevent")}$$;

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
    mark {_MARK};
    now_zone text := (SELECT time_zone FROM sportello_workspace WHERE id = company);
    newest bigint := (SELECT coalesce(max(id), 0) FROM sportello_conversationevent);
    last bigint;
BEGIN
    SELECT * INTO mark FROM {_MARK} WHERE workspace_id = company FOR UPDATE SKIP LOCKED;
    IF mark.workspace_id IS NULL THEN
        INSERT INTO {_MARK} (workspace_id, zone) VALUES (company, now_zone) ON CONFLICT DO NOTHING;
        RETURN newest > 0;
    END IF;
    IF mark.zone <> now_zone THEN
        DELETE FROM {_TALLY} WHERE workspace_id = company;
        UPDATE {_MARK} SET zone = now_zone, upto = 0 WHERE workspace_id = company;
        RETURN true;
    END IF;
    IF mark.seen = mark.upto THEN
        UPDATE {_MARK} SET seen = newest,
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
    {_IN};
    UPDATE {_MARK} SET upto = last WHERE workspace_id = company;
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
        SELECT m.workspace_id, m.upto, m.zone FROM {_MARK} AS m
        WHERE m.workspace_id IN (SELECT g.workspace_id FROM gone AS g)
        ORDER BY m.workspace_id FOR UPDATE
    LOOP
        {_OUT};
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
    kept bigint := (SELECT m.upto FROM {_MARK} AS m
                    WHERE m.workspace_id = company AND m.zone = sportello_tallied.zone);
BEGIN
    RETURN QUERY
        SELECT t.day, t.number_id, t.kind::text, t.by_id, t.detail::text, t.n
        FROM {_TALLY} AS t
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
-- lies before `own_at`; and own ones by person and origin (`is_person`), of answers whose wait ended. Equal waits are counted together:
-- the value at a place of the ordered list is the first whose count up to there is beyond it.
-- `open`: when a wait counts; null: always. A clock of Meta's ahead of ours makes none below zero.
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0281_mentions'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventMark',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='sportello.workspace')),
                ('zone', models.CharField(max_length=64)),
                ('upto', models.BigIntegerField(db_default=0, default=0)),
                ('seen', models.BigIntegerField(db_default=0, default=0)),
                ('gate', models.TextField(blank=True, db_default='', default='')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('upto__lte', models.F('seen'))), name='eventmark_in_order')],
            },
        ),
        migrations.CreateModel(
            name='EventTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(max_length=12)),
                ('detail', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('n', models.BigIntegerField()),
                ('by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('number', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, to='sportello.number')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'day', 'number', 'kind', 'detail', 'by'), name='eventtally_one', nulls_distinct=False)],
            },
        ),
        migrations.AddIndex(
            model_name='conversationevent',
            index=models.Index(condition=models.Q(('since__isnull', False)), fields=['workspace', 'at'], include=('kind', 'number', 'by', 'detail', 'since'), name='conversationevent_waits'),
        ),
        migrations.RunSQL(guard_rows(_MARK)),
        migrations.RunSQL(guard_rows(_TALLY)),
        migrations.RunSQL(_FUNCTIONS),
    ]
