"""The outward API as contract.md has it, through Django's client on real PostgreSQL."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from sportello.console.api import assistant
from sportello.schema.models import (
    Contact,
    Conversation,
    Media,
    Message,
    Number,
    Pair,
    Send,
    Trial,
)
from tests.console.conftest import (
    NOW,
    ApiClient,
    Clock,
    Company,
    make_answer,
    make_charge,
    make_contact,
    make_conversation,
)


def _of(company: Company, rest: str = "") -> str:
    return f"/conversations/{company.conversation.pk}{rest}"


def test_a_conversation_tells_its_holder_window_contact_and_last_word(
    api: ApiClient, acme: Company
) -> None:
    shown = api.get(_of(acme)).json()

    assert shown["holder"] == "assistant"
    assert shown["window"] == {"open": True, "closes_at": "2026-11-22T09:00:00Z"}
    assert shown["contact"]["name"] == "Anna Bianchi"
    assert shown["contact"]["phone"] == "+393471234567"
    assert shown["last_message"] == {
        "text": "Quando arriva il mio ordine?",
        "origin": "customer",
        "at": "2026-11-21T09:00:00Z",
    }
    assert shown["unread"] == 1


def test_the_window_shuts_with_the_companys_time(api: ApiClient, acme: Company, at: Clock) -> None:
    at(NOW + timedelta(hours=23))

    assert api.get(_of(acme)).json()["window"]["open"] is False


def test_conversations_are_listed_newest_first_in_pages(api: ApiClient, acme: Company) -> None:
    for place in range(3):
        contact = make_contact(acme.workspace, wa_id=f"39333000000{place}")
        make_conversation(acme.number, contact, last_message_at=NOW - timedelta(minutes=place))

    first = api.get("/conversations", limit="3").json()
    second = api.get("/conversations", limit="3", cursor=first["next_cursor"]).json()

    phones = [one["contact"]["phone"] for one in first["items"]]
    assert phones == ["+393330000000", "+393330000001", "+393330000002"]
    assert [one["id"] for one in second["items"]] == [acme.conversation.pk]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("state", "found"),
    [("", True), ("open", True), ("assistant", True), ("queue", False), ("closed", False)],
)
def test_conversations_are_listed_by_state(api: ApiClient, state: str, found: bool) -> None:
    assert bool(api.get("/conversations", state=state).json()["items"]) is found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("BIANCHI", True),
        ("+39 347 123", True),
        ("mio ordine", True),
        ("Rossi", False),
        ("%", False),
    ],
)
def test_conversations_are_searched(api: ApiClient, q: str, found: bool) -> None:
    assert bool(api.get("/conversations", q=q).json()["items"]) is found


def test_an_unknown_state_is_refused(api: ApiClient) -> None:
    assert api.get("/conversations", state="sideways").status_code == 422


def test_taking_control_cancels_the_assistants_queued_answer(api: ApiClient, acme: Company) -> None:
    send = make_answer(acme.conversation)

    taken = api.post(_of(acme, "/control"))

    send.refresh_from_db(using="owner")
    assert (taken.status_code, taken.json()["holder"]) == (200, "operator")
    assert taken.json()["operator"] is None
    assert send.state == "cancelled"


def test_control_is_given_back(api: ApiClient, acme: Company) -> None:
    api.post(_of(acme, "/control"))

    released = api.delete(_of(acme, "/control"))

    assert (released.status_code, released.json()["holder"]) == (200, "assistant")


def test_a_text_is_queued_and_listed_last(api: ApiClient, acme: Company) -> None:
    api.post(_of(acme, "/control"))

    posted = api.post(_of(acme, "/messages"), {"type": "text", "text": "Parte oggi."})
    items = api.get(_of(acme, "/messages")).json()["items"]

    assert (posted.status_code, posted.json()["status"]) == (201, "queued")
    assert (posted.json()["direction"], posted.json()["origin"]) == ("outbound", "operator")
    assert [item["origin"] for item in items] == ["customer", "operator"]
    assert items[-1] == posted.json()
    assert Send.objects.using("owner").get().message_id == posted.json()["id"]


def test_a_note_never_becomes_a_send(api: ApiClient, acme: Company) -> None:
    posted = api.post(_of(acme, "/messages"), {"type": "note", "text": "Richiama domani"})

    assert posted.status_code == 201
    assert (posted.json()["origin"], posted.json()["direction"]) == ("note", "internal")
    assert not Send.objects.using("owner").exists()


def test_a_text_without_control_is_refused_with_its_reason(api: ApiClient, acme: Company) -> None:
    refused = api.post(_of(acme, "/messages"), {"type": "text", "text": "Ciao"})

    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json() == {
        "type": "urn:sportello:problem:not_in_control",
        "title": "Conflict",
        "status": 409,
        "reason": "not_in_control",
        "detail": "This conversation is not in your hands. Take control, then write.",
    }


def test_a_text_after_the_window_has_shut_is_refused(
    api: ApiClient, acme: Company, at: Clock
) -> None:
    api.post(_of(acme, "/control"))
    at(NOW + timedelta(hours=24))

    refused = api.post(_of(acme, "/messages"), {"type": "text", "text": "Ciao"})

    assert (refused.status_code, refused.json()["reason"]) == (409, "window_closed")
    assert not Send.objects.using("owner").exists()


def test_control_of_a_conversation_that_awaits_the_customer_is_refused(
    api: ApiClient, acme: Company
) -> None:
    Conversation.objects.using("owner").update(awaiting_customer_since=NOW)

    refused = api.post(_of(acme, "/control"))

    assert (refused.status_code, refused.json()["reason"]) == (409, "awaiting_customer_reply")


def test_messages_lead_to_older_pages(api: ApiClient, acme: Company) -> None:
    for place in range(5):
        api.post(_of(acme, "/messages"), {"type": "note", "text": f"nota {place}"})

    newest = api.get(_of(acme, "/messages"), limit="4").json()
    older = api.get(_of(acme, "/messages"), limit="4", cursor=newest["next_cursor"]).json()

    assert [item["text"] for item in newest["items"]] == ["nota 1", "nota 2", "nota 3", "nota 4"]
    assert [item["text"] for item in older["items"]] == ["Quando arriva il mio ordine?", "nota 0"]
    assert older["next_cursor"] is None


def test_a_message_tells_what_became_of_it(api: ApiClient, acme: Company) -> None:
    message = Message.objects.using("owner").create(
        workspace=acme.workspace,
        conversation=acme.conversation,
        wamid="wamid.out",
        origin="assistant",
        type="text",
        text="Parte oggi.",
        status="failed",
        error={"code": 131026},
        sources=[{"pair_id": 7, "title": "Consegna", "score": 0.8}],
        receipt={"verdict": "allowed"},
        at=NOW,
    )
    make_charge(acme, message=message, expected_micros=25_000, currency="EUR")

    item = api.get(_of(acme, "/messages")).json()["items"][-1]

    assert (item["wamid"], item["status"], item["error"]) == (
        "wamid.out",
        "failed",
        {"code": 131026},
    )
    assert item["sources"][0]["pair_id"] == 7
    assert item["receipt"] == {"verdict": "allowed"}
    assert (item["price"]["micros"], item["price"]["currency"]) == (25_000, "EUR")
    assert not item["price"]["is_stated"]


def test_a_file_tells_what_a_machine_read_in_it(api: ApiClient, acme: Company) -> None:
    said = Message.objects.using("owner").create(
        workspace=acme.workspace, conversation=acme.conversation, wamid="wamid.voice",
        origin="customer", type="audio", status="received", at=NOW,
    )  # fmt: skip
    Media.objects.using("owner").create(
        workspace=acme.workspace, message=said, media_id="7", mime_type="audio/ogg", state="kept",
        reading="done", words="quanto costa spedire?", due_at=NOW,
    )  # fmt: skip

    told = {row["id"]: row for row in api.get(_of(acme, "/messages")).json()["items"]}

    (file,) = told[said.pk]["media"]
    assert (file["reading"], file["words"], file["unread_why"]) == (
        "done", "quanto costa spedire?", "",
    )  # fmt: skip


def test_a_pair_is_added_listed_and_taken_away(api: ApiClient) -> None:
    body = {"question": "Orari?", "answer": "Dalle 9 alle 18.", "variants": ["Siete aperti?"]}

    added = api.post("/knowledge/pairs", body)
    listed = api.get("/knowledge/pairs").json()["items"]
    taken = api.delete(f"/knowledge/pairs/{added.json()['id']}")

    assert added.status_code == 201
    assert listed == [added.json()]
    assert (listed[0]["language"], listed[0]["indexed"]) == ("it", False)
    assert (taken.status_code, taken.content) == (204, b"")
    assert api.get("/knowledge/pairs").json()["items"] == []
    assert Pair.objects.using("owner").get().deleted_at == NOW


def test_a_pair_is_taken_away_once(api: ApiClient) -> None:
    added = api.post("/knowledge/pairs", {"question": "Orari?", "answer": "9-18"}).json()
    api.delete(f"/knowledge/pairs/{added['id']}")

    assert api.delete(f"/knowledge/pairs/{added['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"question": "", "answer": "a"}, "body.question"),
        ({"question": "q", "answer": "  "}, "body.answer"),
        ({"question": "q", "answer": "a" * 3501}, "body.answer"),
        ({"question": "q\0", "answer": "a"}, "body.question"),
        ({"question": "q", "answer": "a\ud800"}, "body.answer"),
        ({"question": "q", "answer": "a", "variants": ["v"] * 31}, "body.variants"),
        ({"question": "q", "answer": "a", "language": "Klingon"}, "body.language"),
        ({"question": "q", "answer": "a", "colour": "red"}, "body.colour"),
        ({"question": "q"}, "body.answer"),
        ([1], "body"),
    ],
)
def test_an_unfit_pair_is_refused_where_it_is_unfit(api: ApiClient, body: Any, place: str) -> None:
    refused = api.post("/knowledge/pairs", body)

    assert refused.status_code == 422
    assert [error["at"] for error in refused.json()["errors"]] == [place]
    assert not Pair.objects.using("owner").exists()


def test_a_contact_is_added_listed_and_read(api: ApiClient, acme: Company) -> None:
    added = api.post("/contacts", {"phone": "333 123 4567", "name": "Bruno"})

    assert added.status_code == 201
    assert added.json()["phone"] == "+393331234567"
    assert api.get(f"/contacts/{added.json()['id']}").json() == added.json()
    names = [one["name"] for one in api.get("/contacts").json()["items"]]
    assert names == ["Bruno", "Anna Bianchi"]
    assert [one["name"] for one in api.get("/contacts", q="333 123").json()["items"]] == ["Bruno"]


def test_a_contact_is_there_once(api: ApiClient, acme: Company) -> None:
    again = api.post("/contacts", {"phone": "+39 347 123 4567"})

    assert (again.status_code, again.json()["reason"]) == (409, "contact_exists")
    assert again.json()["contact_id"] == acme.anna.pk
    assert Contact.objects.using("owner").count() == 1


@pytest.mark.parametrize("phone", ["", "pippo", "12", "+39" + "1" * 30])
def test_what_is_no_phone_number_is_refused(api: ApiClient, phone: str) -> None:
    refused = api.post("/contacts", {"phone": phone})

    assert (refused.status_code, refused.json()["reason"]) == (422, "wrong_phone")


def test_the_channel_shows_numbers_and_no_token(api: ApiClient, acme: Company) -> None:
    Number.objects.using("owner").update(token_last4="9abc")

    shown = api.get("/channel").json()["numbers"]

    assert [one["phone_number_id"] for one in shown] == [acme.number.phone_number_id]
    assert not [name for name in shown[0] if "token" in name]


def test_the_assistant_is_asked_and_the_worker_answers(
    api: ApiClient, acme: Company, worker_url: str
) -> None:
    result = '{"band": "answer", "text": "9-18", "sources": [{"pair_id": 1}], "confidence": 0.9}'
    worker = threading.Thread(target=_answer_one_trial, args=[worker_url, "done", result])
    worker.start()

    answered = api.post("/assistant/ask", {"question": "Orari?"})

    worker.join(timeout=10)
    assert answered.status_code == 200
    assert answered.json() == {
        "band": "answer",
        "text": "9-18",
        "sources": [{"pair_id": 1}],
        "confidence": 0.9,
    }


def test_a_question_that_the_worker_could_not_answer_says_so(
    api: ApiClient, acme: Company, worker_url: str
) -> None:
    worker = threading.Thread(target=_answer_one_trial, args=[worker_url, "failed", None])
    worker.start()

    answered = api.post("/assistant/ask", {"question": "Orari?"})

    worker.join(timeout=10)
    assert (answered.status_code, answered.json()["reason"]) == (502, "assistant_failed")


def test_a_question_that_nobody_answers_ends(
    api: ApiClient, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant, "WAIT_S_MAX", 0.1)

    unanswered = api.post("/assistant/ask", {"question": "Orari?"})

    assert (unanswered.status_code, unanswered.json()["reason"]) == (504, "no_answer")
    assert Trial.objects.using("owner").get().state == "waiting"


_KEY = {"idempotency-key": "k1"}
_RESULT = '{"band": "answer", "text": "9-18", "sources": [], "confidence": 0.9}'


def test_a_question_repeated_with_its_key_is_asked_once(
    api: ApiClient, acme: Company, worker_url: str
) -> None:
    worker = threading.Thread(target=_answer_one_trial, args=[worker_url, "done", _RESULT])
    worker.start()

    first = api.post("/assistant/ask", {"question": "Orari?"}, **_KEY)
    worker.join(timeout=10)
    again = api.post("/assistant/ask", {"question": "Orari?"}, **_KEY)
    other = api.post("/assistant/ask", {"question": "Prezzi?"}, **_KEY)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert other.json()["reason"] == "idempotency_key_reused"
    assert Trial.objects.using("owner").count() == 1


def test_a_question_repeated_before_its_answer_waits_for_the_same(
    api: ApiClient, acme: Company, worker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr(assistant, "WAIT_S_MAX", 0.1)
        unanswered = api.post("/assistant/ask", {"question": "Orari?"}, **_KEY)
    _answer_one_trial(worker_url, "done", _RESULT)

    answered = api.post("/assistant/ask", {"question": "Orari?"}, **_KEY)

    assert (unanswered.status_code, answered.status_code) == (504, 200)
    assert answered.json()["text"] == "9-18"
    assert Trial.objects.using("owner").count() == 1


def test_a_question_that_failed_may_be_asked_again_with_its_key(
    api: ApiClient, acme: Company, worker_url: str
) -> None:
    told = []
    for state, result in (("failed", None), ("done", _RESULT)):
        worker = threading.Thread(target=_answer_one_trial, args=[worker_url, state, result])
        worker.start()
        told.append(api.post("/assistant/ask", {"question": "Orari?"}, **_KEY).status_code)
        worker.join(timeout=10)

    assert told == [502, 200]


def _answer_one_trial(url: str, state: str, result: str | None) -> None:
    """As the worker does: woken by the trial's announcement, within a bound."""
    with psycopg.connect(url, autocommit=True) as worker:
        worker.execute("LISTEN sportello_trials")
        update = "UPDATE sportello_trial SET state = %s, result = %s WHERE state = 'waiting'"
        if worker.execute(update, [state, result]).rowcount == 0:
            next(iter(worker.notifies(timeout=10, stop_after=1)))
            worker.execute(update, [state, result])
