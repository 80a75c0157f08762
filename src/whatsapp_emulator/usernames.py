"""Business usernames. Source: reference account 8.6; errors 147001 to 147005."""

import re

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, Number

USERNAME = re.compile(r"[a-z0-9._]{3,35}")
NO_TRANSFER = "transfers between numbers (transfer_action) are not emulated"


@edge("GET", Number, "username", needs=MANAGEMENT)
def show(call: Call) -> Answer:
    name = call.node.file.username
    return {} if name is None else {"username": name, "status": "approved"}


@edge("POST", Number, "username", needs=MANAGEMENT, approximates=NO_TRANSFER)
def take(call: Call) -> Answer:
    """Raises 147002 for its form, 147001 if another number has it."""
    name = words(call.params, "username").lower()
    if not USERNAME.fullmatch(name) or not any(char.isalpha() for char in name):
        raise GraphError(147002, "3 to 35 of a-z, 0-9, point and underscore")
    if any(n.file.username == name for n in _others(call)):
        raise GraphError(147001, "The username is taken")
    call.node.file.username = name
    _tell(call, name, "approved")
    return {"status": "approved"}


@edge("DELETE", Number, "username", needs=MANAGEMENT)
def give_up(call: Call) -> Answer:
    name = call.node.file.username
    if name is not None:
        call.node.file.username = None
        _tell(call, name, "deleted")
    return True


@edge("GET", Number, "username_suggestions", needs=MANAGEMENT)
def suggestions(call: Call) -> Answer:
    plain = re.sub(r"[^a-z0-9]+", ".", call.node.verified_name.lower()).strip(".")[:30] or "negozio"
    names = [f"{plain:_<3}", f"{plain}.it", f"{plain}_1"]
    taken = {n.file.username for n in _others(call)}
    return {"data": [{"username_suggestions": [n for n in names if n not in taken]}]}


def _others(call: Call) -> list[Number]:
    return [n for n in call.emulator.world.numbers.values() if n is not call.node]


def _tell(call: Call, name: str, status: str) -> None:
    value: Json = {
        "display_phone_number": call.node.digits,
        "username": name,
        "status": status,
    }
    number: Number = call.node
    call.emulator.delivery.push(number.waba_id, "business_username_updates", value, number.id)
