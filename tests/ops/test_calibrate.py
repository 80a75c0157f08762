"""`sportello calibrate` on a few questions of one library: real search, real model."""

import json
from dataclasses import replace
from importlib.resources import files

import psycopg
import pytest

from sportello.assistant import calibration, labelled, lessons
from sportello.assistant.evidence import FEATURES
from sportello.assistant.labelled import Labelled
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
    """The same ones, byte by byte, each time."""
    text = await calibrate.learn(worker_url, [_small()], _ABROAD)

    assert await calibrate.learn(worker_url, [_small()], _ABROAD) == text
    learnt = calibration.loads(text)
    lessons_of_these = lessons.digest([_small()], _ABROAD)
    assert calibration.dumps(learnt, lessons=lessons_of_these) == text
    assert min(learnt.same.samples, learnt.crossed.samples, learnt.passage.samples) >= 30
    # How like the best pair is to the question speaks for it.
    like = [learnt.same.weights[FEATURES.index(name)] for name in ("asked", "told")]
    assert sum(like) > 0


def test_the_shipped_weights_were_learnt_from_the_questions_that_ship() -> None:
    shipped = files("sportello.assistant").joinpath("calibration.json").read_text(encoding="utf-8")
    known = [calibrate.demo_shop(), *labelled.shipped()]

    assert json.loads(shipped)["lessons"] == lessons.digest(known, labelled.outside())
    asked = [replace(known[0], asked=known[0].asked[1:]), *known[1:]]
    assert lessons.digest(asked, labelled.outside()) != lessons.digest(known, labelled.outside())


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
