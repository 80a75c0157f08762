"""When campaigns brake, whose hours count, and what people decide about doubtful messages."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0092_segments'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='finish_by',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='zone',
            field=models.CharField(choices=[('company', 'Company'), ('customer', 'Customer')], db_default='company', default='company', max_length=8),
        ),
        migrations.AddField(
            model_name='recipient',
            name='retries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='recipient',
            name='verdict',
            field=models.CharField(blank=True, choices=[('', 'None'), ('resent', 'Resent'), ('sent', 'Sent')], db_default='', default='', max_length=8),
        ),
        migrations.AddField(
            model_name='recipient',
            name='verdict_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recipient',
            name='verdict_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recipient',
            name='zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='workspace',
            name='brake_failures',
            field=models.FloatField(db_default=0.1, default=0.1),
        ),
        migrations.AddField(
            model_name='workspace',
            name='brake_marketing_cap',
            field=models.FloatField(db_default=0.3, default=0.3),
        ),
        migrations.AddField(
            model_name='workspace',
            name='brake_sample_min',
            field=models.PositiveIntegerField(db_default=50, default=50),
        ),
        migrations.AddField(
            model_name='workspace',
            name='brake_stops',
            field=models.FloatField(db_default=0.02, default=0.02),
        ),
        migrations.AddField(
            model_name='workspace',
            name='canary',
            field=models.PositiveIntegerField(blank=True, db_default=50, default=50, null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='promotions_days',
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
        migrations.AddField(
            model_name='workspace',
            name='promotions_max',
            field=models.PositiveSmallIntegerField(blank=True, db_default=3, default=3, null=True),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('released_at__isnull', True), ('skipped_why', ''), models.Q(('zone', ''), _negated=True)), fields=['campaign', 'zone'], name='recipient_zones'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('zone__in', ['company', 'customer'])), name='campaign_zone_known'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['', 'resent', 'sent'])), name='recipient_verdict_known'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', ''), ('verdict_at__isnull', True)), models.Q(models.Q(('verdict', ''), _negated=True), ('verdict_at__isnull', False)), _connector='OR'), name='recipient_verdict_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('brake_failures__gte', 0), ('brake_failures__lte', 1), ('brake_stops__gte', 0), ('brake_stops__lte', 1), ('brake_marketing_cap__gte', 0), ('brake_marketing_cap__lte', 1), ('brake_sample_min__gte', 1)), name='workspace_brake_in_shares'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('canary__isnull', True), ('canary__gte', 1), _connector='OR'), models.Q(('promotions_max__isnull', True), ('promotions_max__gte', 1), _connector='OR'), ('promotions_days__gte', 1), ('promotions_days__lte', 90)), name='workspace_restraint_possible'),
        ),
    ]
