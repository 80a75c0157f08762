"""The questions that no calibration has seen, and the samples that they give."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from sportello.assistant import labelled
from sportello.assistant.labelled import Labelled, Sample, ask_all
from sportello.ops import demo_content
from sportello.store.library import Pair
from sportello.store.pool import open_pool
from tests.assistant.desk import EMBEDDER

_DATA = Path(__file__).parent / "data"


def demo(text: str) -> Labelled:
    """Labelled questions of the demo shop, with its pairs."""
    pairs = {
        pair.key: Pair(0, 0, pair.question, pair.answer, pair.variants, pair.language)
        for pair in demo_content.read().pairs
    }
    return replace(labelled.read(text), pairs=pairs)


@cache
def libraries() -> tuple[Labelled, ...]:
    return (
        demo((_DATA / "malvarosa.toml").read_text()),
        labelled.read((_DATA / "dentist.toml").read_text()),
        labelled.read((_DATA / "museum.toml").read_text()),
        labelled.read((_DATA / "ferry.toml").read_text()),
    )


@cache
def large() -> tuple[Labelled, ...]:
    """Two shops with a catalogue, of 152 and of 622 pairs: half a minute to index, so for `./bench`
    alone.
    """
    names = ("hardware.toml", "outdoor.toml")
    return tuple(labelled.read((_DATA / name).read_text()) for name in names)


@cache
def far() -> tuple[str, ...]:
    return labelled.read((_DATA / "outside.toml").read_text()).far


@cache
def far_more() -> tuple[str, ...]:
    """Some two hundred, for `./bench` alone: asked of six companies they take four minutes."""
    return labelled.read((_DATA / "outside_more.toml").read_text()).far


def documents() -> tuple[Labelled, ...]:
    """The same knowledge as documents: alone, and with every other pair beside them."""
    whole = [one for one in libraries() if one.sections]
    halves = [labelled.as_document(one, list(one.pairs)[::2]) for one in whole]
    return (*(labelled.as_document(one) for one in whole), *halves)


async def samples(
    url: str, asked: Sequence[Labelled] | None = None, *, beside: Sequence[str] = ()
) -> list[Sample]:
    """Everything asked of every library, and `beside` too; nothing stays in the database."""
    found: list[Sample] = []
    async with open_pool(url, 1) as pool, pool.connection() as connection:
        for one in asked or [labelled.as_pairs(one) for one in libraries()]:
            async with connection.transaction(force_rollback=True):
                found += await ask_all(connection, EMBEDDER, one, (*far(), *beside))
    return found
