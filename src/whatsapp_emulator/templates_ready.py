"""Ready templates over the Graph API: library, previews and upsert of authentication ones.

Source: reference templates 4.1.
"""

from copy import deepcopy

from whatsapp_emulator import review
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_template import by_name
from whatsapp_emulator.errors import bad_param, required
from whatsapp_emulator.fields import page
from whatsapp_emulator.routes import ROOT, Answer, admit_missing, edge
from whatsapp_emulator.shape import items
from whatsapp_emulator.template_library import LIBRARY, search
from whatsapp_emulator.template_shapes import check_authentication
from whatsapp_emulator.templates import made
from whatsapp_emulator.wire import Json, loads
from whatsapp_emulator.world import MANAGEMENT, Waba

LANGUAGES_MAX = 100

admit_missing("POST /{Waba}/migrate_message_templates", "numbers and templates do not migrate")


@edge("GET", ROOT, "message_template_library", needs=MANAGEMENT)
def library(call: Call) -> Answer:
    return page(call, search(call.params), _shown)


@edge("GET", Waba, "message_template_previews", needs=MANAGEMENT)
def previews(call: Call) -> Answer:
    """What authentication templates would say in the asked languages."""
    if (call.text("category") or "").upper() != "AUTHENTICATION":
        raise bad_param("category", "must be one of {AUTHENTICATION}")
    return {"data": [{"language": wish, **_preview(call, wish)} for wish in _languages(call)]}


@edge("POST", Waba, "upsert_message_templates", needs=MANAGEMENT)
def upsert(call: Call) -> Answer:
    """Creates or replaces the authentication template in every language of `languages`."""
    if (call.text("category") or "AUTHENTICATION").upper() != "AUTHENTICATION":
        raise bad_param("category", "must be one of {AUTHENTICATION}")
    done: list[Json] = []
    for language in _languages(call):
        body: Json = deepcopy({k: v for k, v in call.params.items() if k != "languages"})
        body |= {"language": language, "category": "AUTHENTICATION"}
        known = by_name(call.emulator.world, call.node_id, str(body.get("name")), language)
        if known is None:
            known = made(call, body)
        else:
            known.components = check_authentication(items(body, "components"), language)
            review.submit(call.emulator, known, edited=True)
        done.append({"id": known.id, "status": known.status, "language": language})
    return {"data": done}


def _languages(call: Call) -> list[str]:
    given = call.params.get("languages")
    if given is None:
        raise required("languages")
    value = (loads(given.encode()) or given.split(",")) if isinstance(given, str) else given
    if not isinstance(value, list) or not 1 <= len(value) <= LANGUAGES_MAX:
        raise bad_param("languages", "must be a list of languages.")
    return [str(language) for language in value]


def _preview(call: Call, language: str) -> Json:
    components: list[Json] = [
        {"type": "BODY", "add_security_recommendation": _yes(call, "add_security_recommendation")},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
    ]
    minutes = call.text("code_expiration_minutes")
    if minutes is not None and minutes.isdigit():
        components.append({"type": "FOOTER", "code_expiration_minutes": int(minutes)})
    by_kind = {item["type"]: item for item in check_authentication(components, language)}
    shown: Json = {"body": by_kind["BODY"]["text"]}
    if "FOOTER" in by_kind:
        shown["footer"] = by_kind["FOOTER"]["text"]
    shown["buttons"] = [
        {"type": "OTP", "text": button["text"]} for button in by_kind["BUTTONS"]["buttons"]
    ]
    return shown


def _yes(call: Call, name: str) -> bool:
    return str(call.params.get(name, "")).lower() in ("true", "1")


def _shown(item: Json) -> Json:
    return {**item, "id": str(310000000000001 + LIBRARY.index(item))}
