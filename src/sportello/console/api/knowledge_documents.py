"""Documents, web pages and sites of the knowledge."""

from typing import Any, Final

from django.utils.translation import gettext as _
from ninja import Router, Status

from sportello.console.api import shapes_knowledge as shapes
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.api.shapes import Cursor, Limit
from sportello.console.library import holdings, words
from sportello.console.paging import newest_ids_first
from sportello.schema.library import Document, DocumentKind, Site

router = Router(tags=["knowledge"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "language": {"type": "string", "default": "it"},
                    },
                }
            }
        },
    }
}


@router.get("/documents", response=shapes.Documents, summary="List documents, newest first")
@reading
def list_documents(
    request: CallerRequest, cursor: Cursor = "", limit: Limit = 50
) -> shapes.Documents:
    del request
    return _list(DocumentKind.FILE, cursor, limit)


@router.post(
    "/documents",
    response={200: shapes.Document, 201: shapes.Document},
    summary="Upload a document",
    openapi_extra=_BODY,
)
@writing
def upload_document(request: CallerRequest) -> Status[shapes.Document]:
    """PDF, docx, xlsx, csv, tsv, txt or md up to 16 MB, as the multipart part `file`.

    It is read and learned in the background, and holds without having been tried: `state` and
    `passages` say how far it has come. The same bytes again answer 200; a file of a known name
    replaces that document's text once somebody has published it in the console.
    """
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Problem(422, "file_missing", _("Send the file as the part “file”."))
    raw = file.read(holdings.FILE_BYTES_MAX + 1)
    language = request.POST.get("language", "it")
    if not shapes.LANGUAGE.fullmatch(language):
        raise holdings.Unfit("language", "unknown")
    row, new = holdings.upload(request.auth.workspace_id, file.name or "", raw, language)
    return Status(201 if new else 200, _one(row.pk))


@router.get("/documents/{int:document_id}", response=shapes.Document, summary="One document")
@reading
def get_document(request: CallerRequest, document_id: int) -> shapes.Document:
    del request
    return _one(document_id, DocumentKind.FILE)


@router.delete("/documents/{int:document_id}", response={204: None}, summary="Delete a document")
@writing
def remove_document(request: CallerRequest, document_id: int) -> Status[None]:
    _one(document_id, DocumentKind.FILE)
    holdings.remove(document_id, request.auth.now)
    return Status(204, None)


@router.get("/pages", response=shapes.Documents, summary="List web pages, newest first")
@reading
def list_pages(request: CallerRequest, cursor: Cursor = "", limit: Limit = 50) -> shapes.Documents:
    del request
    return _list(DocumentKind.PAGE, cursor, limit)


@router.post(
    "/pages", response={200: shapes.Document, 201: shapes.Document}, summary="Add a web page"
)
@writing
def add_page(request: CallerRequest, payload: shapes.PageIn) -> Status[shapes.Document]:
    """It is fetched in the background. Unless `publishes_itself`, what was read waits in state
    `review` until it is published.
    """
    row, new = holdings.add_page(
        request.auth.workspace_id,
        payload.url,
        payload.language,
        every_hours=payload.every_hours,
        publishes_itself=payload.publishes_itself,
    )
    return Status(201 if new else 200, _one(row.pk))


@router.get("/pages/{int:document_id}", response=shapes.Document, summary="One web page")
@reading
def get_page(request: CallerRequest, document_id: int) -> shapes.Document:
    del request
    return _one(document_id, DocumentKind.PAGE)


@router.post(
    "/pages/{int:document_id}/publication",
    response=shapes.Document,
    summary="Publish what was read",
)
@writing
def publish_page(request: CallerRequest, document_id: int) -> shapes.Document:
    """It holds at once, untried. 409 if nothing waits to be published."""
    del request
    _one(document_id, DocumentKind.PAGE)
    try:
        holdings.publish(document_id)
    except Document.DoesNotExist as error:
        detail = _("There was nothing to publish any more.")
        raise Problem(409, "nothing_to_publish", detail) from error
    return _one(document_id)


@router.delete("/pages/{int:document_id}", response={204: None}, summary="Delete a web page")
@writing
def remove_page(request: CallerRequest, document_id: int) -> Status[None]:
    _one(document_id, DocumentKind.PAGE)
    holdings.remove(document_id, request.auth.now)
    return Status(204, None)


@router.get("/sites", response=shapes.Sites, summary="List web sites, newest first")
@reading
def list_sites(request: CallerRequest, cursor: Cursor = "", limit: Limit = 50) -> shapes.Sites:
    del request
    page = newest_ids_first(Site.objects.filter(deleted_at=None), cursor, limit)
    items = [_site(row) for row in page.items]
    return shapes.Sites(items=items, next_cursor=page.next_cursor or None)


@router.post("/sites", response={200: shapes.Site, 201: shapes.Site}, summary="Add a web site")
@writing
def add_site(request: CallerRequest, payload: shapes.SiteIn) -> Status[shapes.Site]:
    """Its pages are found by its sitemap and its links, up to `pages_max`."""
    row, new = holdings.add_site(
        request.auth.workspace_id,
        payload.url,
        payload.language,
        pages_max=payload.pages_max,
        every_hours=payload.every_hours,
        publishes_itself=payload.publishes_itself,
    )
    row.refresh_from_db()
    return Status(201 if new else 200, _site(row))


@router.delete("/sites/{int:site_id}", response={204: None}, summary="Delete a web site")
@writing
def remove_site(request: CallerRequest, site_id: int) -> Status[None]:
    """With all its pages."""
    holdings.remove_site(site_id, request.auth.now)
    return Status(204, None)


def _list(kind: DocumentKind, cursor: str, limit: int) -> shapes.Documents:
    page = newest_ids_first(holdings.listed().filter(kind=kind), cursor, limit)
    items = [_document(row) for row in page.items]
    return shapes.Documents(items=items, next_cursor=page.next_cursor or None)


def _one(document_id: int, kind: DocumentKind | None = None) -> shapes.Document:
    """Raises Document.DoesNotExist."""
    rows = holdings.listed() if kind is None else holdings.listed().filter(kind=kind)
    return _document(rows.get(pk=document_id))


def _document(row: Document) -> shapes.Document:
    progress = holdings.progress(row)
    return shapes.Document(
        id=row.pk,
        kind=row.kind,
        title=row.title,
        filename=row.filename,
        url=row.url,
        format=row.format,
        language=row.language,
        enabled=row.enabled,
        size=row.size,
        state=row.state,
        reason=row.reason,
        reason_words=words.reason(row.reason) if row.reason else "",
        passages=shapes.Passages(
            found=progress.found, total=progress.total, seconds_left=progress.seconds_left
        ),
        site_id=row.site_id,
        read_at=row.read_at,
        created_at=row.created_at,
    )


def _site(row: Site) -> shapes.Site:
    return shapes.Site(
        id=row.pk,
        url=row.url,
        language=row.language,
        pages_max=row.pages_max,
        every_hours=row.every_hours,
        publishes_itself=row.publishes_itself,
        state=row.state,
        reason=row.reason,
        reason_words=words.reason(row.reason) if row.reason else "",
        pages_read=row.pages_read,
        pages_known=row.pages_known,
        read_at=row.read_at,
        created_at=row.created_at,
    )
