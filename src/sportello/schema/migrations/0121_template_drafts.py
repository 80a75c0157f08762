"""Changes of templates that are not finished, behind row-level security."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0120_doubt'),
    ]

    operations = [
        migrations.CreateModel(
            name='TemplateDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('template', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.template')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.RunSQL(guard_rows('sportello_templatedraft')),
        migrations.RunSQL(
            same_workspace('sportello_templatedraft', 'template_id', 'sportello_template', 'CASCADE')
        ),
    ]
