"""The figures over 10,000, 100,000 and a million lines: what the page takes, and each statement.

`BENCH_ANALYTICS=10000,100000` chooses the sizes. The lines lie in sixty days, so that a range of 30
and the one before it hold them all. What takes less than 5 ms is not shown. The days are kept by a
worker in the background; the page is also measured with as many lines in no day yet as a busy desk
writes in the minute between two of its rounds.
"""

import os
import secrets
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import psycopg

from tests import database as databases
from tests.bench.bench_inbox import FILL, figures_of, signed_in
from tests.bench.desks import Figure

_SIZES = "10000,100000,1000000"
_PAGE_MS_MAX = 500
_SHOWN_MS = 5
_LINES_A_TIME = 20_000
_NEW_LINES = 2_000
_SAMPLES = 7


def run() -> list[Figure]:
    sizes = [int(size) for size in os.environ.get("BENCH_ANALYTICS", _SIZES).split(",")]
    return [figure for size in sizes for figure in _of_size(size)]


def _of_size(size: int) -> Iterator[Figure]:
    cluster, name = databases.ensure_cluster(), f"bench_{secrets.token_hex(4)}"
    url = databases.create(cluster, name)
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            _fill(owner, size)
            seconds = _take_in(owner)
            yield f"{size:,} lines: taken into their days", size / seconds, "lines/s", None
            databases.point_django_at(url)
            yield from _pages(owner, size)
    finally:
        databases.release_django()
        databases.drop(cluster, name)


def _fill(owner: "psycopg.Connection[Any]", size: int) -> None:
    """As the inbox is filled, without the messages: no figure is counted from them."""
    owner.execute("SET session_replication_role = replica")
    text = FILL.read_text().format(messages=size, chats=size // 20)
    for statement in filter(str.strip, [*text.split(";\n"), "ANALYZE"]):
        if "INTO sportello_message" not in statement:
            owner.execute(statement.encode())
    owner.execute(
        "SELECT setval(pg_get_serial_sequence('sportello_conversationevent', 'id'), %s)", [size]
    )


def _take_in(owner: "psycopg.Connection[Any]") -> float:
    begun, more = perf_counter(), True
    while more:
        row = owner.execute("SELECT sportello_tally_events(1, %s)", [_LINES_A_TIME]).fetchone()
        more = row is not None and row[0]
    taken = perf_counter() - begun
    owner.execute("VACUUM ANALYZE sportello_eventtally")
    return taken


def _pages(owner: "psycopg.Connection[Any]", size: int) -> Iterator[Figure]:
    with signed_in() as client:
        for days in (7, 30, 90):
            path = f"/analytics/?days={days}"
            for what, *rest in figures_of(client, path, [path], rounds=20, most_ms=_PAGE_MS_MAX):
                yield f"{size:,} lines: {what}", *rest
        for what, ms in _statements(client, "/analytics/?days=30"):
            yield f"{size:,} lines, 30 days: {what}", ms, "ms", None
        owner.execute(
            "INSERT INTO sportello_conversationevent (workspace_id, conversation_id, number_id,"
            " kind, request, holder, detail, at)"
            " SELECT workspace_id, conversation_id, number_id, 'closed', id, 'closed', '', at"
            " FROM sportello_conversationevent WHERE kind = 'asked' ORDER BY id DESC LIMIT %s",
            [_NEW_LINES],
        )
        path = "/analytics/?days=30"
        name = f"{size:,} lines: 30 days, and {_NEW_LINES:,} lines in no day yet"
        yield from figures_of(client, name, [path], rounds=20, most_ms=_PAGE_MS_MAX)


def _statements(client: Any, path: str) -> Iterator[tuple[str, float]]:
    """Of several looks the middle one; by the function or table that each asks first."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    looks = []
    for _ in range(_SAMPLES):
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        looks.append([(_name(one["sql"]), 1000 * float(one["time"])) for one in asked])
    for same in zip(*looks, strict=True):
        middle = sorted(ms for _, ms in same)[_SAMPLES // 2]
        if middle >= _SHOWN_MS:
            yield same[0][0], middle


def _name(statement: str) -> str:
    _, _, asked = statement.partition(" FROM ")
    return asked.replace('"', "").split("(")[0].split(" ")[0].removeprefix("sportello_") or "?"
