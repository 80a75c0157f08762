"""Documents, pages and sites: taken in, published, read again, taken away. Workers do the rest."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Extract, Now

from sportello.reading.passages import Piece, fingerprint
from sportello.rules.machine_words import speak_to_a_machine
from sportello.schema.library import (
    Document,
    DocumentKind,
    DocumentState,
    Passage,
    Repeat,
    Site,
    SiteState,
)

FILE_BYTES_MAX: Final = 16 * 2**20
DOCUMENTS_MAX: Final = 2_000
SITES_MAX: Final = 20
SITE_PAGES_MAX: Final = 500
FORMATS: Final = frozenset({"pdf", "docx", "csv", "tsv", "xlsx", "txt", "md"})
_ALIASES: Final = {"markdown": "md", "text": "txt", "tab": "tsv"}
_URL_LENGTH_MAX: Final = 1_000
# What the built-in model does on one busy core, until a document's own pace is known.
PASSAGES_PER_S: Final = 4.0
_PACE_FROM: Final = 8


class Unfit(ValueError):  # noqa: N818  # the file or address is unfit, nothing broke
    """`part` names the field: file, url or pages_max; `code` says what is wrong."""

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part = part
        self.code = code


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one document: passages found by now, all of them, and the seconds that are left."""

    found: int
    total: int
    seconds_left: int

    @property
    def share(self) -> int:
        return round(100 * self.found / self.total) if self.total else 0


def upload(
    workspace_id: int, name: str, raw: bytes, language: str, *, seen_first: bool = False
) -> tuple[Document, bool]:
    """The document and whether it is new. The same bytes are one document; a file of a known name
    replaces that document's text, of which only what changed is embedded anew, once somebody has
    seen what changes; with `seen_first` a new one waits as well. Raises Unfit.
    """
    filename = _filename(name)
    ending = filename.rpartition(".")[2].lower()
    told = _ALIASES.get(ending, ending)
    if told not in FORMATS:
        raise Unfit("file", "unknown_kind")
    if not raw:
        raise Unfit("file", "empty")
    if len(raw) > FILE_BYTES_MAX:
        raise Unfit("file", "file_too_large")
    sha256 = hashlib.sha256(raw).hexdigest()
    files = _kept().filter(kind=DocumentKind.FILE)
    known = files.filter(sha256=sha256).first()
    if known is not None:
        return known, False
    document = files.filter(filename=filename).first() or _new_file(workspace_id, filename)
    document.format, document.size, document.sha256 = told, len(raw), sha256
    document.content, document.language = raw, language
    learned = document.pk is not None and Passage.objects.filter(document=document).exists()
    document.publishes_itself = not (learned or seen_first)
    _begin(document)
    document.save()
    return document, True


def add_page(workspace_id: int, url: str, language: str, **more: Any) -> tuple[Document, bool]:
    """A page to be fetched, and whether it is new. Raises Unfit."""
    address = web_address(url)
    known = _kept().filter(kind=DocumentKind.PAGE, url=address).first()
    if known is not None:
        return known, False
    _check_room()
    return (
        Document.objects.create(
            workspace_id=workspace_id,
            kind=DocumentKind.PAGE,
            title=address[:200],
            url=address,
            format="html",
            language=language,
            publishes_itself=more.get("publishes_itself", False),
            every_hours=_hours(more.get("every_hours", 0)),
        ),
        True,
    )


def add_site(workspace_id: int, url: str, language: str, **more: Any) -> tuple[Site, bool]:
    """A site to be walked, and whether it is new. Raises Unfit."""
    address = web_address(url)
    pages_max = more.get("pages_max", 100)
    if not 1 <= pages_max <= SITE_PAGES_MAX:
        raise Unfit("pages_max", "out_of_range")
    sites = Site.objects.filter(deleted_at=None)
    known = sites.filter(url=address).first()
    if known is not None:
        return known, False
    if sites.count() >= SITES_MAX:
        raise Unfit("url", "too_many")
    return (
        Site.objects.create(
            workspace_id=workspace_id,
            url=address,
            language=language,
            pages_max=pages_max,
            publishes_itself=more.get("publishes_itself", False),
            every_hours=_hours(more.get("every_hours", 0)),
        ),
        True,
    )


def publish(document_id: int) -> Document:
    """What was read becomes what is known. Raises Document.DoesNotExist if nothing waits."""
    document = _kept().select_for_update().get(pk=document_id, state=DocumentState.REVIEW)
    if not document.draft:
        raise Document.DoesNotExist
    document.state = DocumentState.INDEXING
    if document.kind == DocumentKind.PAGE:
        document.sha256 = fingerprint(Piece(*piece) for piece in document.draft)
    document.save(update_fields=["state", "sha256"])
    return document


def in_review(site_id: int) -> QuerySet[Document]:
    """The pages of a site that wait to be looked at, in the order in which they are locked."""
    waiting = _kept().filter(site=site_id, state=DocumentState.REVIEW, draft__isnull=False)
    return waiting.order_by("pk")


def publish_all(site_id: int) -> int:
    """How many there were."""
    return len([publish(one.pk) for one in in_review(site_id)])


