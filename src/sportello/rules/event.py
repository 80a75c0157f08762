"""What an automation reads out of an event that somebody's system sends: paths into its JSON.

All of it is hostile: paths are bounded and name keys alone, and what they lead to is taken as one
line of text or not at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PATH_MAX: Final = 120
VALUE_MAX: Final = 1_024
PROPERTIES_MAX: Final = 30
_PATH: Final = re.compile(r"[\w-]{1,60}(\.[\w-]{1,60}){0,7}")
_YES: Final = frozenset({"true", "yes", "y", "on", "1", "sì", "si", "ok"})


@dataclass(frozen=True, slots=True)
class Fields:
    """Where each thing stands in an event; "" for what it does not tell.

    `properties`: by the contact's column. `consent`: it must be a yes for the consent to count.
    """

    phone: str
    name: str = ""
    event: str = ""
    consent: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What an event says. `agreed`: no path for the consent was given, or it leads to a yes."""

    phone: str
    name: str
    event: str
    agreed: bool
    properties: Mapping[str, str]


def is_path(text: str) -> bool:
    """Keys with dots between them: `order.customer.phone`; a number is a place in a list."""
    return len(text) <= PATH_MAX and _PATH.fullmatch(text) is not None


def read(event: Any, fields: Fields) -> Read:
    """What is not there, or is no line of text or number, reads as empty."""
    return Read(
        phone=_text(event, fields.phone),
        name=_text(event, fields.name),
        event=_text(event, fields.event),
        agreed=not fields.consent or _text(event, fields.consent).casefold() in _YES,
        properties={
            column: value
            for column, path in fields.properties.items()
            if (value := _text(event, path))
        },
    )


def _text(event: Any, path: str) -> str:
    found = event if path else None
    for key in path.split(".") if path else ():
        found = _inside(found, key)
    match found:
        case bool():
            return "true" if found else "false"
        case str() | int() | float():
            return _one_line(str(found))
        case _:
            return ""


def _inside(found: Any, key: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(key)
    if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
        return found[int(key)]
    return None


def _one_line(text: str) -> str:
    """Without what cannot be kept: line breaks, other control signs, halves of signs."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text[:VALUE_MAX])
    return " ".join(kept.split())
