"""What every request under /api/ meets before and after its operation."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from sportello.console.api import problems
from sportello.console.middleware import API
from sportello.rules.files import OURS_MAX

# A knowledge pair with all its variants stays far below; files travel by multipart.
BODY_BYTES_MAX: Final = 256 * 1024
# Where a file is taken, by multipart or, where the operation knows it, as JSON.
_FILES_TAKEN: Final = {
    "/api/v1/knowledge/pairs/import": 4 * 2**20 + 64 * 1024,
    "/api/v1/contacts/import": 5 * 2**20 + 64 * 1024,
    "/api/v1/files": OURS_MAX + 64 * 1024,
    "/api/v1/knowledge/documents": 16 * 2**20 + 64 * 1024,
}
_KEPT: Final = ("Allow", "Retry-After", "WWW-Authenticate")
_CLIENT_ERROR: Final = 400


class ProblemMiddleware:
    """Bounds the body, and turns whatever error comes back into problem+json.

    Stands right after LocaleMiddleware, so that the words are in the caller's language, and
    outside everything that could answer with a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return self._get_response(request)
        answered = _objection(request) or self._get_response(request)
        is_problem = answered.headers.get("Content-Type") == problems.CONTENT_TYPE
        if answered.status_code >= _CLIENT_ERROR and not is_problem:
            answered = _as_problem(answered)
        answered.headers["Cache-Control"] = "no-store"
        return answered


def _objection(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return problems.response(400)
    if int(length) > _FILES_TAKEN.get(request.path_info, BODY_BYTES_MAX):
        return problems.response(413, detail=_("The body is too large."))
    if request.content_type == "multipart/form-data" and request.path_info in _FILES_TAKEN:
        return None
    if int(length) and request.content_type != "application/json":
        return problems.response(415, detail=_("Send JSON: Content-Type: application/json."))
    return None


def _as_problem(answered: HttpResponseBase) -> HttpResponse:
    problem = problems.response(answered.status_code)
    for name in _KEPT:
        if name in answered.headers:
            problem.headers[name] = answered.headers[name]
    return problem
