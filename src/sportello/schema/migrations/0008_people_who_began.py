"""Lines of conversations say who began and who reopened one."""

from pathlib import Path

from django.db import migrations

from sportello.schema.security import UPGRADES_ONLY

# Where 0004 made the triggers of late they are these already.
_EVENTS = Path(__file__).with_name("sql") / "events.sql"


class Migration(migrations.Migration):
    dependencies = [("sportello", "0007_opening_alone")]
    operations = [migrations.RunSQL(_EVENTS.read_text(encoding="utf-8"), hints=UPGRADES_ONLY)]
