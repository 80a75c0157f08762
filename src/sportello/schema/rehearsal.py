"""Changes tried before they are published, corrections of answers, and what was learnt of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sportello.schema.assistant import Proposal, Turn
from sportello.schema.fields import one_of
from sportello.schema.library import Document, Pair
from sportello.schema.team import User, Workspace


class RehearsalKind(models.TextChoices):
    PAIR = "pair"
    PAIRS = "pairs"
    TONE = "tone"
    DOCUMENT = "document"


class RehearsalState(models.TextChoices):
    """waiting → done or failed; and from any of them published or dropped, by a person."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    PUBLISHED = "published"
    DROPPED = "dropped"


class Rehearsal(models.Model):
    """A change that is not in force: every question that must keep its answer, and the customers'
    last ones, are asked with it and without it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=8, choices=RehearsalKind.choices)
    # The pair that would change; null for a new one.
    pair = models.ForeignKey(Pair, models.CASCADE, null=True, blank=True, db_constraint=False)
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    # Accepted when this is published.
    proposal = models.ForeignKey(
        Proposal, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    # A pair's parts or the tone's settings, as they would be; a document keeps its own draft. Of a
    # file: `pairs` with their `pair_id`, null for a new one, and `errors`, the rows that stay out.
    draft = models.JSONField(default=dict)
    # What it was written over: if that changes meanwhile, nothing is published unseen.
    based_on = models.CharField(max_length=80, default="", db_default="", blank=True)
    state = models.CharField(
        max_length=9,
        choices=RehearsalState.choices,
        default=RehearsalState.WAITING,
        db_default=RehearsalState.WAITING,
    )
    reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    # How many of the customers' last questions are asked again.
    replayed = models.PositiveSmallIntegerField(default=50, db_default=50)
    total = models.PositiveIntegerField(default=0, db_default=0)
    asked = models.PositiveIntegerField(default=0, db_default=0)
    # {"won", "lost", "changed", "same", "worded"} and the rows that are not the same: see
    # workers.rehearsing. No customer's words: their questions are named by their turn.
    counts = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    claimed_until = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("rehearsal", "kind", RehearsalKind),
            one_of("rehearsal", "state", RehearsalState),
            models.UniqueConstraint(fields=["workspace", "id"], name="rehearsal_workspace_id"),
            models.CheckConstraint(
                condition=Q(kind="document", document__isnull=False)
                | (~Q(kind="document") & Q(document__isnull=True)),
                name="rehearsal_of_its_document",
            ),
            models.CheckConstraint(condition=Q(replayed__lte=200), name="rehearsal_bounded"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="rehearsal_waiting", condition=Q(state="waiting")),
            models.Index(fields=["at"], name="rehearsal_age"),
        ]


class CorrectionKind(models.TextChoices):
    """The answer was right, it was wrong, or another pair was the right one."""

    RIGHT = "right"
    WRONG = "wrong"
    OTHER = "other"


class Correction(models.Model):
    """What a person said of one answer: from these a company's own certainty is learnt."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    turn = models.OneToOneField(Turn, models.CASCADE, db_constraint=False)
    kind = models.CharField(max_length=5, choices=CorrectionKind.choices)
    # The pair that was judged, or with `other` the one that would have been right.
    pair = models.ForeignKey(Pair, models.CASCADE, null=True, blank=True, db_constraint=False)
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, db_constraint=False
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("correction", "kind", CorrectionKind),
            models.UniqueConstraint(fields=["workspace", "id"], name="correction_workspace_id"),
            models.CheckConstraint(
                condition=Q(pair__isnull=True) | Q(document__isnull=True),
                name="correction_of_one_source",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | Q(pair__isnull=False), name="correction_names_a_pair"
            ),
        ]


class Fitting(models.Model):
    """How sure a company's assistant may be, measured on its own labelled questions."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    # When it is to be measured anew, by the database's clock; null: nothing new is known.
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    fitted_at = models.DateTimeField(null=True, blank=True)
    # Labelled questions that could be asked, and those of them that the knowledge answers.
    labels = models.PositiveIntegerField(default=0, db_default=0)
    answerable = models.PositiveIntegerField(default=0, db_default=0)
    # As assistant.calibration writes them; null while there are too few labels.
    weights = models.JSONField(null=True, blank=True)
    # By threshold: [{"from", "answered", "wrong"}, …], shares, each question judged by weights that
    # never saw it.
    figures = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="fitting_due", condition=Q(due_at__isnull=False)),
        ]
