"""Names of contacts as they are sought, the order of properties, and a word when contacts change."""

import django.db.models.functions.text
from django.db import migrations, models

_SMALL = "àáâãäåāăąçćčďèéêëēėęěìíîïīįłñńňòóôõöøōőŕřśšșţťùúûüūůűųýÿźžż"
_SMALL_BARE = "aaaaaaaaacccdeeeeeeeeiiiiiilnnnoooooooorrsssttuuuuuuuuyyzzz"

# Of all that one transaction changes the browsers hear once.
_ANNOUNCE = """
CREATE FUNCTION sportello_announce_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':contacts:0');
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_announce_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_live', c.workspace_id || ':contacts:0')
    FROM (SELECT DISTINCT workspace_id FROM came) AS c;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_changed AFTER UPDATE OF name, properties ON sportello_contact FOR EACH ROW
    WHEN ((OLD.name, OLD.properties) IS DISTINCT FROM (NEW.name, NEW.properties))
    EXECUTE FUNCTION sportello_announce_contact();

CREATE TRIGGER announce_new AFTER INSERT ON sportello_contact
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_contacts();
"""

# What the older one did, without a query of its own for each value and without captures, which
# regular expressions pay for dearly.
_DATE_OF = r"""
CREATE OR REPLACE FUNCTION sportello_date_of(given text) RETURNS date
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0150_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='sought',
            field=models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Lower(django.db.models.functions.text.Trim(django.db.models.functions.text.Concat('name', models.Value(' '), 'profile_name', models.Value(' '), 'username'))), models.Value(_SMALL + _SMALL.upper()), models.Value(_SMALL_BARE * 2), function='translate', output_field=models.TextField()), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='propertyname',
            name='position',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(models.F('workspace'), models.F('sought'), models.F('id'), name='contact_by_name'),
        ),
        migrations.RunSQL(_ANNOUNCE),
        migrations.RunSQL(_DATE_OF),
    ]
