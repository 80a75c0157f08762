"""What the company knows, and the index by which it is found."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from sportello.schema.fields import VectorField, one_of
from sportello.schema.team import Workspace


class Pair(models.Model):
    """A question with its authored answer."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    question = models.TextField()
    answer = models.TextField()
    variants = ArrayField(models.TextField(), default=list, blank=True)
    language = models.CharField(max_length=8, default="it", db_default="it")
    enabled = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    # Null: the index does not know this version yet; the worker `index` sees to it.
    indexed_at = models.DateTimeField(null=True, blank=True)
    # Deleted in the console: `index` takes it out of the index, then removes the row.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="pair_workspace_id"),
            models.CheckConstraint(
                condition=~models.Q(question="") & ~models.Q(answer=""), name="pair_not_empty"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="pair_to_index", condition=models.Q(indexed_at__isnull=True)
            )
        ]


class Passage(models.Model):
    """The unit of search: one per pair."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    pair = models.OneToOneField(Pair, models.CASCADE, null=True, db_constraint=False)
    title = models.TextField()
    text = models.TextField()
    language = models.CharField(max_length=8)
    content_sha256 = models.CharField(max_length=64)
    # Number of lexemes, repetitions counted: BM25's document length.
    length = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="passage_workspace_id")
        ]


class VectorKind(models.TextChoices):
    QUESTION = "question"
    VARIANT = "variant"
    PASSAGE = "passage"


class Vector(models.Model):
    """An embedding of a passage; a passage's dense score is the best of its vectors."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    passage = models.ForeignKey(Passage, models.CASCADE, db_constraint=False)
    kind = models.CharField(max_length=8, choices=VectorKind.choices)
    embedding = VectorField(width=384)

    class Meta:
        constraints: ClassVar = [one_of("vector", "kind", VectorKind)]
        indexes: ClassVar = [models.Index(fields=["workspace"], name="vector_workspace")]


class Posting(models.Model):
    """How often a lexeme stands in a passage."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    passage = models.ForeignKey(Passage, models.CASCADE, db_constraint=False)
    lexeme = models.TextField()
    tf = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "lexeme", "passage"], name="posting_once")
        ]


class LexemeCount(models.Model):
    """In how many passages of a workspace a lexeme stands."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    lexeme = models.TextField()
    passages = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "lexeme"], name="lexemecount_once")
        ]


class LibraryStats(models.Model):
    """What the scores are measured against: size, mean length, and the cloud of vectors."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    version = models.BigIntegerField(default=0, db_default=0)
    passages = models.PositiveIntegerField(default=0, db_default=0)
    mean_length = models.FloatField(default=0, db_default=0)
    # float32, little endian: 384 numbers, and 384 x 384 row by row.
    centroid = models.BinaryField(default=b"", db_default=b"", blank=True)
    covariance = models.BinaryField(default=b"", db_default=b"", blank=True)
    updated_at = models.DateTimeField(db_default=Now())


class TrialState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Trial(models.Model):
    """A question asked of the assistant outside any conversation (API, test bench)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    question = models.TextField()
    state = models.CharField(
        max_length=8,
        choices=TrialState.choices,
        default=TrialState.WAITING,
        db_default=TrialState.WAITING,
    )
    # {"band", "text", "sources", "confidence"} once done.
    result = models.JSONField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [one_of("trial", "state", TrialState)]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="trial_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["created_at"], name="trial_age"),
        ]
