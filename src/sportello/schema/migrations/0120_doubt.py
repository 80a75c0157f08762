"""A source of the consent ledger: words that may have been a wish to stop."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0090_campaign_pages'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consentevent',
            name='consentevent_source_known',
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='source',
            field=models.CharField(choices=[('keyword', 'Keyword'), ('preference', 'Preference'), ('operator', 'Operator'), ('import', 'Import'), ('form', 'Form'), ('api', 'Api'), ('doubt', 'Doubt')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='consentevent',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['keyword', 'preference', 'operator', 'import', 'form', 'api', 'doubt'])), name='consentevent_source_known'),
        ),
    ]
