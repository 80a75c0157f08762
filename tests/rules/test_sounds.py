"""How long a voice note lasts, by the place of its last sample or by its bytes."""

import pytest

from sportello.rules import sounds


def page(samples):
    return b"OggS\x00\x00" + samples.to_bytes(8, "little") + b"rest of the page"


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        (page(0) + page(96_000), 2.0),
        (page(48_000 * 3_600), 3_600.0),
        (page(24_000), 0.5),
        (page(0x0102_0304_0506_0708)[:14], 0x0102_0304_0506_0708 / 48_000),
        (page(96_000) + b"OggS cut off", 30 / 1_500 + 12 / 1_500),
        (b"OggS\x00\x00\x01\x00", 8 / 1_500),
        (b"ID3" + page(96_000), 33 / 1_500),
        (b"", 0.0),
        (b"x" * 3_000, 2.0),
    ],
)
def test_the_last_sample_tells_and_else_the_bytes(raw, seconds):
    assert sounds.seconds(raw) == pytest.approx(seconds)
