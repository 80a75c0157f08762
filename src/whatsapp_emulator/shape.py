"""Reading parts out of a request's JSON, with the errors that Meta gives for what is wrong."""

from collections.abc import Container
from typing import Any

from whatsapp_emulator.errors import bad_param, invalid, missing, required
from whatsapp_emulator.wire import Json, loads


def part(parent: Json, key: str, path: str = "") -> Json:
    """A required object. Raises 100 if it is absent or something else."""
    full = f"{path}['{key}']" if path else key
    value = _decoded(parent, key)
    if value is None:
        raise required(full)
    if not isinstance(value, dict):
        raise bad_param(full, "must be a JSON object.")
    return value


def _decoded(parent: Json, key: str) -> Any:
    """Graph takes objects and arrays as JSON text as well, wherever they stand."""
    value = parent.get(key)
    if isinstance(value, str) and value[:1] in ("{", "["):
        decoded = loads(value.encode("utf-8", "replace"))
        if decoded is not None:
            value = parent[key] = decoded
    return value


def maybe_part(parent: Json, key: str, path: str = "") -> Json | None:
    return None if parent.get(key) is None else part(parent, key, path)


def items(parent: Json, key: str, path: str = "") -> list[Any]:
    """A required array."""
    full = f"{path}['{key}']" if path else key
    value = _decoded(parent, key)
    if value is None:
        raise required(full)
    if not isinstance(value, list):
        raise bad_param(full, "must be an array.")
    return value


def objects(parent: Json, key: str, path: str = "") -> list[Json]:
    """A required array of objects."""
    values = items(parent, key, path)
    full = f"{path}['{key}']" if path else key
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise bad_param(f"{full}[{index}]", "must be a JSON object.")
    return values


def words(parent: Json, key: str, path: str = "", *, longest: int | None = None) -> str:
    """A required, non-empty string of at most `longest` characters."""
    full = f"{path}['{key}']" if path else key
    value = parent.get(key)
    if value is None:
        raise required(full)
    if not isinstance(value, str):
        raise bad_param(full, "must be a string.")
    if not value:
        raise bad_param(full, "must be at least 1 character long.")
    if longest is not None and len(value) > longest:
        raise bad_param(full, f"must be at most {longest} characters long.")
    return value


def maybe_words(
    parent: Json, key: str, path: str = "", *, longest: int | None = None
) -> str | None:
    if parent.get(key) in (None, ""):
        return None
    return words(parent, key, path, longest=longest)


def one_of(parent: Json, key: str, allowed: Container[str], shown: str, path: str = "") -> str:
    """A required string out of an enumeration; `shown` lists it for the error."""
    value = words(parent, key, path)
    if value not in allowed:
        full = f"{path}['{key}']" if path else key
        raise bad_param(full, f'must be one of {{{shown}}} - got "{value}".')
    return value


def within(value: str | None, what: str, longest: int) -> str:
    """A text inside interactive content. Raises 131009 as Meta words lengths there."""
    if not value or not isinstance(value, str) or len(value) > longest:
        raise invalid(f"{what} length invalid. Min length: 1, Max length: {longest}")
    return value


def need(parent: Json, key: str, what: str) -> Any:
    """A member that must be there. Raises 131008 naming it."""
    value = parent.get(key)
    if value is None or value == "":
        raise missing(f"Parameter '{what}' is mandatory")
    return value


def distinct(values: list[str], what: str) -> None:
    """Raises 131009 if a value comes twice."""
    if len(set(values)) != len(values):
        raise invalid(f"Duplicate {what} found. {what} must be unique.")
