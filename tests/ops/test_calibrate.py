"""`sportello calibrate` on a few questions of one library: real search, real model."""

from dataclasses import replace

import psycopg
import pytest

from sportello.assistant import calibration, labelled
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
    """Six pairs of the hotel, a document that tells the same, and what is asked of them."""
    hotel = labelled.shipped()[0]
    pairs = dict(list(hotel.pairs.items())[:6])
    asked = tuple(one for one in hotel.asked if one[0] in pairs)[:10]
    sections = tuple(one for one in hotel.sections if set(one.answers) & set(pairs))
    return replace(hotel, pairs=pairs, asked=asked, near=hotel.near[:2], sections=sections)


@in_loop
async def test_weights_are_learnt_that_tell_a_known_question_from_another(worker_url: str) -> None:
    text = await calibrate.learn(worker_url, [_small()], _ABROAD)

    learnt = calibration.loads(text)
    assert calibration.dumps(learnt) == text
    assert min(learnt.same.samples, learnt.crossed.samples, learnt.passage.samples) >= 30
    # How like the best pair is to the question speaks for it.
    assert learnt.same.weights[FEATURES.index("z")] > 0


@in_loop
async def test_too_few_questions_are_refused_and_nothing_stays(
    worker_url: str, database: str
) -> None:
    small = _small()
    few = replace(small, asked=small.asked[:2], near=(), sections=())

    with pytest.raises(ValueError, match="30 examples wanted"):
        await calibrate.learn(worker_url, [few], ())

    with psycopg.connect(database) as connection:
        for table in ("workspace", "pair", "passage", "vector", "lexemecount"):
            row = connection.execute(f"SELECT count(*) FROM sportello_{table}").fetchone()  # noqa: S608  # our own names
            assert row == (0,), table
