"""The ledger as a file for a spreadsheet, in which no cell can be taken for a formula."""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import StringIO
from typing import Final

from sportello.console.money.ledger import Line

COLUMNS: Final = (
    "day", "number", "category", "market", "kind", "currency", "messages", "delivered",
    "expected", "billed", "difference", "without_price",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_MICRO: Final = Decimal(1_000_000)


def csv_of(lines: Iterable[Line], numbers: Mapping[int, str]) -> str:
    """One row for each day, number, category, market and kind. `numbers`: as they are shown."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            [
                line.day.isoformat(),
                plain(numbers.get(line.number_id, "")),
                plain(line.category),
                plain(line.market),
                plain(line.kind),
                plain(line.currency),
                line.messages,
                line.delivered,
                _amount(line.expected),
                _amount(line.billed),
                _amount(line.billed - line.delivered_expected),
                line.unpriced,
            ]
        )
    return file.getvalue()


def plain(text: str) -> str:
    """Spreadsheets run what begins like a formula; an apostrophe makes it words."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _amount(micros: int) -> str:
    """With a point and six places, whatever the language: for programs."""
    return f"{micros / _MICRO:.6f}"
