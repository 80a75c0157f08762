"""Indexes by age, for what is kept for some time only: `workers.tend` looks there each minute."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0050_money'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['started_at'], name='attempt_age'),
        ),
        migrations.AddIndex(
            model_name='idempotentreply',
            index=models.Index(fields=['created_at'], name='idempotentreply_age'),
        ),
        migrations.AddIndex(
            model_name='loginlink',
            index=models.Index(django.db.models.functions.comparison.Least('expires_at', 'used_at'), name='loginlink_age'),
        ),
        migrations.AddIndex(
            model_name='orphanstatus',
            index=models.Index(fields=['received_at'], name='orphanstatus_age'),
        ),
        migrations.AddIndex(
            model_name='trial',
            index=models.Index(fields=['created_at'], name='trial_age'),
        ),
    ]
