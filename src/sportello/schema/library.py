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


class Repeat(models.IntegerChoices):
    """After how many hours a page or a site is read again."""

    NEVER = 0
    DAILY = 24
    WEEKLY = 168


class SiteState(models.TextChoices):
    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"


class Site(models.Model):
    """A web site of which the pages are found by sitemap and links; each is a `Document`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    url = models.CharField(max_length=1000)
    language = models.CharField(max_length=8, default="it", db_default="it")
    pages_max = models.PositiveIntegerField(default=100, db_default=100)
    every_hours = models.PositiveIntegerField(
        choices=Repeat.choices, default=Repeat.NEVER, db_default=Repeat.NEVER
    )
    # Else each change waits for a person who has seen it.
    publishes_itself = models.BooleanField(default=False, db_default=False)
    state = models.CharField(
        max_length=8,
        choices=SiteState.choices,
        default=SiteState.WAITING,
        db_default=SiteState.WAITING,
    )
    reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    # Pages read in the last walk, the unreadable ones included, and those known by then.
    pages_read = models.PositiveIntegerField(default=0, db_default=0)
    pages_known = models.PositiveIntegerField(default=0, db_default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # When it is to be read again, by the database's clock; null: when a person says so.
    due_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("site", "state", SiteState),
            models.UniqueConstraint(fields=["workspace", "id"], name="site_workspace_id"),
            models.UniqueConstraint(
                fields=["workspace", "url"],
                name="site_once",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]


class DocumentKind(models.TextChoices):
    FILE = "file"
    PAGE = "page"


class DocumentState(models.TextChoices):
    """waiting → reading → (review →) indexing → ready; or failed, with a reason."""

    WAITING = "waiting"
    READING = "reading"
    REVIEW = "review"
    INDEXING = "indexing"
    READY = "ready"
    FAILED = "failed"


class Document(models.Model):
    """A file or a web page, found by its passages."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    site = models.ForeignKey(Site, models.CASCADE, null=True, blank=True, db_constraint=False)
    kind = models.CharField(max_length=4, choices=DocumentKind.choices)
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=240, default="", db_default="", blank=True)
    url = models.CharField(max_length=1000, default="", db_default="", blank=True)
    # The usual ending of such a file's name: pdf, docx, xlsx, csv, tsv, txt, md, html.
    format = models.CharField(max_length=8)
    language = models.CharField(max_length=8, default="it", db_default="it")
    enabled = models.BooleanField(default=True, db_default=True)
    size = models.PositiveIntegerField(default=0, db_default=0)
    # Of a file's bytes; of a page's published text.
    sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    # A file's bytes; a page is fetched anew.
    content = models.BinaryField(null=True, blank=True)
    state = models.CharField(
        max_length=8,
        choices=DocumentState.choices,
        default=DocumentState.WAITING,
        db_default=DocumentState.WAITING,
    )
    # Why it failed: a code that has words on the pages.
    reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    # What was read and is not in the index yet: [[headings, text, question or ""], …].
    draft = models.JSONField(null=True, blank=True)
    publishes_itself = models.BooleanField(default=True, db_default=True)
    every_hours = models.PositiveIntegerField(
        choices=Repeat.choices, default=Repeat.NEVER, db_default=Repeat.NEVER
    )
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # How many passages this version had to embed, and since when: for the time that is left.
    new_passages = models.PositiveIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    # Deleted in the console: `index` takes it out of the index, then removes the row.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("document", "kind", DocumentKind),
            one_of("document", "state", DocumentState),
            models.UniqueConstraint(fields=["workspace", "id"], name="document_workspace_id"),
            models.UniqueConstraint(
                fields=["workspace", "sha256"],
                name="document_file_once",
                condition=models.Q(kind="file", deleted_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["workspace", "url"],
                name="document_page_once",
                condition=models.Q(kind="page", deleted_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="document_unsettled",
                condition=models.Q(state__in=["waiting", "reading", "indexing"]),
            )
        ]


class Passage(models.Model):
    """The unit of search: one per pair, many per document."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    pair = models.OneToOneField(Pair, models.CASCADE, null=True, db_constraint=False)
    document = models.ForeignKey(Document, models.CASCADE, null=True, db_constraint=False)
    # Its place in the document, from 0.
    place = models.PositiveIntegerField(default=0, db_default=0)
    title = models.TextField()
    text = models.TextField()
    # The question that a document's own FAQ answers with this text.
    asked = models.TextField(default="", db_default="", blank=True)
    language = models.CharField(max_length=8)
    content_sha256 = models.CharField(max_length=64)
    # Number of lexemes, repetitions counted: BM25's document length.
    length = models.PositiveIntegerField()
    # Written, but without words and vectors yet: nobody finds it.
    waits = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="passage_workspace_id"),
            models.CheckConstraint(
                condition=models.Q(pair__isnull=True) | models.Q(document__isnull=True),
                name="passage_of_one_origin",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="passage_waits", condition=models.Q(waits=True)),
            models.Index(fields=["workspace", "content_sha256"], name="passage_same_text"),
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
    # The run of a set of questions (schema/assistant.py) that asks, and which of its questions;
    # without a run: the trial before it in the same chat.
    run_id = models.BigIntegerField(null=True, blank=True)
    asked_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [one_of("trial", "state", TrialState)]
        indexes: ClassVar = [
            models.Index(
                fields=["run_id"], name="trial_of_run", condition=models.Q(run_id__isnull=False)
            ),
            models.Index(fields=["id"], name="trial_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["created_at"], name="trial_age"),
        ]
