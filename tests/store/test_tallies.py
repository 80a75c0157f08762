"""The days that are kept hold what the lines say, whenever and in whatever order these came."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

_NOON = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
_ZONE = "Europe/Rome"
_KINDS = ["opened", "answered", "helped", "handed_over", "taken", "closed", "reopened", "cited"]
_ALL = ("2026-01-01", "2027-12-31")

Key = tuple[date, int, str, int | None, str]


@dataclass(frozen=True)
class Said:
    """A line of chat `chat`: it asks, or belongs to the request that was asked `back` ones ago."""

    chat: int
    kind: str
    by: int | None
    detail: str
    hours: int
    back: int


_SAID = some.builds(
    Said,
    chat=some.integers(1, 3),
    kind=some.sampled_from(["asked", "asked", *_KINDS]),
    by=some.sampled_from([None, 1, 2]),
    detail=some.sampled_from(["operator", "assistant"]),
    # Around the night in which Rome's clocks go back: late ones, and ones before their request.
    hours=some.integers(-60, 60),
    back=some.integers(0, 2),
)
# What happens: a line; lines taken into their days; a conversation that goes; another zone.
_STORY = some.lists(
    _SAID
    | some.just("take in")
    | some.sampled_from([("goes", 1), ("goes", 2)])
    | some.sampled_from([("zone", "America/Havana"), ("zone", _ZONE)]),
    max_size=30,
)


@pytest.fixture
def books(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("INSERT INTO sportello_workspace (id, name, slug) VALUES (1, 'A', 'a')")
        connection.execute(
            "INSERT INTO sportello_number (id, workspace_id, phone_number_id, waba_id)"
            " VALUES (1, 1, '1', '1'), (2, 1, '2', '1')"
        )
        connection.execute(
            "INSERT INTO sportello_contact (id, workspace_id, wa_id)"
            " SELECT n, 1, (393400000000 + n)::text FROM generate_series(1, 3) AS n"
        )
        connection.execute("SET sportello.workspace = '1'")
        yield connection


@given(story=_STORY)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_days_and_newest_lines_together_are_what_the_rows_say(
    books: psycopg.Connection[Any], story: list[Any]
) -> None:
    _begin(books)
    for step in story:
        _happen(books, step)
    zone = _one(books, "SELECT time_zone FROM sportello_workspace")

    assert _told(books, zone) == _of_rows(books, zone)

    _take_in(books)

    assert _kept(books) == _of_rows(books, zone)
    assert _told(books, zone) == _of_rows(books, zone)


def test_a_line_is_not_passed_over_because_an_earlier_one_is_still_being_written(
    books: psycopg.Connection[Any], database: str
) -> None:
    _begin(books)
    with psycopg.connect(database) as slow:
        _write(slow, Said(1, "asked", None, "", 0, 0))
        _write(books, Said(2, "asked", None, "", 0, 0))
        _take_in(books)
        assert sum(_told(books, _ZONE).values()) == 1
    _take_in(books)

    assert _kept(books) == _of_rows(books, _ZONE)
    assert sum(_kept(books).values()) == 2


def test_a_line_that_is_in_no_day_yet_is_counted_all_the_same(
    books: psycopg.Connection[Any],
) -> None:
    _begin(books)
    _write(books, Said(1, "asked", None, "", 0, 0))
    _take_in(books)
    _write(books, Said(1, "answered", 1, "operator", 50, 0))

    assert _kept(books)[date(2026, 10, 25), 2, "asked", None, ""] == 1
    assert _told(books, _ZONE)[date(2026, 10, 25), 2, "met", None, ""] == 1
    assert _told(books, _ZONE)[date(2026, 10, 27), 2, "joined", 1, "operator"] == 1


def _begin(books: psycopg.Connection[Any]) -> None:
    books.execute("DELETE FROM sportello_conversation")
    books.execute("DELETE FROM sportello_eventtally")
    books.execute("DELETE FROM sportello_eventmark")
    books.execute("UPDATE sportello_workspace SET time_zone = %s", [_ZONE])
    books.execute(
        "INSERT INTO sportello_conversation (id, workspace_id, number_id, contact_id)"
        " SELECT n, 1, 1 + n % 2, n FROM generate_series(1, 3) AS n"
    )


def _happen(books: psycopg.Connection[Any], step: Any) -> None:
    if isinstance(step, Said):
        _write(books, step)
    elif step == "take in":
        books.execute("SELECT sportello_tally_events(1, 3)")
    elif step[0] == "goes":
        books.execute("DELETE FROM sportello_conversation WHERE id = %s", [step[1]])
    else:
        books.execute("UPDATE sportello_workspace SET time_zone = %s", [step[1]])


def _write(books: psycopg.Connection[Any], said: Said) -> None:
    books.execute(
        "INSERT INTO sportello_conversationevent"
        " (workspace_id, conversation_id, number_id, kind, request, holder, by_id, detail, at)"
        " SELECT 1, c.id, c.number_id, %(kind)s::text, CASE WHEN %(kind)s <> 'asked' THEN ("
        "  SELECT id FROM sportello_conversationevent WHERE conversation_id = c.id"
        "  AND kind = 'asked' ORDER BY id DESC OFFSET %(back)s LIMIT 1) END, 'queue',"
        "  CASE WHEN %(kind)s <> 'asked' THEN %(by)s::bigint END,"
        "  CASE WHEN %(kind)s = 'asked' THEN '' ELSE %(detail)s::text END, %(at)s"
        " FROM sportello_conversation AS c WHERE c.id = %(chat)s",
        {
            "kind": said.kind,
            "back": said.back,
            "by": said.by,
            "detail": said.detail,
            "at": _NOON + timedelta(hours=said.hours),
            "chat": said.chat,
        },
    )


def _take_in(books: psycopg.Connection[Any]) -> None:
    for _ in range(40):
        if not _one(books, "SELECT sportello_tally_events(1, 3)"):
            return


def _one(books: psycopg.Connection[Any], asked: str) -> Any:
    row = books.execute(asked.encode()).fetchone()
    return row and row[0]


def _told(books: psycopg.Connection[Any], zone: str) -> dict[Key, int]:
    """As pages are told it: the days, and what the newest lines add."""
    sums: Counter[Key] = Counter()
    rows = books.execute("SELECT * FROM sportello_tallied(%s, %s, %s)", [*_ALL, zone])
    for day, number, kind, by, detail, n in rows:
        sums[day, number, kind, by, detail] += n
    return {key: n for key, n in sums.items() if n}


def _kept(books: psycopg.Connection[Any]) -> dict[Key, int]:
    rows = books.execute(
        "SELECT day, number_id, kind, by_id, detail, n FROM sportello_eventtally WHERE n <> 0"
    )
    return {(day, number, kind, by, detail): n for day, number, kind, by, detail, n in rows}


def _of_rows(books: psycopg.Connection[Any], zone: str) -> dict[Key, int]:
    """The same, from the lines one by one, in the order in which they were written."""
    lines = books.execute(
        "SELECT id, number_id, kind, request, by_id, detail, at FROM sportello_conversationevent"
        " ORDER BY id"
    ).fetchall()
    sums: Counter[Key] = Counter()
    joined: set[tuple[int, int | None, str]] = set()
    asked: dict[int, tuple[date, int, list[tuple[str, str]]]] = {}
    for key, number, kind, request, by, detail, at in lines:
        day = at.astimezone(ZoneInfo(zone)).date()
        sums[day, number, kind, by, detail] += 1
        if kind == "asked":
            asked[key] = (day, number, [])
        elif request in asked:
            asked[request][2].append((kind, detail))
        if kind == "answered" and (request is None or (request, by, detail) not in joined):
            joined.add((request, by, detail))
            sums[day, number, "joined", by, detail] += 1
    for day, number, deeds in asked.values():
        kinds = {kind for kind, _ in deeds}
        met = "answered" in kinds
        people = kinds & {"taken", "handed_over", "helped"} or ("answered", "operator") in deeds
        sums[day, number, "met", None, ""] += met
        sums[day, number, "alone", None, ""] += met and not people
        sums[day, number, "solved", None, ""] += (met and not people) or "closed" in kinds
    return {key: n for key, n in sums.items() if n}
