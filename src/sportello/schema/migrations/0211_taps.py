"""Taps on the buttons of templates, as Meta counts them."""

import django.db.models.deletion
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0210_enclosures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(max_length=40)),
                ('words', models.CharField(max_length=200)),
                ('count', models.PositiveIntegerField()),
                ('template', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.template')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('template', 'day', 'kind', 'words'), name='tap_once')],
            },
        ),
        migrations.RunSQL(guard_rows("sportello_tap")),
        migrations.RunSQL(same_workspace("sportello_tap", "template_id", "sportello_template")),
    ]
