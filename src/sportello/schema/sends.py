"""The outbox from which messages leave, and each try on the wire."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.files import File
from sportello.schema.inbox import Conversation, Message, Origin
from sportello.schema.team import Workspace
from sportello.schema.templates import Template


class SendKind(models.TextChoices):
    MESSAGE = "message"
    READ_MARK = "read_mark"


class SendState(models.TextChoices):
    """The outbox's life; its transitions are the table in `rules/status.py`."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    UNKNOWN = "unknown"


class Send(models.Model):
    """An intent to send, and the queue it waits in. Nothing reaches a customer but from here."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False, db_constraint=False)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False, db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    message = models.OneToOneField(
        Message, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    kind = models.CharField(
        max_length=12,
        choices=SendKind.choices,
        default=SendKind.MESSAGE,
        db_default=SendKind.MESSAGE,
    )
    origin = models.CharField(max_length=12, choices=Origin.choices)
    # A person's messages go before the assistant's (1), these before a campaign's (2).
    priority = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Meta's request body without recipient and attempt id. A file of ours stands in it as
    # `{"id": "file:<id>"}`, and leaves as the media id under which Meta keeps it.
    body = models.JSONField()
    # Set exactly when the body is a template.
    template = models.ForeignKey(
        Template, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False
    )
    # The file that the body names; it must lie at Meta before the send may leave.
    file = models.ForeignKey(
        File, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False
    )
    # The campaign (schema/campaigns.py) that wants it sent.
    campaign_id = models.BigIntegerField(null=True, blank=True)
    # It reached out beyond an open window (company's time): counted against Meta's daily limit.
    reached_out_at = models.DateTimeField(null=True, blank=True)
    control_epoch = models.PositiveIntegerField(default=0, db_default=0)
    generation = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(
        max_length=12,
        choices=SendState.choices,
        default=SendState.QUEUED,
        db_default=SendState.QUEUED,
    )
    due_at = models.DateTimeField()
    hold_code = models.CharField(max_length=40, default="", db_default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The newest attempt, committed before the socket opens; all are in `Attempt`.
    attempt = models.UUIDField(null=True, blank=True)
    attempted_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("send", "kind", SendKind),
            one_of("send", "state", SendState),
            models.CheckConstraint(
                condition=Q(kind="message", message__isnull=False)
                | Q(kind="read_mark", message__isnull=True),
                name="send_message_has_its_bubble",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "in_doubt"]) | Q(attempt__isnull=False),
                name="send_on_the_wire_has_attempt",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True)
                | Q(state__in=["accepted", "rejected", "refused", "cancelled", "unknown"]),
                name="send_settled_is_final",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["number", "priority", "due_at", "id"],
                name="send_due",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["conversation", "id"],
                name="send_open",
                condition=Q(state__in=["queued", "sending", "in_doubt"]),
            ),
            models.Index(
                fields=["number", "reached_out_at"],
                name="send_reached_out",
                condition=Q(reached_out_at__isnull=False),
            ),
            models.Index(
                fields=["template", "id"],
                name="send_of_template",
                condition=Q(template__isnull=False),
            ),
            models.Index(fields=["file"], name="send_of_file", condition=Q(file__isnull=False)),
            models.Index(
                fields=["file"],
                name="send_waits_for_file",
                condition=Q(state="queued", file__isnull=False),
            ),
            models.Index(
                fields=["campaign_id"],
                name="send_of_campaign",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(
                fields=["number", "attempted_at"],
                name="send_unsettled",
                condition=Q(state__in=["sending", "in_doubt"]),
            ),
        ]


class Attempt(models.Model):
    """One try on the wire. Its id travels in `biz_opaque_callback_data`; statuses bring it home."""

    id = models.UUIDField(primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False, db_constraint=False)
    # Django would call it by the name of the send's own field.
    send = models.ForeignKey(
        Send, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    # The guard's word by which it left; its message takes it over with what came of it.
    receipt = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, default="", db_default="", blank=True)
    wamid = models.CharField(max_length=256, default="", db_default="", blank=True)
    error = models.JSONField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["send"], name="attempt_send"),
            models.Index(fields=["started_at"], name="attempt_age"),
        ]
