"""Price lists into the database: those that ship, and newer ones from a file."""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import psycopg

from sportello.rules.pricing import Category
from sportello.store import ratecards

RATES: Final = ("rates-eur.csv", "rates-usd.csv")
MARKETS: Final = "market-map.csv"
BYTES_MAX: Final = 5 * 2**20
_RATE_COLUMNS: Final = frozenset({"effective_from", "market", "category", "currency", "amount"})
_MARKET_COLUMNS: Final = ("calling_code", "country", "market_before", "market_since")
_MICRO: Final = 1_000_000
_AMOUNT_MAX: Final = Decimal(10_000)
_ROWS_MAX: Final = 20_000

_Connection = psycopg.Connection[Any]


class WrongFileError(ValueError):
    """A file that is no price list; the message names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One price of a list. `micros`: millionths of the currency's unit."""

    effective_from: date | None
    market: str
    category: Category
    currency: str
    micros: int
    source: str
    checked_on: date


def load_shipped(connection: _Connection) -> None:
    """Every price list of the package; what is there already stays as it is.

    Of several who start at once one loads, and the others find it done.
    """
    ratecards.alone(connection)
    for name in RATES:
        load(connection, read_rates(_shipped(name), checked_on=None))
    markets = _rows(_shipped(MARKETS))
    ratecards.put_map(
        connection, [{name: row[name] for name in _MARKET_COLUMNS} for row in markets]
    )


def load(connection: _Connection, lines: Iterable[Line]) -> int:
    """One card for each currency and day; how many were new. The same again changes nothing."""
    cards: dict[tuple[str, date | None], list[Line]] = {}
    for line in lines:
        cards.setdefault((line.currency, line.effective_from), []).append(line)
    return sum(
        _load_card(connection, currency, day, found) for (currency, day), found in cards.items()
    )


def load_file(url: str, path: Path, checked_on: date | None) -> int:
    """How many cards of the file were new. `url`: the workers'. Raises WrongFileError."""
    if path.stat().st_size > BYTES_MAX:
        raise WrongFileError(f"larger than {BYTES_MAX} bytes")
    try:
        lines = read_rates(path.read_text(encoding="utf-8-sig"), checked_on=checked_on)
    except UnicodeDecodeError as error:
        raise WrongFileError("not in UTF-8") from error
    with psycopg.connect(url) as connection:
        return load(connection, lines)


def read_rates(text: str, *, checked_on: date | None) -> list[Line]:
    """The lines of a CSV. `checked_on` for a file whose lines do not tell it themselves.

    Raises WrongFileError.
    """
    rows = _rows(text)
    missing = _RATE_COLUMNS - set(rows[0] if rows else ())
    if missing:
        raise WrongFileError(f"missing columns: {', '.join(sorted(missing))}")
    return [_line(row, number, checked_on) for number, row in enumerate(rows, start=2)]


def _rows(text: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader(text.splitlines()))
    if len(rows) > _ROWS_MAX:
        raise WrongFileError(f"more than {_ROWS_MAX} lines")
    return [{name: (value or "").strip() for name, value in row.items() if name} for row in rows]


def _line(row: Mapping[str, str], number: int, checked_on: date | None) -> Line:
    try:
        return Line(
            effective_from=_day(row["effective_from"]),
            market=_bounded(row["market"], 60),
            category=Category(row["category"].lower().replace("-", "_")),
            currency=_currency(row["currency"]),
            micros=_micros(row["amount"]),
            source=row.get("source", "")[:300],
            checked_on=_checked(row.get("checked_on", ""), checked_on),
        )
    except (ValueError, InvalidOperation) as error:
        raise WrongFileError(f"line {number}: {error}") from error


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _checked(text: str, otherwise: date | None) -> date:
    if text:
        return date.fromisoformat(text)
    if otherwise is None:
        raise ValueError("no day on which the source was looked at")
    return otherwise


def _bounded(text: str, length: int) -> str:
    if not text or len(text) > length or "\0" in text:
        raise ValueError("no market that can be kept")
    return text


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isupper():
        raise ValueError(f"no currency: {text[:20]!r}")
    return text


def _micros(text: str) -> int:
    """Exact: a price that is finer than a millionth is refused, not rounded."""
    amount = Decimal(text)
    micros = amount * _MICRO
    if not amount.is_finite() or not 0 <= amount <= _AMOUNT_MAX or micros != int(micros):
        raise ValueError(f"no price: {text[:20]!r}")
    return int(micros)


def _load_card(
    connection: _Connection, currency: str, day: date | None, lines: Sequence[Line]
) -> bool:
    """True for a new card. Looked at again, the same one only moves its day of checking."""
    prices = {(line.market, line.category.value): line.micros for line in lines}
    digest = hashlib.sha256(repr(sorted(prices.items())).encode()).hexdigest()
    card = {
        "source": lines[0].source,
        "currency": currency,
        "effective_from": day,
        "checked_on": max(line.checked_on for line in lines),
        "sha256": digest,
    }
    return ratecards.put_card(connection, card, prices)


def _shipped(name: str) -> str:
    return (files("sportello.ops.rate_cards") / name).read_text(encoding="utf-8")
