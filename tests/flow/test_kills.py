"""`kill -9` of any process at any moment: nothing lost, nothing answered or sent twice."""

from collections.abc import Iterator

import pytest

from tests.flow.running import Up, running_up, until

_QUESTION = "Quando arriva il mio ordine?"
_ANSWER = "Gli ordini partono entro due giorni e arrivano in tre giorni lavorativi."
_PEOPLE_PER_KILL = 4
_NEIGHBOUR = "393555899999"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running_up(tmp_path_factory.mktemp("up") / "data") as started:
        status, pair = started.api(
            "POST",
            "/knowledge/pairs",
            {"question": _QUESTION, "answer": _ANSWER, "variants": ["quando arriva il pacco"]},
        )
        assert status == 201, pair
        until(lambda: _ready_to_answer(started), 30)
        yield started


def _ready_to_answer(up: Up) -> bool:
    status, answer = up.api("POST", "/assistant/ask", {"question": _QUESTION})
    return status == 200 and answer["band"] == "answer"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("victim", "first"),
    [("work", 1), ("edge", 2), ("postgres", 3), ("supervisor", 4), ("work", 5), ("work", 6)],
)
def test_a_killed_process_loses_and_repeats_nothing(up: Up, victim: str, first: int) -> None:
    people = [str(393_555_800_000 + first * 100 + n) for n in range(_PEOPLE_PER_KILL)]
    for number, wa_id in enumerate(people):
        up.sim("POST", "/people", {"wa_id": wa_id, "name": f"Persona {number}"})
        up.says(wa_id, _QUESTION)
        if number == 1:
            # After the first answer is on its way, so that each stage has something in its hands.
            until(lambda: up.sim("GET", f"/people/{people[0]}/chat")["typing"] or first % 2)
            up.kill(victim)
            if victim == "supervisor":
                up.start()

    for wa_id in people:
        _was_answered_once(up, wa_id)


def _was_answered_once(up: Up, wa_id: str) -> None:
    _wait_for_answer(up, wa_id)
    conversation = up.conversation(wa_id)["id"]
    until(lambda: all(m["status"] == "read" for m in _ours(up, conversation)), 60)
    messages = until(lambda: up.messages(conversation))
    said = [m["text"] for m in messages if m["origin"] == "customer"]
    texts = [m["text"] for m in up.phone(wa_id)]

    assert said == [_QUESTION], "nothing that the customer wrote is lost or doubled"
    assert len(texts) == len(set(texts)), "nothing is sent twice"
    assert len([text for text in texts if _ANSWER in text]) == 1, "one answer"


def _wait_for_answer(up: Up, wa_id: str) -> None:
    """A send that died on its way is repeated when two minutes have passed and later news show
    that no word of it was lost (`rules.doubt`): whoever is waited for longer has such a one.
    """

    def is_answered() -> bool:
        return any(_ANSWER in m["text"] for m in up.phone(wa_id))

    try:
        until(is_answered, 30)
    except AssertionError:
        up.sim("POST", "/people", {"wa_id": _NEIGHBOUR, "name": "Vicina"})
        up.says(_NEIGHBOUR, "Grazie")
        until(is_answered, 180)


def _ours(up: Up, conversation: int) -> list[dict[str, object]]:
    return [m for m in up.messages(conversation) if m["origin"] == "assistant"]
