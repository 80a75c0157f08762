"""Labelled questions: reading them, and seeing how well they are answered.

A labelled library is a TOML file: `pairs` (`key | question | answer` a line), `asked` (`key |
question`), `near` (questions of the same trade that the library does not answer) and `far` (of any
other kind). `sections` tell the same as a document (`key=words; key=words | heading | text`): the
keys that a section answers, each with words that a right quotation must hold. A catalogue is told
as `products` (`key | name | cell | cell …`) and `facts` (`key | question | answer`, with `{name}`,
`{0}`, `{1}` … for a product's cells): each product has each fact as a pair, `product.fact`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

import numpy as np

from sportello.assistant import language
from sportello.assistant.embed import WIDTH, Embedder, Kind, Matrix
from sportello.assistant.library import planned, prepare, prepare_all
from sportello.assistant.search import Findings, Query, Searcher
from sportello.store import documents, library
from sportello.store.documents import Drafted
from sportello.store.library import Pair
from sportello.store.pool import Connection

_LIBRARIES: Final = (
    "hotel.toml", "cycles.toml", "gym.toml", "phones.toml", "vet.toml", "fibre.toml",
    "trattoria.toml", "furniture.toml", "invoicing.toml", "carhire.toml", "soaps.toml",
    "driving.toml", "coffee.toml", "town.toml", "appliances.toml", "toys.toml", "bank.toml",
    "campsite.toml", "glasses.toml", "plants.toml", "lessons.toml",
)  # fmt: skip
_OUTSIDE: Final = "outside.toml"
_SECTIONS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Section:
    """A document's section; `answers`: for each key the words that hold its answer."""

    answers: Mapping[str, str]
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Pairs by key, a document's sections, and what is asked of them. `asked`: (key, question)."""

    name: str
    language: str
    pairs: dict[str, Pair]
    asked: tuple[tuple[str, str], ...] = ()
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    title: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One question asked of one library. `rank`: place of what answers it from 1; 0 if not found.

    `answerable`: the library holds it. `quoted`: what would be sent holds the answer.
    """

    library: str
    text: str
    kind: str
    answerable: bool
    rank: int
    findings: Findings
    quoted: bool = True

    @property
    def right(self) -> bool:
        return self.rank == 1 and self.quoted


def shipped() -> tuple[Labelled, ...]:
    """The libraries that come with the package, but for the demo shop's, which `ops` holds."""
    return tuple(read(_text(name)) for name in _LIBRARIES)


def outside() -> tuple[str, ...]:
    """Questions that no company answers."""
    return read(_text(_OUTSIDE)).far


def read(text: str) -> Labelled:
    told = tomllib.loads(text)
    written = told.get("language", "it")
    rows = [_cells(line, 3) for line in _lines(told.get("pairs", ""))] + _catalogue(told)
    pairs = {key: Pair(0, 0, question, answer, (), written) for key, question, answer in rows}
    asked = [_cells(line, 2) for line in _lines(told.get("asked", ""))]
    return Labelled(
        name=told["name"],
        language=written,
        pairs=pairs,
        asked=tuple((key, question) for key, question in asked),
        near=tuple(_lines(told.get("near", ""))),
        far=tuple(_lines(told.get("far", ""))),
        title=told.get("title", ""),
        sections=tuple(_section(line) for line in _lines(told.get("sections", ""))),
    )


def as_document(labelled: Labelled, kept: Sequence[str] = ()) -> Labelled:
    """The library as its document, with those pairs beside it whose keys are `kept`."""
    pairs = {key: pair for key, pair in labelled.pairs.items() if key in kept}
    return replace(labelled, name=f"{labelled.name}-document-{len(kept)}", pairs=pairs)


def as_pairs(labelled: Labelled) -> Labelled:
    return replace(labelled, sections=())


def without(labelled: Labelled, left_out: Sequence[str]) -> Labelled:
    """The library less some keys: what is asked about them becomes unanswerable."""
    kept = {key: pair for key, pair in labelled.pairs.items() if key not in left_out}
    sections = tuple(one for one in labelled.sections if not one.answers.keys() & set(left_out))
    name = f"{labelled.name}-{len(left_out)}"
    return replace(labelled, name=name, pairs=kept, sections=sections)


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
        found = [self._known[text, kind] for text in texts]
        return np.stack(found) if found else np.empty((0, WIDTH), dtype=np.float32)


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
    answers = await _index_sections(connection, embedder, labelled, workspace_id)
    await library.refresh_cloud(connection, workspace_id)
    searcher = Searcher(embedder)
    samples = []
    for kind, key, text in _questions(labelled, far):
        told = language.guess([text], labelled.language)
        query = Query(text, told.language, certain=told.certain)
        findings = await searcher.search(connection, workspace_id, query)
        told_by = [
            {keys[hit.pair_id]: ""} if hit.pair_id is not None else answers[hit.passage_id]
            for hit in findings.best
        ]
        places = [place for place, one in enumerate(told_by, start=1) if key in one]
        first = findings.best[0] if findings.best else None
        quoted = first is None or first.authored or told_by[0].get(key, "\0") in first.quote
        known = key in labelled.pairs or any(key in one.answers for one in labelled.sections)
        rank = places[0] if places else 0
        samples.append(Sample(labelled.name, text, kind, known, rank, findings, quoted))
    return samples


async def _index_sections(
    connection: Connection, embedder: Embedder, labelled: Labelled, workspace_id: int
) -> dict[int, Mapping[str, str]]:
    """The sections as passages of one document; what each passage answers, by its id."""
    if not labelled.sections:
        return {}
    title, language_ = labelled.title, labelled.language
    document_id = await library.add_document(connection, workspace_id, title, language_)
    draft = [(one.heading, one.text, "") for one in labelled.sections]
    drafted = Drafted(document_id, workspace_id, title, language_, draft)
    await documents.replace(connection, drafted, planned(drafted))
    waiting = await documents.claim_passages(connection, limit=_SECTIONS_MAX)
    waiting = [one for one in waiting if one.document_id == drafted.id]
    await documents.put(connection, workspace_id, await prepare_all(waiting, {}, embedder))
    by_text = {one.text: one.answers for one in labelled.sections}
    return {one.id: by_text[one.text] for one in waiting}


def _questions(labelled: Labelled, far: Sequence[str]) -> list[tuple[str, str, str]]:
    """(kind, key, question)."""
    return [
        *(("in", key, text) for key, text in labelled.asked),
        *(("near", "", text) for text in labelled.near),
        *(("far", "", text) for text in far),
    ]


def _catalogue(told: Mapping[str, str]) -> list[list[str]]:
    """Every fact of every product, as a pair's cells."""
    facts = [_cells(line, 3) for line in _lines(told.get("facts", ""))]
    made = []
    for line in _lines(told.get("products", "")):
        product, name, *cells = [cell.strip() for cell in line.split("|")]
        for fact, question, answer in facts:
            texts = (text.format(*cells, name=name) for text in (question, answer))
            made.append([f"{product}.{fact}", *(text[:1].upper() + text[1:] for text in texts)])
    return made


def _section(line: str) -> Section:
    answers, heading, text = _cells(line, 3)
    told = [one.split("=", 1) for one in answers.split(";")]
    return Section({key.strip(): words.strip() for key, words in told}, heading, text)


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
