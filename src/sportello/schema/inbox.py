"""Conversations, their messages, and the files that customers sent."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.file_reading import Reading
from sportello.schema.people import Contact
from sportello.schema.team import User, Workspace


class Holder(models.TextChoices):
    """Who holds a conversation; the moves between them are `rules/ownership.py`."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    OPERATOR = "operator"
    CLOSED = "closed"


class Conversation(models.Model):
    """All that one business number and one customer said to each other."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False)
    holder = models.CharField(
        max_length=12, choices=Holder.choices, default=Holder.ASSISTANT, db_default=Holder.ASSISTANT
    )
    operator = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    # Grows whenever control changes hands; an assistant's send carries the epoch it was written in.
    control_epoch = models.PositiveIntegerField(default=0, db_default=0)
    held_since = models.DateTimeField(null=True, blank=True)
    handover_reason = models.CharField(max_length=32, default="", db_default="", blank=True)
    # Meta's time of the customer's last word, and when the service window shuts because of it.
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    window_closes_at = models.DateTimeField(null=True, blank=True)
    # Meta's time at which they came by an advertisement, until our first answer to that; and
    # until when the free entry point lasts that the answer opened.
    ad_entry_at = models.DateTimeField(null=True, blank=True)
    free_entry_until = models.DateTimeField(null=True, blank=True)
    # We wrote first and nobody has answered yet.
    awaiting_customer_since = models.DateTimeField(null=True, blank=True)
    # The assistant owes an answer at this time (the database's clock); null: it owes none.
    reply_due_at = models.DateTimeField(null=True, blank=True)
    burst_started_at = models.DateTimeField(null=True, blank=True)
    answering_until = models.DateTimeField(null=True, blank=True)
    # Grows with each inbound message: an answer prepared for an older one is superseded.
    generation = models.PositiveIntegerField(default=0, db_default=0)
    # What the assistant must remember between turns: choices it offered, doubts in a row.
    assistant_memory = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    disclosed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_message_text = models.CharField(max_length=200, default="", db_default="", blank=True)
    last_message_origin = models.CharField(max_length=12, default="", db_default="", blank=True)
    unread_count = models.PositiveIntegerField(default=0, db_default=0)
    # Where people put it (schema/desk.py); null: nowhere in particular.
    folder = models.ForeignKey(
        "Folder", models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "contact"], name="conversation_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversation_workspace_id"),
            one_of("conversation", "holder", Holder),
            models.CheckConstraint(
                condition=Q(operator__isnull=True) | Q(holder="operator"),
                name="conversation_operator_only_when_held",
            ),
            models.CheckConstraint(
                condition=Q(reply_due_at__isnull=True) | Q(holder="assistant"),
                name="conversation_only_assistant_owes_an_answer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("workspace"),
                F("last_message_at").desc(nulls_last=True),
                F("id").desc(),
                name="conversation_list",
            ),
            models.Index(
                F("workspace"),
                F("holder"),
                F("last_message_at").desc(nulls_last=True),
                name="conversation_by_holder",
            ),
            models.Index(
                fields=["reply_due_at"],
                name="conversation_owed",
                condition=Q(reply_due_at__isnull=False),
            ),
            models.Index(fields=["contact"], name="conversation_contact"),
            models.Index(
                fields=["number", "last_message_at", "id"],
                name="conversation_last_words",
                condition=Q(last_message_origin__in=["operator", "assistant"]),
            ),
        ]


class Origin(models.TextChoices):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    CAMPAIGN = "campaign"
    AUTOMATION = "automation"
    NOTE = "note"


class MessageStatus(models.TextChoices):
    """Inbound is `received`, a note `noted`; the rest is a send's life (`rules/status.py`)."""

    RECEIVED = "received"
    NOTED = "noted"
    QUEUED = "queued"
    HELD = "held"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    UNKNOWN = "unknown"


class Message(models.Model):
    """One bubble: what was said, by whom, and what became of it."""

    # Of the same company as its conversation: that key says so, no second one is asked.
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False, db_constraint=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, db_constraint=False, db_index=False
    )
    wamid = models.CharField(max_length=256, null=True, blank=True)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, db_index=False)
    # Meta's type word, kept as it came: a kind that is unknown today is shown as "unsupported".
    type = models.CharField(max_length=32)
    text = models.TextField(default="", db_default="", blank=True)
    # The part of Meta's JSON that the bubble needs beside its text.
    payload = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    reply_to = models.CharField(max_length=256, default="", db_default="", blank=True)
    reactions = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    status = models.CharField(max_length=12, choices=MessageStatus.choices)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    # Passages an answer stands on, best first: {"pair_id", "title", "score"}.
    sources = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    confidence = models.FloatField(null=True, blank=True)
    # The guard's latest verdict (rules/guard.py); of what is on the wire it is the attempt's.
    receipt = models.JSONField(null=True, blank=True)
    # As stated by the status webhook; what it costs is in `Charge`.
    pricing = models.JSONField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Meta's time for what came in, ours for what we wrote.
    at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "wamid"], name="message_wamid_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="message_workspace_id"),
            one_of("message", "origin", Origin),
            one_of("message", "status", MessageStatus),
            models.CheckConstraint(
                condition=(Q(origin="customer") & Q(status="received"))
                | (Q(origin="note") & Q(status="noted"))
                | (~Q(origin__in=["customer", "note"]) & ~Q(status__in=["received", "noted"])),
                name="message_status_fits_origin",
            ),
            models.CheckConstraint(
                condition=~Q(origin="note") | Q(wamid__isnull=True),
                name="message_note_never_leaves",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "at", "id"], name="message_timeline"),
            models.Index(
                fields=["author"], name="message_author", condition=Q(author__isnull=False)
            ),
        ]


class MediaState(models.TextChoices):
    WANTED = "wanted"
    KEPT = "kept"
    GONE = "gone"
    REFUSED = "refused"


class Media(models.Model):
    """A file that a customer sent: brought in by `tend`, kept under the data folder by its id."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    message = models.ForeignKey(Message, models.CASCADE, db_constraint=False)
    media_id = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=120, default="", db_default="", blank=True)
    filename = models.CharField(max_length=240, default="", db_default="", blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=8,
        choices=MediaState.choices,
        default=MediaState.WANTED,
        db_default=MediaState.WANTED,
    )
    reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    # Set by a trigger as the file is announced, where the company chose somebody to read such.
    reading = models.CharField(
        max_length=8, choices=Reading.choices, default="", db_default="", blank=True
    )
    # What it says, written by a machine: as hostile as whoever sent it.
    words = models.TextField(default="", db_default="", blank=True)
    # Why there are none, in a stable code.
    unread_why = models.CharField(max_length=40, default="", db_default="", blank=True)
    reading_cost_micros = models.BigIntegerField(default=0, db_default=0)
    readings = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The database's clock: until when an answer waits for the words, until when a worker has the
    # file, and the conversation's `answering_until` while it waits.
    awaited_until = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("media", "state", MediaState),
            one_of("media", "reading", Reading),
            models.UniqueConstraint(fields=["message", "media_id"], name="media_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="media_wanted", condition=Q(state="wanted")),
            models.Index(fields=["id"], name="media_to_read", condition=Q(reading="waiting")),
        ]
