from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("sportello", "0002_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="workspace",
            name="answer_from",
            field=models.FloatField(db_default=0.7, default=0.7),
        ),
        migrations.AlterField(
            model_name="workspace",
            name="clarify_from",
            field=models.FloatField(db_default=0.2, default=0.2),
        ),
    ]
