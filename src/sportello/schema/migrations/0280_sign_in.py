"""A company's own OpenID Connect provider, and who its people are to it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import OF_WORKSPACE, guard_rows, same_workspace, setting

# Nobody is signed in where the row is first asked for: the address names it.
_AT_THE_DOOR = f"{OF_WORKSPACE} OR door = {setting('door', 'text')}"


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0301_files_read'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.SlugField(max_length=60, unique=True)),
                ('enabled', models.BooleanField(db_default=True, default=True)),
                ('issuer', models.CharField(max_length=500)),
                ('client_id', models.CharField(max_length=300)),
                ('sealed', models.BinaryField()),
                ('secret_last4', models.CharField(blank=True, db_default='', default='', max_length=4)),
                ('button', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='sportello.membership')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.identityprovider')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='identity_subject_once')],
            },
        ),
        migrations.AddConstraint(
            "identityprovider",
            models.UniqueConstraint(
                fields=["workspace", "id"], name="identityprovider_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(fields=["workspace", "id"], name="membership_workspace_id"),
        ),
        migrations.RunSQL(guard_rows("sportello_identityprovider", _AT_THE_DOOR)),
        migrations.RunSQL(guard_rows("sportello_identity")),
        migrations.RunSQL(
            same_workspace("sportello_identity", "provider_id", "sportello_identityprovider")
        ),
        migrations.RunSQL(
            same_workspace("sportello_identity", "membership_id", "sportello_membership")
        ),
        migrations.RunSQL(
            audit("sportello_identityprovider", "issuer client_id button enabled")
        ),
        migrations.RunSQL(audit("sportello_identity", "membership_id")),
    ]
