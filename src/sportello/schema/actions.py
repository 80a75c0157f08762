"""What the assistant may do at another system: look up, change; and what came of each time."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.inbox import Conversation
from sportello.schema.library import Pair
from sportello.schema.team import User, Workspace


class Action(models.Model):
    """A call to one fixed address, with the customer's number and typed parameters."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=80)
    # For a model: when it is to be used.
    purpose = models.CharField(max_length=400, default="", db_default="", blank=True)
    enabled = models.BooleanField(default=False, db_default=False)
    # The question that sets it off, with its variants; null: only a model does.
    pair = models.ForeignKey(Pair, models.SET_NULL, null=True, blank=True, db_constraint=False)
    # It changes something there: the customer is asked to confirm by a button.
    writes = models.BooleanField(default=False, db_default=False)
    url = models.CharField(max_length=500)
    # {"name", "kind", "ask", "mask", "choices"} each; see rules/tool.py.
    parameters = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # What is said of an answer, with {path.to.value}; and where the system knows nothing (404).
    reply = models.CharField(max_length=1000)
    nothing = models.CharField(max_length=500, default="", db_default="", blank=True)
    header = models.CharField(max_length=60, default="", db_default="", blank=True)
    # What a person sees of the secret.
    secret_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="action_workspace_id"),
            models.UniqueConstraint(fields=["workspace", "name"], name="action_name_once"),
            models.UniqueConstraint(
                fields=["pair"], name="action_once_per_pair", condition=Q(pair__isnull=False)
            ),
            models.CheckConstraint(condition=~Q(url=""), name="action_has_an_address"),
        ]


class ActionSecret(models.Model):
    """A header's value, encrypted (store/vault.py). The console writes it and may not read it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    action = models.OneToOneField(Action, models.CASCADE, db_constraint=False)
    sealed = models.BinaryField()


class RunState(models.TextChoices):
    """`waiting` is a trial's; `begun` is written before the call leaves."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    NOTHING = "nothing"
    FAILED = "failed"


class ActionRun(models.Model):
    """One execution. A change is called once for each `key`, whatever is repeated around it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    action = models.ForeignKey(Action, models.CASCADE, db_constraint=False)
    # Null for a trial from the settings.
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    # The customer's message that asked for it.
    key = models.CharField(max_length=160)
    state = models.CharField(max_length=8, choices=RunState.choices)
    # The number of a trial; a conversation has its own.
    wa_id = models.CharField(max_length=20, default="", db_default="", blank=True)
    values = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    said = models.CharField(max_length=1500, default="", db_default="", blank=True)
    # Why it failed, in a stable code; and what the other system answered, 0 if nothing.
    why = models.CharField(max_length=40, default="", db_default="", blank=True)
    status = models.PositiveSmallIntegerField(default=0, db_default=0)
    took_ms = models.PositiveIntegerField(default=0, db_default=0)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("actionrun", "state", RunState),
            models.UniqueConstraint(fields=["workspace", "id"], name="actionrun_workspace_id"),
            models.UniqueConstraint(
                fields=["action", "conversation", "key"],
                name="actionrun_once_per_key",
                condition=Q(conversation__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["action", "id"], name="actionrun_of_action"),
            models.Index(fields=["conversation", "id"], name="actionrun_of_conversation"),
            models.Index(fields=["id"], name="actionrun_to_try", condition=Q(state="waiting")),
        ]
