"""/sim for templates, numbers, accounts and apps: what Meta would decide, decided here."""

from aiohttp import web

from whatsapp_emulator import account_orders, enforcement, flows, reputation
from whatsapp_emulator.control_mood import standing_view
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.names import tell_name
from whatsapp_emulator.people import span
from whatsapp_emulator.recipients import ALLOWED_MAX
from whatsapp_emulator.simcall import SimError, body_of, named, one_of, sim
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import App, Number, TokenState, Waba

QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
TOKEN_ORDER = (TokenState.OK, TokenState.EXPIRED, TokenState.REVOKED)
"""An app is shown with the worst state among its tokens."""
NAMED_MPS = {"STANDARD": 80, "HIGH": 1000}


def add_things(app: web.Application) -> None:
    router = app.router
    router.add_get("/sim/numbers/{id}", sim(_show_number))
    router.add_patch("/sim/numbers/{id}", sim(_number))
    router.add_patch("/sim/wabas/{id}", sim(_waba))
    router.add_patch("/sim/apps/{id}", sim(_app))
    router.add_patch("/sim/flows/{id}", sim(_flow))
    router.add_post("/sim/apps/{id}/verify", sim(_verify))


async def _show_number(emulator: Emulator, request: web.Request) -> Json:
    """With the verification code that Meta would have sent by SMS."""
    return number_view(named(emulator.world.numbers, request, "number"))


async def _number(emulator: Emulator, request: web.Request) -> Json:
    number = named(emulator.world.numbers, request, "number")
    for key, value in (await body_of(request)).items():
        match key:
            case "quality":
                _rate(emulator, number, value)
            case "registered":
                number.registered, number.status = bool(value), "DISCONNECTED"
                waba = emulator.world.wabas[number.waba_id]
                number.status = enforcement.status_of(waba, number)
            case "throughput":
                number.throughput_mps = _mps(value)
                number.bucket = None
            case "name_decision":
                tell_name(emulator, number, one_of(value, ("APPROVED", "REJECTED"), key))
            case "allowed" if value is None or isinstance(value, list):
                number.file.allowed = _allowed(value)
            case "pin":
                number.pin = None if value is None else str(value)
            case "status" | "verified_name" | "name_status":
                setattr(number, key, str(value))
            case _:
                raise SimError(f"unknown property {key}")
    emulator.watchers.changed()
    return number_view(number)


async def _waba(emulator: Emulator, request: web.Request) -> Json:
    waba = named(emulator.world.wabas, request, "account")
    for key, value in (await body_of(request)).items():
        match key:
            case name if name in account_orders.KEYS:
                _order(emulator, waba, name, value)
            case "review_seconds":
                waba.review_seconds = _span(value)
            case "pacing_seconds":
                waba.file.pacing_assess_s = _span(value)
            case "pacing_batch" if isinstance(value, int):
                waba.file.pacing_batch = max(0, value)
            case "portfolio_verified":
                emulator.world.portfolios[waba.portfolio_id].verified = bool(value)
            case "cloud_marketing":
                waba.file.cloud_marketing = bool(value)
            case "country":
                waba.file.country = str(value).upper()[:2]
            case _:
                raise SimError(f"unknown property {key}")
    emulator.watchers.changed()
    return waba_view(emulator, waba)


def _allowed(value: list[object] | None) -> frozenset[str] | None:
    """The five whom a test number may write to; null makes it an ordinary number."""
    if value is None:
        return None
    if len(value) > ALLOWED_MAX:
        raise SimError(f"a test number has at most {ALLOWED_MAX} recipients")
    return frozenset(str(item).lstrip("+") for item in value)


async def _flow(emulator: Emulator, request: web.Request) -> Json:
    """The state of a flow, by the id or the name that messages name it by."""
    name = request.match_info["id"]
    status = one_of((await body_of(request)).get("status"), flows.STATES, "status")
    try:
        flows.order(emulator.world, name, status)
    except ValueError as error:
        raise SimError(str(error), 409) from error
    return {"flow": name, "status": status}


def _rate(emulator: Emulator, number: Number, value: object) -> None:
    """A rating set by hand holds until it is `auto` again."""
    number.reputation.pinned = str(value).lower() != "auto"
    if number.reputation.pinned:
        number.quality = one_of(value, QUALITIES, "quality")
    else:
        reputation.judge(emulator, number)


def _order(emulator: Emulator, waba: Waba, key: str, value: object) -> None:
    try:
        account_orders.order(emulator, waba, key, value)
    except ValueError as error:
        raise SimError(str(error)) from error


