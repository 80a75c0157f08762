"""What other systems of a company are told: endpoints, the news, and each one's way there."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.team import Workspace


class DisabledWhy(models.TextChoices):
    """`NONE`: it is on, or a person switched it off."""

    NONE = ""
    FAILING = "failing"
    GONE = "gone"


class Endpoint(models.Model):
    """An address that is told what happens, as Standard Webhooks says how."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    url = models.CharField(max_length=500)
    # Whose it is, in the company's words.
    note = models.CharField(max_length=120, default="", db_default="", blank=True)
    # Of which it is told (`rules/outgoing.py`).
    events = ArrayField(models.CharField(max_length=40))
    enabled = models.BooleanField(default=True, db_default=True)
    disabled_why = models.CharField(
        max_length=8, choices=DisabledWhy.choices, default="", db_default="", blank=True
    )
    disabled_at = models.DateTimeField(null=True, blank=True)
    # Since when nothing arrives there (the database's clock); null: what was last sent arrived.
    failing_since = models.DateTimeField(null=True, blank=True)
    # What a person sees of the secret.
    secret_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    # A person wants all that failed from then on (the news' own time) told again, and when they
    # said so (the database's clock); the worker does it in portions and empties both.
    replay_since = models.DateTimeField(null=True, blank=True)
    replay_wished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="endpoint_workspace_id"),
            one_of("endpoint", "disabled_why", DisabledWhy),
            models.CheckConstraint(condition=~Q(url=""), name="endpoint_has_an_address"),
            models.CheckConstraint(condition=~Q(events=[]), name="endpoint_is_told_something"),
            models.CheckConstraint(
                condition=Q(disabled_why="") | Q(enabled=False, disabled_at__isnull=False),
                name="endpoint_disabled_is_off",
            ),
            models.CheckConstraint(
                condition=Q(replay_since__isnull=True, replay_wished_at__isnull=True)
                | Q(replay_since__isnull=False, replay_wished_at__isnull=False),
                name="endpoint_replay_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="endpoint_to_replay", condition=Q(replay_since__isnull=False)
            ),
        ]


class EndpointSecret(models.Model):
    """A `whsec_` secret, encrypted (store/vault.py). The console writes it and may not read it.

    After a change of secret the one before signs too until `expires_at` (the database's clock).
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, db_constraint=False)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint"],
                name="endpointsecret_one_current",
                condition=Q(expires_at__isnull=True),
            ),
        ]


class News(models.Model):
    """One thing that happened, as it was at that instant; triggers write it in the same transaction
    (`outgoing.sql`), and only where an endpoint wants it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    # Travels as `webhook-id`: the same at every try and to every endpoint.
    uid = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    # Of whom it tells, by which an erasure finds it; no foreign keys: what was told was told.
    contact_id = models.BigIntegerField(null=True, blank=True)
    conversation_id = models.BigIntegerField(null=True, blank=True)
    # The `data` of what is sent; {} once the person it tells of is erased.
    matter = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # When it happened: Meta's time for what customers did, the company's for the rest.
    at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="news_workspace_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="news_age"),
            models.Index(
                fields=["contact_id"], name="news_of_contact", condition=Q(contact_id__isnull=False)
            ),
        ]


class DeliveryState(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One piece of news on its way to one endpoint: the queue, and what came of each try."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, db_constraint=False, db_index=False)
    news = models.ForeignKey(News, models.CASCADE, db_constraint=False)
    # As the news': what is told of one conversation is told in order.
    conversation_id = models.BigIntegerField(null=True, blank=True)
    # Sent by hand to see whether it arrives: also to an endpoint that is off, and once.
    trial = models.BooleanField(default=False, db_default=False)
    state = models.CharField(
        max_length=9, choices=DeliveryState.choices, default="queued", db_default="queued"
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True, blank=True)
    # The last try: what was answered (0: nothing), a stable code where it failed, how long it took.
    status = models.PositiveSmallIntegerField(default=0, db_default=0)
    why = models.CharField(max_length=40, default="", db_default="", blank=True)
    took_ms = models.PositiveIntegerField(default=0, db_default=0)
    # The beginning of the answer's body, as text.
    answer = models.CharField(max_length=1000, default="", db_default="", blank=True)
    # Every try, oldest first, the last 20: {"at", "status", "why", "ms"}.
    tries = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("delivery", "state", DeliveryState),
            models.UniqueConstraint(fields=["endpoint", "news"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_until__isnull=False)
                | (~Q(state="sending") & Q(claimed_until__isnull=True)),
                name="delivery_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["delivered", "failed"], settled_at__isnull=False)
                | Q(state__in=["queued", "sending"], settled_at__isnull=True),
                name="delivery_settled_is_final",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("endpoint"), F("id").desc(), name="delivery_list"),
            models.Index(
                fields=["endpoint", "due_at", "id"],
                name="delivery_due",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["endpoint", "conversation_id", "id"],
                name="delivery_open",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(
                fields=["claimed_until"], name="delivery_claimed", condition=Q(state="sending")
            ),
            models.Index(
                fields=["endpoint", "id"], name="delivery_failed", condition=Q(state="failed")
            ),
        ]
