"""Of what each send writes: one index where two were, one proof of its company where two were;
and who waits by zone, so that nobody is read where it is not the hour.

A foreign key brings an index of its own, also where a wider one covers it, and each state of a send
writes all of them anew. That a message, a send, an attempt or a recipient is of its company is said
by its key to a row of that company, whose own key leads to the company.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import UPGRADES_ONLY

_COMPANY = "sportello.workspace"
_TWICE = [
    ("conversation", "number", "sportello.number"),
    ("conversation", "contact", "sportello.contact"),
    ("message", "workspace", _COMPANY),
    ("message", "conversation", "sportello.conversation"),
    ("send", "workspace", _COMPANY),
    ("send", "number", "sportello.number"),
    ("attempt", "workspace", _COMPANY),
    ("attempt", "send", "sportello.send"),
    ("charge", "number", "sportello.number"),
    ("recipient", "workspace", _COMPANY),
    ("recipient", "campaign", "sportello.campaign"),
    ("errand", "campaign", "sportello.campaign"),
    ("errand", "contact", "sportello.contact"),
]
_ZONES = """
UPDATE sportello_errand AS t SET zone = r.zone FROM sportello_recipient AS r
WHERE r.id = t.recipient_id AND r.zone <> '';
"""
_WAITS = models.Q(("awaited", False), ("released_at__isnull", True), ("skipped_why", ""))
_DUE = models.Q(("due_at__isnull", False), ("released_at__isnull", True), ("skipped_why", ""))
_MAY_GO = [("template", "sportello.template"), ("file", "sportello.file")]


def _key(to: str, **more: Any) -> "models.ForeignKey[Any, Any]":
    """Without an index of its own; that it leads to a row of the same company is another's."""
    told = {"on_delete": django.db.models.deletion.CASCADE, "db_constraint": False, **more}
    return models.ForeignKey(to=to, db_index=False, **told)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("sportello", "0004_what_tables_do"),
    ]
    operations = [
        *[migrations.AlterField(of, column, _key(to)) for of, column, to in _TWICE],
        migrations.AlterField("conversation", "workspace", _key(_COMPANY, db_constraint=True)),
        migrations.AlterField(
            "errand", "recipient", _key("sportello.recipient", blank=True, null=True)
        ),
        *[
            migrations.AlterField(
                "send",
                column,
                _key(to, blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL),
            )
            for column, to in _MAY_GO
        ],
        migrations.AlterField(
            "message",
            "author",
            _key(
                settings.AUTH_USER_MODEL,
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                db_constraint=True,
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                condition=models.Q(("author__isnull", False)),
                fields=["author"],
                name="message_author",
            ),
        ),
        migrations.RemoveIndex("recipient", "recipient_zones"),
        migrations.RemoveIndex("recipient", "recipient_waiting"),
        migrations.AddIndex(
            "recipient",
            models.Index(
                condition=_WAITS, fields=["campaign", "zone", "id"], name="recipient_waiting"
            ),
        ),
        migrations.AddField(
            "errand",
            "zone",
            models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.RemoveIndex("errand", "errand_due"),
        migrations.AddIndex(
            "errand",
            models.Index(
                condition=_DUE, fields=["campaign", "zone", "due_at", "id"], name="errand_due"
            ),
        ),
        migrations.AddIndex(
            "send",
            models.Index(
                condition=models.Q(("file__isnull", False)), fields=["file"], name="send_of_file"
            ),
        ),
        migrations.RunSQL(_ZONES, migrations.RunSQL.noop, hints=UPGRADES_ONLY),
    ]
