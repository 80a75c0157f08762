"""QR codes of short links: version 3, level L, mask 0; as SVG and as PNG.

Source: ISO/IEC 18004. One version is enough: the links have 36 bytes, it holds 53.
"""

import struct
import zlib

SIZE = 29
DATA_BYTES = 55
CHECK_BYTES = 15
TEXT_MAX = 53
QUIET = 4
ALIGNMENT = 22
FORMAT_BITS = 0b111011111000100
"""Level L with mask 0, with its own check bits."""
PIXELS = 8
Modules = list[list[bool]]


def modules(text: bytes) -> Modules:
    """The dark and light squares, row by row, without the quiet border."""
    if len(text) > TEXT_MAX:
        raise ValueError(f"at most {TEXT_MAX} bytes")
    grid: list[list[bool | None]] = [[None] * SIZE for _ in range(SIZE)]
    _draw_fixed(grid)
    _draw_format(grid)
    data = _packed(text)
    _draw_data(grid, data + _check(data))
    return [[bool(square) for square in row] for row in grid]


def svg(squares: Modules) -> str:
    side = SIZE + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(squares)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )


def png(squares: Modules) -> bytes:
    side = (SIZE + 2 * QUIET) * PIXELS
    light = [False] * SIZE
    rows = [light] * QUIET + squares + [light] * QUIET
    raw = bytearray()
    for row in rows:
        line = b"\x00"
        for dark in [False] * QUIET + row + [False] * QUIET:
            line += (b"\x00" if dark else b"\xff") * PIXELS
        raw += line * PIXELS
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(raw), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _draw_fixed(grid: list[list[bool | None]]) -> None:
    """Finders with their margins, timing lines, the alignment mark, the dark module."""
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < SIZE and 0 <= left + x < SIZE:
                    ring = max(abs(y - 3), abs(x - 3))
                    grid[top + y][left + x] = ring not in (2, 4)
    for i in range(8, SIZE - 8):
        grid[6][i] = grid[i][6] = i % 2 == 0
    for y in range(-2, 3):
        for x in range(-2, 3):
            grid[ALIGNMENT + y][ALIGNMENT + x] = max(abs(y), abs(x)) != 1
    grid[SIZE - 8][8] = True


def _draw_format(grid: list[list[bool | None]]) -> None:
    """The 15 format bits, twice: round the first finder, and beside the other two."""
    near = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    far = [(SIZE - 1 - i, 8) for i in range(7)] + [(8, SIZE - 8 + i) for i in range(8)]
    for places in (near, far):
        for index, (y, x) in enumerate(places):
            grid[y][x] = bool(FORMAT_BITS >> (14 - index) & 1)


def _draw_data(grid: list[list[bool | None]], data: bytes) -> None:
    """Upwards and downwards in pairs of columns from the right, past the timing column."""
    bits = [byte >> (7 - i) & 1 for byte in data for i in range(8)]
    position, upward = 0, True
    for right in (*range(SIZE - 1, 6, -2), 5, 3, 1):
        for y in range(SIZE - 1, -1, -1) if upward else range(SIZE):
            for x in (right, right - 1):
                if grid[y][x] is None:
                    bit = bits[position] if position < len(bits) else 0
                    grid[y][x] = bool(bit) ^ ((y + x) % 2 == 0)
                    position += 1
        upward = not upward


def _packed(text: bytes) -> bytes:
    """Byte mode, length, text, end, filled up."""
    bits = f"0100{len(text):08b}" + "".join(f"{byte:08b}" for byte in text) + "0000"
    packed = bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))
    filling = b"\xec\x11" * DATA_BYTES
    return packed + filling[: DATA_BYTES - len(packed)]


def _check(data: bytes) -> bytes:
    """The Reed-Solomon remainder over GF(256) with x^8+x^4+x^3+x^2+1."""
    generator = [1]
    root = 1
    for _ in range(CHECK_BYTES):
        shifted = [*generator, 0]
        scaled = [0, *(_times(c, root) for c in generator)]
        generator = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
        root = _times(root, 2)
    rest = list(data) + [0] * CHECK_BYTES
    for i in range(len(data)):
        factor = rest[i]
        for j, coefficient in enumerate(generator):
            rest[i + j] ^= _times(coefficient, factor)
    return bytes(rest[len(data) :])


def _times(a: int, b: int) -> int:
    product = 0
    for _ in range(8):
        if b & 1:
            product ^= a
        b >>= 1
        a <<= 1
        if a & 0x100:
            a ^= 0x11D
    return product
