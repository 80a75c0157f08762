"""How the assistant speaks and with whose words, what it did, and what was found wrong with it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import VectorField, one_of
from sportello.schema.inbox import Conversation, Message
from sportello.schema.library import Pair
from sportello.schema.team import User, Workspace


class Provider(models.TextChoices):
    """Whose protocol a language model speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    MISTRAL = "mistral"


class Tried(models.TextChoices):
    """Of the button that tries a model."""

    UNTRIED = ""
    WAITING = "waiting"
    WORKS = "works"
    FAILED = "failed"


class LanguageModel(models.Model):
    """A model that may write the assistant's words; the second stands in when the first fails."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    # 0: asked first; 1: asked where that one fails.
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    enabled = models.BooleanField(default=True, db_default=True)
    # It can look at pictures, says whoever chose it.
    sees = models.BooleanField(default=False, db_default=False)
    provider = models.CharField(max_length=12, choices=Provider.choices)
    # Empty: the provider's own address.
    base_url = models.CharField(max_length=500, default="", db_default="", blank=True)
    model = models.CharField(max_length=120)
    # What a person sees of the key.
    key_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    # Millionths of the currency for a million tokens, read and written.
    price_in_micros = models.BigIntegerField(default=0, db_default=0)
    price_out_micros = models.BigIntegerField(default=0, db_default=0)
    test_state = models.CharField(
        max_length=8, choices=Tried.choices, default="", db_default="", blank=True
    )
    test_reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    test_ms = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("languagemodel", "provider", Provider),
            one_of("languagemodel", "test_state", Tried),
            models.UniqueConstraint(fields=["workspace", "place"], name="languagemodel_place"),
            models.UniqueConstraint(fields=["workspace", "id"], name="languagemodel_workspace_id"),
            models.CheckConstraint(condition=Q(place__lte=1), name="languagemodel_two_at_most"),
            models.CheckConstraint(
                condition=~Q(provider="openai", base_url=""), name="languagemodel_has_an_address"
            ),
            models.CheckConstraint(
                condition=Q(price_in_micros__gte=0, price_out_micros__gte=0),
                name="languagemodel_price_not_negative",
            ),
        ]


class ModelKey(models.Model):
    """A model's key, encrypted (store/vault.py). The console writes it and may not read it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    model = models.OneToOneField(LanguageModel, models.CASCADE, db_constraint=False)
    sealed = models.BinaryField()


class ModelBudget(models.Model):
    """What models may cost, in millionths of the currency; null: no ceiling. Beyond it the
    assistant answers in the company's own words, as without a key.
    """

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    # Of one chat in a day, of the company in a day, of the company in a calendar month.
    chat_micros = models.BigIntegerField(null=True, blank=True)
    day_micros = models.BigIntegerField(null=True, blank=True)
    month_micros = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(chat_micros__isnull=True) | Q(chat_micros__gte=0))
                & (Q(day_micros__isnull=True) | Q(day_micros__gte=0))
                & (Q(month_micros__isnull=True) | Q(month_micros__gte=0)),
                name="modelbudget_not_negative",
            )
        ]


class Form(models.TextChoices):
    """How Italian customers are addressed."""

    FORMAL = "lei"
    INFORMAL = "tu"


class Conduct(models.Model):
    """One version of the assistant's manners; the highest is in force, an older one can return."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    version = models.PositiveIntegerField()
    form = models.CharField(
        max_length=3, choices=Form.choices, default=Form.FORMAL, db_default=Form.FORMAL
    )
    emoji = models.BooleanField(default=False, db_default=False)
    persona = models.CharField(max_length=600, default="", db_default="", blank=True)
    signature = models.CharField(max_length=120, default="", db_default="", blank=True)
    # Never said, whoever wrote the answer.
    forbidden = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # Words and expressions on which a person is called at once.
    topics = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # The assistant keeps silent between these hours of the company's day; both or neither.
    silent_from = models.TimeField(null=True, blank=True)
    silent_until = models.TimeField(null=True, blank=True)
    # What a customer is told while it is silent or switched off; "" for nothing.
    away_message = models.CharField(max_length=1000, default="", db_default="", blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("conduct", "form", Form),
            models.UniqueConstraint(fields=["workspace", "version"], name="conduct_version_once"),
            models.CheckConstraint(
                condition=Q(silent_from__isnull=True, silent_until__isnull=True)
                | Q(silent_from__isnull=False, silent_until__isnull=False),
                name="conduct_silence_whole",
            ),
        ]


class Turn(models.Model):
    """What became of one burst: what was asked and found, how sure it was, what it cost."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    # The first bubble of the answer; null where nothing was said.
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, db_constraint=False)
    question = models.TextField(default="", db_default="", blank=True)
    language = models.CharField(max_length=8, default="", db_default="", blank=True)
    # answer, clarify or handover; "" where the words asked for no search.
    band = models.CharField(max_length=8, default="", db_default="", blank=True)
    # Who wrote the words: the company (own), a document (quoted), a model (model), us (phrase).
    way = models.CharField(max_length=8, default="", db_default="", blank=True)
    reason = models.CharField(max_length=32, default="", db_default="", blank=True)
    confidence = models.FloatField(null=True, blank=True)
    # All that came near, best first: {"pair_id" or "document_id", "title", "score", "used"}.
    found = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # What a model's answer was refused for, before it was mended or dropped: codes.
    faults = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    cost_micros = models.BigIntegerField(default=0, db_default=0)
    conduct_version = models.PositiveIntegerField(default=0, db_default=0)
    embedding = VectorField(width=384, null=True)
    # The first of the unanswered questions that ask the same; null where an answer was given.
    cluster = models.BigIntegerField(null=True, blank=True)
    # Whether a person's answer after it was looked at as a proposal.
    harvested = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="turn_workspace_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "at"], name="turn_age"),
            models.Index(fields=["conversation", "at"], name="turn_of_conversation"),
            models.Index(fields=["message"], name="turn_of_message"),
            models.Index(
                fields=["workspace", "cluster"],
                name="turn_unanswered",
                condition=Q(cluster__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="turn_to_harvest",
                condition=Q(band="handover", harvested=False),
            ),
        ]


