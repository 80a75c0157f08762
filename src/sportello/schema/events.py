"""What happened to conversations, line by line; the figures of the analytics count it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.inbox import Conversation
from sportello.schema.team import User, Workspace


class EventKind(models.TextChoices):
    """`OPENED` is a conversation's first message, whoever wrote it.

    A *request* begins with `ASKED`, a customer's word that opens the service window. `ANSWERED` is
    a word of ours after somebody else's, `HELPED` the first of a person after a hand-over, `MISSED`
    a window that shut on the customer's word, `CITED` the source of an answer of the assistant's.
    """

    OPENED = "opened"
    ASKED = "asked"
    ANSWERED = "answered"
    HELPED = "helped"
    MISSED = "missed"
    HANDED_OVER = "handed_over"
    TAKEN = "taken"
    RELEASED = "released"
    CLOSED = "closed"
    REOPENED = "reopened"
    CITED = "cited"


class ConversationEvent(models.Model):
    """One line, written by triggers (`events.sql`) in the transaction of the deed itself.

    Lines are never changed: neither role may. They hold ids and times, nothing that was said.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False)
    # The database removes the lines of a conversation that goes.
    conversation = models.ForeignKey(
        Conversation, models.DO_NOTHING, db_constraint=False, db_index=False
    )
    number = models.ForeignKey(Number, models.DO_NOTHING, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    # The line `ASKED` of the request to which it belongs; null for that line itself.
    request = models.BigIntegerField(null=True, blank=True)
    # Who has the conversation after it.
    holder = models.CharField(max_length=12)
    # Who did it; null: the customer, the assistant, a timer or the API.
    by = models.ForeignKey(
        User,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # Of a hand-over its reason, of a word its origin, of a return that a customer's word brought
    # `customer`, of a citation `pair:7` or `document:7`.
    detail = models.CharField(max_length=32, default="", db_default="", blank=True)
    # From when the wait counts that ends here: the question, the hand-over.
    since = models.DateTimeField(null=True, blank=True)
    # Meta's time for what customers did, the company's for the rest.
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("conversationevent", "kind", EventKind),
            models.CheckConstraint(
                condition=~Q(kind="asked") | Q(request__isnull=True, since__isnull=True),
                name="conversationevent_request_begins",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "at"], name="conversationevent_range"),
            models.Index(fields=["conversation", "id"], name="conversationevent_story"),
            # The waits alone, with all that is asked of them.
            models.Index(
                fields=["workspace", "at"],
                include=["kind", "number", "by", "detail", "since"],
                condition=Q(since__isnull=False),
                name="conversationevent_waits",
            ),
        ]


class EventTally(models.Model):
    """How many lines of a kind a day of a company has, by its own walls, and what became of the
    requests that began on it: `met` (answered), `alone`, `solved`; `joined` are the requests in
    which somebody answered for the first time. Kept by the functions of `tallies.sql`.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False)
    day = models.DateField()
    number = models.ForeignKey(Number, models.DO_NOTHING, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=12)
    by = models.ForeignKey(
        User,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    detail = models.CharField(max_length=32, default="", db_default="", blank=True)
    n = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "day", "number", "kind", "detail", "by"],
                name="eventtally_one",
                nulls_distinct=False,
            ),
        ]


class EventMark(models.Model):
    """How far the lines of a company are in its days, in the zone in which these were cut."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    zone = models.CharField(max_length=64)
    # Lines up to this id are in the days.
    upto = models.BigIntegerField(default=0, db_default=0)
    # Up to this one they may be taken in, once none of the transactions in `gate` is at work.
    seen = models.BigIntegerField(default=0, db_default=0)
    gate = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(upto__lte=F("seen")), name="eventmark_in_order"),
        ]
