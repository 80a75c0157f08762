"""Lists of contacts, and what a company notes of each."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows, same_workspace


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0012_templates_security'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='properties',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name='ContactList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('provenance', models.TextField(blank=True, db_default='', default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='ListMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contact')),
                ('list', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.contactlist')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='contactlist',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('name'), name='contactlist_name_once'),
        ),
        migrations.AddConstraint(
            model_name='contactlist',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='contactlist_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='listmember',
            constraint=models.UniqueConstraint(fields=('list', 'contact'), name='listmember_once'),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{t}")) for t in ("contactlist", "listmember")],
        migrations.RunSQL(
            same_workspace("sportello_listmember", "list_id", "sportello_contactlist")
        ),
        migrations.RunSQL(
            same_workspace("sportello_listmember", "contact_id", "sportello_contact")
        ),
    ]
