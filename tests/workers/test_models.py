"""Models over real HTTP: what is asked, what is believed, paid, given up, broken off."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from sportello.assistant import prompt
from sportello.assistant.models import ModelFailedError, Said, Why
from sportello.fetching.client import Settings as Guard
from sportello.store.models import Choice
from sportello.workers import providers
from sportello.workers.answer import Answering
from sportello.workers.context import Context
from sportello.workers.providers import Provided
from tests.assistant.desk import EMBEDDER, open_desk
from tests.loop import in_loop
from tests.workers.speaking import READ, WRITTEN, Speaker, speaking, with_model

_HERE = Guard(private_hosts=frozenset({"127.0.0.1"}))
_AT = datetime(2026, 11, 22, tzinfo=UTC)
_ASKED = (Said("system", "Rispondi."), Said("user", "Ci sei?"))
_GOOD = {"answer": "Sì.", "used_source_ids": [1], "sufficient": True}


def _choice(speaker: Speaker) -> Choice:
    return Choice(1, 0, "openai", speaker.url, "small", 0, 0, _AT, None)


async def _ask(speaker: Speaker, guard: Guard = _HERE, key: str = "") -> Any:
    provided = Provided(_choice(speaker), key, guard)
    try:
        return await provided.generate(prompt.ANSWERING, _ASKED)
    finally:
        await provided.close()


@in_loop
async def test_an_answer_comes_in_pieces_by_the_schema_with_its_tokens() -> None:
    async with speaking() as speaker:
        speaker.says = _GOOD

        written = await _ask(speaker, key="sk-secret")

        assert written.value == _GOOD
        assert (written.tokens_in, written.tokens_out) == (READ, WRITTEN)
        (asked,) = speaker.asked
        assert asked["stream"] is True
        assert asked["model"] == "small"
        assert [one["role"] for one in asked["messages"]] == ["system", "user"]
        wanted = asked["response_format"]["json_schema"]["schema"]
        assert wanted["required"] == ["answer", "used_source_ids", "sufficient"]
        assert asked["max_tokens"] > 0
        assert speaker.headers[0]["Authorization"] == "Bearer sk-secret"


@in_loop
async def test_an_object_wrapped_in_talk_is_found() -> None:
    async with speaking() as speaker:
        speaker.says = f"Ecco:\n```json\n{json.dumps(_GOOD)}\n```"

        assert (await _ask(speaker)).value == _GOOD


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("bla bla", Why.NOT_AN_ANSWER),
        ("{" * 3_000, Why.NOT_AN_ANSWER),
        ({"answer": "x"}, Why.NOT_AN_ANSWER),
        ({**_GOOD, "used_source_ids": "1"}, Why.NOT_AN_ANSWER),
        ("a page", Why.NOT_AN_ANSWER),
        (401, Why.REFUSED_KEY),
        (404, Why.NO_SUCH_MODEL),
        (400, Why.REFUSED),
    ],
)
def test_whatever_a_server_answers_the_failure_has_a_name(says: Any, why: Why) -> None:
    async def ask() -> None:
        async with speaking() as speaker:
            speaker.says = says
            with pytest.raises(ModelFailedError) as failed:
                await _ask(speaker)
            assert failed.value.why is why

    asyncio.run(asyncio.wait_for(ask(), 60))


_ASKS = """
import asyncio, json, sys, threading
from importlib.abc import MetaPathFinder
from tests.workers.test_models import ask_nobody

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {"pydantic_ai", "openai", "anthropic", "mistralai"}:
            by.add(threading.current_thread() is threading.main_thread())
            if sys.argv[1] == "without":
                raise ModuleNotFoundError(name)

