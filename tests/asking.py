"""What tests ask of a database while others work on it, over connections that are kept for it.

A test that waits asks fifty times a second, and each new connection costs the server a process
that learns every table anew.
"""

from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

_kept: Final[dict[str, list[psycopg.Connection[Row]]]] = {}


def ask(url: str, sql: str, *parameters: Any) -> list[Row]:
    """The rows of one statement, which commits by itself; from any thread, of any number."""
    connection = _take(url)
    try:
        cursor = connection.execute(sql, parameters or None)
        found = cursor.fetchall() if cursor.description else []
    except BaseException:
        connection.close()
        raise
    _kept.setdefault(url, []).append(connection)
    return found


def hang_up(url: str) -> None:
    """Whoever gives a database away no longer speaks to it."""
    for connection in _kept.pop(url, []):
        connection.close()


def hang_up_all() -> None:
    for url in list(_kept):
        hang_up(url)


def _take(url: str) -> psycopg.Connection[Row]:
    try:
        return _kept.get(url, []).pop()
    except IndexError:
        # What a statement was prepared for may be changed between two of them.
        return psycopg.connect(url, row_factory=dict_row, autocommit=True, prepare_threshold=None)
