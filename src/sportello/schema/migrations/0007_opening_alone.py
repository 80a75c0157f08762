"""Hours of people within manners go: the company's calendar (`Workspace.opening`) took them over."""

from pathlib import Path

from django.db import migrations

from sportello.schema.security import UPGRADES_ONLY

# Where 0004 made it of late it is the same already; earlier it had the columns that go.
_MANNERS = Path(__file__).with_name("sql") / "manners.sql"


class Migration(migrations.Migration):
    dependencies = [("sportello", "0006_deeds_audited")]
    operations = [
        migrations.RunSQL("DROP VIEW sportello_manners", hints=UPGRADES_ONLY),
        migrations.RemoveConstraint("conduct", "conduct_people_hours_whole"),
        migrations.RemoveField("conduct", "people_from"),
        migrations.RemoveField("conduct", "people_until"),
        migrations.RemoveField("conduct", "people_days"),
        migrations.RunSQL(_MANNERS.read_text(encoding="utf-8"), hints=UPGRADES_ONLY),
    ]
