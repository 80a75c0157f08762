"""What Meta charged, line by line: delivered messages counted by quarter of an hour and price."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from whatsapp_emulator.oldest import drop_oldest
from whatsapp_emulator.routes import admit_approximation

SLOT_S = 900
LINES_MAX = 500_000

admit_approximation(
    "the ledger", "counts by quarter of an hour; beyond 500,000 lines the oldest are dropped"
)


class Line(NamedTuple):
    """Messages of one price in one quarter of an hour; `rate` is in millionths."""

    slot: int
    number_id: str
    country: str
    market: str
    category: str
    kind: str
    tier: str
    rate: int


@dataclass(slots=True)
class Ledger:
    """`volumes` are the charged messages of a month that the steps of volume are reckoned by."""

    lines: dict[Line, int] = field(default_factory=dict)
    volumes: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    """(portfolio, month, market, category) -> messages."""

    def add(self, line: Line) -> None:
        lines = self.lines
        lines[line] = lines.get(line, 0) + 1
        drop_oldest(lines, LINES_MAX)

    def between(
        self, numbers: frozenset[str], start: float, end: float
    ) -> Iterator[tuple[Line, int]]:
        """Lines of these numbers from `start` up to, and without, `end`."""
        for line, volume in self.lines.items():
            if start <= line.slot < end and line.number_id in numbers:
                yield line, volume

    def next_volume(self, portfolio: str, month: str, market: str, category: str) -> int:
        """Which message of the month the one just charged is: 1 for the first."""
        key = (portfolio, month, market, category)
        self.volumes[key] = nth = self.volumes.get(key, 0) + 1
        return nth
