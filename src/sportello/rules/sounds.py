"""How long a voice note lasts, read from its bytes without decoding them."""

from typing import Final

# WhatsApp's voice notes: Opus in OGG, whose pages count samples at this rate.
_RATE: Final = 48_000
_PAGE: Final = b"OggS"
_HEAD_BYTES: Final = 14
# Of any other kind the length is guessed from the least that speech takes, so that a bound in
# seconds and a price by the minute err on the safe side.
_BYTES_A_SECOND_MIN: Final = 1_500


def seconds(raw: bytes) -> float:
    """Never less than it lasts, for what is honest about itself; a bound in bytes holds beside."""
    last = raw.rfind(_PAGE)
    if raw.startswith(_PAGE) and len(raw) - last >= _HEAD_BYTES:
        # Bytes 6 to 13 of a page: the place of its last sample. Source: RFC 3533, section 6.
        return int.from_bytes(raw[last + 6 : last + 14], "little") / _RATE
    return len(raw) / _BYTES_A_SECOND_MIN
