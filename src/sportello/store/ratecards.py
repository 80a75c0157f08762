"""Price lists and the map of markets, written at the start and when a newer list comes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from sportello.statements import statements

_SQL: Final = statements(__file__)
_LOCK: Final = 7_021_958  # any number, the same for all who load


def alone(connection: psycopg.Connection[Any]) -> None:
    """Waits until nobody else loads price lists; held until the transaction ends."""
    connection.execute(_SQL["alone"], {"lock": _LOCK})


def put_card(
    connection: psycopg.Connection[Any],
    card: Mapping[str, Any],
    micros: Mapping[tuple[str, str], int],
) -> bool:
    """Whether the list was new. `card`: source, currency, effective_from, checked_on, sha256;
    `micros` by market and category.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SQL["put_card"], card).fetchone()
        assert row is not None, "an upsert returns its row"
        if not row["is_new"]:
            return False
        cursor.executemany(
            _SQL["add_rate"],
            [
                {"card_id": row["id"], "market": market, "category": category, "micros": price}
                for (market, category), price in micros.items()
            ],
        )
    return True


def put_map(connection: psycopg.Connection[Any], lines: Sequence[Mapping[str, str]]) -> None:
    """Replaces the map that is there, if it differs. Each line: calling_code, country,
    market_before, market_since.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        if cursor.execute(_SQL["prefixes"]).fetchall() == list(lines):
            return
        cursor.execute(_SQL["forget_prefixes"])
        cursor.executemany(_SQL["add_prefix"], lines)
