"""What a company notes of its contacts: each property with its kind, its options and its place."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from sportello.schema.fields import one_of
from sportello.schema.team import Workspace


class PropertyKind(models.TextChoices):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class PropertyName(models.Model):
    """A property that the company keeps of its contacts, and how its values compare.

    The values themselves stand in `Contact.properties`, by this name.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=8,
        choices=PropertyKind.choices,
        default=PropertyKind.TEXT,
        db_default=PropertyKind.TEXT,
    )
    # Of a choice its options, in the order in which they are shown; imports add what they bring.
    choices = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Where it stands among the others; the name decides between equals.
    position = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", Lower("name"), name="propertyname_once"),
            one_of("propertyname", "kind", PropertyKind),
        ]
