"""The vectors of what the demo's shop knows, made once: a new demo answers at once.

To make them takes a core a quarter of a minute. They lie beside the shop's words in `vectors.npz`,
by the digest of the text each stands for; a text that has changed since is embedded as any other.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from sportello.assistant.embed import Embedder, Kind, Matrix, Row, digest
from sportello.assistant.library import prepare
from sportello.ops import demo_content
from sportello.store.library import Pair

_FILE: Final = "vectors.npz"


def read() -> Mapping[bytes, Row]:
    """Rows of length 1 by the digests of their texts (`assistant.embed.digest`)."""
    place = files(demo_content).joinpath(_FILE)
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        rows = kept["rows"].astype(np.float32)
        return {key.tobytes(): row for key, row in zip(kept["digests"], rows, strict=True)}


async def make(embedder: Embedder) -> Mapping[bytes, Row]:
    """Those of the shop's pairs as they are now."""
    listening = _Noting(embedder)
    for pair in demo_content.read().pairs:
        kept = Pair(0, 0, pair.question, pair.answer, pair.variants, pair.language)
        await prepare(kept, listening)
    return listening.noted


def write(rows: Mapping[bytes, Row], folder: Path) -> None:
    """Half the precision: what is lost lies below what the model's four bits give."""
    digests = np.array([np.frombuffer(key, dtype=np.uint8) for key in rows])
    matrix = np.array([*rows.values()], dtype=np.float16)
    np.savez_compressed(folder / _FILE, digests=digests, rows=matrix)


class _Noting:
    """Embeds, and notes what of."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.noted: dict[bytes, Row] = {}

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        rows = await self._embedder.embed(texts, kind)
        for text, row in zip(texts, rows, strict=True):
            self.noted[digest(text, kind)] = row
        return rows
