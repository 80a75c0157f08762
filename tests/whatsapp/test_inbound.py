"""Webhook bytes to events: nothing raises, nothing is lost, nothing stops its neighbours."""

import json
from datetime import UTC, datetime
from time import process_time

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sportello.rules.status import State
from sportello.rules.window import Entry
from sportello.whatsapp import contents
from sportello.whatsapp.events import (
    AccountError,
    AccountEvent,
    InboundMessage,
    Person,
    Poison,
    StatusEvent,
    TemplateEvent,
    UserPreference,
)
from sportello.whatsapp.inbound import decode

TEXT = {
    "from": "393331234567",
    "id": "wamid.IN1",
    "timestamp": "1749416383",
    "type": "text",
    "text": {"body": "Buongiorno"},
}
SENT = {
    "id": "wamid.OUT1",
    "status": "sent",
    "timestamp": "1750030073",
    "recipient_id": "393331234567",
    "biz_opaque_callback_data": "attempt-1",
}
ANNA = {
    "profile": {"name": "Anna", "username": "anna.b"},
    "wa_id": "393331234567",
    "user_id": "IT.10000000000000000001",
}


def webhook(field="messages", *, entry=None, **value):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390612345678", "phone_number_id": "200000000000001"},
    } | value
    entry = {"id": "100000000000001"} | (entry or {})
    body = {"object": "whatsapp_business_account"}
    return body | {"entry": [entry | {"changes": [{"field": field, "value": value}]}]}


def told(body):
    return decode(json.dumps(body).encode())


def one(body):
    (event,) = told(body)
    return event


def test_a_text_tells_who_when_and_what():
    event = one(webhook(contacts=[ANNA], messages=[TEXT]))
    assert isinstance(event, InboundMessage)
    assert event.waba_id == "100000000000001"
    assert event.phone_number_id == "200000000000001"
    assert event.person == Person(
        wa_id="393331234567", user_id="IT.10000000000000000001", name="Anna", username="anna.b"
    )
    assert event.at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)
    assert event.content == contents.Text("Buongiorno")
    assert contents.words(event.content) == "Buongiorno"
    assert event.entry is Entry.DIRECT
    assert event.raw == TEXT


def test_a_customer_without_a_number_is_known_by_user_id():
    message = {key: value for key, value in TEXT.items() if key != "from"}
    message["from_user_id"] = "IT.2"
    contact = {"profile": {"name": "Bea"}, "user_id": "IT.2"}
    event = one(webhook(contacts=[contact], messages=[message]))
    assert event.person == Person(user_id="IT.2", name="Bea")


def test_a_message_is_kept_though_nobody_introduces_its_sender():
    assert one(webhook(messages=[TEXT])).person == Person(wa_id="393331234567")


def test_a_status_tells_its_attempt_and_errors():
    error = {
        "code": 131047,
        "title": "Re-engagement message",
        "error_data": {"details": "more than 24 hours"},
    }
    failed = SENT | {"status": "failed", "errors": [error, "no error"], "timestamp": 1750030073}
    event = one(webhook(statuses=[failed]))
    assert isinstance(event, StatusEvent)
    assert (event.state, event.attempt) == (State.FAILED, "attempt-1")
    assert [(told.code, told.details) for told in event.errors] == [(131047, "more than 24 hours")]


def test_a_status_word_that_is_not_known_is_kept_without_a_state():
    event = one(webhook(statuses=[SENT | {"status": "warning"}]))
    assert (event.status, event.state) == ("warning", None)


def test_a_status_counts_whoever_its_recipient_was():
    event = one(webhook(statuses=[SENT | {"recipient_id": {"odd": 1}}]))
    assert isinstance(event, StatusEvent)
    assert event.recipient == Person()


def test_an_ad_is_an_entry_of_its_own():
    message = TEXT | {"referral": {"source_type": "ad", "ctwa_clid": "x", "new": 1}}
    event = one(webhook(messages=[message]))
    assert event.entry is Entry.AD
    assert event.referral.ctwa_clid == "x"


