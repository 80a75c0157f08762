"""Templates as Meta has them, what we ask of Meta, and what Meta changed about them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Quality
from sportello.schema.fields import one_of
from sportello.schema.files import File
from sportello.schema.team import User, Workspace


class Wish(models.TextChoices):
    """What the company asked of Meta and `tend` has still to do."""

    NONE = ""
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"


class Step(models.TextChoices):
    """How far `tend` is with a wish: the page shows it as progress."""

    NONE = ""
    WAITING = "waiting"
    UPLOADING = "uploading"
    SUBMITTING = "submitting"


class Template(models.Model):
    """One name in one language of one WhatsApp Business account.

    `status` is Meta's word in capitals, or ours in small letters: `draft`, `submitting`, `failed`.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    waba_id = models.CharField(max_length=32)
    meta_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    # Meta's words in capitals: MARKETING, UTILITY, AUTHENTICATION.
    category = models.CharField(max_length=32)
    # As Meta announced it for a coming day; empty: no change is announced.
    coming_category = models.CharField(max_length=32, default="", db_default="", blank=True)
    parameter_format = models.CharField(
        max_length=12, default="POSITIONAL", db_default="POSITIONAL", blank=True
    )
    # Meta's components, examples included; what customers see.
    components = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    status = models.CharField(max_length=32, default="draft", db_default="draft")
    # Meta's reason in capitals (INVALID_FORMAT, …), and its sentence where it gives one.
    reason = models.CharField(max_length=64, default="", db_default="", blank=True)
    reason_detail = models.TextField(default="", db_default="", blank=True)
    quality = models.CharField(
        max_length=8, choices=Quality.choices, default="UNKNOWN", db_default="UNKNOWN"
    )
    paused_until = models.DateTimeField(null=True, blank=True)
    # The sample that an image, video or document header needs for its review.
    sample = models.ForeignKey(File, models.SET_NULL, null=True, blank=True, db_constraint=False)
    wish = models.CharField(
        max_length=8, choices=Wish.choices, default=Wish.NONE, db_default=Wish.NONE, blank=True
    )
    # The creation or edit body that is wished for; what stands at Meta stays in `components`.
    wished = models.JSONField(null=True, blank=True)
    step = models.CharField(
        max_length=12, choices=Step.choices, default=Step.NONE, db_default=Step.NONE, blank=True
    )
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Meta's error of the last wish that failed: code, subcode, message, details.
    error = models.JSONField(null=True, blank=True)
    # Meta's counts for editing an approved template: ten in 30 days, one a day.
    edited_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    synchronised_at = models.DateTimeField(null=True, blank=True)
    # Gone from Meta, or deleted here: its name is locked for 30 days from then.
    deleted_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="template_workspace_id"),
            models.UniqueConstraint(
                fields=["workspace", "waba_id", "name", "language"],
                condition=Q(deleted_at__isnull=True),
                name="template_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "waba_id", "meta_id"],
                condition=~Q(meta_id=""),
                name="template_meta_id_once",
            ),
            one_of("template", "quality", Quality),
            one_of("template", "wish", Wish),
            one_of("template", "step", Step),
            models.CheckConstraint(
                condition=Q(wish="") | Q(due_at__isnull=False), name="template_wish_has_its_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="template_wished", condition=~Q(wish="")),
        ]


class TemplateChange(models.Model):
    """Something that changed about a template, for its history and for the alarms."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(Template, models.CASCADE, db_constraint=False)
    # status, category, coming_category, quality or content.
    kind = models.CharField(max_length=16)
    before = models.CharField(max_length=64, default="", db_default="", blank=True)
    after = models.CharField(max_length=64, default="", db_default="", blank=True)
    reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    at = models.DateTimeField()
    # An alarm stands until a person has seen it.
    is_alarm = models.BooleanField(default=False, db_default=False)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["template", "-at"], name="templatechange_history"),
            models.Index(
                fields=["workspace", "-at"],
                name="templatechange_alarms",
                condition=Q(is_alarm=True, seen_at__isnull=True),
            ),
        ]


class TemplateEdit(models.Model):
    """A submission that Meta took: it counts against the edits that Meta allows."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(Template, models.CASCADE, db_constraint=False)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["template", "-at"], name="templateedit_count")]


class TemplateDraft(models.Model):
    """A change of a template that Meta has, as far as somebody has written it: one a template."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.OneToOneField(Template, models.CASCADE, db_constraint=False)
    # The editor's sheet (console/templates_desk/sheet.py), in one line.
    sheet = models.TextField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()
