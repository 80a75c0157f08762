"""`sportello calibrate` on a few questions of the demo shop: real search, real model."""

from dataclasses import replace

import psycopg
import pytest

from sportello.assistant import calibration
from sportello.assistant.labelled import Labelled
from sportello.assistant.search import FEATURES
from sportello.ops import calibrate
from tests.loop import in_loop

_ABROAD = (
    "Who won the football match last night?",
    "Can you recommend a film for tonight?",
    "What is the capital of Australia?",
    "How do I grow tomatoes on a balcony?",
    "What will the weather be like tomorrow?",
    "Which bus goes to the station?",
)


def _small() -> Labelled:
    """Eight pairs, what is asked of them, and four questions that they do not answer."""
    whole = calibrate.demo_shop()
    keys = list(whole.pairs)[:8]
    pairs = {key: replace(whole.pairs[key], variants=()) for key in keys}
    asked = tuple(one for one in whole.asked if one[0] in pairs)[:14]
    return replace(whole, pairs=pairs, asked=asked, near=whole.near[:4])


@in_loop
async def test_weights_are_learnt_that_tell_a_known_question_from_another(worker_url: str) -> None:
    small = _small()
    asked = len(small.asked) + len(small.near)

    text = await calibrate.learn(worker_url, [small], _ABROAD)

    learnt = calibration.loads(text)
    assert calibration.dumps(learnt) == text
    # The library whole, and thinned out four times.
    assert learnt.same.samples + learnt.crossed.samples <= 5 * (asked + len(_ABROAD))
    assert learnt.crossed.samples == 5 * len(_ABROAD)
    # How like the best pair is to the question speaks for it.
    assert learnt.same.weights[FEATURES.index("z")] > 0


@in_loop
async def test_too_few_questions_are_refused_and_nothing_stays(
    worker_url: str, database: str
) -> None:
    with pytest.raises(ValueError, match="30 examples wanted"):
        await calibrate.learn(worker_url, [_small()], ())

    with psycopg.connect(database) as connection:
        for table in ("workspace", "pair", "passage", "vector", "lexemecount"):
            row = connection.execute(f"SELECT count(*) FROM sportello_{table}").fetchone()  # noqa: S608  # our own names
            assert row == (0,), table
