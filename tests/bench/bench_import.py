"""A file of a million contacts taken in, against the same rows inserted with nothing around them.

`BENCH_ROWS` makes it fewer.
"""

import asyncio
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import psutil

from tests.bench.desks import Figure, fresh_database
from tests.workers.desk import Desk, open_desk
from tests.workers.taking import confirm, found, upload, work

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
_CITIES = ("Bari", "Roma", "Milano", "Lecce", "Torino", "Foggia")
_BARE = (
    "INSERT INTO sportello_contact (workspace_id, wa_id, name, properties)"
    """ SELECT %s, (393480000000 + n)::text, 'Anna', '{"Città": "Bari", "Punti": "7"}'"""
    " FROM generate_series(1, %s) AS n"
)


def run() -> list[Figure]:
    with (
        fresh_database(durable=True) as url,
        tempfile.TemporaryDirectory(prefix="sportello-import-") as folder,
    ):
        desk = open_desk(url)
        bare = _timed(lambda: desk.rows(_BARE, desk.workspace_id, ROWS))
        desk.rows("TRUNCATE sportello_contact CASCADE")
        made = upload(desk, _file())
        looked = _timed(lambda: asyncio.run(work(url, Path(folder))))
        confirm(desk, made)
        before = _own_mb()
        took = _timed(lambda: asyncio.run(work(url, Path(folder))))
        over = found(desk, made)
        assert (over["state"], over["counts"]["created"]) == ("done", ROWS), over["reason"]
        _assert_whole(desk)
    return [
        ("rows looked at", ROWS / looked, "/s", None),
        ("rows taken in", ROWS / took, "/s", bare / took),
        ("the worker's memory grew by", _own_mb() - before, "MB", None),
        ("the reading process's memory", _child_mb(), "MB", None),
    ]


def _file() -> bytes:
    head = "Nome;Cognome;Cellulare;Città;Punti;Nato il\n"
    rows = (
        f"Anna{n % 5000};Bianchi{n % 777};+39 347 {n:07d};{_CITIES[n % 6]};{n % 997};"
        f"{1 + n % 28:02d}/{1 + n % 12:02d}/{1950 + n % 50}\n"
        for n in range(ROWS)
    )
    return (head + "".join(rows)).encode()


def _assert_whole(desk: Desk) -> None:
    for table in ("contact", "listmember", "consentevent"):
        counted = desk.row(f"SELECT count(*) FROM sportello_{table}")["count"]  # noqa: S608  # names of ours
        assert counted == ROWS, (table, counted)


def _timed(work: object) -> float:
    began = perf_counter()
    assert callable(work)
    work()
    return perf_counter() - began


def _own_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _child_mb() -> float:
    """At most, of all children that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
