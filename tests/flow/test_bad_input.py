"""Whatever is signed is answered 200, harms no neighbour, and is shown or set aside, never lost."""

import json
from typing import Any

import pytest

from tests.flow.arriving import Arriving, arriving
from tests.loop import in_loop
from tests.workers.desk import (
    NOW,
    inbound,
    message,
    open_desk,
    status,
    statuses,
    text,
    value_of,
    webhook,
)

_BEFORE, _AFTER = text("wamid.before", "prima"), text("wamid.after", "dopo")
_NEIGHBOURS = {"wamid.before": "prima", "wamid.after": "dopo"}
_DEEP = 10_000


def _raw_text(wamid: str, literal: bytes) -> bytes:
    """A text webhook whose words are that JSON literal, escapes and all."""
    return text(wamid, "PLACE").replace(b'"PLACE"', literal)


async def _arrive(running: Arriving, body: bytes) -> None:
    """Between two neighbours, in one batch."""
    assert await running.deliver(_BEFORE, body, _AFTER) == [200, 200, 200]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"{", "not JSON", id="half an object"),
        pytest.param(b"\x00\xff\xfe", "not JSON", id="bytes"),
        pytest.param(b"\xff" * 1000, "not JSON", id="no UTF-8"),
        pytest.param(b'"' * 100_001, "not JSON", id="quotes"),
        pytest.param(_BEFORE[:-1], "not JSON", id="a webhook cut short"),
        pytest.param(b"[]", "not about a WhatsApp business account", id="a list"),
        pytest.param(b"null", "not about a WhatsApp business account", id="null"),
        pytest.param(b"1e999", "not about a WhatsApp business account", id="infinity"),
        pytest.param(b'{"object":"page"}', "not about a WhatsApp", id="another product"),
        pytest.param(b"[" * _DEEP, "not JSON", id="brackets without end"),
        pytest.param(b"[" * _DEEP + b"]" * _DEEP, "not about a WhatsApp", id="brackets to the end"),
        pytest.param(b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, "not about a WhatsApp", id="braces"),
    ],
)
@in_loop
async def test_what_is_no_webhook_is_set_aside_whole_with_its_reason(
    database: str, body: bytes, reason: str
) -> None:
    async with arriving(open_desk(database)) as running:
        await _arrive(running, body)

        assert running.texts() == _NEIGHBOURS
        (found,) = running.quarantined()
        assert reason in found["reason"]
        assert len(found["raw"]) <= 16_384


_TEXT = {"type": "text", "text": {"body": "?"}}


def _value(**parts: Any) -> bytes:
    return webhook(value_of(**parts))


def _deep(depth: int = _DEEP) -> bytes:
    """A message in which something is nested too deep; its neighbours in the webhook are well."""
    bomb = b'{"a":' * depth + b"1" + b"}" * depth
    good = message("wamid.beside", type="text", text={"body": "accanto"})
    body = inbound(message("wamid.bomb", type="text", text={"body": "?"}, extra="BOMB"), good)
    return body.replace(b'"BOMB"', bomb)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(_value(messages=7), "not a JSON object", id="messages a number"),
        pytest.param(_value(messages=[None]), "not a JSON object", id="a message that is null"),
        pytest.param(_value(messages=[{}]), "neither a number nor a user id", id="empty message"),
        pytest.param(
            inbound(message("", **_TEXT)), "an id that is missing or too long", id="no wamid"
        ),
        pytest.param(
            inbound(message("w" * 257, **_TEXT)), "an id that is missing", id="a wamid too long"
        ),
        pytest.param(
            inbound({**message("wamid.x", **_TEXT), "id": ["wamid.x"]}), "an id", id="id a list"
        ),
        pytest.param(
            inbound({**message("wamid.x", **_TEXT), "timestamp": "soon"}),
            "a timestamp that cannot be",
            id="time a word",
        ),
        pytest.param(
            inbound({**message("wamid.x", **_TEXT), "timestamp": -1}), "a timestamp", id="1969"
        ),
        pytest.param(
            inbound({**message("wamid.x", **_TEXT), "timestamp": 10**30}), "a timestamp", id="never"
        ),
        pytest.param(
            _value(messages=[{**message("wamid.x", **_TEXT), "from": {"a": 1}}]),
            "a number that is none",
            id="sender an object",
        ),
        pytest.param(
            _value(statuses={"id": 1}), "a status that says nothing", id="status an object"
        ),
        pytest.param(_value(statuses=["sent"]), "not a JSON object", id="status a word"),
        pytest.param(
            statuses([status("wamid.s", "teleported")]), "a status word", id="status unknown"
        ),
        pytest.param(webhook([]), "a change without field or value", id="value a list"),
        pytest.param(webhook({}, field=""), "a change without field", id="no field"),
        pytest.param(
            webhook(value_of(messages=[message("wamid.x")], phone_number_id="999")),
            "a number that is not known",
            id="another company's number",
        ),
        pytest.param(
            webhook({"messages": [message("wamid.x")], "metadata": 3}),
            "no phone_number_id",
            id="metadata a number",
        ),
        pytest.param(_deep(), "nested deeper", id="a message 10,000 deep"),
        pytest.param(_deep(70), "nested deeper", id="a message 70 deep"),
    ],
)
@in_loop
async def test_a_part_that_cannot_be_read_is_set_aside_alone_with_its_reason(
    database: str, body: bytes, reason: str
) -> None:
    async with arriving(open_desk(database)) as running:
        await _arrive(running, body)

        texts = running.texts()
        assert texts.items() >= _NEIGHBOURS.items()
        assert texts.keys() - _NEIGHBOURS.keys() == {"wamid.beside"} & texts.keys()
        assert ("wamid.beside" in texts) == (b"wamid.beside" in body)
        (found,) = running.quarantined()
        assert reason in found["reason"]


