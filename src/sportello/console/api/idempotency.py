"""A write repeated with the same `Idempotency-Key` is done once and answered alike.

Source of the conduct: draft-ietf-httpapi-idempotency-key-header. The write and the memory of its
answer commit together. What was refused is not remembered: it left nothing behind, and may be
allowed the next time. What takes longer than a transaction should last is remembered when it is
begun, so that a repetition waits for the same work.
"""

import hashlib
import json
import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Status
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel

from sportello.console.access import try_lock, workspace_transaction
from sportello.console.api.problems import Problem
from sportello.schema.team import IdempotentReply

HEADER: Final = "Idempotency-Key"
_GOES_ON: Final = 504
_SHAPE: Final = re.compile(r"[!-~]{1,200}")


def once(request: HttpRequest, workspace_id: int, write: Callable[[], Any]) -> Any:
    """What `write` answers, or what it answered before to the same request. Raises Problem."""
    key = key_of(request)
    if key is None:
        return write()
    known = _known(request, workspace_id, key)
    if known is not None:
        return _replay(known)
    answer = write()
    status, body = _plain(answer)
    IdempotentReply.objects.create(
        workspace_id=workspace_id,
        key=key,
        request_sha256=_digest(request),
        status=status,
        body=body,
    )
    return answer


def begun_once(
    request: HttpRequest,
    workspace_id: int,
    begin: Callable[[], int],
    finish: Callable[[int], BaseModel],
) -> Any:
    """What `finish` answers of the work that `begin` wrote down, in a transaction of its own.

    The same request with the same key waits for the same work, or gets its answer again. Raises
    Problem; after one below 504 (which says that the work goes on) the key is free again.
    """
    key = key_of(request)
    begun = _begun(request, workspace_id, key, begin)
    if isinstance(begun, HttpResponse):
        return begun
    try:
        answer = finish(begun)
    except Problem as problem:
        if key is not None and problem.status != _GOES_ON:
            with workspace_transaction(workspace_id):
                IdempotentReply.objects.filter(key=key, status=None).delete()
        raise
    if key is not None:
        with workspace_transaction(workspace_id):
            IdempotentReply.objects.filter(key=key, status=None).update(
                status=200, body=_encoded(answer)
            )
    return answer


def _begun(
    request: HttpRequest, workspace_id: int, key: str | None, begin: Callable[[], int]
) -> int | HttpResponse:
    """The id of the work, new or under way; the answer, if it is done."""
    with workspace_transaction(workspace_id):
        if key is None:
            return begin()
        known = _known(request, workspace_id, key)
        if known is None:
            work = begin()
            IdempotentReply.objects.create(
                workspace_id=workspace_id,
                key=key,
                request_sha256=_digest(request),
                body={"work": work},
            )
            return work
        if known.status is not None or known.body is None:
            return _replay(known)
        under_way: int = known.body["work"]
        return under_way


def key_of(request: HttpRequest) -> str | None:
    """What the caller gave, None if nothing. Raises Problem for what is no key."""
    key = request.headers.get(HEADER)
    if key is not None and not _SHAPE.fullmatch(key):
        raise Problem(400, "wrong_idempotency_key", _("The key is 1 to 200 visible characters."))
    return key


def _known(request: HttpRequest, workspace_id: int, key: str) -> IdempotentReply | None:
    """What is remembered of the key; until the transaction ends nobody else can use it."""
    if not try_lock(f"idempotency:{workspace_id}:{key}"):
        raise Problem(409, "in_progress", _("A request with this key is still being worked on."))
    known = IdempotentReply.objects.filter(key=key).first()
    if known is not None and known.request_sha256 != _digest(request):
        raise Problem(
            422, "idempotency_key_reused", _("This key was used before, for another request.")
        )
    return known


def _replay(known: IdempotentReply) -> HttpResponse:
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
    digest = hashlib.sha256(head)
    if request.content_type == "multipart/form-data":
        # Parsed already, so its body is gone; its boundary differs at every repetition anyway.
        digest.update(repr(sorted(request.POST.lists())).encode(errors="replace"))
        sent = [(name, file) for name in request.FILES for file in request.FILES.getlist(name)]
        for name, file in sorted(sent, key=itemgetter(0)):
            digest.update(f"{name}\n{file.size}\n".encode(errors="replace"))
            for part in file.chunks():
                digest.update(part)
            file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
