"""Meta's embedded signup, played: the dialogue's page, its script, and what choosing does.

Source: reference account 8.7. The page is opened as Facebook's own is, at `dialog/oauth`.
"""

from pathlib import Path

from aiohttp import web

from whatsapp_emulator import ids
from whatsapp_emulator.call import LATEST, Call
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.oauth import new_code
from whatsapp_emulator.registration import new_number
from whatsapp_emulator.routes import admit_approximation, admit_missing
from whatsapp_emulator.simcall import SimError, body_of, sim
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import App, Number, Portfolio, Waba

HERE = Path(__file__).parent / "dialogue"
FILES = {
    "dialogue.js": "text/javascript",
    "dialogue.css": "text/css",
    "sdk.js": "text/javascript",
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
FIRST_WABA = 100000000000002
FIRST_PORTFOLIO = 600000000000002
WABAS_MAX = 20
CHOICES = ("existing", "new", "cancel", "error")

admit_approximation(
    "embedded signup",
    "one page instead of Meta's steps: an account there is or a new one with a number, cancelling "
    "and failing; /sdk.js has FB.init and FB.login alone; PARTNER_ADDED is told for an account "
    "that the app does not listen to yet",
)
admit_missing(
    "coexistence with the WhatsApp Business app",
    "no onboarding of the app's numbers, no history, state sync or echoes",
)


def add_signup(app: web.Application) -> None:
    router = app.router
    for prefix in ("", "/{version:v[0-9]+\\.[0-9]+}"):
        router.add_get(f"{prefix}/dialog/oauth", _page)
    router.add_get("/dialog/{name}", _file)
    router.add_get("/{locale:[a-z]{2}_[A-Z]{2}}/sdk.js", _sdk)
    router.add_get("/sdk.js", _sdk)
    router.add_get("/sim/signup", sim(_accounts))
    router.add_post("/sim/signup", sim(_choose))


async def _page(_request: web.Request) -> web.StreamResponse:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return web.FileResponse(HERE / "dialogue.html", headers=headers)


async def _file(request: web.Request) -> web.StreamResponse:
    return _named(request.match_info["name"])


async def _sdk(_request: web.Request) -> web.StreamResponse:
    return _named("sdk.js")


def _named(name: str) -> web.StreamResponse:
    if name not in FILES:
        raise web.HTTPNotFound
    headers = {"Content-Type": f"{FILES[name]}; charset=utf-8", "Cache-Control": "no-cache"}
    return web.FileResponse(HERE / name, headers=headers)


async def _accounts(emulator: Emulator, _request: web.Request) -> Json:
    """What the dialogue offers."""
    world = emulator.world
    return {
        "accounts": [
            {
                "id": waba.id,
                "name": waba.name,
                "numbers": [
                    {"id": i, "display_phone_number": world.numbers[i].display}
                    for i in waba.number_ids
                ],
            }
            for waba in world.wabas.values()
        ],
        "apps": [{"id": app.id, "name": app.name} for app in world.apps.values()],
    }


async def _choose(emulator: Emulator, request: web.Request) -> Json:
    """The person's choice; answers the message for the opener and, if all went well, the code."""
    body = await body_of(request)
    choice = body.get("choice")
    if choice not in CHOICES:
        raise SimError(f"choice is one of {', '.join(CHOICES)}")
    if choice == "cancel":
        return _message("CANCEL", {"current_step": str(body.get("step") or "PHONE_NUMBER_SETUP")})
    if choice == "error":
        said = str(body.get("error_message") or "Something went wrong. Try again later.")
        return _message("ERROR", {"error_message": said, "error_code": "524126"})
    app_id = str(body.get("client_id") or "")
    if app_id not in emulator.world.apps:
        raise SimError("client_id names no app", 404)
    waba, number = _known(emulator, body) if choice == "existing" else _new(emulator, body)
    _tell_partner(emulator, emulator.world.apps[app_id], waba)
    data: Json = {"waba_id": waba.id, "business_id": waba.portfolio_id}
    event = "FINISH_ONLY_WABA"
    if number is not None and body.get("feature_type") != "only_waba_sharing":
        data["phone_number_id"] = number.id
        event = "FINISH"
    return {**_message(event, data), "code": new_code(emulator, app_id, waba.id)}


def _message(event: str, data: Json) -> Json:
    """What the page posts to its opener, as text."""
    return {"message": {"type": "WA_EMBEDDED_SIGNUP", "event": event, "version": 3, "data": data}}


def _tell_partner(emulator: Emulator, app: App, waba: Waba) -> None:
    """A company shares an account with the app for the first time (reference webhooks 5.5)."""
    if app.id in waba.subscribed:
        return
    info = {"waba_id": waba.id, "owner_business_id": waba.portfolio_id}
    value = {"event": "PARTNER_ADDED", "waba_info": info}
    emulator.delivery.tell_app(app, waba.id, "account_update", value)


def _known(emulator: Emulator, body: Json) -> tuple[Waba, Number | None]:
    world = emulator.world
    waba = world.wabas.get(str(body.get("waba_id")))
    if waba is None:
        raise SimError("waba_id names no account", 404)
    wish = body.get("phone_number_id")
    if wish is None:
        return waba, (world.numbers[waba.number_ids[0]] if waba.number_ids else None)
    if wish not in waba.number_ids:
        raise SimError("phone_number_id is no number of the account", 404)
    return waba, world.numbers[str(wish)]


def _new(emulator: Emulator, body: Json) -> tuple[Waba, Number]:
    """A portfolio, an account and a number, verified in the dialogue and yet to be registered."""
    world = emulator.world
    if len(world.wabas) >= WABAS_MAX:
        raise SimError(f"there are {WABAS_MAX} accounts already", 409)
    name = str(body.get("business_name") or "").strip()[:75]
    country = "".join(filter(str.isdigit, str(body.get("cc") or "39")))
    local = "".join(filter(str.isdigit, str(body.get("phone_number") or "")))
    if not name or not 7 <= len(country + local) <= 15:
        raise SimError("business_name and phone_number are needed")
    if any(n.digits == country + local for n in world.numbers.values()):
        raise SimError("the number belongs to an account already", 409)
    portfolio = Portfolio(
        world.next_id("portfolio", FIRST_PORTFOLIO),
        name,
        verified=False,
        messaging_limit="TIER_250",
    )
    world.portfolios[portfolio.id] = portfolio
    old = next(iter(world.wabas.values()))
    waba = Waba(
        world.next_id("waba", FIRST_WABA),
        name,
        portfolio.id,
        old.currency,
        old.timezone,
        namespace=ids.hexadecimal(emulator.chance, 32),
    )
    world.wabas[waba.id] = waba
    now = emulator.clock.now()
    call = Call(emulator, "POST", LATEST, waba.id, "phone_numbers", [], now, emulator.base_url)
    try:
        number = new_number(call, waba, country, local, name)
    except GraphError as error:
        raise SimError(error.message, 409) from error
    number.code_verification_status = "VERIFIED"
    number.name_status = "AVAILABLE_WITHOUT_REVIEW"
    emulator.watchers.changed()
    return waba, number