@pytest.mark.parametrize(
    "content",
    [
        {"type": "text", "text": None},
        {"type": "text", "text": {"body": {"a": [1]}}},
        {"type": "text", "text": 7},
        {"type": 12},
        {"type": "image", "image": []},
        {"type": "image", "image": {"id": {}, "mime_type": 4, "caption": [None]}},
        {"type": "location", "location": {"latitude": "north", "longitude": True}},
        {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": "x"}},
        {"type": "reaction", "reaction": {"message_id": 5, "emoji": []}},
        {"type": "contacts", "contacts": {"name": 1}},
        {"type": "order", "order": [[[]]]},
        {"type": "system", "system": 1},
        {"type": "of_tomorrow", "of_tomorrow": {"x": 1}},
        {"type": "text", "text": {"body": "a"}, "context": 3, "referral": [], "errors": "no"},
    ],
    ids=lambda content: json.dumps(content)[:60],
)
@in_loop
async def test_a_customer_s_message_of_wrong_types_is_shown_as_well_as_can_be(
    database: str, content: dict[str, Any]
) -> None:
    """The sender is known, and the time: a person should see that something came."""
    async with arriving(open_desk(database)) as running:
        await _arrive(running, inbound(message("wamid.odd", **content)))

        assert running.texts().keys() == {*_NEIGHBOURS, "wamid.odd"}
        assert running.quarantined() == []


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        pytest.param(rb'"a\u0000b"', "a\ufffdb", id="NUL escaped"),
        pytest.param(b'"a\x00b"', "a\ufffdb", id="NUL bare"),
        pytest.param(rb'"a\ud800b"', "a\ufffdb", id="a lone high surrogate"),
        pytest.param(rb'"\udfff"', "\ufffd", id="a lone low surrogate"),
        pytest.param(b'"a\xed\xa0\x80b"', None, id="a surrogate in UTF-8"),
        pytest.param(b'"a\xffb"', "a\ufffdb", id="no UTF-8"),
        pytest.param(rb'"\ud83d\ude42"', "\U0001f642", id="an emoji as a pair"),
        pytest.param("👨‍👩‍👧‍👦🏳️‍🌈🇮🇹".join('""').encode(), "👨‍👩‍👧‍👦🏳️‍🌈🇮🇹", id="emoji"),
        pytest.param(
            "\u202eשלום مرحبا\u202c".join('""').encode(), "\u202eשלום مرحبا\u202c", id="rtl"
        ),
        pytest.param(
            b'"<script>alert(1)</script><img src=x onerror=alert(1)>"',
            "<script>alert(1)</script><img src=x onerror=alert(1)>",
            id="markup",
        ),
        pytest.param(
            b'"\'; DROP TABLE x; --%s%(a)s\\\\"', "'; DROP TABLE x; --%s%(a)s\\", id="SQL"
        ),
        pytest.param(b'"' + b"a" * 100_000 + b'"', "a" * 100_000, id="100,000 characters"),
        pytest.param(
            ("Z" + "\u0301" * 5000).join('""').encode(), "Z" + "\u0301" * 5000, id="zalgo"
        ),
    ],
)
@in_loop
async def test_hostile_words_are_kept_as_words(
    database: str, literal: bytes, shown: str | None
) -> None:
    """Escaping is the pages' task; here nothing is cut, run or lost but what no text can hold."""
    async with arriving(open_desk(database)) as running:
        await _arrive(running, _raw_text("wamid.odd", literal))

        assert running.quarantined() == []
        found = running.texts()["wamid.odd"]
        assert "\ufffd" in found if shown is None else found == shown
        assert len(running.desk.conversation()["last_message_text"]) <= 200


