"""What people write that no company is asked: a question that is more like one of these sentences
than like the best that is known is answered by nobody's knowledge.

The weights alone learn little of it, for they see a few dozen such questions (docs/decisions/0050).
"""

from functools import cache
from importlib.resources import files
from typing import Final

from sportello.assistant.embed import Embedder, Matrix
from sportello.assistant.reread import Likeness
from sportello.store.library import Known

# Cosines of the second model: what is less alike says nothing, nor does a smaller lead.
_LIKE_FROM: Final = 0.45
_LEAD: Final = 0.10


class Elsewhere:
    """The sentences, and their rows from the first question on."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows: Matrix | None = None

    async def is_nearer(self, text: str, best: Known, likeness: Likeness) -> bool:
        """Whether one of the sentences is more like `text` than the best passage is, as both models
        see it. `likeness`: the second model's, of the best passage. A document's passage asks
        nothing that could be compared, so of one it is never said.
        """
        if not best.authored:
            return False
        nearest, cosine = await self._nearest(text)
        known = max(likeness.asked, likeness.told)
        if cosine <= _LIKE_FROM or cosine - known <= _LEAD:
            return False
        rows = await self._embedder.embed([text, nearest, best.title], "query")
        return float(rows[0] @ rows[1]) > float(rows[0] @ rows[2])

    async def _nearest(self, text: str) -> tuple[str, float]:
        if self._rows is None:
            self._rows = await self._embedder.embed(sentences(), "alike")
        cosines = self._rows @ (await self._embedder.embed([text], "alike"))[0]
        place = int(cosines.argmax())
        return sentences()[place], float(cosines[place])


@cache
def sentences() -> tuple[str, ...]:
    """In Italian and English; other languages are compared with them as they are."""
    text = files(__package__ or "").joinpath("labelled", "elsewhere.txt").read_text("utf-8")
    return tuple(text.splitlines())
