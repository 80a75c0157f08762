"""The doctor's questions to Meta, and what their answers say."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules.diagnosis_facts import Asked, Meta, Problem, Token
from sportello.rules.template_change import content_of
from sportello.whatsapp import templates
from sportello.whatsapp.client import Client, text_of
from sportello.workers.tend_numbers import called_at

_NUMBER: Final = (
    "id,display_phone_number,verified_name,quality_rating,status,throughput,name_status,"
    "whatsapp_business_manager_messaging_limit,health_status,webhook_configuration"
)
_ACCOUNT: Final = "id,status,account_review_status,primary_funding_id,health_status"
_PROBLEMS_MAX: Final = 20
_SAID_MAX: Final = 300
_LATEST_S: Final = 4_102_444_800


@dataclass(frozen=True, slots=True)
class Inquiry:
    """With what to ask, about what."""

    client: Client
    token: str
    number: DictRow
    template: DictRow | None = None


async def _ask_token(of: Inquiry) -> Mapping[str, Any]:
    return await of.client.get("debug_token", of.token, {"input_token": of.token})


async def _ask_number(of: Inquiry) -> Mapping[str, Any]:
    return await of.client.number(of.number["phone_number_id"], of.token, _NUMBER)


async def _ask_account(of: Inquiry) -> Mapping[str, Any]:
    return await of.client.get(of.number["waba_id"], of.token, {"fields": _ACCOUNT})


async def _ask_apps(of: Inquiry) -> Mapping[str, Any]:
    return await of.client.subscribed_apps(of.number["waba_id"], of.token)


async def _ask_template(of: Inquiry) -> Mapping[str, Any]:
    """By its id; one that never got an id is not asked for."""
    assert of.template is not None
    if not of.template["meta_id"]:
        return {}
    node = await templates.shown(of.client, of.template["meta_id"], of.token)
    return {"status": node.status, "category": node.category, "components": node.components}


QUESTIONS: Final[Mapping[Asked, Callable[[Inquiry], Awaitable[Mapping[str, Any]]]]] = {
    Asked.TOKEN: _ask_token,
    Asked.NUMBER: _ask_number,
    Asked.ACCOUNT: _ask_account,
    Asked.APPS: _ask_apps,
    Asked.TEMPLATE: _ask_template,
}


def together(answers: Mapping[Asked, Mapping[str, Any]], template: DictRow | None) -> Meta:
    """What all answers say; a question without an answer leaves its parts unknown."""
    number, account = answers.get(Asked.NUMBER, {}), answers.get(Asked.ACCOUNT)
    shown = answers.get(Asked.TEMPLATE, {})
    problems = {
        (one.entity, one.code): one
        for answer in (account or {}, number)
        for one in _problems(answer.get("health_status"))
    }
    return Meta(
        problems=tuple(problems.values())[:_PROBLEMS_MAX],
        funding=None if account is None else bool(account.get("primary_funding_id")),
        token=_token(answers.get(Asked.TOKEN)),
        apps=_apps(answers.get(Asked.APPS)),
        calls=called_at(number.get("webhook_configuration")),
        name_status=text_of(number, "name_status"),
        number_status=text_of(number, "status"),
        template_status=text_of(shown, "status"),
        template_category=text_of(shown, "category"),
        template_differs=bool(shown) and template is not None and _differs(shown, template),
    )


def _differs(shown: Mapping[str, Any], row: DictRow) -> bool:
    same = content_of(shown.get("components")) == content_of(row["components"])
    return not same or shown.get("category") not in {"", row["category"]}


def _problems(health: Any) -> list[Problem]:
    entities = health.get("entities") if isinstance(health, dict) else None
    if not isinstance(entities, list):
        return []
    return [
        Problem(
            text_of(entity, "entity_type")[:32],
            text_of(entity, "can_send_message")[:16],
            error["error_code"],
            text_of(error, "error_description")[:_SAID_MAX],
        )
        for entity in entities
        if isinstance(entity, dict)
        for error in _list(entity.get("errors"))
        if isinstance(error.get("error_code"), int)
    ]


def _token(answer: Mapping[str, Any] | None) -> Token | None:
    data = None if answer is None else answer.get("data")
    if not isinstance(data, dict):
        return None
    targets = {
        str(target)
        for scope in _list(data.get("granular_scopes"))
        for target in scope.get("target_ids") or ()
        if isinstance(target, str | int)
    }
    scopes = data.get("scopes")
    return Token(
        is_valid=data.get("is_valid") is True,
        app_id=str(data.get("app_id") or "")[:32],
        scopes=frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
        accounts=frozenset(targets) or None,
        expires_at=_instant(data.get("expires_at")),
    )


def _instant(seconds: Any) -> datetime | None:
    """0: never."""
    known = isinstance(seconds, int) and 0 < seconds < _LATEST_S
    return datetime.fromtimestamp(seconds, UTC) if known else None


def _apps(answer: Mapping[str, Any] | None) -> frozenset[str] | None:
    if answer is None or not isinstance(answer.get("data"), list):
        return None
    told = [one.get("whatsapp_business_api_data") for one in _list(answer["data"])]
    return frozenset(text_of(app, "id") for app in told if isinstance(app, dict))


def _list(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
