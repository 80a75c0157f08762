"""When a template was last sent is asked for each row of a list: an index leads to it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sportello", "0070_imports")]
    operations = [
        migrations.AddIndex(
            model_name="send",
            index=models.Index(
                condition=models.Q(("template__isnull", False)),
                fields=["template", "id"],
                name="send_of_template",
            ),
        ),
    ]
