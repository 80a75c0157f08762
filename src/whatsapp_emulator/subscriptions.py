"""Who gets webhooks and where: an app's callback, the accounts it listens to, overrides.

Source: reference webhooks 5.1 and account 8.5.
"""

from urllib.parse import urlsplit

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.routes import Answer, admit_approximation, admit_missing, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, App, Subscription, Waba

OBJECT = "whatsapp_business_account"
URI_MAX = 200
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
FIELDS = frozenset(
    "account_alerts account_review_update account_settings_update account_update "  # noqa: SIM905 - reads better so
    "automatic_events business_capability_update business_status_update business_username_update "
    "business_username_updates calls flows group_lifecycle_update group_participants_update "
    "group_settings_update group_status_update history message_echoes "
    "message_template_components_update message_template_quality_update "
    "message_template_status_update messages messaging_handovers partner_solutions "
    "payment_configuration_update phone_number_name_update phone_number_quality_update security "
    "smb_app_state_sync smb_message_echoes standby template_category_update "
    "template_correct_category_detection tracking_events user_preferences".split()
)
NEVER_TOLD = {
    "account_settings_update": "settings of a number change without a word",
    "automatic_events": "events for advertisers are not made",
    "business_status_update": "Meta's own pages are not sure of it",
    "business_username_update": "told as business_username_updates",
    "calls": "calls are not emulated",
    "flows": "the health of flows is what /sim says, and changes without a word",
    "group_lifecycle_update": "groups are not emulated",
    "group_participants_update": "groups are not emulated",
    "group_settings_update": "groups are not emulated",
    "group_status_update": "groups are not emulated",
    "history": "coexistence is not emulated",
    "message_echoes": "nobody writes for the business but by the API",
    "messaging_handovers": "one app has the thread",
    "partner_solutions": "multi-partner solutions are for providers",
    "payment_configuration_update": "payments in chats are those of India and Brazil",
    "smb_app_state_sync": "coexistence is not emulated",
    "smb_message_echoes": "coexistence is not emulated",
    "standby": "one app has the thread",
    "template_correct_category_detection": "told as template_category_update a day ahead",
    "tracking_events": "events for advertisers are not made",
}
"""Fields that can be subscribed to and are never sent, with the reason."""

for _field, _why in NEVER_TOLD.items():
    admit_missing(f"webhook {_field}", _why)
admit_approximation(
    "permissions for webhooks",
    "an app that listens hears everything, whatever its tokens may do; every app is live",
)


async def override_of(call: Call, wish: Json) -> Subscription | None:
    """The callback that `override_callback_uri` and `verify_token` name, once it has answered
    the handshake; None for an empty one, which takes the override away. Raises 100 and 2200.
    """
    uri = wish.get("override_callback_uri")
    if uri == "":
        return None
    if uri is None:
        raise required("override_callback_uri")
    made = Subscription(_uri(uri), words(wish, "verify_token"))
    await _shake(call, made)
    return made


def apps_of(waba: Waba, call: Call) -> list[Json]:
    """The apps that listen to the account, with their overrides."""
    return [_shown(call, waba, app_id) for app_id in waba.subscribed]


@edge("GET", Waba, "subscribed_apps", needs=MANAGEMENT)
def subscribed(call: Call) -> Answer:
    return {"data": apps_of(call.node, call)}


@edge("POST", Waba, "subscribed_apps", needs=MANAGEMENT)
async def subscribe(call: Call) -> Answer:
    """Subscribes the app of the token; with `override_callback_uri` to a callback of its own,
    without it to the app's: an override that was there is gone.
    Source: Meta's page on webhook overrides, 2026-06-28.
    """
    app_id = _own_app(call)
    given = "override_callback_uri" in call.params
    call.node.subscribed[app_id] = await override_of(call, call.params) if given else None
    call.emulator.watchers.changed()
    return True


@edge("DELETE", Waba, "subscribed_apps", needs=MANAGEMENT)
def unsubscribe(call: Call) -> Answer:
    call.node.subscribed.pop(_own_app(call), None)
    call.emulator.watchers.changed()
    return True


@edge("GET", App, "subscriptions")
def callbacks(call: Call) -> Answer:
    """With the app's own token, as both below."""
    _need_app_token(call)
    known = call.node.subscription
    if known is None:
        return {"data": []}
    names = sorted(FIELDS if known.fields is None else known.fields)
    shown = {
        "object": OBJECT,
        "callback_url": known.callback_url,
        "active": not known.disabled,
        "fields": [{"name": name, "version": call.version} for name in names],
    }
    return {"data": [shown]}


@edge("POST", App, "subscriptions")
async def set_callback(call: Call) -> Answer:
    """Object, fields, callback and verify token; raises 2200 if the handshake fails."""
    _need_app_token(call)
    if words(call.params, "object") != OBJECT:
        raise bad_param("object", f"must be one of {{{OBJECT}}}")
    app: App = call.node
    url, token = call.text("callback_url"), call.text("verify_token")
    if url is None and app.subscription is None:
        raise required("callback_url")
    fields = _fields(call)
    if url is None or token is None:
        made = app.subscription
        if made is None or url is not None:
            raise required("verify_token")
    else:
        made = Subscription(_uri(url, longest=2048), token)
        await _shake(call, made)
    made.fields, made.disabled, made.failing_since = fields, False, None
    app.subscription = made
    call.emulator.watchers.changed()
    return True


@edge("DELETE", App, "subscriptions")
def remove_callback(call: Call) -> Answer:
    """Some `fields`, or the whole callback."""
    _need_app_token(call)
    known = call.node.subscription
    if call.params.get("fields") is None or known is None:
        call.node.subscription = None
    else:
        known.fields = (FIELDS if known.fields is None else known.fields) - _fields(call)
    return True


async def _shake(call: Call, subscription: Subscription) -> None:
    wrong = await call.emulator.delivery.verify(subscription)
    if wrong is not None:
        raise GraphError(
            2200, message=f"(#2200) Callback verification failed with the following errors: {wrong}"
        )


def _uri(given: object, longest: int = URI_MAX) -> str:
    """https, or http on loopback, within Meta's length."""
    text = given if isinstance(given, str) else ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    near = parts.scheme == "http" and host in _LOOPBACK
    if len(text) > longest or not host or not (parts.scheme == "https" or near):
        raise bad_param("callback", f"must be an https URI of at most {longest} characters")
    return text


def _fields(call: Call) -> frozenset[str]:
    given = call.params.get("fields")
    if given is None:
        raise required("fields")
    names = given if isinstance(given, list) else str(given).split(",")
    asked = frozenset(str(name).strip() for name in names if str(name).strip())
    unknown = sorted(asked - FIELDS)
    if unknown:
        raise bad_param("fields", f"has the unknown field {unknown[0][:60]}")
    return asked


def _need_app_token(call: Call) -> None:
    if call.token is None or call.token.kind != "APP" or call.token.app_id != call.node_id:
        raise GraphError(15, message="(#15) This method must be called with an app access_token.")


def _own_app(call: Call) -> str:
    return call.token.app_id if call.token is not None else ""


def _shown(call: Call, waba: Waba, app_id: str) -> Json:
    app = call.emulator.world.apps.get(app_id)
    told: Json = {
        "whatsapp_business_api_data": {
            "id": app_id,
            "name": "" if app is None else app.name,
            "link": f"https://www.facebook.com/games/?app_id={app_id}",
        }
    }
    override = waba.subscribed[app_id]
    if override is not None:
        told["override_callback_uri"] = override.callback_url
    return told