async def _app(emulator: Emulator, request: web.Request) -> Json:
    app = _app_named(emulator, request)
    for key, value in (await body_of(request)).items():
        match key:
            case "subscribed":
                _subscribe(emulator, app, wanted=bool(value))
            case "assets" | "view_only" if value is None or isinstance(value, list):
                _change_assets(emulator, app, key, value)
            case "token" | "permissions":
                _change_tokens(emulator, app, key, value)
            case "require_proof":
                app.file.proof_required = bool(value)
            case "calls_per_hour" if value is None or isinstance(value, int):
                app.file.calls_per_hour = value
            case "batch_max" if isinstance(value, int):
                app.batch_max = max(1, min(value, 1000))
            case "callback_data_on_failed":
                app.callback_data_on_failed = bool(value)
            case "webhook_enabled":
                _enable(app, on=bool(value))
            case _:
                raise SimError(f"unknown property {key}")
    emulator.watchers.changed()
    return app_view(emulator, app)


async def _verify(emulator: Emulator, request: web.Request) -> Json:
    """The handshake, now."""
    app = _app_named(emulator, request)
    if app.subscription is None:
        raise SimError("the app has no callback", 409)
    wrong = await emulator.delivery.verify(app.subscription)
    return {"verified": wrong is None, "error": wrong}


def app_view(emulator: Emulator, app: App) -> Json:
    subscription = app.subscription
    tokens = [t for t in emulator.world.tokens.values() if t.app_id == app.id]
    return {
        "id": app.id,
        "name": app.name,
        "token": max((t.state for t in tokens), key=TOKEN_ORDER.index, default=TokenState.OK),
        "permissions": sorted(set().union(*(t.scopes for t in tokens))),
        "batch_max": app.batch_max,
        "callback_data_on_failed": app.callback_data_on_failed,
        "webhook": None
        if subscription is None
        else {
            "callback_url": subscription.callback_url,
            "verified": subscription.verified,
            "disabled": subscription.disabled,
            "failing_since": subscription.failing_since,
        },
    }


def waba_view(emulator: Emulator, waba: Waba) -> Json:
    world = emulator.world
    return {
        "id": waba.id,
        "name": waba.name,
        "payment": waba.payment,
        "messaging_limit": world.portfolios[waba.portfolio_id].messaging_limit,
        "marketing_messages": waba.file.marketing_messages,
        **standing_view(waba),
        "currency": waba.currency,
        "timezone": waba.timezone,
        "review_seconds": list(waba.review_seconds),
        "subscribed_apps": list(waba.subscribed),
        "templates": [
            {
                "id": t.id,
                "name": t.name,
                "language": t.language,
                "category": t.category,
                "status": t.status,
                "quality": t.quality,
            }
            for t in (world.templates[i] for i in waba.template_ids)
        ],
    }


def number_view(number: Number) -> Json:
    return {
        "id": number.id,
        "waba": number.waba_id,
        "display_phone_number": number.display,
        "verified_name": number.verified_name,
        "quality": number.quality,
        "registered": number.registered,
        "status": number.status,
        "throughput": number.throughput_mps,
        "code": number.file.code,
        "new_name": number.file.new_name,
        "new_name_status": number.file.new_name_status,
        "username": number.file.username,
        "allowed": None if number.file.allowed is None else sorted(number.file.allowed),
    }


def _app_named(emulator: Emulator, request: web.Request) -> App:
    if request.match_info["id"] == "default":
        return next(iter(emulator.world.apps.values()))
    return named(emulator.world.apps, request, "app")


def _subscribe(emulator: Emulator, app: App, *, wanted: bool) -> None:
    for waba in emulator.world.wabas.values():
        if wanted:
            waba.subscribed.setdefault(app.id, None)
        else:
            waba.subscribed.pop(app.id, None)


def _change_tokens(emulator: Emulator, app: App, key: str, value: object) -> None:
    if key == "permissions" and not isinstance(value, list):
        raise SimError("permissions is a list of names")
    for token in emulator.world.tokens.values():
        if token.app_id != app.id:
            continue
        if isinstance(value, list):
            token.scopes = {str(scope) for scope in value}
        else:
            token.state = TokenState(one_of(value, tuple(TokenState), key, upper=False))


def _change_assets(emulator: Emulator, app: App, key: str, value: list[object] | None) -> None:
    """`assets`: the accounts that the app's tokens may touch, null for all of them."""
    ids = None if value is None else {str(item) for item in value}
    for token in emulator.world.tokens.values():
        if token.app_id == app.id and key == "assets":
            token.assets = ids
        elif token.app_id == app.id:
            token.views = ids or set()


def _enable(app: App, *, on: bool) -> None:
    if app.subscription is not None:
        app.subscription.disabled = not on
        app.subscription.failing_since = None


def _mps(value: object) -> int:
    if isinstance(value, str) and value.upper() in NAMED_MPS:
        return NAMED_MPS[value.upper()]
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1_000_000:
        return value
    raise SimError("throughput is STANDARD, HIGH or messages per second")


def _span(value: object) -> tuple[float, float]:
    try:
        return span(value)
    except (TypeError, ValueError) as error:
        raise SimError(str(error)) from error
