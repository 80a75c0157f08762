"""What a second reading says of a passage: real model, and properties of its figures."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.assistant import reread
from sportello.assistant.reread import Beside
from sportello.store.library import Known
from tests.assistant.desk import EMBEDDER
from tests.loop import in_loop


def _pair(number: int, *asked: str, answer: str, language: str = "en") -> Known:
    return Known(number, number, asked[0], answer, asked, language)


_CASTLE = _pair(1, "How much is the castle?", answer="The castle costs 89 pounds.")
_DELIVERY = _pair(2, "How long does delivery take?", answer="Three working days.")
_RETURNS = _pair(3, "Can I send something back?", answer="Within 30 days, unused.")
_ALL = [_CASTLE, _DELIVERY, _RETURNS]


@in_loop
async def test_the_passage_that_is_meant_is_the_likest() -> None:
    found = await reread.likenesses(EMBEDDER, "what's the price of the castle", _ALL)

    assert max(found, key=lambda one: found[one].asked) == 1
    assert max(found, key=lambda one: found[one].told_z) == 1
    assert await reread.likenesses(EMBEDDER, "anything", []) == {}


@in_loop
async def test_of_several_questions_the_likest_counts() -> None:
    more = _pair(4, "How much is the castle?", "When do you deliver?", answer="…")

    found = await reread.likenesses(EMBEDDER, "When do you deliver?", [_CASTLE, more])

    assert found[4].asked > 0.99
    assert found[1].asked < 0.8


@in_loop
async def test_another_question_about_the_same_thing_is_told_by_its_rest() -> None:
    async def rest(text: str) -> float:
        return (await reread.beside(EMBEDDER, text, "en", _CASTLE)).rest

    assert await rest("how heavy is the castle?") < await rest("what does the castle cost?")


@in_loop
async def test_a_word_that_the_passage_has_nothing_like_is_noticed() -> None:
    near = await reread.beside(EMBEDDER, "price of the castle", "en", _CASTLE)
    far = await reread.beside(EMBEDDER, "price of the submarine", "en", _CASTLE)

    assert far.word < near.word
    assert near.shared > far.shared


@in_loop
async def test_a_question_that_is_the_passages_own_leaves_nothing() -> None:
    found = await reread.beside(EMBEDDER, "how much is the castle", "en", _CASTLE)

    assert (found.rest, found.shared) == (Beside().rest, 1.0)


@in_loop
async def test_a_documents_passage_is_asked_by_its_title() -> None:
    titled = Known(5, None, "Delivery", "We deliver in three days.", (), "en", document_id=1)

    found = await reread.likenesses(EMBEDDER, "Delivery", [titled])

    assert found[5].asked > 0.99


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["it", "en", "xx"]))
def test_whatever_is_asked_has_figures_within_their_bounds(
    text: str, answer: str, language: str
) -> None:
    text, answer = (one.encode(errors="replace").decode() for one in (text, answer))
    best = _pair(6, "Orari?", answer=answer, language="it")

    found = asyncio.run(reread.beside(EMBEDDER, text, language, best))
    [again] = asyncio.run(reread.likenesses(EMBEDDER, text, [best])).values()

    assert 0 <= found.shared <= 1
    assert all(-1.01 <= one <= 1.01 for one in (found.word, found.rest, again.asked, again.told))
