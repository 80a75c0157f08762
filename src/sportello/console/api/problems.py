"""Errors as RFC 9457 tells them: application/problem+json, for whatever goes wrong under /api/.

`Problem` is the one exception of the API's own; the others are told apart in `answer`.
"""

from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sportello.console import words
from sportello.console.automations import words as automation_words
from sportello.console.campaigns import words as campaign_words
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.inbox import first_words
from sportello.console.inbox.choices import NoTemplate
from sportello.console.inbox.deeds import Refused, UnfitText
from sportello.console.inbox.fillings import UnfitFilling
from sportello.console.library import words as library_words
from sportello.console.library.deeds import UnfitPair
from sportello.console.library.holdings import Unfit
from sportello.console.paging import WrongCursor
from sportello.console.phones import WrongPhone
from sportello.console.templates_desk import captions
from sportello.console.templates_desk.deeds import Refused as TemplateRefused
from sportello.console.templates_desk.files import UnfitFile
from sportello.console.templates_desk.fit import UnfitTemplate
from sportello.rules.template_match import GapCode

CONTENT_TYPE: Final = "application/problem+json"
_ERRORS_MAX: Final = 20
_OF_MEDIA: Final = {GapCode.MEDIA_MISSING, GapCode.MEDIA_WRONG, GapCode.MEDIA_UNEXPECTED}


class Problem(Exception):  # noqa: N818  # an answer rather than a fault
    """Ends a request with a status, a stable `reason` and words. Rolls its transaction back."""

    def __init__(self, status: int, reason: str = "", detail: str = "", **more: Any) -> None:
        super().__init__(reason or str(status))
        self.status, self.reason, self.detail, self.more = status, reason, detail, more


def response(status: int, reason: str = "", detail: str = "", **more: Any) -> HttpResponse:
    """`type` names the reason where there is one; else the status says it all."""
    body: dict[str, Any] = {
        "type": f"urn:sportello:problem:{reason}" if reason else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description or HTTPStatus(status).phrase,
    }
    if reason:
        body["reason"] = reason
    answered = JsonResponse(body | more, status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answered["WWW-Authenticate"] = 'Bearer realm="sportello"'
    return answered


def register(api: NinjaAPI) -> None:
    """Has `api` answer every expected exception with a problem; the rest stays a 500."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(UnfitText, _unfit_text)
    api.add_exception_handler(UnfitFilling, _unfit_filling)
    api.add_exception_handler(UnfitFile, _unfit_file)
    api.add_exception_handler(NoTemplate, _no_template)
    api.add_exception_handler(WrongPhone, _wrong_phone)
    api.add_exception_handler(UnfitPair, _unfit_pair)
    api.add_exception_handler(UnfitTemplate, _unfit_template)
    api.add_exception_handler(TemplateRefused, _template_refused)
    api.add_exception_handler(UnfitCampaign, _unfit_campaign)
    api.add_exception_handler(NotNow, _not_now)
    api.add_exception_handler(Unfit, _unfit_pair)
    api.add_exception_handler(WrongCursor, _wrong_cursor)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown_key)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(ObjectDoesNotExist, _missing)
    api.add_exception_handler(OperationalError, _busy)


def _problem(_request: HttpRequest, error: Any) -> HttpResponse:
    return response(error.status, error.reason, error.detail, **error.more)


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    told = words.GUARD[error.code]
    return response(409, error.code.value, f"{told.title}. {told.advice}")


def _unfit_text(_request: HttpRequest, error: Any) -> HttpResponse:
    place = "body.reply_to" if error.code == "reply_unknown" else "body.text"
    return response(422, error.code, str(words.UNFIT[error.code]), errors=[{"at": place}])


def _unfit_filling(_request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {
            "at": "body.header_media" if gap.code in _OF_MEDIA else "body.variables",
            "code": gap.code.value,
            "message": first_words.gap(gap),
        }
        for gap in error.gaps[:_ERRORS_MAX]
    ]
    told = _("The values do not fit the template.")
    return response(422, "unfit_variables", told, errors=errors)


def _unfit_file(_request: HttpRequest, error: Any) -> HttpResponse:
    told = str(first_words.FLAWS[error.code])
    return response(422, error.code.value, told, errors=[{"at": "body.header_media"}])


def _no_template(_request: HttpRequest, error: Any) -> HttpResponse:
    place = "body.language" if error.code == "language_unknown" else "body.template"
    told = str(first_words.NO_TEMPLATE[error.code])
    errors = [{"at": place, "languages": list(error.languages)}]
    return response(422, error.code, told, errors=errors)


def _wrong_phone(_request: HttpRequest, _error: Any) -> HttpResponse:
    return response(422, "wrong_phone", str(first_words.WRONG_PHONE), errors=[{"at": "body.to"}])


def _unfit_pair(_request: HttpRequest, error: Any) -> HttpResponse:
    place = f"body.{error.part}"
    return response(422, error.code, str(library_words.UNFIT[error.code]), errors=[{"at": place}])


def _unfit_template(_request: HttpRequest, error: Any) -> HttpResponse:
    place = "body" if error.part == "body" else f"body.{error.part}"
    told = captions.unfit(error.part, error.code)
    return response(422, error.code, told, errors=[{"at": place}])


def _template_refused(_request: HttpRequest, error: Any) -> HttpResponse:
    until = error.objection.until
    more = {} if until is None else {"until": until.isoformat()}
    obstacle = error.objection.obstacle
    return response(409, obstacle.value, str(captions.OBSTACLES[obstacle]), **more)


def _unfit_campaign(_request: HttpRequest, error: Any) -> HttpResponse:
    place = f"body.{error.part}"
    told = automation_words.unfit(error.part, error.code)
    return response(422, f"{error.part}_{error.code}", told, errors=[{"at": place}])


def _not_now(_request: HttpRequest, error: Any) -> HttpResponse:
    told = str(campaign_words.STATE[error.state])
    return response(409, "not_now", told, state=error.state)


def _wrong_cursor(_request: HttpRequest, _error: Any) -> HttpResponse:
    return response(422, "wrong_cursor", _("This cursor was not given out by this list."))


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    """Which parts, and why; never what was sent, which may be long and is known to the sender."""
    errors = [
        {"at": _place(one["loc"]), "code": one["type"], "message": one["msg"]}
        for one in error.errors[:_ERRORS_MAX]
    ]
    return response(422, "invalid", _("Some parts of the request are not valid."), errors=errors)


def _unknown_key(_request: HttpRequest, _error: Any) -> HttpResponse:
    return response(401, detail=_("Send a valid API key: Authorization: Bearer sk_…"))


def _unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
    """The only HttpError of django-ninja's own, but for the key's, is about the body."""
    return response(error.status_code, detail=_("The body is not JSON that can be read."))


def _missing(_request: HttpRequest, _error: Any) -> HttpResponse:
    """Also for what belongs to another company: whether it exists is nobody's business."""
    return response(404, detail=_("There is nothing here."))


def _busy(_request: HttpRequest, _error: Any) -> HttpResponse:
    busy = response(503, "database_busy", _("The database did not answer. Try again."))
    busy["Retry-After"] = "1"
    return busy


def _place(loc: Any) -> str:
    """`body.text` for what is ("body", "payload", "text") inside: the parameter's name is ours."""
    source, *path = [str(step) for step in loc]
    inner = path[1:] if source == "body" and path and path[0] == "payload" else path
    return ".".join([source, *inner])
