"""Rate cards, and the ledger of what each message is expected to cost and did cost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.inbox import Message
from sportello.schema.team import Workspace


class RateCard(models.Model):
    """A file of rates as it was loaded: its prices hold from a day, in one currency."""

    source = models.CharField(max_length=300)
    currency = models.CharField(max_length=3)
    # Null: since ever, as far as the source tells.
    effective_from = models.DateField(null=True, blank=True)
    # The day on which somebody looked at the source; a card too old is warned of.
    checked_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256", "currency", "effective_from"],
                nulls_distinct=False,
                name="ratecard_once",
            )
        ]


class Rate(models.Model):
    """One price of a card, in millionths of its currency's unit."""

    card = models.ForeignKey(RateCard, models.CASCADE)
    market = models.CharField(max_length=60)
    category = models.CharField(max_length=32)
    micros = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "market", "category"], name="rate_once"),
            models.CheckConstraint(condition=Q(micros__gte=0), name="rate_not_negative"),
        ]


class Prefix(models.Model):
    """A calling code's country and market, before and since the first of October 2026."""

    # `*` is every other one, and of no country.
    calling_code = models.CharField(max_length=12)
    country = models.CharField(max_length=2, blank=True)
    market_before = models.CharField(max_length=60)
    market_since = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            # Some countries share a code: +1 is the United States' and Canada's.
            models.UniqueConstraint(fields=["calling_code", "country"], name="prefix_once")
        ]


class Charge(models.Model):
    """One line of the ledger: a message that Meta may bill. Outlives the message's content."""

    # Of the same company as its number: that key says so, no second one is asked.
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False, db_constraint=False)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False, db_index=False)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    # By the recipient's calling code, on the day that counts: of sending, then of delivery.
    market = models.CharField(max_length=60)
    calling_code = models.CharField(max_length=12, default="", db_default="", blank=True)
    currency = models.CharField(max_length=3)
    # As the guard expected it at the instant of sending; null where no rate card covers it.
    expected_category = models.CharField(max_length=32)
    expected_kind = models.CharField(max_length=32)
    expected_micros = models.BigIntegerField(null=True, blank=True)
    # As Meta's status webhook stated category and kind, priced by the card of the day. Empty and
    # null until it does.
    category = models.CharField(max_length=32, default="", db_default="", blank=True)
    kind = models.CharField(max_length=32, default="", db_default="", blank=True)
    micros = models.BigIntegerField(null=True, blank=True)
    # Meta bills what was delivered: by this day, in the account's time zone, it is counted.
    billed_at = models.DateTimeField(null=True, blank=True)
    # Who stated it: 0 nobody yet, 1 the status `sent`, 2 that of the delivery, which is final.
    stated_by = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The message failed, was refused or cancelled (kept so by a trigger): nothing is owed.
    fell_through = models.BooleanField(default=False, db_default=False)
    sent_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # None of what a status moves is in an index: rewrites stay on their page.
            models.Index(fields=["number", "sent_at"], name="charge_month"),
            models.Index(
                fields=["number", "sent_at"],
                name="charge_allowance",
                condition=Q(expected_category="service", fell_through=False)
                & ~Q(expected_kind="free_entry_point"),
            ),
            models.Index(
                fields=["workspace", "sent_at"],
                name="charge_spent",
                condition=Q(fell_through=False) & ~Q(expected_category="service"),
            ),
        ]
