"""Files that the company gives us to send: samples of templates, pictures of single messages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.team import User, Workspace

FILE_BYTES_MAX = 16 * 1024 * 1024


class File(models.Model):
    """The bytes lie in the row: whichever host's page took them, whichever host's worker sends."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    sha256 = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=120)
    filename = models.CharField(max_length=240, default="", db_default="", blank=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="file_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="file_workspace_id"),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(size__lte=FILE_BYTES_MAX), name="file_size_possible"
            ),
        ]


class UploadState(models.TextChoices):
    WANTED = "wanted"
    KEPT = "kept"
    REFUSED = "refused"


class Upload(models.Model):
    """A file as Meta keeps it for one number, for 30 days; brought there by `tend`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    file = models.ForeignKey(File, models.CASCADE, db_constraint=False)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False)
    media_id = models.CharField(max_length=64, default="", db_default="", blank=True)
    state = models.CharField(
        max_length=8,
        choices=UploadState.choices,
        default=UploadState.WANTED,
        db_default=UploadState.WANTED,
    )
    # Meta's word for a refusal; no number, no text of a message.
    reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    # The company's time: Meta's thirty days, less a day.
    kept_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("upload", "state", UploadState),
            models.UniqueConstraint(fields=["file", "number"], name="upload_once"),
            models.CheckConstraint(
                condition=~Q(state="kept") | (~Q(media_id="") & Q(kept_until__isnull=False)),
                name="upload_kept_has_its_id",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="upload_wanted", condition=Q(state="wanted"))
        ]
