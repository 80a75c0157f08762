"""Questions that are more like what no company is asked than like what one knows: real models."""

from dataclasses import replace

from sportello.assistant import calibration, reread
from sportello.assistant.elsewhere import Elsewhere, sentences
from sportello.assistant.labelled import outside
from sportello.assistant.search import Findings, Found
from sportello.store.library import Known
from tests.assistant import held_out
from tests.assistant.desk import EMBEDDER
from tests.loop import in_loop

_CAT = Known(1, 1, "Can my cat travel?", "Cats travel in a carrier.", ("Can my cat travel?",), "en")
_REFUND = Known(2, 2, "Can I get a refund?", "Within 30 days.", ("Can I get a refund?",), "en")


async def _is_elsewhere(text: str, best: Known) -> bool:
    likeness = (await reread.likenesses(EMBEDDER, text, [_CAT, _REFUND]))[best.passage_id]
    return await Elsewhere(EMBEDDER).is_nearer(text, best, likeness)


@in_loop
async def test_what_no_company_is_asked_is_noticed_in_whatever_words() -> None:
    assert await _is_elsewhere("who won the super bowl that year?", _REFUND)
    assert await _is_elsewhere("ma domani piove a casa mia?", _REFUND)


@in_loop
async def test_what_the_company_knows_is_not() -> None:
    assert not await _is_elsewhere("can I bring my cat on board", _CAT)
    assert not await _is_elsewhere("voglio un rimborso", _REFUND)


def test_it_is_neither_answered_nor_offered() -> None:
    found = Found(1, "Can I get a refund?", "Within 30 days.", "en", 5.0, authored=True)
    weights = calibration.shipped()
    likely = Findings((found,), tuple(9.0 * weight for weight in weights.same.weights), "en")

    assert weights.confidence(likely) > 0.9
    assert weights.confidence(replace(likely, elsewhere=True)) <= 0.05
    assert weights.confidence(replace(likely, elsewhere=True, exact=True)) > 0.9


def test_the_sentences_are_no_questions_that_figures_rest_on() -> None:
    asked = {text.casefold() for text in (*outside(), *held_out.far(), *held_out.far_more())}
    ours = {text.casefold() for text in sentences()}

    assert len(ours) == len(sentences()) >= 400
    assert ours & asked == set()
