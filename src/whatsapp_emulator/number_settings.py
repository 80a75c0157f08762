"""What can be changed on a number: PIN, name, visibility, its own webhook, small settings.

Source: reference account 8.1, 8.3 and 8.6.
"""

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.names import begin_review
from whatsapp_emulator.registration import pin_of
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.shape import items, objects, part, words
from whatsapp_emulator.subscriptions import override_of
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, MESSAGING, Number

NAME_MAX = 75
COMMANDS_MAX, PROMPTS_MAX = 30, 4
SETTINGS = ("calling", "storage_configuration", "user_identity_change", "payload_encryption")
DEFAULT_SETTINGS: Json = {
    "calling": {"status": "DISABLED"},
    "storage_configuration": {"status": "DEFAULT"},
    "user_identity_change": {"enable_identity_key_check": False},
    "payload_encryption": {"status": "DISABLED"},
}
OBA_PARTS = ("business_website_url", "primary_country_of_operation")
OBA_PAUSE_S = 30 * 86_400.0

admit_approximation(
    "settings of a number",
    "kept and shown; calling, storage and payload encryption have no effect",
)


@edge("POST", Number, needs=MANAGEMENT)
async def change(call: Call) -> Answer:
    """PIN, new display name, visibility in search, webhook override: those that are given."""
    number: Number = call.node
    known = ("pin", "new_display_name", "search_visibility", "webhook_configuration")
    if not any(key in call.params for key in known):
        raise required("pin or new_display_name or webhook_configuration")
    if "webhook_configuration" in call.params:
        wish = part(call.params, "webhook_configuration")
        number.override = await override_of(call, wish)
    if "search_visibility" in call.params:
        wish = call.params["search_visibility"]
        if wish not in ("VISIBLE", "HIDDEN"):
            raise bad_param("search_visibility", "must be one of {VISIBLE, HIDDEN}")
        number.file.search_visibility = wish
    if "pin" in call.params:
        number.pin = pin_of(call.params)
        _tell_pin(call, number)
    if "new_display_name" in call.params:
        _rename(call, number)
    return True


@edge("GET", Number, "settings", needs=MANAGEMENT)
def settings(call: Call) -> Answer:
    return {**DEFAULT_SETTINGS, **call.node.file.settings}


@edge("POST", Number, "settings", needs=MANAGEMENT)
def change_settings(call: Call) -> Answer:
    given = {key: part(call.params, key) for key in SETTINGS if key in call.params}
    if not given:
        raise required(" or ".join(SETTINGS))
    call.node.file.settings.update(given)
    return True


@edge("POST", Number, "conversational_automation", needs=MANAGEMENT)
def automate(call: Call) -> Answer:
    """Commands and prompts; the welcome message is gone since 2026."""
    commands = objects(call.params, "commands") if call.params.get("commands") else []
    prompts = items(call.params, "prompts") if call.params.get("prompts") else []
    if len(commands) > COMMANDS_MAX:
        raise bad_param("commands", f"at most {COMMANDS_MAX}")
    for command in commands:
        words(command, "command_name", "commands", longest=32)
        words(command, "command_description", "commands", longest=256)
    if len(prompts) > PROMPTS_MAX or not all(isinstance(p, str) and len(p) <= 80 for p in prompts):
        raise bad_param("prompts", f"at most {PROMPTS_MAX} of 80 characters")
    call.node.file.automation = {"commands": commands, "prompts": prompts}
    return True


@edge("GET", Number, "whatsapp_commerce_settings", needs=MANAGEMENT)
def commerce(call: Call) -> Answer:
    return {"data": [{**call.node.file.commerce, "id": call.node.id}]}


@edge("POST", Number, "whatsapp_commerce_settings", needs=MANAGEMENT)
def change_commerce(call: Call) -> Answer:
    for key in ("is_cart_enabled", "is_catalog_visible"):
        if key in call.params:
            call.node.file.commerce[key] = str(call.params[key]).lower() in ("true", "1")
    return True


@edge(
    "GET", Number, "whatsapp_business_encryption", needs=MESSAGING,
    approximates="the key is kept, nothing is encrypted with it",
)  # fmt: skip
def public_key(call: Call) -> Answer:
    key = call.node.file.public_key
    if key is None:
        return {"data": []}
    shown = {"business_public_key": key, "business_public_key_signature_status": "VALID"}
    return {"data": [shown]}


@edge(
    "POST", Number, "whatsapp_business_encryption", needs=MESSAGING,
    approximates="the PEM's envelope is looked at, not the key in it",
)  # fmt: skip
def change_public_key(call: Call) -> Answer:
    key = words(call.params, "business_public_key", longest=4000)
    if not key.strip().startswith("-----BEGIN PUBLIC KEY-----"):
        raise bad_param("business_public_key", "must be a public key in PEM format.")
    call.node.file.public_key = key
    return True


@edge("GET", Number, "official_business_account", needs=MANAGEMENT)
def official(call: Call) -> Answer:
    return {"id": call.node.id, **_oba_shown(call.node)}


@edge(
    "POST", Number, "official_business_account", needs=MANAGEMENT,
    approximates="a request stays PENDING for ever",
)  # fmt: skip
def ask_official(call: Call) -> Answer:
    asked = call.node.file.oba.get("asked_at")
    if asked is not None and call.now - asked < OBA_PAUSE_S:
        raise GraphError(100, "A new request is possible 30 days after the last one")
    for key in OBA_PARTS:
        words(call.params, key)
    call.node.file.oba = {"oba_status": "PENDING", "asked_at": call.now}
    return True


@edge(
    "DELETE", Number, "contact_book", needs=MESSAGING,
    approximates="there is no contact book: success, and nothing changes",
)  # fmt: skip
def forget_contact(call: Call) -> Answer:
    words(call.params, "bsuid")
    return True


def _oba_shown(number: Number) -> Json:
    return {"oba_status": number.file.oba["oba_status"], "status_message": ""}


def _tell_pin(call: Call, number: Number) -> None:
    value = {
        "display_phone_number": number.digits,
        "event": "PIN_CHANGED",
        "requester": "1" + number.id[1:],
    }
    call.emulator.delivery.push(number.waba_id, "security", value, number.id)


def _rename(call: Call, number: Number) -> None:
    name = words(call.params, "new_display_name")
    if len(name) > NAME_MAX:
        raise bad_param("new_display_name", f"must be at most {NAME_MAX} characters long.")
    begin_review(call.emulator, number, name)
