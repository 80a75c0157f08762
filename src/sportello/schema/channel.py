"""The business numbers, and everything that Meta's webhooks brought, as received."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.team import Workspace


class NumberStatus(models.TextChoices):
    CONNECTED = "connected"
    PENDING = "pending"
    RESTRICTED = "restricted"
    BANNED = "banned"
    DISCONNECTED = "disconnected"


class Quality(models.TextChoices):
    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    UNKNOWN = "UNKNOWN"


class Number(models.Model):
    """A business number. It belongs to one workspace: the same number in two is unsayable."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    phone_number_id = models.CharField(max_length=32, unique=True)
    waba_id = models.CharField(max_length=32, db_index=True)
    app_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    display_number = models.CharField(max_length=24, default="", db_default="", blank=True)
    verified_name = models.CharField(max_length=200, default="", db_default="", blank=True)
    status = models.CharField(
        max_length=16, choices=NumberStatus.choices, default="connected", db_default="connected"
    )
    quality = models.CharField(
        max_length=8, choices=Quality.choices, default="UNKNOWN", db_default="UNKNOWN"
    )
    throughput_mps = models.PositiveIntegerField(default=80, db_default=80)
    # Whose numbers share one messaging limit; empty where Meta has not told it.
    portfolio_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    # People who may be written to first in a rolling day. Null: not known; 0: without limit.
    messaging_limit = models.PositiveIntegerField(null=True, blank=True)
    # Meta's health_status of the account's payment: missing, unpaid, … ; empty: fine or not known.
    payment = models.CharField(max_length=24, default="", db_default="", blank=True)
    # Of the account: Meta counts days and months in it, and bills in the currency.
    account_time_zone = models.CharField(
        max_length=64, default="Europe/Rome", db_default="Europe/Rome"
    )
    account_currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    # Meta's profile of the number, as last seen: photo, description, e-mail, sites, …
    profile = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    templates_synchronised_at = models.DateTimeField(null=True, blank=True)
    # What else Meta said at the last look (`seen_at`): review of the name, account, token, webhook.
    told = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    # Since when webhooks are missing that traffic lets expect; null: nothing is missing.
    silent_since = models.DateTimeField(null=True, blank=True)
    # The token itself lies in `Token`, which the console can write but not read.
    token_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    assistant_on = models.BooleanField(default=True, db_default=True)
    # The breaker: why nothing leaves (token, account, payment), and since when. `blocked` is lifted
    # by an administrator alone.
    paused_why = models.CharField(max_length=40, default="", db_default="", blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    # One dispatcher at a time paces a number; `fence` grows with each new owner.
    dispatcher = models.UUIDField(null=True, blank=True)
    dispatcher_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0, db_default=0)
    # Meta's own time of the newest event: proof that the webhook stream is alive.
    last_event_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("number", "status", NumberStatus),
            one_of("number", "quality", Quality),
            models.CheckConstraint(
                condition=Q(throughput_mps__gte=1) & Q(throughput_mps__lte=1000),
                name="number_throughput_possible",
            ),
            models.CheckConstraint(
                condition=Q(paused_why="", paused_at__isnull=True)
                | (~Q(paused_why="") & Q(paused_at__isnull=False)),
                name="number_paused_with_reason",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="number_workspace_id"),
        ]


class Token(models.Model):
    """A number's access token, encrypted (store/vault.py). The console's role may not read it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.OneToOneField(Number, models.CASCADE, db_constraint=False)
    sealed = models.BinaryField()
    # The PIN of the two-step verification, sealed: a number is registered again without asking.
    pin = models.BinaryField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())


class JournalEntry(models.Model):
    """A webhook body, byte for byte as its signature covered it. Belongs to no workspace yet."""

    received_at = models.DateTimeField(db_default=Now())
    body = models.BinaryField()
    # Signed by the secret of this company's own app: it may speak of its numbers alone. Null: the
    # installation's app.
    signed_for = models.BigIntegerField(null=True, blank=True)
    folded_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="journalentry_unfolded", condition=Q(folded_at__isnull=True)
            ),
            models.Index(fields=["received_at"], name="journalentry_age"),
        ]


class Quarantined(models.Model):
    """An event that could not be folded, with its reason; the rest of its webhook went on."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, null=True, blank=True)
    journal_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    raw = models.TextField()
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-at"], name="quarantined_list")]


class PlatformEvent(models.Model):
    """An event about templates, numbers or the account, kept as Meta sent it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.ForeignKey(Number, models.SET_NULL, null=True, blank=True, db_constraint=False)
    waba_id = models.CharField(max_length=32)
    field = models.CharField(max_length=64)
    value = models.JSONField()
    # Of (waba, field, value, time): a webhook sent twice is one event.
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="platformevent_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "-at"], name="platformevent_list")]