def discard(document_id: int) -> None:
    """What was read is forgotten; what was known stays. Raises Document.DoesNotExist."""
    document = _kept().select_for_update().get(pk=document_id, state=DocumentState.REVIEW)
    document.draft, document.state = None, DocumentState.READY
    document.save(update_fields=["draft", "state"])


def read_again(document_id: int) -> None:
    """Raises Document.DoesNotExist, also for one that is being read."""
    settled = [DocumentState.READY, DocumentState.REVIEW, DocumentState.FAILED]
    document = _kept().select_for_update().get(pk=document_id, state__in=settled)
    _begin(document)
    document.save(update_fields=["state", "reason", "attempts", "claimed_until"])


def walk_again(site_id: int) -> None:
    """Raises Site.DoesNotExist, also for one that is being read."""
    settled = [SiteState.READY, SiteState.FAILED]
    site = Site.objects.select_for_update().get(pk=site_id, deleted_at=None, state__in=settled)
    site.state, site.reason, site.attempts, site.claimed_until = SiteState.WAITING, "", 0, None
    site.save(update_fields=["state", "reason", "attempts", "claimed_until"])


def switch(document_id: int, *, enabled: bool) -> None:
    """From this commit on it is found, or it is not. Raises Document.DoesNotExist."""
    if not _kept().filter(pk=document_id).update(enabled=enabled):
        raise Document.DoesNotExist


def remove(document_id: int, now: datetime) -> None:
    """It is found no more; `index` removes what is left. Raises Document.DoesNotExist."""
    if not _kept().filter(pk=document_id).update(deleted_at=now):
        raise Document.DoesNotExist


def remove_site(site_id: int, now: datetime) -> None:
    """With all its pages. Raises Site.DoesNotExist."""
    if not Site.objects.filter(pk=site_id, deleted_at=None).update(deleted_at=now):
        raise Site.DoesNotExist
    _kept().filter(site=site_id).update(deleted_at=now)


def listed() -> QuerySet[Document]:
    """Newest first, without their bytes, each with its passages counted and the time it took."""
    return (
        _kept()
        .defer("content", "draft")
        .annotate(
            total=Count("passage"),
            waiting=Count("passage", filter=Q(passage__waits=True)),
            elapsed=Extract(Now() - F("started_at"), "epoch"),
        )
        .order_by("-pk")
    )


def progress(document: Any) -> Progress:
    """Of a document as `listed` gives it."""
    done = max(document.new_passages - document.waiting, 0)
    pace = PASSAGES_PER_S
    if done >= _PACE_FROM and document.elapsed and document.elapsed > 0:
        pace = done / float(document.elapsed)
    left = round(document.waiting / max(pace, 0.01))
    return Progress(document.total - document.waiting, document.total, left)


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: added or removed; `title` and `text` of the passage."""

    kind: str
    title: str
    text: str

    @property
    def doubted(self) -> bool:
        """Whether it speaks to machines: then it waited to be seen."""
        return self.kind == "added" and speak_to_a_machine(f"{self.title}\n{self.text}")


def changes(document: Document) -> tuple[list[Change], int]:
    """What publishing would add and remove, and how many passages stay as they are."""
    old = list(Passage.objects.filter(document=document).order_by("place"))
    known = {(one.asked, one.text) for one in old}
    new = [Piece(*piece) for piece in document.draft or []]
    wanted = {(one.asked, one.text) for one in new}
    added = [
        Change("added", one.asked or one.heading, one.text)
        for one in new
        if (one.asked, one.text) not in known
    ]
    removed = [
        Change("removed", one.title, one.text) for one in old if (one.asked, one.text) not in wanted
    ]
    return [*added, *removed], len(known & wanted)


def web_address(told: str) -> str:
    """With its scheme, without its fragment. Whether it may be fetched, the worker judges."""
    text = told.strip()
    if "\0" in text or any(sign.isspace() for sign in text) or len(text) > _URL_LENGTH_MAX:
        raise Unfit("url", "not_an_address")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, UnicodeError) as error:
        raise Unfit("url", "not_an_address") from error
    fine = parts.scheme in {"http", "https"} and host and "." in host and port in {None, 80, 443}
    if not fine or parts.username or parts.password:
        raise Unfit("url", "not_an_address")
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, ""))


def _kept() -> QuerySet[Document]:
    return Document.objects.filter(deleted_at=None)


def _new_file(workspace_id: int, filename: str) -> Document:
    _check_room()
    title = filename.rpartition(".")[0].replace("_", " ").strip() or filename
    return Document(
        workspace_id=workspace_id, kind=DocumentKind.FILE, filename=filename, title=title[:200]
    )


def _check_room() -> None:
    if _kept().count() >= DOCUMENTS_MAX:
        raise Unfit("file", "too_many")


def _begin(document: Document) -> None:
    document.state, document.reason = DocumentState.WAITING, ""
    document.attempts, document.claimed_until = 0, None


def _filename(name: str) -> str:
    """The last part of a path, without signs that hide or turn what one reads."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in plain if sign.isprintable()).strip()[-200:] or "file"


def _hours(told: int) -> int:
    if told not in Repeat.values:
        raise Unfit("every_hours", "unknown")
    return told
