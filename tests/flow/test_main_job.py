"""The main job, end to end, as the demo's users meet it: API, phone, clock and kills are real."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.flow.running import Demo, running_demo, until

_QUESTION = "Quando arriva il mio ordine?"
_UNKNOWN = "Fate anche la revisione della caldaia a gas?"
_people = count(393_555_900_001)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "data") as started:
        yield started


@pytest.fixture
def anna(demo: Demo) -> str:
    """A customer of her own for each test."""
    wa_id = str(next(_people))
    demo.sim("POST", "/people", {"wa_id": wa_id, "name": "Anna"})
    return wa_id


def _answers(demo: Demo, wa_id: str) -> list[dict[str, object]]:
    conversation = demo.conversation(wa_id)["id"]
    return [m for m in demo.messages(conversation) if m["origin"] == "assistant"]


def _texts(demo: Demo, wa_id: str) -> list[str]:
    return [message["text"] for message in demo.phone(wa_id)]


def _left(demo: Demo, wa_id: str) -> int:
    """How many of the assistant's messages have left, or are on the wire."""
    waiting = {"queued", "held", "cancelled"}
    return len([m for m in _answers(demo, wa_id) if m["status"] not in waiting])


def test_a_question_is_answered_from_the_shop_s_knowledge_with_its_sources(
    demo: Demo, anna: str
) -> None:
    demo.says(anna, _QUESTION)

    shown = until(lambda: demo.phone(anna))
    assert "ordine" in " ".join(message["text"] for message in shown).lower()
    answer = _answers(demo, anna)[0]
    assert answer["sources"], "an answer keeps what it stands on"
    assert answer["receipt"], "an answer keeps why it was let go"
    until(lambda: _answers(demo, anna)[0]["status"] == "read")


def test_a_customer_with_an_order_is_told_its_true_state(demo: Demo) -> None:
    demo.says("393555010002", _QUESTION)

    until(lambda: any("MV-1043" in text for text in _texts(demo, "393555010002")))


def test_what_the_knowledge_does_not_say_is_handed_over(demo: Demo, anna: str) -> None:
    demo.says(anna, _UNKNOWN)

    until(lambda: demo.phone(anna))
    until(lambda: demo.conversation(anna)["holder"] == "queue")


def test_three_messages_in_a_burst_get_one_answer(demo: Demo, anna: str) -> None:
    for part in ("Buongiorno", "vorrei sapere", "quando arriva il mio ordine?"):
        demo.says(anna, part)

    until(lambda: demo.phone(anna))
    until(lambda: all(m["status"] == "read" for m in _answers(demo, anna)))
    sources = [m["sources"] for m in _answers(demo, anna) if m["sources"]]
    assert len(sources) == 1
    read_marks = [
        call
        for call in demo.sim("GET", "/log?since=0")["entries"]
        if '"status":"read"' in str(call.get("request_body", "")).replace(" ", "")
        and anna in str(call)
    ]
    assert len(read_marks) <= 3


def test_an_operator_takes_control_writes_and_gives_it_back(demo: Demo, anna: str) -> None:
    demo.says(anna, _QUESTION)
    conversation = demo.conversation(anna)["id"]
    status, _ = demo.api("POST", f"/conversations/{conversation}/control")
    assert status == 200

    status, sent = demo.api(
        "POST", f"/conversations/{conversation}/messages", {"type": "text", "text": "Sono Giulia"}
    )
    assert status == 201, sent
    status, note = demo.api(
        "POST", f"/conversations/{conversation}/messages", {"type": "note", "text": "Cliente VIP"}
    )
    assert status == 201, note
    until(lambda: "Sono Giulia" in _texts(demo, anna))
    demo.says(anna, _QUESTION)
    status, _ = demo.api("DELETE", f"/conversations/{conversation}/control")
    assert status == 200
    demo.says(anna, "e quanto costa la spedizione?")

    until(lambda: _texts(demo, anna)[-1] != "Sono Giulia")
    assert "Cliente VIP" not in str(demo.phone(anna)), "a note never leaves"


def test_a_takeover_while_the_answer_is_prepared_suppresses_it(demo: Demo, anna: str) -> None:
    demo.says(anna, _QUESTION)
    conversation = demo.conversation(anna)["id"]

    status, _ = demo.api("POST", f"/conversations/{conversation}/control")

    assert status == 200
    left = _left(demo, anna)  # on a slow machine the answer may have been quicker
    demo.says(anna, "ci siete?")
    until(lambda: "ci siete?" in [m["text"] for m in demo.messages(conversation)])
    demo.api("POST", f"/conversations/{conversation}/messages", {"type": "text", "text": "Eccomi"})
    until(lambda: "Eccomi" in _texts(demo, anna))
    assert len(_texts(demo, anna)) == left + 1
    assert _left(demo, anna) == left, "nothing of the assistant's leaves after the takeover"


def test_text_after_the_window_has_shut_is_refused_with_its_reason(demo: Demo, anna: str) -> None:
    demo.says(anna, _QUESTION)
    conversation = demo.conversation(anna)["id"]
    demo.api("POST", f"/conversations/{conversation}/control")
    assert demo.conversation(anna)["window"]["open"]

    demo.sim("POST", "/clock/advance", {"seconds": 90_000})
    status, problem = demo.api(
        "POST", f"/conversations/{conversation}/messages", {"type": "text", "text": "Ancora qui?"}
    )

    assert status == 409
    assert problem["reason"] == "window_closed"
    assert problem["detail"]
    assert not demo.conversation(anna)["window"]["open"]


def test_asking_the_assistant_gives_band_text_and_sources(demo: Demo) -> None:
    status, answer = demo.api("POST", "/assistant/ask", {"question": _QUESTION})

    assert status == 200
    assert answer["band"] == "answer"
    assert answer["sources"][0]["pair_id"]
    status, answer = demo.api("POST", "/assistant/ask", {"question": "asdkjh qwe zzz"})
    assert (status, answer["band"]) == (200, "handover")