by = set()
before = any(name.startswith("pydantic_ai") for name in sys.modules)
sys.meta_path.insert(0, Finder())
print(json.dumps([before, asyncio.run(ask_nobody()), sorted(by)]))
"""


async def ask_nobody() -> str:
    """Why a model does not answer whose address nobody listens on."""
    provided = Provided(
        Choice(1, 0, "openai", "http://127.0.0.1:9", "m", 0, 0, _AT, None), "", _HERE
    )
    with pytest.raises(ModelFailedError) as failed:
        await provided.generate(prompt.ANSWERING, _ASKED)
    await provided.close()
    return failed.value.why.value


@pytest.mark.parametrize(
    ("how", "why"), [("with", Why.UNREACHABLE), ("without", Why.NOT_INSTALLED)]
)
def test_the_libraries_are_loaded_for_the_first_model_beside_the_loop(how: str, why: Why) -> None:
    """They take a second; and where they are not installed, the failure says so."""
    asked = subprocess.run(
        [sys.executable, "-c", _ASKS, how], capture_output=True, timeout=120, check=True
    )

    assert json.loads(asked.stdout) == [False, why, [False]]


@in_loop
async def test_a_redirect_is_not_followed() -> None:
    async with speaking() as speaker:
        speaker.says = "elsewhere"
        with pytest.raises(ModelFailedError):
            await _ask(speaker)
        assert len(speaker.asked) == 1


@in_loop
async def test_an_answer_without_end_is_cut_off() -> None:
    async with speaking() as speaker:
        speaker.says = "without end"
        with pytest.raises(ModelFailedError):
            await _ask(speaker)
        await asyncio.wait_for(speaker.hung_up.wait(), 30)


@in_loop
async def test_an_address_of_the_house_is_asked_only_where_it_is_allowed() -> None:
    async with speaking() as speaker:
        speaker.says = _GOOD
        with pytest.raises(ModelFailedError) as failed:
            await _ask(speaker, Guard())
        assert failed.value.why is Why.FORBIDDEN_ADDRESS
        assert speaker.asked == []


@in_loop
async def test_a_server_that_falls_silent_is_given_up_and_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(providers, "SECONDS_MAX", 1.5)
    async with speaking() as speaker:
        speaker.says = "nothing"
        with pytest.raises(ModelFailedError) as failed:
            await _ask(speaker)
        assert failed.value.why is Why.TOO_SLOW
        await asyncio.wait_for(speaker.hung_up.wait(), 30)


@asynccontextmanager
async def _answering(context: Context) -> AsyncIterator[Answering]:
    answering = Answering(context, EMBEDDER)
    try:
        yield answering
    finally:
        await answering.close()


_PAIRS = [("Quando arriva il mio ordine?", "In 2-4 giorni.")]


@in_loop
async def test_a_company_s_model_answers_and_its_cost_is_kept_with_the_answer(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk, speaking() as speaker:
        await desk.learn(_PAIRS)
        context = await with_model(desk, speaker.url)
        speaker.says = {**_GOOD, "answer": "Arriva tra 2 e 4 giorni."}
        await desk.customer_writes("Quando arriva il mio ordine?")

        async with _answering(context) as answering:
            assert await answering.answer_next()

        (said,) = await desk.said()
        assert said["text"].endswith("Arriva tra 2 e 4 giorni.")
        assert speaker.headers[0]["Authorization"] == "Bearer sk-1"
        turn = await desk.row("SELECT * FROM sportello_turn")
        assert (turn["band"], turn["way"], turn["faults"]) == ("answer", "model", [])
        assert turn["cost_micros"] == READ + 2 * WRITTEN
        assert turn["found"][0]["used"] is True
        call = await desk.row("SELECT * FROM sportello_modelcall")
        assert (call["purpose"], call["outcome"], call["cost_micros"]) == (
            "answer",
            "written",
            READ + 2 * WRITTEN,
        )


@in_loop
async def test_the_second_model_stands_in_and_then_the_company_s_own_words(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk, speaking() as first, speaking() as second:
        await desk.learn(_PAIRS)
        await with_model(desk, first.url)
        context = await with_model(desk, second.url, 1)
        first.says, second.says = 500, {**_GOOD, "answer": "Arriva tra 2 e 4 giorni."}
        async with _answering(context) as answering:
            await desk.customer_writes("Quando arriva il mio ordine?")
            assert await answering.answer_next()
            await desk.everything_leaves()
            second.says = "bla"
            await desk.customer_writes("Quando arriva il mio ordine??")
            assert await answering.answer_next()

        one, other = [row["text"] for row in await desk.said()]
        assert one.endswith("Arriva tra 2 e 4 giorni.")
        assert other == "In 2-4 giorni."
        # What cannot be used is paid all the same.
        bla = await desk.row("SELECT * FROM sportello_modelcall ORDER BY id DESC LIMIT 1")
        assert (bla["outcome"], bla["cost_micros"]) == ("failed", READ + 2 * WRITTEN)


@pytest.mark.parametrize("ceiling", ["chat_micros", "day_micros", "month_micros"])
def test_beyond_a_budget_the_company_s_own_words_are_sent(worker_url: str, ceiling: str) -> None:
    async def spend() -> None:
        async with open_desk(worker_url) as desk, speaking() as speaker:
            await desk.learn(_PAIRS)
            context = await with_model(desk, speaker.url)
            await desk.run(
                f"INSERT INTO sportello_modelbudget (workspace_id, {ceiling}) VALUES (%s, 10)",  # noqa: S608  # one of three columns
                desk.workspace_id,
            )
            speaker.says = {**_GOOD, "answer": "Arriva presto."}
            async with _answering(context) as answering:
                for text in ("Quando arriva il mio ordine?", "quando arriva il mio ordine"):
                    await desk.customer_writes(text)
                    assert await answering.answer_next()
                    await desk.everything_leaves()

            one, other = [row["text"] for row in await desk.said()]
            assert one.endswith("Arriva presto.")
            assert other == "In 2-4 giorni."
            assert len(speaker.asked) == 1

    asyncio.run(asyncio.wait_for(spend(), 60))


@in_loop
async def test_a_word_that_comes_while_a_model_writes_breaks_the_writing_off(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk, speaking() as speaker:
        await desk.learn(_PAIRS)
        context = await with_model(desk, speaker.url)
        speaker.says = "nothing"
        await desk.customer_writes("Quando arriva il mio ordine?")
        async with _answering(context) as answering:
            preparing = asyncio.create_task(answering.answer_next())
            await speaker.waiting.wait()

            await desk.customer_writes("quello di ieri")

            assert await preparing
            await asyncio.wait_for(speaker.hung_up.wait(), 30)
            assert await desk.said() == []
            # It had read the question: who writes in bursts does not write beyond the budget.
            broken_off = await desk.row("SELECT * FROM sportello_modelcall")
            assert (broken_off["outcome"], broken_off["tokens_out"]) == ("failed", 0)
            assert broken_off["cost_micros"] >= broken_off["tokens_in"] > 100
            speaker.says = {**_GOOD, "answer": "Arriva tra 2 e 4 giorni."}
            assert await answering.answer_next()
        (said,) = await desk.said()
        assert said["text"].endswith("Arriva tra 2 e 4 giorni.")


@pytest.mark.parametrize(
    ("says", "state", "reason"),
    [({"answer": "OK"}, "works", ""), (401, "failed", "refused_key")],
)
def test_the_button_that_tries_a_model_tells_how_it_went(
    worker_url: str, says: Any, state: str, reason: str
) -> None:
    async def push() -> None:
        async with open_desk(worker_url) as desk, speaking() as speaker:
            context = await with_model(desk, speaker.url)
            speaker.says = says
            await desk.run("UPDATE sportello_languagemodel SET test_state = 'waiting'")

            async with _answering(context) as answering:
                assert await answering.try_model()

            row = await desk.row("SELECT * FROM sportello_languagemodel")
            assert (row["test_state"], row["test_reason"]) == (state, reason)

    asyncio.run(asyncio.wait_for(push(), 60))


def test_a_cost_is_rounded_up() -> None:
    choice = Choice(1, 0, "openai", "", "m", 150_000, 600_000, _AT, None)

    assert choice.cost_micros(1, 0) == 1
    assert choice.cost_micros(1_000, 100) == 210
    assert choice.cost_micros(0, 0) == 0
