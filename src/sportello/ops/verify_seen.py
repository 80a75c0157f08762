"""A set of words in a fixed amount of memory: it may take a stranger for known, never the reverse.

So a comparison with it can miss a difference, one in some thousands, and never invents one.
"""

from hashlib import blake2b
from typing import Final

_BITS: Final = 2**27  # 16 MB; with ten million words one stranger in fifty is taken for known
_PLACES: Final = 3


class Seen:
    """`add` words, then ask whether one was `in` it."""

    def __init__(self, bits: int = _BITS) -> None:
        self._bits = bits
        self._marks = bytearray(bits // 8)

    def add(self, word: str) -> None:
        for place in self._places(word):
            self._marks[place >> 3] |= 1 << (place & 7)

    def __contains__(self, word: str) -> bool:
        return all(self._marks[place >> 3] & (1 << (place & 7)) for place in self._places(word))

    def _places(self, word: str) -> list[int]:
        digest = blake2b(word.encode(), digest_size=8 * _PLACES).digest()
        return [
            int.from_bytes(digest[8 * n : 8 * n + 8], "little") % self._bits for n in range(_PLACES)
        ]
