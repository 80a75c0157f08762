"""A real model, small as it is: its server's stream, its grammar, its silences, its end.

What it writes is not worth much, and need not be: whatever it says goes through the check.
"""

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from sportello.assistant import prompt
from sportello.assistant.models import ModelFailedError, Picture, Said, Why
from sportello.fetching.client import Settings as Guard
from sportello.store.models import Choice
from sportello.workers import model_desk, providers
from sportello.workers.answer import Answering
from sportello.workers.providers import Provided
from tests.assistant.desk import EMBEDDER, open_desk
from tests.local_model import local_model
from tests.workers.speaking import PIXEL, with_model

_AT = datetime(2026, 11, 22, tzinfo=UTC)
# A server without this machine's own instructions, on cores that others use as well.
_SECONDS_MAX = 120.0
_ASKED = (Said("system", "You answer in JSON."), Said("user", "Which city is Italy's capital?"))
# Longer than anybody waits for: thousands of tokens before the grammar lets it end.
_ENDLESS: Mapping[str, Any] = {
    "type": "object",
    "properties": {"answer": {"type": "string", "minLength": 1_500}},
    "required": ["answer"],
}


def _patiently(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """As `in_loop`, with more time."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 2 * _SECONDS_MAX))

    return run


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with local_model() as served:
        yield served


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine under load is slow; here nobody waits for it."""
    monkeypatch.setattr(providers, "SECONDS_MAX", _SECONDS_MAX)
    monkeypatch.setattr(model_desk, "_ASK_S_MAX", _SECONDS_MAX)
    monkeypatch.setattr(model_desk, "TURN_S_MAX", _SECONDS_MAX)
    # Left alone so small a model talks on until somebody stops it.
    monkeypatch.setattr(providers, "_TOKENS_MAX", 40)


def _bound(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with strings of which there are but two: what binds an answer, and is soon said."""
    parts = dict(schema["properties"])
    for name, part in parts.items():
        parts[name] = {"enum": ["Roma", "Bari"], **part}
    return {**schema, "properties": parts}


@asynccontextmanager
async def _provided(url: str) -> AsyncIterator[Provided]:
    choice = Choice(1, 0, "openai", url, "small", 0, 0, _AT, None)
    provided = Provided(choice, "", Guard(private_hosts=frozenset({"127.0.0.1"})))
    try:
        yield provided
    finally:
        await provided.close()


async def _slot(url: str) -> dict[str, Any]:
    """What the server's only place is doing."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{url.removesuffix('/v1')}/slots") as answer,
    ):
        (slot,) = await answer.json()
        return dict(slot)


async def _until(url: str, *, busy: bool) -> None:
    while (await _slot(url))["is_processing"] is not busy:  # noqa: ASYNC110  # it tells nobody
        await asyncio.sleep(0.05)


@pytest.mark.usefixtures("patient")
@_patiently
async def test_a_grammar_holds_it_to_the_schema_and_its_tokens_are_told(url: str) -> None:
    async with _provided(url) as provided:
        answer = await provided.generate(_bound(prompt.TRYING), _ASKED)
        reworded = await provided.generate(_bound(prompt.REWRITING), _ASKED)

    assert answer.value["answer"] in {"Roma", "Bari"}
    assert answer.tokens_in > 10
    assert answer.tokens_out > 2
    assert reworded.value["about"] in {"question", "person", "other"}


@pytest.mark.usefixtures("patient")
@_patiently
async def test_an_answer_that_is_cut_off_is_none_and_is_paid_all_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_TOKENS_MAX", 3)
    async with _provided(url) as provided:
        with pytest.raises(ModelFailedError) as failed:
            await provided.generate(_ENDLESS, _ASKED)

    assert failed.value.why is Why.NOT_AN_ANSWER
    assert failed.value.tokens_in > 10
    assert failed.value.tokens_out == 3


@_patiently
async def test_a_slow_answer_is_given_up_and_the_server_stops_writing_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "SECONDS_MAX", 0.5)
    monkeypatch.setattr(providers, "_TOKENS_MAX", 3_500)
    async with _provided(url) as provided:
        with pytest.raises(ModelFailedError) as failed:
            await provided.generate(_ENDLESS, _ASKED)
        await _until(url, busy=False)

    assert failed.value.why is Why.TOO_SLOW


@_patiently
async def test_a_question_that_is_broken_off_frees_the_server_for_the_next(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "SECONDS_MAX", _SECONDS_MAX)
    monkeypatch.setattr(providers, "_TOKENS_MAX", 3_500)
    async with _provided(url) as provided:
        asked = asyncio.create_task(provided.generate(_ENDLESS, _ASKED))
        await _until(url, busy=True)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await _until(url, busy=False)

        assert (await provided.generate(_bound(prompt.TRYING), _ASKED)).value


@pytest.mark.usefixtures("patient")
@_patiently
async def test_a_picture_for_a_model_that_cannot_see_fails_with_a_name(url: str) -> None:
    shown = (Said("user", "What is this?", Picture(PIXEL, "image/png")),)
    async with _provided(url) as provided:
        with pytest.raises(ModelFailedError) as failed:
            await provided.generate(prompt.TRYING, shown)

    assert failed.value.why in {Why.REFUSED, Why.UNREACHABLE}


@pytest.mark.usefixtures("patient")
@_patiently
async def test_whatever_it_writes_a_customer_reads_no_figure_that_no_source_has(
    worker_url: str, url: str
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn([("Quanto costa spedire?", "La spedizione costa 6,90 € in Italia.")])
        context = await with_model(desk, url)
        await desk.customer_writes("Quanto costa spedire un pacco?")
        answering = Answering(context, EMBEDDER)

        assert await answering.answer_next()
        await answering.close()

        said = await desk.said()
        calls = await desk.rows("SELECT * FROM sportello_modelcall ORDER BY id")
        assert said
        assert set(re.findall(r"\d+", "".join(one["text"] for one in said))) <= {"6", "90"}
        assert calls
        assert {call["outcome"] for call in calls} <= {"written", "failed"}
        assert all(call["tokens_in"] > 50 and call["cost_micros"] > 50 for call in calls)
