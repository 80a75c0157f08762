"""Segments: audiences by condition, computed anew each time they are asked for."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now

from sportello.schema.team import User, Workspace


class Segment(models.Model):
    """A condition under a name; its language is `rules/segment.py`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    condition = models.JSONField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", Lower("name"), name="segment_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="segment_workspace_id"),
        ]
