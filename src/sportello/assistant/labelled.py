"""Labelled questions: reading them, and seeing how well they are answered.

A labelled library is a TOML file: `pairs` (`key | question | answer` a line), `asked` (`key |
question`), `near` (questions of the same trade that the library does not answer) and `far` (of any
other kind).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

import numpy as np

from sportello.assistant import language
from sportello.assistant.embed import Embedder, Kind, Matrix
from sportello.assistant.library import prepare
from sportello.assistant.search import Findings, Query, Searcher
from sportello.store import library
from sportello.store.library import Pair
from sportello.store.pool import Connection

_LIBRARIES: Final = ("hotel.toml", "cycles.toml")
_OUTSIDE: Final = "outside.toml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Pairs by key, and what is asked of them. `asked`: (key, question)."""

    name: str
    language: str
    pairs: dict[str, Pair]
    asked: tuple[tuple[str, str], ...] = ()
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One question asked of one library. `rank`: place of the right pair from 1; 0 if not found.

    `answerable`: the library holds the right pair.
    """

    library: str
    text: str
    kind: str
    answerable: bool
    rank: int
    findings: Findings

    @property
    def right(self) -> bool:
        return self.rank == 1


def shipped() -> tuple[Labelled, ...]:
    """The libraries that come with the package, but for the demo shop's, which `ops` holds."""
    return tuple(read(_text(name)) for name in _LIBRARIES)


def outside() -> tuple[str, ...]:
    """Questions that no company answers."""
    return read(_text(_OUTSIDE)).far


def read(text: str) -> Labelled:
    told = tomllib.loads(text)
    written = told.get("language", "it")
    rows = [_cells(line, 3) for line in _lines(told.get("pairs", ""))]
    pairs = {key: Pair(0, 0, question, answer, (), written) for key, question, answer in rows}
    asked = [_cells(line, 2) for line in _lines(told.get("asked", ""))]
    return Labelled(
        name=told["name"],
        language=written,
        pairs=pairs,
        asked=tuple((key, question) for key, question in asked),
        near=tuple(_lines(told.get("near", ""))),
        far=tuple(_lines(told.get("far", ""))),
    )


def without(labelled: Labelled, left_out: Sequence[str]) -> Labelled:
    """The library less some pairs: what is asked about them becomes unanswerable."""
    kept = {key: pair for key, pair in labelled.pairs.items() if key not in left_out}
    return replace(labelled, name=f"{labelled.name}-{len(left_out)}", pairs=kept)


class Remembering:
    """An embedder that embeds each text once, for libraries that share most of their texts."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, Kind], Matrix] = {}

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if (text, kind) not in self._known]
        if new:
            rows = await self._embedder.embed(new, kind)
            self._known |= {(text, kind): row for text, row in zip(new, rows, strict=True)}
        return np.stack([self._known[text, kind] for text in texts])


async def ask_all(
    connection: Connection, embedder: Embedder, labelled: Labelled, far: Sequence[str] = ()
) -> list[Sample]:
    """Indexes the library in a scratch workspace and asks everything of it.

    To be called in a transaction that the caller rolls back.
    """
    workspace_id = await library.make_scratch(connection, labelled.language)
    keys: dict[int, str] = {}
    for key, pair in labelled.pairs.items():
        put = await library.add_pair(connection, replace(pair, workspace_id=workspace_id))
        await library.put(connection, put, await prepare(put, embedder))
        keys[put.id] = key
    await library.refresh_cloud(connection, workspace_id)
    searcher = Searcher(embedder)
    samples = []
    for kind, key, text in _questions(labelled, far):
        told = language.guess([text], labelled.language)
        query = Query(text, told.language, certain=told.certain)
        findings = await searcher.search(connection, workspace_id, query)
        found = [keys[hit.pair_id] for hit in findings.best]
        rank = found.index(key) + 1 if key in found else 0
        known = key in labelled.pairs
        samples.append(Sample(labelled.name, text, kind, known, rank, findings))
    return samples


def _questions(labelled: Labelled, far: Sequence[str]) -> list[tuple[str, str, str]]:
    """(kind, key, question)."""
    return [
        *(("in", key, text) for key, text in labelled.asked),
        *(("near", "", text) for text in labelled.near),
        *(("far", "", text) for text in far),
    ]


def _text(name: str) -> str:
    folder = files(__package__ or "").joinpath("labelled")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _cells(line: str, count: int) -> list[str]:
    cells = [cell.strip() for cell in line.split("|", count - 1)]
    if len(cells) != count:
        raise ValueError(f"{count} cells wanted: {line}")
    return cells
