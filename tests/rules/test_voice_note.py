"""A recording moved from WebM into Ogg, without a word of it lost."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import voice_note
from sportello.rules.voice_note import UnfitRecordingError

_HEAD = b"OpusHead" + bytes([1, 1]) + struct.pack("<HIhB", 312, 48_000, 0, 0)


def _sized(name: str, content: bytes) -> bytes:
    return bytes.fromhex(name) + (0x10000000 | len(content)).to_bytes(4) + content


def _endless(name: str) -> bytes:
    """As a browser writes what it has not finished yet."""
    return bytes.fromhex(name) + b"\x01" + b"\xff" * 7


def _recorded(packets: list[bytes], head: bytes = _HEAD, codec: bytes = b"A_OPUS") -> bytes:
    track = _sized("AE", _sized("86", codec) + _sized("63A2", head))
    blocks = b"".join(_sized("A3", b"\x81\x00\x00\x80" + packet) for packet in packets)
    return (
        _sized("1A45DFA3", _sized("4282", b"webm"))
        + _endless("18538067")
        + _sized("1654AE6B", track)
        + _endless("1F43B675")
        + _sized("E7", b"\x00")
        + blocks
    )


def _packets_of(ogg: bytes) -> tuple[list[bytes], int]:
    """What a reader of Ogg finds, and the last page's time in samples."""
    found, at, granule = [], 0, 0
    while at < len(ogg):
        magic, _, _, granule, _, _, _, count = struct.unpack("<4sBBqIIIB", ogg[at : at + 27])
        assert magic == b"OggS"
        lacing, at = ogg[at + 27 : at + 27 + count], at + 27 + count
        packet = b""
        for length in lacing:
            packet += ogg[at : at + length]
            at += length
            if length < 255:
                found.append(packet)
                packet = b""
    return found, granule


_PACKETS = st.lists(
    st.integers(0, 63).flatmap(
        lambda first: st.binary(max_size=600).map(lambda rest: bytes([first << 2]) + rest)
    ),
    min_size=1,
    max_size=120,
)


@given(_PACKETS)
def test_every_packet_comes_out_as_it_went_in(packets: list[bytes]) -> None:
    found, granule = _packets_of(voice_note.to_ogg(_recorded(packets)))

    assert found[0] == _HEAD
    assert found[1].startswith(b"OpusTags")
    assert found[2:] == packets
    assert granule > 0


def test_a_second_of_speech_is_a_second_long() -> None:
    # 20 ms each, one frame: configuration 1.
    _, granule = _packets_of(voice_note.to_ogg(_recorded([b"\x08sound"] * 50)))

    assert granule == 48_000


def test_a_page_carries_the_checksum_that_ogg_asks_for() -> None:
    page = bytearray(voice_note.to_ogg(_recorded([b"\x08a"]))[:47])
    told = struct.unpack("<I", page[22:26])[0]
    page[22:26] = bytes(4)
    rest = 0
    for byte in page:
        rest ^= byte << 24
        for _ in range(8):
            rest = ((rest << 1) ^ (0x04C11DB7 if rest & 0x80000000 else 0)) & 0xFFFFFFFF

    assert told == rest


@pytest.mark.parametrize(
    "webm",
    [
        b"\x1a\x45\xdf\xa3",
        _recorded([b"\x08a"], codec=b"A_VORBIS"),
        _recorded([b"\x08a"], head=_HEAD[:9] + b"\x02" + _HEAD[10:]),
        _recorded([]),
        _recorded([b"\x08a"]) + b"\x00",
    ],
    ids=["cut", "another codec", "two channels", "silence", "broken"],
)
def test_what_is_no_such_recording_is_said_to_be_none(webm: bytes) -> None:
    with pytest.raises(UnfitRecordingError):
        voice_note.to_ogg(webm)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(noise: bytes) -> None:
    with contextlib.suppress(UnfitRecordingError):
        voice_note.to_ogg(_recorded([b"\x08a"])[:40] + noise)