class Outcome(models.TextChoices):
    WRITTEN = "written"
    FAILED = "failed"
    TIMEOUT = "timeout"


class ModelCall(models.Model):
    """One question to a model, and what it cost."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    model = models.CharField(max_length=120)
    # rewrite, answer, repair, act, recap, picture, voice, test; for operators: summary, language
    purpose = models.CharField(max_length=8)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    tokens_in = models.PositiveIntegerField(default=0, db_default=0)
    tokens_out = models.PositiveIntegerField(default=0, db_default=0)
    cost_micros = models.BigIntegerField(default=0, db_default=0)
    took_ms = models.PositiveIntegerField(default=0, db_default=0)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [one_of("modelcall", "outcome", Outcome)]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "at"], name="modelcall_age"),
            models.Index(fields=["conversation", "at"], name="modelcall_of_conversation"),
        ]


class ProposalKind(models.TextChoices):
    EDIT = "edit"
    ADD = "add"
    TONE = "tone"


class ProposalOrigin(models.TextChoices):
    """Somebody looked at an answer, or answered a customer after a hand-over."""

    REVIEW = "review"
    PERSON = "person"


class ProposalState(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Proposal(models.Model):
    """A change of what the assistant knows or how it speaks, waiting to be accepted."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=4, choices=ProposalKind.choices)
    origin = models.CharField(max_length=6, choices=ProposalOrigin.choices)
    turn = models.ForeignKey(Turn, models.CASCADE, null=True, blank=True, db_constraint=False)
    pair = models.ForeignKey(Pair, models.CASCADE, null=True, blank=True, db_constraint=False)
    # What was wrong, in a person's words.
    wrong = models.CharField(max_length=1000, default="", db_default="", blank=True)
    question = models.TextField(default="", db_default="", blank=True)
    answer = models.TextField(default="", db_default="", blank=True)
    language = models.CharField(max_length=8, default="it", db_default="it")
    # What stood there before, for the difference: a pair's answer, or the persona.
    before = models.TextField(default="", db_default="", blank=True)
    state = models.CharField(
        max_length=8,
        choices=ProposalState.choices,
        default=ProposalState.OPEN,
        db_default=ProposalState.OPEN,
    )
    # How often the same came up.
    times = models.PositiveIntegerField(default=1, db_default=1)
    cluster = models.BigIntegerField(null=True, blank=True)
    author = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="proposals"
    )
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="decided_proposals"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("proposal", "kind", ProposalKind),
            one_of("proposal", "origin", ProposalOrigin),
            one_of("proposal", "state", ProposalState),
            models.UniqueConstraint(fields=["workspace", "id"], name="proposal_workspace_id"),
            models.UniqueConstraint(
                fields=["workspace", "cluster"],
                name="proposal_once_per_cluster",
                condition=Q(state="open", origin="person"),
            ),
            models.CheckConstraint(
                condition=~Q(kind="edit") | Q(pair__isnull=False), name="proposal_edits_a_pair"
            ),
        ]


class QuestionSet(models.Model):
    """Questions that must keep their answers."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="questionset_workspace_id"),
            models.UniqueConstraint(fields=["workspace", "name"], name="questionset_name_once"),
        ]


class SetQuestion(models.Model):
    """One of them. What is empty is not looked at."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    of_set = models.ForeignKey(QuestionSet, models.CASCADE, db_constraint=False)
    question = models.TextField()
    band = models.CharField(max_length=8, default="", db_default="", blank=True)
    pair = models.ForeignKey(Pair, models.SET_NULL, null=True, blank=True, db_constraint=False)
    # Words that the answer must hold, each of them.
    facts = ArrayField(models.CharField(max_length=200), default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="setquestion_workspace_id"),
            models.UniqueConstraint(
                fields=["of_set", "question"], name="setquestion_once_in_its_set"
            ),
        ]


class EvalRun(models.Model):
    """A set asked as a whole, or the customers' last questions asked again (`of_set` null)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    of_set = models.ForeignKey(
        QuestionSet, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    total = models.PositiveIntegerField(default=0, db_default=0)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="evalrun_workspace_id"),
        ]
