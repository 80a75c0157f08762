"""Uploaded samples: the handles that resumable uploads give, and their use in media headers."""

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from whatsapp_emulator.call import Call
from whatsapp_emulator.dossier import Handle
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.template_refusals import refused
from whatsapp_emulator.wire import Json

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

SAMPLE_PATH = "/whatsapp_business/samples/"
MIMES = {
    "IMAGE": ("image/jpeg", "image/jpg", "image/png"),
    "VIDEO": ("video/mp4",),
    "GIF": ("video/mp4",),
    "DOCUMENT": ("application/pdf",),
}

admit_approximation(
    "samples of media headers",
    "an unknown or expired handle, or one of another kind, is code 100 without Meta's subcode; "
    "created templates show the sample under an address of the emulator",
)


def check_samples(call: Call, components: list[Json]) -> None:
    """Raises unless every media header shows a living upload of its kind."""
    for header in _headers(components):
        given = header["example"]["header_handle"]
        handle = str(given[0] if isinstance(given, list) and given else given)
        if _linked(call.emulator, handle):
            continue
        known = call.emulator.world.file.handles.get(handle)
        if known is None or known.expires_at <= call.now:
            raise refused(
                None, "Invalid sample", "The header handle is unknown or expired. Upload again."
            )
        if known.mime not in MIMES[header["format"]]:
            raise refused(
                2388047, "Invalid sample", f"A sample of {known.mime} is no {header['format']}"
            )


def with_links(emulator: "Emulator", components: list[Json]) -> list[Json]:
    """The components as Meta shows them: addresses where handles were given."""
    if next(_headers(components), None) is None:
        return components
    shown = deepcopy(components)
    for header in _headers(shown):
        given = header["example"]["header_handle"]
        handle = str(given[0] if isinstance(given, list) and given else given)
        known = emulator.world.file.handles.get(handle)
        if known is not None:
            header["example"]["header_handle"] = [sample_url(emulator, known)]
    return shown


def sample_url(emulator: "Emulator", handle: Handle) -> str:
    return f"{emulator.base_url}{SAMPLE_PATH}{handle.media_id}"


def _headers(components: list[Json]) -> Iterator[Json]:
    """Every media header, those of cards included."""
    for item in components:
        if item.get("type") == "HEADER" and item.get("format") in MIMES:
            yield item
        for card in item.get("cards", []):
            yield from _headers(card.get("components", []))


def _linked(emulator: "Emulator", handle: str) -> bool:
    """An edit may give back the address that a read has shown."""
    _, found, media_id = handle.partition(SAMPLE_PATH)
    return bool(found) and media_id in emulator.world.media
