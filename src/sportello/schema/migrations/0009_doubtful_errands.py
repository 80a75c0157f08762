"""A person decides about a follow-up and an automation's message too, where nobody knows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.audit import audit

_VERDICTS = ["", "resent", "sent"]


class Migration(migrations.Migration):
    dependencies = [("sportello", "0008_people_who_began")]
    operations = [
        migrations.AddField(
            "errand",
            "verdict",
            models.CharField(
                blank=True,
                choices=[("", "None"), ("resent", "Resent"), ("sent", "Sent")],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "errand",
            "verdict_at",
            models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            "errand",
            "verdict_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "errand",
            models.CheckConstraint(
                condition=models.Q(verdict__in=_VERDICTS), name="errand_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            "errand",
            models.CheckConstraint(
                condition=models.Q(verdict="", verdict_at__isnull=True)
                | (~models.Q(verdict="") & models.Q(verdict_at__isnull=False)),
                name="errand_verdict_has_its_time",
            ),
        ),
        # Workers and events write the rest of it; only this is a person's deed.
        migrations.RunSQL(
            audit("sportello_errand", "campaign_id contact_id verdict", "UPDATE OF verdict")
        ),
    ]