def test_side_matter_of_unknown_shape_does_not_cost_the_message():
    event = one(webhook(messages=[TEXT | {"context": {"id": 5}, "referral": "?", "errors": 3}]))
    assert isinstance(event, InboundMessage)
    assert event.context is None
    assert event.raw["context"] == {"id": 5}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"type": "hologram", "hologram": {"x": 1}}, "hologram"),
        ({"type": "text", "text": "bare"}, "text"),
        ({"type": "image"}, "image"),
        ({"type": "image", "image": {"id": 7}}, "image"),
        ({"type": 5}, ""),
        ({"type": "interactive", "interactive": {"type": "swipe"}}, "interactive/swipe"),
        ({"type": "interactive", "interactive": []}, "interactive"),
        ({"type": "edit", "edit": {"message": {}}}, "edit"),
        ({"type": "contacts", "contacts": {"a": 1}}, "contacts"),
    ],
)
def test_content_that_is_not_known_is_unsupported_and_kept(change, kind):
    event = one(webhook(messages=[TEXT | change]))
    assert isinstance(event, InboundMessage)
    assert isinstance(event.content, contents.Unsupported)
    assert event.content.type == kind
    assert event.raw == TEXT | change


@pytest.mark.parametrize(
    "element",
    [
        None,
        "text",
        7,
        [],
        {},
        TEXT | {"id": None},
        TEXT | {"id": ""},
        TEXT | {"id": "w" * 257},
        TEXT | {"id": True},
        TEXT | {"timestamp": "soon"},
        TEXT | {"timestamp": None},
        TEXT | {"timestamp": 1.5},
        TEXT | {"timestamp": True},
        TEXT | {"timestamp": "1749416383000"},
        TEXT | {"timestamp": -1},
        TEXT | {"timestamp": 10**30},
        TEXT | {"timestamp": "٣٣٣٣٣٣٣٣٣٣"},
        TEXT | {"from": "Anna"},
        TEXT | {"from": 393331234567},
        TEXT | {"from": "1" * 21},
        {key: value for key, value in TEXT.items() if key != "from"},
    ],
)
def test_a_poison_message_stays_in_its_place_between_its_neighbours(element):
    events = told(webhook(messages=[TEXT, element, TEXT | {"id": "wamid.IN2"}]))
    assert [type(event) for event in events] == [InboundMessage, Poison, InboundMessage]
    assert events[1].reason
    assert events[1].phone_number_id == "200000000000001"


def test_a_poison_change_and_a_poison_entry_do_not_stop_the_others():
    body = webhook(messages=[TEXT])
    body["entry"][0]["changes"][:0] = ["no", {"field": "messages"}, {"field": 1, "value": {}}]
    body["entry"][:0] = [5, {"id": [], "changes": []}, {"id": "1", "changes": "none"}]
    kinds = [type(event) for event in told(body)]
    assert kinds == [Poison] * 6 + [InboundMessage]


def test_messages_without_a_number_are_poison_one_by_one():
    events = told(webhook(metadata=None, messages=[TEXT, TEXT], statuses=[SENT]))
    assert [event.reason for event in events] == ["no phone_number_id"] * 3


def test_a_part_that_is_no_list_is_poison_and_the_other_part_is_read():
    events = told(webhook(messages={"0": TEXT}, statuses=[SENT]))
    assert [type(event) for event in events] == [Poison, StatusEvent]


BOMB = b"[" * 10_000 + b"]" * 10_000


@pytest.mark.parametrize(
    "bomb",
    [
        BOMB,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 65 + b"]" * 65,
        b'{"]]]]":' * 200 + b'"[[["' + b"}" * 200,
    ],
)
def test_a_nesting_bomb_is_poison_and_its_neighbours_are_not(bomb):
    body = json.dumps(webhook(messages=[TEXT, TEXT | {"text": "@"}, TEXT])).encode()
    events = decode(body.replace(b'"@"', bomb))
    assert [type(event) for event in events] == [InboundMessage, Poison, InboundMessage]
    assert "nested" in events[1].reason


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"a\u0000b", "a\ufffdb"),
        (rb"a\ud800b", "a\ufffdb"),
        (rb"\udc00\ud83d", "\ufffd\ufffd"),
        (rb"\ud83d\ude00", "😀"),
        (b"a\xffb", "a\ufffdb"),
        (b"a\x00b", "a\ufffdb"),
        (b"a\x07b", "a\x07b"),
        ("à שלום <script>".encode(), "à שלום <script>"),
    ],
)
def test_text_that_postgresql_refuses_is_made_storable(written, read):
    message = TEXT | {"text": {"body": "@", "@": 1}}
    contact = ANNA | {"profile": {"name": "@"}}
    body = json.dumps(webhook(contacts=[contact], messages=[message])).encode()
    (event,) = decode(body.replace(b"@", written))
    assert event.content == contents.Text(read)
    assert event.person.name == read
    assert event.raw["text"] == {"body": read, read: 1}
    assert json.dumps(event.raw, ensure_ascii=False).encode()


