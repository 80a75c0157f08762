"""Search and counts of the desk on a well-filled inbox: they find their rows by indexes."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import sportello
from sportello.statements import statements
from tests import database as databases

_FILL = Path(__file__).parents[1] / "bench" / "fill_inbox.sql"
_COUNTING = Path(sportello.__file__).parent / "console/inbox/counting.sql"
_NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_SCANS = """
SELECT pg_stat_force_next_flush(), (SELECT seq_scan FROM pg_stat_user_tables WHERE relname = %s),
       (SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s)"""


@pytest.fixture(scope="module")
def filled(cluster: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    url = databases.create(cluster, name)
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            text = _FILL.read_text().format(chats=10_000, messages=20_000)
            for statement in filter(str.strip, text.split(";\n")):
                owner.execute(statement.encode())
            owner.execute("ANALYZE")
        yield url
    finally:
        databases.drop(cluster, name)


def _console(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(databases.acting_as(url, "sportello_console"))
    connection.execute("SELECT set_config('sportello.workspace', '1', false)")
    return connection


def _scans(url: str, table: str, index: str) -> tuple[int, int]:
    with psycopg.connect(url) as owner:
        row = owner.execute(_SCANS, [table, index]).fetchone()
        assert row is not None
        return row[1], row[2]


@pytest.mark.parametrize(
    ("asks", "table", "index"),
    [
        (
            "SELECT FROM sportello_find_messages('{buongiorno}', 999999999, 50)",
            "sportello_message",
            "message_words",
        ),
        (
            "SELECT FROM sportello_find_messages('{ordinza,resba}', 999999999, 50)",
            "sportello_message",
            "message_words",
        ),
        ("SELECT FROM sportello_find_contacts('{arc}', 50)", "sportello_contact", "contact_names"),
    ],
)
def test_a_search_reads_its_index_and_no_table_whole(
    filled: str, asks: str, table: str, index: str
) -> None:
    before = _scans(filled, table, index)

    with _console(filled) as connection:
        connection.execute(asks.encode())
        connection.execute("SELECT pg_stat_force_next_flush()")

    after = _scans(filled, table, index)
    assert after[0] == before[0]
    assert after[1] > before[1]


def test_the_counts_read_no_conversation_from_end_to_end(filled: str) -> None:
    column = statements(str(_COUNTING))["left_column"]
    given = {
        "workspace": 1,
        "user": 1,
        "now": _NOW,
        "soon": _NOW + timedelta(hours=4),
        "day": _NOW - timedelta(days=1),
        "most": 1000,
        "groups": 200,
    }
    with _console(filled) as connection:
        # Which of two cheap plans is chosen hangs on the sample of ANALYZE; that one reads rows by
        # an index, where it must not read all, hangs on the statement alone.
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(b"EXPLAIN " + column, given).fetchall()

    lines = [line for (line,) in plan]
    assert any("conversation_in_folder" in line for line in lines)
    assert not [line for line in lines if "Seq Scan on sportello_conversation" in line]
