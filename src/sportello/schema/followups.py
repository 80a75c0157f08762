"""What a campaign says after its first message, and each person's errand at it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.campaigns import Campaign, Recipient, Verdict
from sportello.schema.fields import one_of
from sportello.schema.files import File
from sportello.schema.inbox import Message
from sportello.schema.people import Contact
from sportello.schema.team import User, Workspace
from sportello.schema.templates import Template

FOLLOWUPS_MAX = 5


class Unit(models.TextChoices):
    """How long each lasts is `rules/after.py`."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Followup(models.Model):
    """One more template of a campaign, so long after the step before it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False)
    # 1 to 5; the campaign's own message is 0.
    position = models.PositiveSmallIntegerField()
    # Only to those who have not answered; else to everybody.
    unless_answered = models.BooleanField(default=True, db_default=True)
    after_count = models.PositiveSmallIntegerField()
    after_unit = models.CharField(max_length=8, choices=Unit.choices)
    template = models.ForeignKey(
        Template, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    # Content, variables and file as a campaign keeps them.
    content = models.JSONField()
    variables = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    file = models.ForeignKey(File, models.SET_NULL, null=True, blank=True, db_constraint=False)

    class Meta:
        constraints: ClassVar = [
            one_of("followup", "after_unit", Unit),
            models.UniqueConstraint(fields=["campaign", "position"], name="followup_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=FOLLOWUPS_MAX),
                name="followup_position_in_range",
            ),
            models.CheckConstraint(condition=Q(after_count__gte=1), name="followup_comes_later"),
        ]


class Errand(models.Model):
    """A message that falls due by itself: a recipient's follow-up, or what an automation owes.

    Of a recipient there is one for each follow-up, made when the audience is frozen; of an
    automation one for each event that it took.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False)
    recipient = models.ForeignKey(
        Recipient, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, db_index=False)
    # The follow-up's; 0 where an automation wants it.
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    # What an automation took it for: the event's id, or "once" where once is enough.
    occasion = models.CharField(max_length=240, default="", blank=True)
    unless_answered = models.BooleanField(default=False, db_default=False)
    # Values by placeholder as frozen; of an automation the event's fields by column.
    filled = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # Of the recipient, see there: where it must be the hour.
    zone = models.CharField(max_length=64, default="", db_default="", blank=True)
    # The message it counts from, set when that one goes into the outbox.
    after_message = models.ForeignKey(
        Message,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="followed_by",
        db_constraint=False,
    )
    # Null until it is known when that one left; the company's time.
    due_at = models.DateTimeField(null=True, blank=True)
    # The customer answered, so that an errand meant for silence is over.
    answered_at = models.DateTimeField(null=True, blank=True)
    # A code of the guard's, "value_missing", "answered", or "not_reached": nothing is ever sent.
    skipped_why = models.CharField(max_length=40, default="", db_default="", blank=True)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    released_at = models.DateTimeField(null=True, blank=True)
    # As a recipient's.
    retries = models.PositiveSmallIntegerField(default=0, db_default=0)
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, default="", db_default="", blank=True
    )
    verdict_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    verdict_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "position"], name="errand_once"),
            models.UniqueConstraint(
                fields=["campaign", "contact", "occasion"],
                name="errand_occasion_once",
                condition=Q(recipient__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, position__gte=1, occasion="")
                | (Q(recipient__isnull=True, position=0) & ~Q(occasion="")),
                name="errand_of_recipient_or_event",
            ),
            models.CheckConstraint(
                condition=Q(skipped_why="") | Q(released_at__isnull=True),
                name="errand_skipped_or_released",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(due_at__isnull=False),
                name="errand_released_once_due",
            ),
            one_of("errand", "verdict", Verdict),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_at__isnull=True)
                | (~Q(verdict="") & Q(verdict_at__isnull=False)),
                name="errand_verdict_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "zone", "due_at", "id"],
                name="errand_due",
                condition=Q(released_at__isnull=True, skipped_why="", due_at__isnull=False),
            ),
            models.Index(
                fields=["campaign", "id"],
                name="errand_to_be_timed",
                condition=Q(released_at__isnull=True, skipped_why="", due_at__isnull=True)
                & (Q(after_message__isnull=False) | Q(position=0)),
            ),
            models.Index(
                fields=["contact"],
                name="errand_for_the_silent",
                condition=Q(unless_answered=True, answered_at__isnull=True, skipped_why=""),
            ),
            models.Index(F("campaign"), F("position"), F("id").desc(), name="errand_list"),
            models.Index(
                fields=["campaign", "released_at"],
                name="errand_released",
                condition=Q(released_at__isnull=False),
            ),
            models.Index(fields=["contact", "id"], name="errand_of_contact"),
        ]
