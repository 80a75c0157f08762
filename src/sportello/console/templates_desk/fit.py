"""A creation body as a person or a script gave it, made fit to be kept; Meta judges the rest."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BODY_BYTES_MAX: Final = 64 * 1024
DEPTH_MAX: Final = 12
NAME_LENGTH_MAX: Final = 512
CATEGORIES: Final = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
_LANGUAGE_LENGTH_MAX: Final = 16
_FORMATS: Final = frozenset({"POSITIONAL", "NAMED"})


class UnfitTemplate(ValueError):  # noqa: N818  # the body is unfit, nothing broke
    """A body that no row can hold. `part`: name, language, category, components, sample, account
    or body; `code`: missing, too_long, unknown, not_text, too_large, taken, fixed or wrong_file.
    """

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part = part
        self.code = code


@dataclass(frozen=True, slots=True)
class Fit:
    """`body` is Meta's creation body, category and format in capitals."""

    name: str
    language: str
    category: str
    parameter_format: str
    components: list[Any]
    body: dict[str, Any]


def fit(given: Mapping[str, Any]) -> Fit:
    """Raises UnfitTemplate."""
    check_storable(given)
    category = _word(given, "category", CATEGORIES)
    parameter_format = _word(given, "parameter_format", _FORMATS, "POSITIONAL")
    body = {**given, "category": category, "parameter_format": parameter_format}
    return Fit(
        name=_text(given, "name", NAME_LENGTH_MAX),
        language=_text(given, "language", _LANGUAGE_LENGTH_MAX),
        category=category,
        parameter_format=parameter_format,
        components=components(given),
        body=body,
    )


def components(given: Mapping[str, Any]) -> list[Any]:
    """Raises UnfitTemplate for anything but a list."""
    found = given.get("components")
    if not isinstance(found, list):
        raise UnfitTemplate("components", "missing")
    return found


def check_storable(given: Mapping[str, Any]) -> None:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate, and nothing is without end."""
    if not _is_storable(given, 0):
        raise UnfitTemplate("body", "not_text")
    if len(json.dumps(given)) > BODY_BYTES_MAX:
        raise UnfitTemplate("body", "too_large")


def _is_storable(value: Any, depth: int) -> bool:
    if depth > DEPTH_MAX:
        return False
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, Mapping):
        return all(
            _is_storable(key, depth) and _is_storable(inner, depth + 1)
            for key, inner in value.items()
        )
    if isinstance(value, list):
        return all(_is_storable(inner, depth + 1) for inner in value)
    return not isinstance(value, float) or math.isfinite(value)


def _text(given: Mapping[str, Any], key: str, length_max: int) -> str:
    found = given.get(key)
    if not isinstance(found, str) or not found.strip():
        raise UnfitTemplate(key, "missing")
    if len(found) > length_max:
        raise UnfitTemplate(key, "too_long")
    return found


def _word(given: Mapping[str, Any], key: str, known: frozenset[str], usual: str = "") -> str:
    """Meta takes its words in any case."""
    found = given.get(key)
    if found is None and usual:
        return usual
    word = found.strip().upper() if isinstance(found, str) else ""
    if word not in known:
        raise UnfitTemplate(key, "unknown" if word else "missing")
    return word
