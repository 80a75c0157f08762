"""Campaigns, and the frozen audience of each."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.channel import Number, Quality
from sportello.schema.fields import one_of
from sportello.schema.files import File
from sportello.schema.inbox import Message
from sportello.schema.people import Contact
from sportello.schema.team import User, Workspace
from sportello.schema.templates import Template


class CampaignState(models.TextChoices):
    """The moves between them are `rules/campaign.py`."""

    DRAFT = "draft"
    PLANNING = "planning"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Zone(models.TextChoices):
    COMPANY = "company"
    CUSTOMER = "customer"


class Verdict(models.TextChoices):
    """What a person decided about a message of which nobody knows whether it arrived."""

    NONE = ""
    RESENT = "resent"
    SENT = "sent"


class Campaign(models.Model):
    """One template to many people. From its start on what it says to whom no longer changes."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False)
    name = models.CharField(max_length=120)
    state = models.CharField(
        max_length=12,
        choices=CampaignState.choices,
        default=CampaignState.DRAFT,
        db_default=CampaignState.DRAFT,
    )
    # Every member of the audience has its row.
    planned = models.BooleanField(default=False, db_default=False)
    paused_why = models.CharField(max_length=16, default="", db_default="", blank=True)
    # An automation's: it has no audience, and takes people as events bring them.
    automatic = models.BooleanField(default=False, db_default=False)
    # What the brake saw: {"alarm", "seen", "allowed"}.
    braked = models.JSONField(null=True, blank=True)
    template = models.ForeignKey(
        Template, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    # The template as it was confirmed: a name and language that change later change nothing here.
    content = models.JSONField(null=True, blank=True)
    # By placeholder: {"column": name of a property} or {"value": text}.
    variables = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    file = models.ForeignKey(File, models.SET_NULL, null=True, blank=True, db_constraint=False)
    # The property that names each person's own file; `file` then is for whoever has none.
    media_column = models.CharField(max_length=120, default="", db_default="", blank=True)
    # {"list": id}, {"segment": id} or {"everybody": true} (`rules.audience`); from the start on a
    # segment's condition and its instant too.
    audience = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    # {"days": {"0": [["09:00", "13:00"], …]}, "holidays": ["2026-12-25"]}; null: at any hour.
    calendar = models.JSONField(null=True, blank=True)
    # On whose walls these hours are read: the company's, or each customer's.
    zone = models.CharField(
        max_length=8, choices=Zone.choices, default=Zone.COMPANY, db_default=Zone.COMPANY
    )
    # By when all shall have left: its start turns it into a rate.
    finish_by = models.DateTimeField(null=True, blank=True)
    # Messages a minute; null: as fast as Meta and the number allow.
    rate = models.PositiveIntegerField(null=True, blank=True)
    # Size of the canary; null: none, everything at once.
    canary = models.PositiveIntegerField(null=True, blank=True, default=50, db_default=50)
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    stepped_at = models.DateTimeField(null=True, blank=True)
    # Planning goes by contact id: how far it has come, so that a crash costs one portion.
    planned_up_to = models.BigIntegerField(default=0, db_default=0)
    # How many messages have gone into the outbox, follow-ups too: counted with each portion.
    let_go = models.PositiveIntegerField(default=0, db_default=0)
    # When the last portion went into the outbox (the database's clock).
    released_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    # A person let it go on: the brake judges what came after, and by this quality of the number.
    resumed_at = models.DateTimeField(null=True, blank=True)
    quality = models.CharField(
        max_length=8, choices=Quality.choices, default="UNKNOWN", db_default="UNKNOWN"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("campaign", "state", CampaignState),
            one_of("campaign", "zone", Zone),
            models.UniqueConstraint(fields=["workspace", "id"], name="campaign_workspace_id"),
            models.CheckConstraint(
                condition=(Q(state="paused") & ~Q(paused_why=""))
                | (~Q(state="paused") & Q(paused_why="")),
                name="campaign_paused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(content__isnull=False),
                name="campaign_confirmed_with_content",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "completed"]) | Q(planned=True),
                name="campaign_runs_once_planned",
            ),
            models.CheckConstraint(
                condition=(Q(rate__isnull=True) | Q(rate__gte=1))
                & (Q(canary__isnull=True) | Q(canary__gte=1)),
                name="campaign_pace_possible",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="campaign_going",
                condition=Q(state__in=["planning", "scheduled", "running"])
                | Q(state="paused", planned=False),
            ),
            models.Index(F("workspace"), F("id").desc(), name="campaign_list"),
        ]


