"""Files that people give us: samples of templates, pictures of messages. Kept once by content."""

import hashlib
from datetime import datetime
from typing import Final

from django.db.models.functions import Now

from sportello.rules import files
from sportello.rules.files import Flaw
from sportello.rules.sniff import HEAD_BYTES, sniffed
from sportello.schema.files import File, Upload, UploadState
from sportello.schema.team import User

FILENAME_LENGTH_MAX: Final = 240


class UnfitFile(ValueError):  # noqa: N818  # the file is unfit, nothing broke
    """Meta would not take it. `code` is a `rules.files.Flaw`."""

    def __init__(self, code: Flaw) -> None:
        super().__init__(code.value)
        self.code = code


def keep(
    workspace_id: int, by: User | None, content: bytes, *, filename: str, mime_type: str
) -> File:
    """The file's row; the same bytes again give the same row. `mime_type`: as its giver says; the
    bytes have the last word. Raises UnfitFile.
    """
    if not content:
        raise UnfitFile(Flaw.EMPTY)
    if len(content) > files.OURS_MAX:
        raise UnfitFile(Flaw.TOO_LARGE)
    found = sniffed(content[:HEAD_BYTES], mime_type)
    flaw = files.flaw_of(found, len(content))
    if flaw is not None:
        raise UnfitFile(flaw)
    file, _ = File.objects.get_or_create(
        workspace_id=workspace_id,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "mime_type": found,
            "filename": _plain(filename),
            "size": len(content),
            "content": content,
            "by": by,
        },
    )
    return file


def want(file: File, number_id: int, now: datetime) -> Upload:
    """Has `tend` bring the file to Meta for this number; what lies there already stays there.

    One that Meta refused is tried anew, for somebody asks again; one that Meta has kept for its
    thirty days is brought there once more. Sends wait until it is `kept`.
    """
    upload, is_new = Upload.objects.get_or_create(
        workspace_id=file.workspace_id, file=file, number_id=number_id
    )
    is_over = upload.kept_until is not None and upload.kept_until <= now
    if not is_new and (upload.state == UploadState.REFUSED or is_over):
        upload.state, upload.reason, upload.attempts = UploadState.WANTED, "", 0
        upload.due_at = Now()
        upload.save(update_fields=["state", "reason", "attempts", "due_at"])
        upload.refresh_from_db()
    return upload


def _plain(filename: str) -> str:
    """A name without path or control signs: it goes into a header of HTTP."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:FILENAME_LENGTH_MAX]
