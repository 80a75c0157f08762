"""What an action may be given, and what of its answer may be said: typed values, bounded words.

A parameter is taken from what the customer wrote, never who they are: that is their number alone,
which no parameter can carry (`NAMES_REFUSED`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

PARAMETERS_MAX: Final = 6
VALUE_MAX: Final = 120
SAID_MAX: Final = 1_500
_HEARD_MAX: Final = 1_000
_PART_MAX: Final = 200
_DEPTH_MAX: Final = 5
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,9}(?![\w]|[.,]\d)")
_EMAIL: Final = re.compile(
    r"(?<![\w.@+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@-])"
)
_HOLE: Final = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)*)\}", re.IGNORECASE)
# Control signs, and those that are not seen or turn the reading about.
_HIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
_ANYTHING: Final = {"#": r"\d", "@": "[a-z]"}
# Whoever an action is about is the one who writes: a name that asks for it is refused.
NAMES_REFUSED: Final = frozenset(
    {"customer", "cliente", "user", "utente", "sender", "mittente", "number", "numero", "phone"}
    | {"telefono", "tel", "cellulare", "mobile", "whatsapp", "wa_id", "msisdn"}
)


class Kind(StrEnum):
    """`mask`: signs as the company writes them, "MV-####"; `words`: whatever is answered."""

    MASK = "mask"
    NUMBER = "number"
    EMAIL = "email"
    CHOICE = "choice"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`mask`: `#` a digit, `@` a letter, all else itself. `ask`: how the customer is asked."""

    name: str
    kind: Kind
    ask: str
    mask: str = ""
    choices: tuple[str, ...] = ()


def is_name(name: str) -> bool:
    """Whether a parameter may be called so."""
    return bool(_NAME.fullmatch(name)) and name not in NAMES_REFUSED


def is_mask(mask: str) -> bool:
    """Whether a mask tells a value from any other word."""
    return 2 <= len(mask) <= 40 and any(sign in mask for sign in _ANYTHING) and mask == mask.strip()


def found_in(parameter: Parameter, text: str) -> str | None:
    """The one value of this kind that the text holds; None for none or several."""
    heard = text[:_HEARD_MAX]
    if parameter.kind is Kind.WORDS:
        return None
    if parameter.kind is Kind.CHOICE:
        found = {one for one in parameter.choices if _says(heard, one)}
    else:
        found = {_normal(parameter, hit) for hit in _pattern(parameter).findall(heard.lower())}
    return found.pop() if len(found) == 1 else None


def value_of(parameter: Parameter, answer: str) -> str | None:
    """The value that an answer to `ask` gives: found in it, or the words themselves."""
    if parameter.kind is not Kind.WORDS:
        return found_in(parameter, answer)
    told = " ".join(_HIDDEN.sub(" ", answer).split())
    return told if 0 < len(told) <= VALUE_MAX else None


def fits(parameter: Parameter, value: str) -> bool:
    """Whether a value is one that the parameter may have."""
    if len(value) > VALUE_MAX:
        return False
    if parameter.kind is Kind.WORDS:
        return value_of(parameter, value) == value
    if parameter.kind is Kind.CHOICE:
        return value in parameter.choices
    return bool(_pattern(parameter).fullmatch(value.lower()))


def was_said(value: str, texts: Sequence[str]) -> bool:
    """Whether the customer wrote this value: a model's word alone is not enough."""
    return any(_says(text[:_HEARD_MAX], value) for text in texts)


def fill(template: str, told: Any) -> str | None:
    """The template's `{path.to.value}` filled from a JSON answer; None where one is missing."""
    parts: list[str] = []
    place = 0
    for hole in _HOLE.finditer(template):
        value = _at(told, hole[1].split("."))
        if value is None:
            return None
        parts += [template[place : hole.start()], value]
        place = hole.end()
    said = "".join([*parts, template[place:]]).strip()
    return said[:SAID_MAX] or None


def _at(told: Any, path: Sequence[str]) -> str | None:
    for step in path[:_DEPTH_MAX]:
        if not isinstance(told, Mapping) or step not in told:
            return None
        told = told[step]
    if isinstance(told, bool) or not isinstance(told, str | int | float) or len(path) > _DEPTH_MAX:
        return None
    said = " ".join(_HIDDEN.sub(" ", str(told)).split())[:_PART_MAX]
    return said or None


def _says(text: str, words: str) -> bool:
    wanted = re.escape(words.casefold())
    return bool(re.search(rf"(?<!\w){wanted}(?!\w)", text.casefold()))


def _pattern(parameter: Parameter) -> re.Pattern[str]:
    match parameter.kind:
        case Kind.NUMBER:
            return _NUMBER
        case Kind.EMAIL:
            return _EMAIL
        case _:
            mask = "".join(_ANYTHING.get(sign, re.escape(sign.lower())) for sign in parameter.mask)
            return re.compile(rf"(?<!\w){mask}(?!\w)")


def _normal(parameter: Parameter, hit: str) -> str:
    """A mask's own letters as the company writes them, the others as capitals."""
    if parameter.kind is not Kind.MASK:
        return hit
    pairs = zip(parameter.mask, hit, strict=True)
    return "".join(sign.upper() if mask in _ANYTHING else mask for mask, sign in pairs)
