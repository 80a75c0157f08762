"""A segment in SQL means what the same condition means when it is read person by person."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_never

import psycopg
import pytest
from hypothesis import given, settings
from psycopg.types.json import Jsonb

from sportello.rules import segment, segment_sql
from sportello.rules.consent import Standing, Topic
from sportello.rules.segment import Age, Compare, Did
from tests import database as databases
from tests.rules.segments import VALUES, conditions

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
# The label that was taken away.
_GONE = 3
_REACHED = {"accepted", "sent", "delivered", "read", "played"}


@dataclass
class Person:
    """What the tables hold of one contact. `said`: topic, action and age in days, in any order."""

    wa_id: str | None = "393330000001"
    language: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    lists: tuple[int, ...] = ()
    wrote: int | None = None
    sent: tuple[tuple[int, str, int | None], ...] = ()
    said: tuple[tuple[str, str, int], ...] = ()
    unreachable: bool = False
    labels: tuple[int, ...] = ()


# `sent`: how many days ago, the message's state, the campaign.
PEOPLE = [
    Person(properties={"città": "Bari"}, lists=(1,), wrote=5, language="it", labels=(1, 3)),
    Person(properties={"città": "bari vecchia", "punti": "7"}, lists=(1, 2), wrote=60, labels=(2,)),
    Person("4915112345678", "en", {"città": "", "punti": "12,5"}, (2,), 200),
    Person("12025550123", properties={"nascita": "31/01/1990"}),
    Person(None, properties={"nascita": "1990-01-30", "città": "100% sì"}),
    Person(properties={"nascita": "31/02/1990", "punti": "molti"}, unreachable=True),
    Person(said=(("marketing", "grant", 10),), sent=((5, "read", 1),)),
    Person(said=(("marketing", "withdraw", 5), ("marketing", "grant", 10)), wrote=30),
    Person(said=(("marketing", "grant", 2), ("marketing", "withdraw", 5))),
    Person(said=(("marketing", "grant", 2), ("marketing", "withdraw", 2))),
    Person(said=(("utility", "grant", 2),), sent=((50, "delivered", 1), (200, "read", None))),
    Person(sent=((1, "failed", 2), (1, "queued", None))),
    Person(sent=((90, "sent", 2),), wrote=1, language="it"),
]


@pytest.fixture(scope="module")
def crowd(cluster: str) -> Iterator[psycopg.Connection[Any]]:
    name = f"test_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(databases.create(cluster, name), autocommit=True) as owner:
            _fill(owner)
            yield owner
    finally:
        databases.drop(cluster, name)


def _fill(owner: psycopg.Connection[Any]) -> None:
    owner.execute("SET session_replication_role = replica")
    owner.execute("INSERT INTO sportello_workspace (id, name, slug) VALUES (1, 'B', 'b')")
    # The third was taken away: whoever carries it still counts for nothing.
    owner.execute(
        "INSERT INTO sportello_label (id, workspace_id, name, deleted_at)"
        " VALUES (1, 1, 'a', null), (2, 1, 'b', null), (3, 1, 'c', now())"
    )
    for place, person in enumerate(PEOPLE, start=1):
        wa_id = person.wa_id and f"{person.wa_id[:-2]}{place:02}"
        owner.execute(
            "INSERT INTO sportello_contact (id, workspace_id, wa_id, user_id, language, properties,"
            " unreachable_since) VALUES (%s, 1, %s, %s, %s, %s, %s)",
            (
                place, wa_id, f"u{place}", person.language, Jsonb(person.properties),
                NOW if person.unreachable else None,
            ),
        )  # fmt: skip
        for list_id in person.lists:
            owner.execute(
                "INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
                " VALUES (1, %s, %s)",
                (list_id, place),
            )
        for topic, action, days in person.said:
            owner.execute(
                "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action,"
                " source, at) VALUES (1, %s, %s, %s, 'form', %s)",
                (place, topic, action, NOW - timedelta(days=days)),
            )
        if person.wrote is not None or person.sent:
            _chat(owner, place, person)


def _chat(owner: psycopg.Connection[Any], place: int, person: Person) -> None:
    wrote = None if person.wrote is None else NOW - timedelta(days=person.wrote)
    owner.execute(
        "INSERT INTO sportello_conversation (id, workspace_id, number_id, contact_id,"
        " last_inbound_at) VALUES (%s, 1, 1, %s, %s)",
        (place, place, wrote),
    )
    for label in person.labels:
        owner.execute(
            "INSERT INTO sportello_labelling (workspace_id, conversation_id, label_id)"
            " VALUES (1, %s, %s)",
            (place, label),
        )
    for days, status, campaign in person.sent:
        found = owner.execute(
            "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, status,"
            " at) VALUES (1, %s, 'campaign', 'template', %s, %s) RETURNING id",
            (place, status, NOW - timedelta(days=days)),
        ).fetchone()
        assert found is not None
        owner.execute(
            "INSERT INTO sportello_recipient (workspace_id, campaign_id, contact_id, message_id)"
            " VALUES (1, %s, %s, %s)",
            (campaign or 99, place, found[0]),
        )


@given(condition=conditions())
@settings(max_examples=300)
def test_sql_and_sense_agree_on_every_condition(
    crowd: psycopg.Connection[Any], condition: segment.Condition
) -> None:
    where = segment_sql.where(condition, NOW)
    sql = f"SELECT id FROM sportello_contact WHERE {where.sql} ORDER BY id"  # noqa: S608  # no value in it

    found = [row[0] for row in crowd.execute(sql.encode(), where.parameters)]

    assert found == [n for n, person in enumerate(PEOPLE, start=1) if _meets(person, condition)]


def test_no_text_of_a_person_s_makes_a_date_or_a_number_fail(
    crowd: psycopg.Connection[Any],
) -> None:
    odd = [*VALUES, "", "0000-00-00", "99/99/9999", "1e400", "9" * 400, "٣", "31-12-2026\n"]

    rows = crowd.execute(
        "SELECT sportello_date_of(t), sportello_number_of(t) FROM unnest(%s::text[]) AS t", (odd,)
    ).fetchall()

    assert rows[:6] == [
        (None, None), (None, None), (None, Decimal(7)), (None, Decimal("12.5")),
        (date(1990, 1, 31), None), (date(1990, 1, 31), None),
    ]  # fmt: skip
    assert rows[6:] == [(None, None)] * (len(odd) - 7) + [(date(2026, 12, 31), None)]


def _meets(person: Person, condition: segment.Condition) -> bool:
    match condition:
        case segment.AllOf(parts):
            return all(_meets(person, part) for part in parts)
        case segment.AnyOf(parts):
            return any(_meets(person, part) for part in parts)
        case segment.Not(part):
            return not _meets(person, part)
        case segment.Property():
            return _has(person, condition)
        case segment.OnList(list_id):
            return list_id in person.lists
        case segment.Wrote(age, days):
            return _aged([] if person.wrote is None else [person.wrote], age, days)
        case segment.Contacted(age, days):
            return _aged([ago for ago, status, _ in person.sent if status in _REACHED], age, days)
        case _:
            return _is(person, condition)


def _is(
    person: Person,
    test: segment.Consents
    | segment.Labelled
    | segment.Country
    | segment.Language
    | segment.Received
    | segment.Unreachable,
) -> bool:
    match test:
        case segment.Consents(topic, standing):
            return _standing(person, topic) is standing
        case segment.Labelled(label_id):
            return label_id in person.labels and label_id != _GONE
        case segment.Country() as country:
            return (person.wa_id or "").startswith(country.prefix)
        case segment.Language(code):
            return person.language == code
        case segment.Received(campaign, did):
            states = _REACHED if did is Did.RECEIVED else {"read", "played"}
            return any(c == campaign and status in states for _, status, c in person.sent)
        case segment.Unreachable():
            return person.unreachable
        case _:
            assert_never(test)


def _aged(agos: list[int], age: Age, days: int) -> bool:
    if age is Age.NEVER:
        return not agos
    return bool(agos) and (min(agos) <= days) is (age is Age.WITHIN)


def _standing(person: Person, topic: Topic) -> Standing:
    lines = [(-days, action) for about, action, days in person.said if about == topic]
    if not lines:
        return Standing.NONE
    return Standing.WITHDRAWN if max(lines)[1] == "withdraw" else Standing.GRANTED


_NUMBERS = {"7": Decimal(7), "12,5": Decimal("12.5")}
_DATES = {"31/01/1990": date(1990, 1, 31), "1990-01-30": date(1990, 1, 30)}


def _has(person: Person, test: segment.Property) -> bool:
    text = person.properties.get(test.name, "")
    known, low, value = test.name in person.properties, text.lower(), str(test.value).lower()
    match test.compare:
        case Compare.KNOWN | Compare.UNKNOWN:
            return bool(text) is (test.compare is Compare.KNOWN)
        case Compare.IS | Compare.IS_NOT:
            return known and (low == value) is (test.compare is Compare.IS)
        case Compare.CONTAINS:
            return known and value in low
        case Compare.STARTS:
            return known and low.startswith(value)
        case Compare.ABOVE | Compare.BELOW:
            number = _NUMBERS.get(text)
            return number is not None and _beyond(number, test)
        case Compare.AFTER | Compare.BEFORE:
            day = _DATES.get(text)
            return day is not None and _beyond(day, test)


def _beyond(found: Any, test: segment.Property) -> bool:
    above = test.compare in {Compare.ABOVE, Compare.AFTER}
    return bool(found > test.value if above else found < test.value)
