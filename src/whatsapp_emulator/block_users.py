"""Blocking of people by the business. Source: reference account 8.6; errors 139100 to 139103."""

from typing import Any

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import KNOWN, GraphError, bad_param
from whatsapp_emulator.fields import page
from whatsapp_emulator.messages import normalise
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.shape import objects, words
from whatsapp_emulator.statuses import WINDOW_S
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MESSAGING, Number, Person

AT_ONCE = 1_000
IN_ALL = 64_000

admit_approximation(
    "blocked people",
    "what they write is refused by /sim; what is sent to them fails with 131026; 139102 and 139103 "
    "come as faults alone",
)


@edge("GET", Number, "block_users", needs=MESSAGING)
def blocked(call: Call) -> Answer:
    people = list(call.node.file.blocked)
    return page(
        call, people, lambda w: {"messaging_product": "whatsapp", "input": f"+{w}", "wa_id": w}
    )


@edge("POST", Number, "block_users", needs=MESSAGING)
def block(call: Call) -> Answer:
    """Only people who wrote in the last 24 hours; raises 139100 with the lists for a part,
    139101 and blocks nobody where the whole would be too many.
    """
    number: Number = call.node
    done: list[Json] = []
    failed: list[Json] = []
    new: dict[str, float] = {}
    for given in _asked(call):
        person = _person(call, given)
        if person is None:
            failed.append(_failed(given, 131009, "The user is not valid"))
        elif not _wrote(person, number, call.now):
            failed.append(_failed(given, 131047, "The user did not write in the last 24 hours"))
        else:
            new[person.wa_id] = call.now
            done.append({"input": given, "wa_id": person.wa_id})
    if len(number.file.blocked.keys() | new.keys()) > IN_ALL:
        raise GraphError(139101, f"At most {IN_ALL} users can be blocked")
    number.file.blocked |= new
    return _answer(call, "added_users", done, failed)


@edge("DELETE", Number, "block_users", needs=MESSAGING)
def unblock(call: Call) -> Answer:
    done: list[Json] = []
    failed: list[Json] = []
    for given in _asked(call):
        person = _person(call, given)
        if person is None or call.node.file.blocked.pop(person.wa_id, None) is None:
            failed.append(_failed(given, 131009, "The user is not blocked"))
        else:
            done.append({"input": given, "wa_id": person.wa_id})
    return _answer(call, "removed_users", done, failed)


def _asked(call: Call) -> list[str]:
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    asked = objects(call.params, "block_users")
    if not 1 <= len(asked) <= AT_ONCE:
        raise bad_param("block_users", f"must have 1 to {AT_ONCE} users.")
    return [str(item.get("user") or item.get("user_id") or "") for item in asked]


def _person(call: Call, given: str) -> Person | None:
    world = call.emulator.world
    if given in world.by_user_id:
        return world.by_user_id[given]
    try:
        return world.people.get(normalise(given, call.node, world.people))
    except GraphError:
        return None


def _wrote(person: Person, number: Number, now: float) -> bool:
    chat = person.chats.get(number.id)
    return chat is not None and now - (chat.last_inbound_at or -WINDOW_S) < WINDOW_S


def _failed(given: str, code: int, details: str) -> Json:
    error: Json = {
        "message": KNOWN[code].title,
        "code": code,
        "error_data": {"details": details},
    }
    return {"input": given, "errors": [error]}


def _answer(call: Call, name: str, done: list[Json], failed: list[Json]) -> Json:
    lists: Json = {name: done} if done else {}
    call.emulator.watchers.changed()
    if not failed:
        return {"messaging_product": "whatsapp", "block_users": lists}
    lists["failed_users"] = failed
    extra: Any = {"messaging_product": "whatsapp", "block_users": lists}
    raise GraphError(139100, "Failed to block or unblock some users", extra=extra)
