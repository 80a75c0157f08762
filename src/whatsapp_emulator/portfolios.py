"""Apps and business portfolios over the Graph API. Source: reference account 8.5 and [O]."""

from whatsapp_emulator.analytics import without_insights
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, unknown_object
from whatsapp_emulator.fields import Show, page, pick
from whatsapp_emulator.numbers import WABA_DEFAULTS, WABA_FIELDS
from whatsapp_emulator.oauth import user_of
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import BUSINESS, MANAGEMENT, App, Portfolio, Waba

APP_FIELDS: dict[str, Show] = {
    "id": lambda a, _: a.id,
    "name": lambda a, _: a.name,
    "link": lambda a, _: f"https://www.facebook.com/games/?app_id={a.id}",
}
PORTFOLIO_FIELDS: dict[str, Show] = {
    "id": lambda p, _: p.id,
    "name": lambda p, _: p.name,
    "timezone_id": lambda _p, _: 71,
    "verification_status": lambda p, _: "verified" if p.verified else "not_verified",
    "whatsapp_business_manager_messaging_limit": lambda p, _: p.messaging_limit,
}
TASKS = ["MANAGE", "DEVELOP", "MANAGE_TEMPLATES", "MANAGE_PHONE", "VIEW_COST", "MESSAGING"]


@edge("GET", App)
def show_app(call: Call) -> Answer:
    if call.token is None or call.token.app_id != call.node_id:
        raise unknown_object(call.node_id, call.method)
    return pick(APP_FIELDS, ("id", "name", "link"), call.node, call, "Application")


@edge("GET", Portfolio, needs=BUSINESS)
def show_portfolio(call: Call) -> Answer:
    return pick(PORTFOLIO_FIELDS, ("id", "name"), call.node, call, "Business")


@edge("GET", Portfolio, "owned_whatsapp_business_accounts", needs=BUSINESS)
def owned(call: Call) -> Answer:
    return _accounts(call, own=True)


@edge("GET", Portfolio, "client_whatsapp_business_accounts", needs=BUSINESS)
def of_clients(call: Call) -> Answer:
    """Those of other portfolios that the token may touch, as after an embedded signup."""
    return _accounts(call, own=False)


@edge("POST", Waba, needs=MANAGEMENT)
def change_waba(call: Call) -> Answer:
    """Name and time zone; `is_enabled_for_insights` once and for good, not in the EU, the UK
    and Japan (200005); 200006 for taking it back.
    """
    waba: Waba = call.node
    if "is_enabled_for_insights" in call.params:
        if str(call.params["is_enabled_for_insights"]).lower() != "true":
            raise GraphError(200006)
        if without_insights(waba):
            raise GraphError(200005)
        waba.file.insights = True
        return {"id": waba.id}
    if "name" in call.params:
        waba.name = words(call.params, "name", longest=120)
    if "timezone_id" in call.params:
        waba.file.timezone_id = str(call.params["timezone_id"])[:4]
    return True


@edge(
    "GET", Waba, "assigned_users", needs=MANAGEMENT,
    approximates="one system user with every task; users cannot be assigned",
)  # fmt: skip
def assigned_users(call: Call) -> Answer:
    if call.token is None:
        return {"data": []}
    user: Json = {"id": user_of(call.token), "name": "System user", "tasks": TASKS}
    return {"data": [user]}


def _accounts(call: Call, *, own: bool) -> Json:
    assets = call.token.assets if call.token is not None else set()
    found = [
        waba
        for waba in call.emulator.world.wabas.values()
        if (waba.portfolio_id == call.node_id) is own and (assets is None or waba.id in assets)
    ]
    kind = "WhatsAppBusinessAccount"
    return page(call, found, lambda w: pick(WABA_FIELDS, WABA_DEFAULTS, w, call, kind))
