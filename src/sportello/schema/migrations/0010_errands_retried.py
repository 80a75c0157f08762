"""Follow-ups and automations' messages are tried anew too; browsers hear of those that came."""

from django.db import migrations, models

# Of all that one statement sets off the browsers hear once.
_ANNOUNCED = """
CREATE FUNCTION sportello_announce_errand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_campaigns', '');
    PERFORM pg_notify('sportello_live', came.workspace_id || ':campaign:' || came.campaign_id)
    FROM (SELECT DISTINCT workspace_id, campaign_id FROM changes) AS came;
    RETURN NULL;
END $$;

DROP TRIGGER announce ON sportello_errand;
CREATE TRIGGER announce AFTER INSERT ON sportello_errand
    REFERENCING NEW TABLE AS changes
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_announce_errand();
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0009_doubtful_errands")]
    operations = [
        migrations.AddField(
            "errand", "retries", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.RunSQL(_ANNOUNCED),
    ]
