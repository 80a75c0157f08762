"""Price lists: those that ship, and newer ones from a file, each loaded once."""

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sportello.ops import rates
from sportello.ops.rates import WrongFileError

CARD = """effective_from,market,category,currency,amount,checked_on,source
2027-01-01,Italy,marketing,EUR,0.0712,2026-12-02,Meta
2027-01-01,Italy,authentication-international,EUR,0.0315,2026-12-02,Meta
,Spain,marketing,USD,0.0615,2026-12-02,older
"""


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # a table of ours
    assert row is not None
    found: int = row[0]
    return found


def cards(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT currency, effective_from, checked_on FROM sportello_ratecard ORDER BY id"
        ).fetchall()


def test_what_ships_covers_every_market_of_its_map(worker_url: str) -> None:
    with psycopg.connect(worker_url) as connection:
        bare = connection.execute(
            """
            SELECT DISTINCT p.market FROM (
                SELECT market_since AS market FROM sportello_prefix
                UNION SELECT market_before FROM sportello_prefix
            ) AS p
            WHERE NOT EXISTS (
                SELECT FROM sportello_rate AS r JOIN sportello_ratecard AS k ON k.id = r.card_id
                WHERE r.market = p.market AND k.currency = 'USD' AND r.category = 'marketing'
            )
            """
        ).fetchall()

    assert bare == []
    assert count(worker_url, "sportello_prefix") == 147


def test_what_ships_is_loaded_once_however_often(worker_url: str) -> None:
    tables = ("sportello_ratecard", "sportello_rate", "sportello_prefix")
    before = [count(worker_url, table) for table in tables]
    assert all(before)

    with psycopg.connect(worker_url) as connection:
        rates.load_shipped(connection)

    assert [count(worker_url, table) for table in tables] == before


def test_a_file_is_loaded_once_and_looked_at_again_it_is_fresh_again(
    worker_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("\ufeff" + CARD, encoding="utf-8")
    known = len(cards(worker_url))

    first = rates.load_file(worker_url, path, None)
    path.write_text(CARD.replace("2026-12-02", "2027-02-01"), encoding="utf-8")
    again = rates.load_file(worker_url, path, None)

    assert (first, again) == (2, 0)
    assert cards(worker_url)[known:] == [
        ("EUR", date(2027, 1, 1), date(2027, 2, 1)),
        ("USD", None, date(2027, 2, 1)),
    ]


def test_amounts_are_kept_to_the_millionth() -> None:
    lines = rates.read_rates(CARD, checked_on=None)

    assert [line.micros for line in lines] == [71_200, 31_500, 61_500]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("market,category\nItaly,marketing\n", "missing columns: amount, currency, effective_from"),
        (CARD.replace("0.0712", "0,0712"), "line 2"),
        (CARD.replace("0.0712", "-1"), "line 2: no price"),
        (CARD.replace("0.0712", "NaN"), "line 2"),
        (CARD.replace("0.0712", "0.00000001"), "line 2: no price"),
        (CARD.replace("0.0712", "1e400"), "line 2: no price"),
        (CARD.replace("marketing,USD", "promo,USD"), "line 4"),
        (CARD.replace("EUR,0.0315", "eur,0.0315"), "line 3: no currency"),
        (CARD.replace("2027-01-01,Italy,marketing", "01/01/27,Italy,marketing"), "line 2"),
        (CARD.replace("2026-12-02,older", ",older"), "line 4: no day"),
        (CARD.replace("Spain", ""), "line 4: no market"),
        ("", "missing columns"),
    ],
)
def test_a_file_that_is_no_price_list_is_refused_by_its_line(text: str, told: str) -> None:
    with pytest.raises(WrongFileError, match=told):
        rates.read_rates(text, checked_on=None)


def test_nothing_of_a_wrong_file_is_loaded(worker_url: str, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(CARD.encode() + b"2027-01-01,Italy,utility,EUR,x,2026-12-02,\n")
    before = cards(worker_url)

    with pytest.raises(WrongFileError, match="line 5"):
        rates.load_file(worker_url, path, None)
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(WrongFileError, match="UTF-8"):
        rates.load_file(worker_url, path, None)

    assert cards(worker_url) == before
