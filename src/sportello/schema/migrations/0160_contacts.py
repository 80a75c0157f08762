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


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0130_quiet_claims'),
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
    ]
