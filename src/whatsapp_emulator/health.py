"""`health_status` of accounts, numbers and templates. Source: reference account 8.2."""

from whatsapp_emulator import enforcement
from whatsapp_emulator.call import Call
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Number, Payment, Template, Waba

_ORDER = ("AVAILABLE", "LIMITED", "BLOCKED")


def health_of_number(number: Number, call: Call) -> Json:
    waba = call.emulator.world.wabas[number.waba_id]
    return _together([_number_entity(number), *_account_entities(waba)])


def health_of_waba(waba: Waba, _call: Call) -> Json:
    return _together(_account_entities(waba))


def health_of_template(template: Template, call: Call) -> Json:
    waba = call.emulator.world.wabas[template.waba_id]
    entity = _entity("MESSAGE_TEMPLATE", template.id)
    if template.status != "APPROVED":
        _blocked(entity, 141002, "The message template is not approved.", "Wait for its approval.")
    return _together([entity, *_account_entities(waba)])


def _account_entities(waba: Waba) -> list[Json]:
    account = _entity("WABA", waba.id)
    if waba.ban_state == "DISABLE" or waba.standing.locked:
        _blocked(account, 131031, "The account has been disabled.", "Request a review.")
    elif waba.restrictions:
        answers = enforcement.is_restricted(waba, enforcement.ANSWERS)
        _blocked(
            account,
            368,
            "The account is temporarily restricted from sending messages.",
            enforcement.REMEDY,
            "BLOCKED" if answers else "LIMITED",
        )
    elif waba.payment is not Payment.OK:
        _blocked(
            account,
            141006,
            "There is an error with the payment method.",
            "There was an error with your payment method. Please add a new payment method.",
            "LIMITED",
        )
    apps = [_entity("APP", app_id) for app_id in waba.subscribed]
    return [account, _entity("BUSINESS", waba.portfolio_id), *apps]


def _number_entity(number: Number) -> Json:
    entity = _entity("PHONE_NUMBER", number.id)
    if not number.registered:
        _blocked(
            entity,
            141000,
            "The phone number is not registered on the Cloud API.",
            "Register the phone number.",
        )
    elif number.name_status not in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW"):
        entity["can_send_message"] = "LIMITED"
        entity["additional_info"] = ["Your display name has not been approved yet."]
    return entity


def _entity(kind: str, object_id: str) -> Json:
    return {"entity_type": kind, "id": object_id, "can_send_message": "AVAILABLE"}


def _blocked(entity: Json, code: int, what: str, cure: str, degree: str = "BLOCKED") -> None:
    entity["can_send_message"] = degree
    entity["errors"] = [{"error_code": code, "error_description": what, "possible_solution": cure}]


def _together(entities: list[Json]) -> Json:
    worst = max(entities, key=lambda e: _ORDER.index(e["can_send_message"]))
    return {"can_send_message": worst["can_send_message"], "entities": entities}
