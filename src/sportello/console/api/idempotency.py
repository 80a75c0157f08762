"""A write repeated with the same `Idempotency-Key` is done once and answered alike.

Source of the conduct: draft-ietf-httpapi-idempotency-key-header. The write and the memory of its
answer commit together. What was refused is not remembered: it left nothing behind, and may be
allowed the next time.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Status
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel

from sportello.console.access import try_lock
from sportello.console.api.problems import Problem
from sportello.schema.team import IdempotentReply

HEADER: Final = "Idempotency-Key"
_SHAPE: Final = re.compile(r"[!-~]{1,200}")


def once(request: HttpRequest, workspace_id: int, write: Callable[[], Any]) -> Any:
    """What `write` answers, or what it answered before to the same request. Raises Problem."""
    key = request.headers.get(HEADER)
    if key is None:
        return write()
    if not _SHAPE.fullmatch(key):
        raise Problem(400, "wrong_idempotency_key", _("The key is 1 to 200 visible characters."))
    if not try_lock(f"idempotency:{workspace_id}:{key}"):
        raise Problem(409, "in_progress", _("A request with this key is still being worked on."))
    digest = _digest(request)
    known = IdempotentReply.objects.filter(key=key).first()
    if known is not None:
        return _replay(known, digest)
    answer = write()
    status, body = _plain(answer)
    IdempotentReply.objects.create(
        workspace_id=workspace_id, key=key, request_sha256=digest, status=status, body=body
    )
    return answer


def _replay(known: IdempotentReply, digest: str) -> HttpResponse:
    if known.request_sha256 != digest:
        raise Problem(
            422, "idempotency_key_reused", _("This key was used before, for another request.")
        )
    status = known.status or 200
    answered = (
        HttpResponse(status=status)
        if known.body is None
        else JsonResponse(known.body, status=status, safe=False)
    )
    answered.headers["Idempotent-Replayed"] = "true"
    return answered


def _plain(answer: Any) -> tuple[int, Any]:
    """As it goes out: the same encoder, or a repeated answer would tell its instants otherwise."""
    if not isinstance(answer, Status):
        return 200, _encoded(answer)
    return answer.status_code, _encoded(answer.value)


def _encoded(value: Any) -> Any:
    if not isinstance(value, BaseModel):
        return None
    return json.loads(json.dumps(value.model_dump(), cls=NinjaJSONEncoder))


def _digest(request: HttpRequest) -> str:
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
