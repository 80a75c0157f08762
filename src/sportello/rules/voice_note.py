"""A browser's recording as the voice note that WhatsApp takes: Opus, moved from WebM into Ogg.

Chromium records Opus in WebM, which Meta does not take; the sound itself is the same. Only the
wrapping changes, no sound is encoded anew. Sources: RFC 9559 (Matroska; WebM is a part of it),
RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 section 3.1 (length of an Opus packet).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# About half an hour of speech: what is larger is no voice note.
BYTES_MAX: Final = 8 * 1024 * 1024
_WEBM: Final = b"\x1a\x45\xdf\xa3"
_SERIAL: Final = 1
_SEGMENTS_MAX: Final = 255
_PACKETS_A_PAGE: Final = 50
_RATE: Final = 48_000


class UnfitRecordingError(ValueError):
    """It is no recording that we can wrap anew: another codec, broken, or too large."""


def is_webm(content: bytes) -> bool:
    return content.startswith(_WEBM)


def to_ogg(webm: bytes) -> bytes:
    """The same sound as `audio/ogg; codecs=opus`. Raises UnfitRecordingError."""
    if len(webm) > BYTES_MAX:
        raise UnfitRecordingError("too large")
    recording = _read(webm)
    if not recording.head.startswith(b"OpusHead") or len(recording.head) < 19:
        raise UnfitRecordingError("no Opus")
    if recording.head[9] != 1:
        raise UnfitRecordingError("more than one channel")
    if not recording.packets:
        raise UnfitRecordingError("no sound")
    return b"".join(_pages(recording))


@dataclass(frozen=True, slots=True)
class _Recording:
    head: bytes
    packets: list[bytes]


# Elements whose content are elements: they are walked into, whatever their size says, for a
# browser that records does not know it beforehand.
_MASTERS: Final = frozenset({0x18538067, 0x1654AE6B, 0xAE, 0x1F43B675, 0xA0})
_CODEC: Final = 0x86
_HEAD: Final = 0x63A2
_BLOCKS: Final = frozenset({0xA3, 0xA1})
_UNKNOWN: Final = -1


def _read(webm: bytes) -> _Recording:
    codec, head, packets = b"", b"", []
    for name, content in _elements(webm):
        if name == _CODEC:
            codec = content
        elif name == _HEAD:
            head = content
        elif name in _BLOCKS:
            packets.append(_packet(content))
    if codec.rstrip(b"\0") != b"A_OPUS":
        raise UnfitRecordingError("no Opus")
    return _Recording(head, packets)


def _elements(webm: bytes) -> Iterator[tuple[int, bytes]]:
    """Each step goes on by two bytes at least; a cut end is an end."""
    at = 0
    while at < len(webm):
        name, at = _number(webm, at, keeps_mark=True)
        size, at = _number(webm, at, keeps_mark=False)
        if name in _MASTERS:
            continue
        if size == _UNKNOWN:
            raise UnfitRecordingError("an element without size")
        if at + size > len(webm):
            return
        yield name, webm[at : at + size]
        at += size


def _number(webm: bytes, at: int, *, keeps_mark: bool) -> tuple[int, int]:
    """A number whose first byte tells its length; with all other bits set a size is not known."""
    if at >= len(webm) or webm[at] == 0:
        raise UnfitRecordingError("broken")
    length = 9 - webm[at].bit_length()
    if at + length > len(webm):
        raise UnfitRecordingError("broken")
    value = int.from_bytes(webm[at : at + length])
    if keeps_mark:
        return value, at + length
    value &= (1 << (7 * length)) - 1
    is_unknown = value == (1 << (7 * length)) - 1
    return (_UNKNOWN if is_unknown else value), at + length


def _packet(block: bytes) -> bytes:
    """A block without its track, time and flags; several packets in one are not recorded so."""
    _, at = _number(block, 0, keeps_mark=False)
    if len(block) < at + 4 or block[at + 2] & 0x06:
        raise UnfitRecordingError("a block of another kind")
    return block[at + 3 :]


def _pages(recording: _Recording) -> Iterator[bytes]:
    yield _page(0, 0, [recording.head], first=True)
    vendor = b"Sportello"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    yield _page(1, 0, [tags])
    granule, number = 0, 2
    groups = list(_grouped(recording.packets))
    for place, group in enumerate(groups):
        granule += sum(_samples(packet) for packet in group)
        yield _page(number, granule, group, last=place == len(groups) - 1)
        number += 1


def _grouped(packets: list[bytes]) -> Iterator[list[bytes]]:
    """As many whole packets as a page can hold."""
    group: list[bytes] = []
    segments = 0
    for packet in packets:
        wanted = len(packet) // 255 + 1
        if wanted > _SEGMENTS_MAX:
            raise UnfitRecordingError("a packet too large")
        if group and (segments + wanted > _SEGMENTS_MAX or len(group) >= _PACKETS_A_PAGE):
            yield group
            group, segments = [], 0
        group.append(packet)
        segments += wanted
    if group:
        yield group


# In samples at 48 kHz, by the configuration in a packet's first byte.
_FRAMES: Final = (
    *((480, 960, 1920, 2880) * 3),
    *((480, 960) * 2),
    *((120, 240, 480, 960) * 4),
)


def _samples(packet: bytes) -> int:
    frame, count = _FRAMES[packet[0] >> 3], packet[0] & 0x03
    told = packet[1] & 0x3F if len(packet) > 1 else 0
    return min(frame * (1, 2, 2, told)[count], _RATE)


def _page(
    number: int, granule: int, packets: list[bytes], *, first: bool = False, last: bool = False
) -> bytes:
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    flags = (2 if first else 0) | (4 if last else 0)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, _SERIAL, number, 0)
    page = bytearray(head + bytes([len(lacing)]) + lacing + b"".join(packets))
    page[22:26] = struct.pack("<I", _checksum(page))
    return bytes(page)


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        rest = byte << 24
        for _ in range(8):
            rest = (rest << 1) ^ (0x04C11DB7 if rest & 0x80000000 else 0)
        table.append(rest & 0xFFFFFFFF)
    return tuple(table)


_TABLE: Final = _table()


def _checksum(page: bytearray) -> int:
    rest = 0
    for byte in page:
        rest = ((rest << 8) & 0xFFFFFFFF) ^ _TABLE[(rest >> 24) ^ byte]
    return rest
