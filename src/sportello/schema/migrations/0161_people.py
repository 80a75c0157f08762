"""One person under two numbers, and people who are erased but keep their no."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace

# Neither role reads the key: both may ask for the mark of a number they know.
_KEY = """
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
"""

# Whoever was erased and comes again, by a message, a file or the API, has said no already: lines
# of the ledger, which nobody who imports can undo.
_REMEMBER = """
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
"""

# A no counts for the person, whichever of their numbers said it.
_ONE_PERSON = """
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
"""

_MERGED = "SET NULL (merged_into_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0160_contacts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done')], db_default='running', default='running', max_length=8)),
                ('wa_id', models.CharField(blank=True, db_default='', default='', max_length=32)),
                ('user_id', models.CharField(blank=True, db_default='', default='', max_length=160)),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('upto', models.BigIntegerField(db_default=0, default=0)),
                ('counts', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='SuppressionKey',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='sportello.workspace')),
                ('secret', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='contact',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='others', to='sportello.contact'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='contact_not_merged_into_itself'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='contact',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contact'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['id'], name='erasure_waiting'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(fields=['contact'], name='erasure_contact'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done'])), name='erasure_state_known'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'running'), models.Q(('finished_at__isnull', False), ('user_id', ''), ('wa_id', '')), _connector='OR'), name='erasure_done_forgets_the_number'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(fields=('workspace', 'digest'), name='suppression_once'),
        ),
        migrations.RunSQL(guard_rows('sportello_erasure')),
        migrations.RunSQL(guard_rows('sportello_suppression')),
        migrations.RunSQL(same_workspace('sportello_erasure', 'contact_id', 'sportello_contact')),
        migrations.RunSQL(
            same_workspace('sportello_contact', 'merged_into_id', 'sportello_contact', _MERGED)
        ),
        migrations.RunSQL(_KEY),
        migrations.RunSQL(_REMEMBER),
        migrations.RunSQL(_ONE_PERSON),
    ]