@in_loop
async def test_hostile_names_and_file_names_are_kept_as_words_of_one_line(database: str) -> None:
    markup = "<script>alert('\u202e')</script>\u0000\r\nX-Header: 1"
    file = {"id": "9001", "mime_type": "image/png\r\n\x00", "filename": "../../etc/" + "p" * 5000}
    body = inbound(message("wamid.file", type="document", document=file), name=markup)
    async with arriving(open_desk(database)) as running:
        await running.deliver(body, inbound(message("wamid.n", wa_id="3900000"), name="n" * 90_000))

        names = [row["profile_name"] for row in running.desk.rows(
            "SELECT profile_name FROM sportello_contact ORDER BY wa_id = '3900000'"
        )]  # fmt: skip
        media = running.desk.row("SELECT * FROM sportello_media")
        assert names[0].startswith("<script>alert('")
        assert "n" * 100 in names[1]
        assert max(map(len, names)) <= 200
        assert not any(sign in names[0] + media["mime_type"] for sign in "\r\n\x00")
        assert media["filename"].startswith("../../etc/p")
        assert len(media["filename"]) <= 240
        assert running.quarantined() == []


@in_loop
async def test_5000_statuses_in_3_mb_are_all_kept_and_their_neighbours_arrive(
    database: str,
) -> None:
    told = [
        status(f"wamid.{n:04}", "delivered", biz_opaque_callback_data="x" * 400)
        for n in range(5_000)
    ]
    body = statuses(told)
    assert len(body) > 2.5 * 2**20
    async with arriving(open_desk(database)) as running:
        await running.deliver(_BEFORE)
        running.desk.rows(
            "INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type,"
            " status, at) SELECT workspace_id, id, 'wamid.' || to_char(n, 'FM0000'), 'operator',"
            " 'text', 'accepted', %s FROM sportello_conversation, generate_series(0, 4998) AS n",
            NOW,
        )
        assert await running.deliver(body, _AFTER) == [200, 200]

        count = running.desk.row(
            "SELECT count(*) AS n FROM sportello_message WHERE status = 'delivered'"
        )
        orphan = running.desk.row("SELECT wamid FROM sportello_orphanstatus")
        assert (count["n"], orphan["wamid"]) == (4_999, "wamid.4999")
        assert "wamid.after" in running.texts()
        assert running.quarantined() == []


@in_loop
async def test_10_mb_are_refused_and_the_next_webhook_arrives(database: str) -> None:
    async with arriving(open_desk(database)) as running:
        assert await running.deliver(b"[" + b" " * (10 * 2**20), _AFTER) == [413, 200]

        assert running.texts() == {"wamid.after": "dopo"}
        assert running.desk.row("SELECT count(*) AS n FROM sportello_journalentry")["n"] == 1


@in_loop
async def test_a_webhook_of_thousands_of_poisons_keeps_what_is_good_in_it(database: str) -> None:
    parts = [{"id": n} for n in range(2_000)]
    good = message("wamid.good", type="text", text={"body": "intero"})
    async with arriving(open_desk(database)) as running:
        await _arrive(running, _value(messages=[*parts, good], contacts=[{}, 1, {"wa_id": "x"}]))

        assert running.texts() == {**_NEIGHBOURS, "wamid.good": "intero"}
        assert len(running.quarantined()) == 2_000