def test_numbers_without_end_do_not_cost_the_message():
    body = json.dumps(webhook(messages=[TEXT | {"odd": "@"}])).encode()
    for number, read in ((b"1e999", None), (b"NaN", None), (b"9" * 5000, "9" * 5000)):
        (event,) = decode(body.replace(b'"@"', number))
        assert event.raw["odd"] == read


def test_long_texts_are_kept_and_long_names_are_cut():
    message = TEXT | {"text": {"body": "a" * 100_000}}
    contact = ANNA | {"profile": {"name": "n" * 5000}}
    event = one(webhook(contacts=[contact], messages=[message]))
    assert len(event.content.body) == 100_000
    assert len(event.person.name) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"text"',
        b"\xff\xfe",
        BOMB,
        b"[" * 1_000_000,
        b'{"object":"page","entry":[]}',
        b'{"object":"whatsapp_business_account"',
        b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[',
        b" " * (8 * 1024 * 1024 + 1),
    ],
)
def test_a_body_that_is_no_webhook_is_one_poison(body):
    (event,) = decode(body)
    assert isinstance(event, Poison)
    assert len(event.raw) <= 16_384


def test_an_empty_webhook_tells_nothing():
    assert decode(b'{"object":"whatsapp_business_account","entry":[]}') == ()
    assert told(webhook(messages=[])) == ()


def test_a_part_that_is_not_known_is_kept_as_it_came():
    event = one(webhook(confetti=[{"id": "1"}]))
    assert isinstance(event, AccountEvent)
    assert event.value["confetti"] == [{"id": "1"}]


def test_other_fields_are_kept_as_they_came():
    value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    body = webhook("account_update", entry={"time": 1739321024})
    body["entry"][0]["changes"][0]["value"] = value
    event = one(body)
    assert event == AccountEvent(
        waba_id="100000000000001",
        field="account_update",
        value=value,
        at=datetime(2025, 2, 12, 0, 43, 44, tzinfo=UTC),
    )


def test_template_changes_name_their_template():
    value = {
        "event": "APPROVED",
        "message_template_id": 300000000000001,
        "message_template_name": "promemoria_v1",
        "message_template_language": "en-US",
    }
    event = one(webhook("message_template_status_update", **value))
    assert isinstance(event, TemplateEvent)
    assert (event.template_id, event.language) == ("300000000000001", "en_US")
    assert event.event == "APPROVED"
    assert event.at is None


def test_a_template_change_without_its_id_is_poison():
    assert isinstance(one(webhook("message_template_status_update", event="APPROVED")), Poison)


def test_a_preference_tells_who_stopped_what():
    preference = {
        "wa_id": "393331234567",
        "category": "marketing_messages",
        "value": "stop",
        "detail": "User requested to stop marketing messages",
        "timestamp": 1731705721,
    }
    event = one(webhook("user_preferences", contacts=[ANNA], user_preferences=[preference]))
    assert isinstance(event, UserPreference)
    assert (event.value, event.category) == ("stop", "marketing_messages")
    assert event.person.name == "Anna"


def test_an_error_beside_no_message_is_of_the_account():
    event = one(webhook(errors=[{"code": 131035, "title": "Not delivered"}]))
    assert isinstance(event, AccountError)
    assert event.error.code == 131035


def test_five_thousand_statuses_are_read_quickly():
    body = json.dumps(webhook(statuses=[SENT] * 5000)).encode()
    began = process_time()
    events = decode(body)
    assert len(events) == 5000
    assert process_time() - began < 10


@given(st.binary(max_size=400))
@example(b"[" * 100_000 + b'"\\')
@example(b'"\\"' * 50_000)
def test_no_bytes_raise(body):
    assert isinstance(decode(body), tuple)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "text", "from", "timestamp", "body", "status", "errors"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_raises_wherever_it_stands(value):
    bodies = [
        value,
        {"object": "whatsapp_business_account", "entry": value},
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": value}]},
        webhook(messages=value, statuses=value, contacts=value, errors=value),
        webhook(messages=[TEXT | {"type": "image", "image": value, "context": value}]),
        webhook(messages=[value], statuses=[value], user_preferences=[value]),
        webhook("message_template_status_update", message_template_id=value),
        webhook("history", history=value),
    ]
    for body in bodies:
        for event in told(body):
            assert json.dumps(msgspec.to_builtins(event), allow_nan=False)
