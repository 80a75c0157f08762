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


def _headers_of(ogg: bytes) -> list[tuple[int, int, int, int, int]]:
    """Version, flags, samples, stream and number of each page."""
    found, at = [], 0
    while at < len(ogg):
        _, version, flags, granule, stream, number, _, count = struct.unpack(
            "<4sBBqIIIB", ogg[at : at + 27]
        )
        found.append((version, flags, granule, stream, number))
        at += 27 + count + sum(ogg[at + 27 : at + 27 + count])
    return found


def test_pages_are_counted_and_only_the_first_and_the_last_are_marked() -> None:
    # Fifty packets fill a page, and so do 255 segments: 200 of the first kind, 3 of the second.
    packets = [b"\x08a"] * 101 + [b"\x08" + bytes(25_499)] * 3

    assert _headers_of(voice_note.to_ogg(_recorded(packets))) == [
        (0, 2, 0, 1, 0),
        (0, 0, 0, 1, 1),
        (0, 0, 50 * 960, 1, 2),
        (0, 0, 100 * 960, 1, 3),
        (0, 0, 103 * 960, 1, 4),
        (0, 4, 104 * 960, 1, 5),
    ]


def test_the_tags_name_who_wrapped_it_and_say_nothing_else() -> None:
    found, _ = _packets_of(voice_note.to_ogg(_recorded([b"\x08a"])))

    assert found[1] == b"OpusTags\x09\0\0\0Sportello\0\0\0\0"


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x00", 480),
        (b"\x18", 2880),
        (b"\x60", 480),
        (b"\x68", 960),
        (b"\x80", 120),
        (b"\xf8", 960),
        (b"\x09", 1920),
        (b"\x0a", 1920),
        (b"\x0b\x03", 2880),
        (b"\x0b\xc2a", 1920),
        (b"\x0b", 0),
        (b"\x1b\x3f", 48_000),
    ],
)
def test_a_packet_tells_how_long_it_is(packet: bytes, samples: int) -> None:
    _, granule = _packets_of(voice_note.to_ogg(_recorded([packet])))

    assert granule == samples


def test_a_browser_s_recording_is_known_by_its_first_bytes() -> None:
    assert voice_note.is_webm(_recorded([b"\x08a"]))
    assert not voice_note.is_webm(b"OggS")


def test_what_a_recorder_had_not_finished_ends_with_its_last_whole_packet() -> None:
    whole = _recorded([b"\x08a", b"\x08b"])

    assert _packets_of(voice_note.to_ogg(whole[:-1]))[0][2:] == [b"\x08a"]


def test_blocks_in_groups_and_codecs_with_padding_are_read_as_well() -> None:
    group = _sized("A0", _sized("A1", b"\x40\x01\x00\x00\x80\x08b"))
    webm = _recorded([b"\x08a"], codec=b"A_OPUS\0\0") + group

    assert _packets_of(voice_note.to_ogg(webm))[0][2:] == [b"\x08a", b"\x08b"]


def test_the_largest_packet_that_a_page_holds_goes_and_a_larger_one_does_not() -> None:
    largest = b"\x08" + bytes(255 * 255 - 2)

    assert _packets_of(voice_note.to_ogg(_recorded([largest])))[0][2:] == [largest]
    with pytest.raises(UnfitRecordingError, match=r"^a packet too large$"):
        voice_note.to_ogg(_recorded([largest + b"a"]))


def test_a_recording_of_eight_megabytes_is_not_too_large() -> None:
    sound = _recorded([b"\x08a"])
    rest = _sized("EC", bytes(voice_note.BYTES_MAX - len(sound) - 5))

    assert voice_note.to_ogg(sound + rest) == voice_note.to_ogg(sound)
    with pytest.raises(UnfitRecordingError, match=r"^too large$"):
        voice_note.to_ogg(sound + rest + b"a")


_SOUND = _recorded([b"\x08a"])


@pytest.mark.parametrize(
    ("webm", "reason"),
    [
        (b"\x1a\x45\xdf\xa3", "broken"),
        (b"", "no Opus"),
        (_SOUND + b"\x00", "broken"),
        (_SOUND + b"\x40", "broken"),
        (_SOUND + b"\xec", "broken"),
        (_SOUND + b"\xec\x40", "broken"),
        (_SOUND + b"\xec\xff", "an element without size"),
        (_recorded([b"\x08a"], codec=b"A_VORBIS"), "no Opus"),
        (_recorded([b"\x08a"], head=_HEAD[:18]), "no Opus"),
        (_recorded([b"\x08a"], head=b"VorbisHe" + _HEAD[8:]), "no Opus"),
        (_recorded([b"\x08a"], head=_HEAD[:9] + b"\x02" + _HEAD[10:]), "more than one channel"),
        (_recorded([]), "no sound"),
        (_recorded([b""]), "a block of another kind"),
        (_SOUND + _sized("A3", b"\x81\x00\x00"), "a block of another kind"),
        (_SOUND + _sized("A3", b"\x81\x00\x00\x82\x08"), "a block of another kind"),
        (_SOUND + _sized("A3", b"\x81\x00\x00\x84\x08"), "a block of another kind"),
    ],
)
def test_what_is_no_such_recording_is_said_to_be_none(webm: bytes, reason: str) -> None:
    with pytest.raises(UnfitRecordingError, match=f"^{reason}$"):
        voice_note.to_ogg(webm)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(noise: bytes) -> None:
    with contextlib.suppress(UnfitRecordingError):
        voice_note.to_ogg(_recorded([b"\x08a"])[:40] + noise)
