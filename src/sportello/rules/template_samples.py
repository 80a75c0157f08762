"""The samples in media headers of a creation body: found, and put in each other's place.

A file of ours stands there as `file:<id>`; Meta takes the handle of an uploaded one.
"""

from collections.abc import Iterator, Mapping
from typing import Final

Json = object
OURS: Final = "file:"
COMPONENTS_MAX: Final = 30
_ID_DIGITS_MAX: Final = 18


def handles(components: Json) -> Iterator[tuple[str, str]]:
    """The format (Meta's word) and handle of each sample, those of cards included."""
    for component in _objects(components):
        header_format = component.get("format")
        if isinstance(header_format, str):
            yield from ((header_format, handle) for handle in _given(component))
        for card in _objects(component.get("cards")):
            yield from handles(card.get("components"))


def file_id(handle: str) -> int | None:
    """The id in `file:<id>`; None for anything else."""
    digits = handle.removeprefix(OURS)
    is_ours = handle.startswith(OURS) and digits.isascii() and digits.isdecimal()
    return int(digits) if is_ours and len(digits) <= _ID_DIGITS_MAX else None


def replaced(components: Json, new: Mapping[str, str]) -> Json:
    """A copy in which each handle that `new` names is the one that it names."""
    if not isinstance(components, list):
        return components
    return [_with(component, new) for component in components]


def _with(component: Json, new: Mapping[str, str]) -> Json:
    if not isinstance(component, dict):
        return component
    changed = dict(component)
    given = list(_given(component))
    if given:
        shown = [new.get(handle, handle) for handle in given]
        changed["example"] = {**component["example"], "header_handle": shown}
    if isinstance(component.get("cards"), list):
        changed["cards"] = [
            {**card, "components": replaced(card.get("components"), new)}
            if isinstance(card, dict)
            else card
            for card in component["cards"]
        ]
    return changed


def _given(component: Mapping[str, Json]) -> Iterator[str]:
    """Meta takes one handle, or a list of one."""
    example = component.get("example")
    found = example.get("header_handle") if isinstance(example, dict) else None
    several = found if isinstance(found, list) else [found]
    for handle in several[:COMPONENTS_MAX]:
        if isinstance(handle, str):
            yield handle


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    for one in value[:COMPONENTS_MAX] if isinstance(value, list) else []:
        if isinstance(one, dict):
            yield one
