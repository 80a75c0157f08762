"""Tokens over the Graph API: exchange of codes, app tokens, debug_token, /me.

Source: reference platform 1.2 and account 8.7.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator.call import Call
from whatsapp_emulator.dossier import LoginCode
from whatsapp_emulator.errors import GraphError, required
from whatsapp_emulator.ids import opaque
from whatsapp_emulator.routes import ROOT, Answer, admit_approximation, edge
from whatsapp_emulator.tokens import alive, authenticate, find
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, MESSAGING, App, Token, World

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

CODE_S = 30.0
CODES_MAX = 1_000
LONG_S = 60 * 86_400.0
TOKENS_MAX = 10_000
USED, EXPIRED = 36009, 36007

admit_approximation(
    "oauth/access_token",
    "`redirect_uri` is not compared; refusals carry Meta's codes as commonly seen",
)


@edge("GET", ROOT, "oauth/access_token")
def exchange(call: Call) -> Answer:
    """A code for a token of the account, the app's secret for its token, a token for a longer
    one. Raises 100 (36007, 36009) for codes over or used, 1 and 101 for a wrong app.
    """
    app = _app(call)
    if call.text("grant_type") == "client_credentials":
        return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
    if call.text("grant_type") == "fb_exchange_token":
        return _longer(call, app)
    code = call.text("code")
    if code is None:
        raise required("code")
    known = call.emulator.world.file.codes.get(code)
    if known is None or known.app_id != app.id:
        raise GraphError(100, message="Invalid verification code format.", subcode=36009)
    if known.used:
        raise _bad_code("This authorization code has been used.", USED)
    if known.expires_at <= call.now:
        raise _bad_code("This authorization code has expired.", EXPIRED)
    known.used = True
    token = new_token(call.emulator, app.id, {MANAGEMENT, MESSAGING}, {known.waba_id})
    return {"access_token": token.value, "token_type": "bearer"}


@edge("POST", ROOT, "oauth/access_token")
def exchange_by_post(call: Call) -> Answer:
    return exchange(call)


@edge("GET", ROOT, "debug_token")
def debug(call: Call) -> Answer:
    """What a token is and may; a dead one says why. Needs a token of the same app."""
    asker = authenticate(call)
    wanted = call.text("input_token")
    if wanted is None:
        raise required("input_token")
    token = find(call.emulator.world, wanted)
    if token is None or token.app_id != asker.app_id:
        fault = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": fault, "is_valid": False, "scopes": []}}
    return {"data": _shown(call, token)}


@edge("GET", ROOT, "me")
def me(call: Call) -> Answer:
    if not call.authorization and call.text("access_token") is None:
        raise GraphError(
            2500,
            message="An active access token must be used to query information about the "
            "current user.",
        )
    token = authenticate(call)
    if token.kind == "APP":
        return {"id": token.app_id, "name": call.emulator.world.apps[token.app_id].name}
    return {"id": user_of(token), "name": "System user"}


def new_code(emulator: "Emulator", app_id: str, waba_id: str) -> str:
    """What the dialogue hands to the page that opened it; good for 30 seconds, once."""
    codes = emulator.world.file.codes
    code = "AQ" + opaque(emulator.chance, 120)
    codes[code] = LoginCode(app_id, waba_id, emulator.clock.now() + CODE_S)
    while len(codes) > CODES_MAX:
        codes.pop(next(iter(codes)))
    return code


def new_token(
    emulator: "Emulator", app_id: str, scopes: set[str], assets: set[str] | None
) -> Token:
    """A token of a system user, without end."""
    world = emulator.world
    value = "EAAG" + opaque(emulator.chance, 60).replace("_", "x").replace("-", "y")
    token = Token(value, app_id, scopes=scopes, assets=assets, issued_at=emulator.clock.now())
    if len(world.tokens) >= TOKENS_MAX:
        world.tokens.pop(next(iter(world.tokens)))
    world.tokens[value] = token
    return token


def user_of(token: Token) -> str:
    return "12" + token.app_id[1:]


def _app(call: Call) -> App:
    world: World = call.emulator.world
    client = call.text("client_id")
    if client is None:
        raise GraphError(101, message="Missing client_id parameter.")
    app = world.apps.get(client)
    if app is None:
        raise GraphError(101, message="Error validating application. Cannot get application info.")
    if call.text("client_secret") != app.secret:
        raise GraphError(1, message="Error validating client secret.")
    return app


def _longer(call: Call, app: App) -> Json:
    """A user token for one of 60 days."""
    old = find(call.emulator.world, call.text("fb_exchange_token") or "")
    if old is None or old.app_id != app.id:
        raise GraphError(190, message="Invalid OAuth access token.")
    alive(old, call.now)
    made = new_token(call.emulator, app.id, set(old.scopes), old.assets)
    made.kind, made.expires_at = "USER", call.now + LONG_S
    return {"access_token": made.value, "token_type": "bearer", "expires_in": int(LONG_S)}


def _bad_code(words: str, subcode: int) -> GraphError:
    return GraphError(100, message=words, subcode=subcode)


def _shown(call: Call, token: Token) -> Json:
    world = call.emulator.world
    told: Json = {
        "app_id": token.app_id,
        "type": token.kind,
        "application": world.apps[token.app_id].name,
        "is_valid": True,
    }
    if token.kind == "APP":
        return told
    accounts = sorted(world.wabas if token.assets is None else token.assets)
    told |= {
        "data_access_expires_at": 0,
        "expires_at": int(token.expires_at or 0),
        "issued_at": int(token.issued_at),
        "scopes": sorted(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": accounts}
            for scope in sorted(token.scopes & {MANAGEMENT, MESSAGING})
        ],
        "user_id": user_of(token),
    }
    try:
        alive(token, call.now)
    except GraphError as error:
        told["is_valid"] = False
        told["error"] = {
            "code": error.code,
            "message": error.message,
            "subcode": error.subcode,
        }
    return told
