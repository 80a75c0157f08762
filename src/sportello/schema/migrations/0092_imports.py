"""Imports as a worker's work: files in parts, rows with flaws, one way by which rows come in."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import UPGRADES_ONLY, guard_rows, same_workspace

_OWNED = "importpart importflaw importseen propertyname".split()
_PARENTS = [("importpart", "upload_id"), ("importflaw", "upload_id"), ("importseen", "upload_id")]

# What was done stays to be read; what was under way held a file of ten thousand rows at most.
_CARRY_OVER = """
DELETE FROM sportello_contactimport WHERE state <> 'done';
UPDATE sportello_contactimport SET lists = jsonb_build_array(listed_id)
WHERE listed_id IS NOT NULL;
INSERT INTO sportello_importflaw (workspace_id, upload_id, line, code, cells)
SELECT i.workspace_id, i.id, (e ->> 'line')::int, e ->> 'code', jsonb_build_array(e ->> 'phone')
FROM sportello_contactimport AS i, jsonb_array_elements(i.errors) AS e;
UPDATE sportello_contactimport SET done = total WHERE done <> total;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# One way for pages, API and worker. Rows were checked by `rules.contact_rows`; here they become
# contacts, members of lists and lines of the ledger, all of them or none, as often as they come.
_TAKE_IN = """
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
"""

_ANNOUNCE = """
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_contactimport
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce('sportello_imports');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0111_assistant_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportFlaw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('cells', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
            ],
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='PropertyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('date', 'Date'), ('choice', 'Choice')], db_default='text', default='text', max_length=8)),
                ('choices', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='contactimport',
            name='contactimport_state_known',
        ),
        migrations.AddField(
            model_name='contactimport',
            name='attempts',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='claimed_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='country',
            field=models.CharField(blank=True, db_default='', default='', max_length=2),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='lists',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='plan',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='rate',
            field=models.FloatField(db_default=0.0, default=0.0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='sample',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='size',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='started_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='contactimport',
            name='state',
            field=models.CharField(choices=[('looking', 'Looking'), ('mapping', 'Mapping'), ('ready', 'Ready'), ('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], db_default='looking', default='looking', max_length=12),
        ),
        migrations.AddIndex(
            model_name='contactimport',
            index=models.Index(condition=models.Q(('state__in', ['looking', 'running'])), fields=['id'], name='contactimport_waiting'),
        ),
        migrations.AddIndex(
            model_name='contactimport',
            index=models.Index(models.F('workspace'), models.OrderBy(models.F('id'), descending=True), name='contactimport_list'),
        ),
        migrations.AddConstraint(
            model_name='contactimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['looking', 'mapping', 'ready', 'running', 'done', 'cancelled', 'failed'])), name='contactimport_state_known'),
        ),
        migrations.AddConstraint(
            model_name='contactimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), ('plan__isnull', False), _connector='OR'), name='contactimport_runs_by_a_plan'),
        ),
        migrations.AddConstraint(
            model_name='contactimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('reason', '')), _connector='OR'), name='contactimport_failed_with_reason'),
        ),
        migrations.AddField(
            model_name='importflaw',
            name='upload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contactimport'),
        ),
        migrations.AddField(
            model_name='importflaw',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='importpart',
            name='upload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contactimport'),
        ),
        migrations.AddField(
            model_name='importpart',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='importseen',
            name='contact',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contact'),
        ),
        migrations.AddField(
            model_name='importseen',
            name='upload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contactimport'),
        ),
        migrations.AddField(
            model_name='importseen',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='propertyname',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddIndex(
            model_name='importflaw',
            index=models.Index(fields=['upload', 'line', 'id'], name='importflaw_list'),
        ),
        migrations.AddConstraint(
            model_name='importpart',
            constraint=models.UniqueConstraint(fields=('upload', 'place'), name='importpart_once'),
        ),
        migrations.AddConstraint(
            model_name='importseen',
            constraint=models.UniqueConstraint(fields=('upload', 'contact'), name='importseen_once'),
        ),
        migrations.AddConstraint(
            model_name='propertyname',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('name'), name='propertyname_once'),
        ),
        migrations.AddConstraint(
            model_name='propertyname',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'number', 'date', 'choice'])), name='propertyname_kind_known'),
        ),
        migrations.RunSQL(_CARRY_OVER, hints=UPGRADES_ONLY),
        migrations.RemoveField(
            model_name='contactimport',
            name='errors',
        ),
        migrations.RemoveField(
            model_name='contactimport',
            name='fits',
        ),
        migrations.RemoveField(
            model_name='contactimport',
            name='listed',
        ),
        migrations.RemoveField(
            model_name='contactimport',
            name='table',
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(same_workspace(f"sportello_{table}", column, "sportello_contactimport"))
            for table, column in _PARENTS
        ],
        migrations.RunSQL(_TAKE_IN),
        migrations.RunSQL(_ANNOUNCE),
    ]
