"""The QR picture read back by its own means: mask off, zigzag, words, and the check bytes."""

from hypothesis import given
from hypothesis import strategies as st

from whatsapp_emulator import qr_picture

SIZE = 29


def reserved(y: int, x: int) -> bool:
    """Squares of version 3 that carry no data."""
    finders = (y < 9 and x < 9) or (y < 9 and x >= SIZE - 8) or (y >= SIZE - 8 and x < 9)
    alignment = 20 <= y <= 24 and 20 <= x <= 24
    return finders or alignment or y == 6 or x == 6


def words_of(squares: list[list[bool]]) -> bytes:
    """The 70 code words, in the order of the standard's path."""
    bits, up, right = [], True, SIZE - 1
    while right > 0:
        if right == 6:
            right -= 1
        for y in reversed(range(SIZE)) if up else range(SIZE):
            bits += [
                squares[y][x] != ((y + x) % 2 == 0)
                for x in (right, right - 1)
                if not reserved(y, x)
            ]
        up, right = not up, right - 2
    return bytes(
        sum(bit << (7 - i) for i, bit in enumerate(bits[n : n + 8])) for n in range(0, 560, 8)
    )


def powers() -> list[int]:
    table, value = [], 1
    for _ in range(255):
        table.append(value)
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return table


EXP = powers()
LOG = {value: index for index, value in enumerate(EXP)}


def syndrome(words: bytes, power: int) -> int:
    """The polynomial of the words at a root of the code; 0 if they are whole."""
    total = 0
    for place, word in enumerate(reversed(words)):
        if word:
            total ^= EXP[(LOG[word] + place * power) % 255]
    return total


@given(st.binary(min_size=1, max_size=qr_picture.TEXT_MAX))
def test_what_was_written_is_read_back_and_checks(text):
    words = words_of(qr_picture.modules(text))
    bits = "".join(f"{word:08b}" for word in words[:55])
    assert bits[:4] == "0100"
    length = int(bits[4:12], 2)
    read = bytes(int(bits[12 + 8 * i : 20 + 8 * i], 2) for i in range(length))
    assert read == text
    assert [syndrome(words, power) for power in range(15)] == [0] * 15


def test_the_format_says_level_l_and_mask_0_twice():
    squares = qr_picture.modules(b"https://wa.me/message/ABCDEFGH234567")
    near = [squares[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)]
    near += [squares[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    assert "".join("01"[bit] for bit in near) == "111011111000100"
    far = [squares[SIZE - 1 - i][8] for i in range(7)] + squares[8][SIZE - 8 :]
    assert far == near
    assert squares[SIZE - 8][8] is True
