"""The report of a campaign to a million people that is over: its page, and its file in both kinds.

`BENCH_REPORT=10000` makes it fewer. The processor's time is that of the page's process alone.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from tests import database as databases
from tests.bench.bench_inbox import signed_in
from tests.bench.desks import Figure

if TYPE_CHECKING:
    from django.test import Client

_FILL = Path(__file__).with_name("fill_report.sql")
_CAMPAIGN = "/campaigns/1"
# An index of words takes longer to keep row by row than to make at the end.
_WORDS = ("message_words", "contact_names")


def run() -> list[Figure]:
    people = int(os.environ.get("BENCH_REPORT", "1000000"))
    cluster, name = databases.ensure_cluster(), f"bench_{secrets.token_hex(4)}"
    url = databases.create(cluster, name)
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            _fill(owner, people)
        databases.point_django_at(url)
        with signed_in() as client:
            return [("people", people, "", None), *_measured(client, people)]
    finally:
        databases.release_django()
        databases.drop(cluster, name)


def _fill(owner: "psycopg.Connection[Any]", people: int) -> None:
    owner.execute("SET session_replication_role = replica")
    owner.execute("SET maintenance_work_mem = '256MB'")
    made = owner.execute(
        "SELECT pg_get_indexdef(name::regclass) FROM unnest(%s::text[]) AS name", [list(_WORDS)]
    ).fetchall()
    owner.execute(f"DROP INDEX {', '.join(_WORDS)}".encode())
    text = _FILL.read_text().format(people=people)
    parts = [*text.split(";\n"), *(index for (index,) in made), "VACUUM ANALYZE"]
    for statement in filter(str.strip, parts):
        owner.execute(statement.encode())


def _measured(client: "Client", people: int) -> Iterator[Figure]:
    begun = perf_counter()
    assert client.get(f"{_CAMPAIGN}/").status_code == 200
    yield "its page, the first time", perf_counter() - begun, "s", None
    for kind in ("csv", "xlsx"):
        before, begun, busy = _own_mb(), perf_counter(), process_time()
        size = sum(map(len, client.get(f"{_CAMPAIGN}/recipients.{kind}").streaming_content))
        took, used = perf_counter() - begun, process_time() - busy
        yield f"{kind}: size", size / 2**20, "MB", None
        yield f"{kind}: rows", people / took, "/s", None
        yield f"{kind}: processor for 1,000 rows", 1_000_000 * used / people, "ms", None
        yield f"{kind}: memory grew by", _own_mb() - before, "MB", None


def _own_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20
