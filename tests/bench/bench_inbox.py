"""The desk with a million messages in fifty thousand conversations: what a page takes the server.

`BENCH_INBOX=20000` fills so many messages, and a twentieth of it conversations. Beside the time on
the wall, which other programs on the machine make longer, stands the processor's own.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import psycopg

from tests import database as databases

if TYPE_CHECKING:
    from django.test import Client

Figure = tuple[str, float, str, float | None]
_NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_ROUNDS = 40
FILL = Path(__file__).with_name("fill_inbox.sql")
# Said in every message, often, seldom, never; a name, a part of a number; two words together.
_SEARCHES = (
    "buongiorno", "spediz", "ordinza", "A777", "qqqq", "marco", "7777", "resba fattur",
)  # fmt: skip
# How many runs a kind has before it counts: caches and plans.
_WARM = 3
# The aim of the product.
_PAGE_MS_MAX = 150


def run() -> list[Figure]:
    cluster = databases.ensure_cluster()
    name = f"bench_{secrets.token_hex(4)}"
    url = databases.create(cluster, name)
    messages = int(os.environ.get("BENCH_INBOX", "1000000"))
    try:
        took = _fill(url, messages)
        databases.point_django_at(url)
        try:
            figures = _measure(messages)
        finally:
            databases.release_django()
        return [("messages", messages, "", None), ("filled in", took, "s", None), *figures]
    finally:
        databases.drop(cluster, name)


def _fill(url: str, messages: int) -> float:
    """Nobody listens yet: triggers are off; the index of words is made at the end, at once."""
    begun = perf_counter()
    text = FILL.read_text().format(messages=messages, chats=messages // 20)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET maintenance_work_mem = '256MB'")
        row = owner.execute("SELECT pg_get_indexdef('message_words'::regclass)").fetchone()
        owner.execute("DROP INDEX message_words")
        parts = [*text.split(";\n"), row[0] if row else "", "ANALYZE"]
        for statement in filter(str.strip, parts):
            owner.execute(statement.encode())
    return perf_counter() - begun


def _measure(messages: int) -> list[Figure]:
    chats = messages // 20
    kinds = {
        "first page": ["/conversations/", "/conversations/?folder=mine"],
        "narrowed": [
            "/conversations/?folder=closed&in=3",
            "/conversations/?label=7",
            "/conversations/?folder=unread",
        ],
        "search": [f"/conversations/?q={word}" for word in _SEARCHES],
        "search, narrowed": [
            "/conversations/?q=buongiorno&folder=mine&label=7",
            "/conversations/?q=buongiorno&folder=closed&in=3",
            "/conversations/?q=marco&folder=waiting",
        ],
        "open chat": [f"/conversations/{1 + place * 37 % chats}/" for place in range(20)],
    }
    with signed_in() as client:
        return [
            figure for kind, paths in kinds.items() for figure in figures_of(client, kind, paths)
        ]


@contextmanager
def signed_in() -> Iterator["Client"]:
    """Persona 1 at the instant up to which the rows reach."""
    from django.conf import settings
    from django.test import Client, override_settings

    from sportello import clock
    from sportello.schema.models import User

    # Which files are served under which names is no matter of the server's time.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    client = Client(SERVER_NAME="localhost")
    known, clock.now = clock.now, lambda: _NOW
    try:
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
            client.force_login(User.objects.using("owner").get(pk=1))
            yield client
    finally:
        clock.now = known


def figures_of(
    client: "Client",
    kind: str,
    paths: list[str],
    rounds: int = _ROUNDS,
    most_ms: int = _PAGE_MS_MAX,
) -> list[Figure]:
    walls, processors = [], []
    for turn in range(rounds + _WARM):
        path = paths[turn % len(paths)]
        begun, busy = perf_counter(), process_time()
        answer = client.get(path)
        wall, processor = perf_counter() - begun, process_time() - busy
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        if turn >= _WARM:
            walls.append(1000 * wall)
            processors.append(1000 * processor)
    cut = quantiles(walls, n=20)
    return [
        (f"{kind}, p50", cut[9], "ms", None),
        (f"{kind}, p95", cut[18], "ms", cut[18] / most_ms),
        (f"{kind}, processor without the database, p50", quantiles(processors, n=2)[0], "ms", None),
        (f"{kind}, statements", _statements(client, paths[0]), "", None),
    ]


def _statements(client: "Client", path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)
