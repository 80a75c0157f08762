"""A new company's assistant answers from 0.50; whoever has the former 0.62 keeps it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sportello", "0011_lighter_sends")]
    operations = [
        migrations.AlterField(
            "attempt",
            "send",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="sportello.send",
            ),
        ),
        migrations.AlterField(
            "workspace", "answer_from", models.FloatField(db_default=0.5, default=0.5)
        ),
    ]
