"""Messages that an event sets off: what is listened to, and how an event becomes an errand."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.campaigns import Campaign
from sportello.schema.fields import one_of
from sportello.schema.followups import Unit
from sportello.schema.people import ContactList
from sportello.schema.team import Workspace


class Trigger(models.TextChoices):
    """What sets it off."""

    WEBHOOK = "webhook"
    LIST = "list"
    SILENCE = "silence"


class Automation(models.Model):
    """An event, a wait, a template. The template, its state and its pace are its campaign's."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.OneToOneField(Campaign, models.CASCADE, db_constraint=False)
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    # Each event anew; else each contact once.
    repeats = models.BooleanField(default=False, db_default=False)
    # How long after the event; of silence, how long it lasts. 0: at once.
    after_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    after_unit = models.CharField(
        max_length=8, choices=Unit.choices, default=Unit.MINUTES, db_default=Unit.MINUTES
    )
    # Trigger list: whoever comes onto it. Null once the list is gone.
    list = models.ForeignKey(
        ContactList, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    # Trigger webhook: where in the event's JSON each thing stands, as a path with dots:
    # {"phone", "name", "event", "consent", "properties": {column: path}}.
    fields = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # The words that people agreed to, and where; empty: an event proves no consent.
    consent_text = models.TextField(default="", db_default="", blank=True)
    consent_source = models.CharField(max_length=200, default="", db_default="", blank=True)
    # Public part of the address; its secret is made of the installation's key and `hook_version`.
    hook = models.CharField(max_length=32, unique=True)
    hook_version = models.PositiveIntegerField(default=1, db_default=1)
    # Events must be signed as well.
    signed = models.BooleanField(default=False, db_default=False)
    # How many calls came in which minute (the company's time).
    called_in = models.DateTimeField(null=True, blank=True)
    called = models.PositiveIntegerField(default=0, db_default=0)
    # Trigger silence: up to which last word (time, conversation) it has looked, and when it looks
    # next (the database's clock).
    looked_up_to = models.DateTimeField(null=True, blank=True)
    looked_up_to_id = models.BigIntegerField(default=0, db_default=0)
    look_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("automation", "trigger", Trigger),
            one_of("automation", "after_unit", Unit),
            models.UniqueConstraint(fields=["workspace", "id"], name="automation_workspace_id"),
            models.CheckConstraint(
                condition=~Q(trigger="silence") | Q(after_count__gte=1),
                name="automation_silence_lasts",
            ),
            models.CheckConstraint(
                condition=Q(consent_text="") | ~Q(consent_source=""),
                name="automation_consent_has_its_source",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["list"], name="automation_list", condition=Q(trigger="list")),
            models.Index(
                fields=["look_at"], name="automation_looks", condition=Q(trigger="silence")
            ),
        ]
