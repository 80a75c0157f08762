"""What Meta said of messages before we knew that they were ours."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from sportello.schema.team import Workspace


class OrphanStatus(models.Model):
    """A status that came before its send's wamid was known; applied as soon as it is."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    wamid = models.CharField(max_length=256)
    status = models.CharField(max_length=12)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "wamid", "status"], name="orphanstatus_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["received_at"], name="orphanstatus_age")]