class EnclosureState(models.TextChoices):
    WANTED = "wanted"
    KEPT = "kept"
    UNFIT = "unfit"


class Enclosure(models.Model):
    """A file that a campaign encloses for some of its people: given with it, or behind a link."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False)
    # Of `rules.enclosure.Reference`: a link may be longer than an index allows.
    key = models.CharField(max_length=64)
    # The link, or the name in small letters; nothing once whom it was for is erased.
    reference = models.CharField(max_length=1001, default="", db_default="", blank=True)
    file = models.ForeignKey(File, models.CASCADE, null=True, blank=True, db_constraint=False)
    state = models.CharField(
        max_length=8,
        choices=EnclosureState.choices,
        default=EnclosureState.WANTED,
        db_default=EnclosureState.WANTED,
    )
    # A code of `rules.enclosure.Lack`, and what lies beneath it: of the client's, or of a flaw.
    why = models.CharField(max_length=40, default="", db_default="", blank=True)
    detail = models.CharField(max_length=40, default="", db_default="", blank=True)
    # Everybody who waited for it has been told.
    settled = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("enclosure", "state", EnclosureState),
            models.UniqueConstraint(fields=["campaign", "key"], name="enclosure_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="enclosure_workspace_id"),
            models.CheckConstraint(
                condition=Q(state="kept", file__isnull=False, why="")
                | Q(state="unfit", file__isnull=True) & ~Q(why="")
                | Q(state="wanted", file__isnull=True, why="", settled=False),
                name="enclosure_is_one_of_three",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="enclosure_due", condition=Q(settled=False)),
            models.Index(fields=["campaign"], name="enclosure_open", condition=Q(settled=False)),
        ]


class Tap(models.Model):
    """How often a button of a template was tapped on one day, as Meta counts it: not by whom."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(Template, models.CASCADE, db_constraint=False)
    # In UTC, as Meta cuts its days.
    day = models.DateField()
    # Meta's word: quick_reply_button, url_button, unique_url_button.
    kind = models.CharField(max_length=40)
    words = models.CharField(max_length=200)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "day", "kind", "words"], name="tap_once"),
        ]


class Recipient(models.Model):
    """One person of a frozen audience, with the parameters and the verdict of that day."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False, db_constraint=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False)
    # Values by placeholder, as they were when the campaign was confirmed.
    filled = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # A code of the guard's, or of a value that is missing: nothing is ever sent.
    skipped_why = models.CharField(max_length=40, default="", db_default="", blank=True)
    # Null until it is released; then its state is the message's.
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    released_at = models.DateTimeField(null=True, blank=True)
    # Their own file; while it is still to be fetched they are not released.
    enclosure = models.ForeignKey(
        Enclosure, models.SET_NULL, null=True, blank=True, db_index=False, db_constraint=False
    )
    awaited = models.BooleanField(default=False, db_default=False)
    # IANA name of the zone in which they live; empty where the company's hours count.
    zone = models.CharField(max_length=64, default="", db_default="", blank=True)
    # How often somebody had it tried anew after Meta had refused it.
    retries = models.PositiveSmallIntegerField(default=0, db_default=0)
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, default="", db_default="", blank=True
    )
    # No index: people leave seldom, and an audience of 100,000 is written often.
    verdict_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    verdict_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "contact"], name="recipient_once"),
            one_of("recipient", "verdict", Verdict),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_at__isnull=True)
                | (~Q(verdict="") & Q(verdict_at__isnull=False)),
                name="recipient_verdict_has_its_time",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="recipient_workspace_id"),
            models.CheckConstraint(
                condition=Q(skipped_why="") | Q(released_at__isnull=True),
                name="recipient_skipped_or_released",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "zone", "id"],
                name="recipient_waiting",
                condition=Q(released_at__isnull=True, skipped_why="", awaited=False),
            ),
            models.Index(fields=["campaign", "id"], name="recipient_list"),
            models.Index(
                fields=["enclosure", "awaited"],
                name="recipient_enclosed",
                condition=Q(enclosure__isnull=False),
            ),
            models.Index(
                fields=["campaign", "released_at"],
                name="recipient_released",
                condition=Q(released_at__isnull=False),
            ),
        ]
