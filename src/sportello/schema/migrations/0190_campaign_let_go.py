"""How many messages a campaign has let go, and an index to its latest: looking costs little."""

from django.db import migrations, models

from sportello.schema.security import UPGRADES_ONLY

_COUNT = """
UPDATE sportello_campaign AS c SET let_go =
    (SELECT count(*) FROM sportello_recipient AS r
     WHERE r.campaign_id = c.id AND r.released_at IS NOT NULL)
    + (SELECT count(*) FROM sportello_errand AS t
       WHERE t.campaign_id = c.id AND t.released_at IS NOT NULL);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0181_actions_security'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='let_go',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('released_at__isnull', False)), fields=['campaign', 'released_at'], name='recipient_released'),
        ),
        migrations.RunSQL(_COUNT, hints=UPGRADES_ONLY),
    ]
