"""Files of their own for the people of a campaign: given with it, or behind a link."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace

_PARENTS = [
    ("enclosure", "campaign_id", "campaign", "CASCADE"),
    ("enclosure", "file_id", "file", "CASCADE"),
    ("recipient", "enclosure_id", "enclosure", "SET NULL (enclosure_id)"),
]
# By row: a link that is known already tells nobody.
_ANNOUNCE = """
CREATE TRIGGER announce AFTER INSERT ON sportello_enclosure
    FOR EACH ROW WHEN (NEW.state = 'wanted')
    EXECUTE FUNCTION sportello_announce('sportello_enclosures');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0195_audited'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('reference', models.CharField(blank=True, db_default='', default='', max_length=1001)),
                ('state', models.CharField(choices=[('wanted', 'Wanted'), ('kept', 'Kept'), ('unfit', 'Unfit')], db_default='wanted', default='wanted', max_length=8)),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('detail', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('settled', models.BooleanField(db_default=False, default=False)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveIndex(
            model_name='recipient',
            name='recipient_waiting',
        ),
        migrations.AddField(
            model_name='campaign',
            name='media_column',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='recipient',
            name='awaited',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='campaign',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.campaign'),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='file',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.file'),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='enclosure',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='sportello.enclosure'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('awaited', False), ('released_at__isnull', True), ('skipped_why', '')), fields=['campaign', 'id'], name='recipient_waiting'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('enclosure__isnull', False)), fields=['enclosure', 'awaited'], name='recipient_enclosed'),
        ),
        migrations.AddIndex(
            model_name='enclosure',
            index=models.Index(condition=models.Q(('settled', False)), fields=['due_at'], name='enclosure_due'),
        ),
        migrations.AddIndex(
            model_name='enclosure',
            index=models.Index(condition=models.Q(('settled', False)), fields=['campaign'], name='enclosure_open'),
        ),
        migrations.AddConstraint(
            model_name='enclosure',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['wanted', 'kept', 'unfit'])), name='enclosure_state_known'),
        ),
        migrations.AddConstraint(
            model_name='enclosure',
            constraint=models.UniqueConstraint(fields=('campaign', 'key'), name='enclosure_once'),
        ),
        migrations.AddConstraint(
            model_name='enclosure',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='enclosure_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='enclosure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('state', 'kept'), ('why', '')), models.Q(('file__isnull', True), ('state', 'unfit'), models.Q(('why', ''), _negated=True)), models.Q(('file__isnull', True), ('settled', False), ('state', 'wanted'), ('why', '')), _connector='OR'), name='enclosure_is_one_of_three'),
        ),
        migrations.RunSQL(guard_rows("sportello_enclosure")),
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(_ANNOUNCE),
    ]
