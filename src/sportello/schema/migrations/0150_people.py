"""Invitations, people who rest, keys with a role, the audit log and what writes it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.audit import FUNCTION, audit
from sportello.schema.security import CONSOLE, OF_WORKSPACE, WORKER, guard_rows, setting

_AUDITED = {
    "workspace": "name language time_zone country one_template_until_they_answer quiet_from quiet_until monthly_budget_micros brake_failures brake_stops brake_marketing_cap brake_sample_min canary promotions_max promotions_days assistant_on answer_from clarify_from assistant_name release_after_minutes second_factor_required audit_days",
    "membership": "user_id role deactivated_at",
    "invitation": "email role expires_at accepted_at revoked_at",
    "apikey": "name prefix role revoked_at",
    "user": "email name is_active",
    "number": "display_number assistant_on paused_why status",
    "token": "number_id",
    "appsecret": "app_id",
    "connection": "kind number_id state",
    "unblocking": "waba_id asked_at",
    "quarantined": "resolved_at",
    "conversation": "holder operator_id",
    "contact": "",
    "contactlist": "name",
    "listmember": "list_id contact_id",
    "consentevent": "contact_id category action source",
    "segment": "name",
    "propertyname": "name",
    "contactimport": "state provenance",
    "template": "name language category status wish",
    "campaign": "name state template_id starts_at rate automatic",
    "recipient": "campaign_id contact_id verdict",
    "followup": "campaign_id position after_count after_unit unless_answered",
    "automation": "campaign_id trigger list_id repeats signed",
    "pair": "language enabled deleted_at",
    "site": "url language publishes_itself deleted_at",
    "document": "kind title url language enabled deleted_at",
    "conduct": "version form emoji",
    "languagemodel": "provider model base_url enabled place",
    "modelkey": "model_id",
    "modelbudget": "currency chat_micros day_micros month_micros",
    "proposal": "kind origin state",
    "questionset": "name",
    "setquestion": "of_set_id",
}

# An entry is added and never changed; the worker deletes those that are old enough. Rows that go
# with their parents are deleted by the tables' owner, who needs leave to note it.
_APPEND_ONLY = f"""
REVOKE UPDATE, DELETE ON sportello_auditentry FROM {CONSOLE};
REVOKE INSERT, UPDATE ON sportello_auditentry FROM {WORKER};
CREATE POLICY cascades ON sportello_auditentry FOR INSERT WITH CHECK ({OF_WORKSPACE});
"""

# Nothing that moves messages has any business with people's browsers. Of second factors the worker's
# role seals the secrets anew when the key changes.
_ALLAUTH = f"""
REVOKE ALL ON usersessions_usersession FROM {WORKER};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0145_compose'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('usersessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('user_id', models.BigIntegerField(blank=True, null=True)),
                ('key_prefix', models.CharField(blank=True, db_default='', default='', max_length=16)),
                ('ip', models.GenericIPAddressField(blank=True, null=True)),
                ('deed', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('thing', models.CharField(max_length=40)),
                ('row_id', models.BigIntegerField(blank=True, null=True)),
                ('verb', models.CharField(choices=[('insert', 'Insert'), ('update', 'Update'), ('delete', 'Delete')], max_length=6)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('administrator', 'Administrator'), ('operator', 'Operator'), ('reader', 'Reader')], db_default='operator', default='operator', max_length=16)),
                ('secret_sha256', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='apikey',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('administrator', 'Administrator'), ('operator', 'Operator'), ('reader', 'Reader')], db_default='administrator', default='administrator', max_length=16),
        ),
        migrations.AddField(
            model_name='membership',
            name='deactivated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='session_epoch',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='workspace',
            name='audit_days',
            field=models.PositiveIntegerField(db_default=730, default=730),
        ),
        migrations.AddField(
            model_name='workspace',
            name='second_factor_required',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'administrator', 'operator', 'reader'])), name='apikey_role_known'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('audit_days__gte', 30), ('audit_days__lte', 3650)), name='workspace_audit_days_bounded'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(models.F('workspace'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='auditentry_list'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['at'], name='auditentry_age'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['insert', 'update', 'delete'])), name='auditentry_verb_known'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['workspace', 'email'], name='invitation_whom'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'administrator', 'operator', 'reader'])), name='invitation_role_known'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_ends_once'),
        ),
        migrations.RunSQL(guard_rows("sportello_auditentry")),
        migrations.RunSQL(
            guard_rows(
                "sportello_invitation",
                f"{OF_WORKSPACE} OR secret_sha256 = {setting('invitation', 'text')}",
            )
        ),
        migrations.RunSQL(_APPEND_ONLY),
        migrations.RunSQL(_ALLAUTH),
        migrations.RunSQL(FUNCTION),
        *[
            migrations.RunSQL(audit(f"sportello_{table}", kept))
            for table, kept in _AUDITED.items()
        ],
        # A status is Meta's, not a deed: of messages only their writing counts.
        migrations.RunSQL(
            audit("sportello_message", "conversation_id origin type", "INSERT OR DELETE")
        ),
        migrations.RunSQL(audit("mfa_authenticator", "user_id type", "INSERT OR DELETE")),
        migrations.RunSQL(audit("usersessions_usersession", "user_id", "DELETE")),
    ]
