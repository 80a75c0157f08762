"""A question → the passages that may answer it, scored as answering.md section 4.4 measured."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sportello.assistant import evidence, quote, reread, words
from sportello.assistant.elsewhere import Elsewhere
from sportello.assistant.embed import Embedder, Matrix
from sportello.assistant.evidence import ASKED_WEIGHT, FEATURES, Asked, Best, Scores
from sportello.assistant.frames import frames
from sportello.assistant.lexicon import counterparts
from sportello.assistant.library import keyed
from sportello.assistant.reread import READ
from sportello.store import library
from sportello.store.library import Cloud, Cosines, Known, LexicalHit, Stats
from sportello.store.pool import Connection

CANDIDATES: Final = 50
KEPT: Final = 5
_TERMS_MAX: Final = 60
_MENDED_MAX: Final = 6
_CLOUDS_KEPT: Final = 32
# A library of few vectors says little about how cosines scatter; e5's own habits fill in, with
# the weight of this many vectors. Measured on the labelled libraries.
_PRIOR_MEAN: Final = 0.80
_PRIOR_DEVIATION: Final = 0.025
_PRIOR_WEIGHT: Final = 20.0
_OTHER: Final = {"it": "en", "en": "it"}


@dataclass(frozen=True, slots=True)
class Query:
    """`certain`: the language is known for sure, not merely likely."""

    text: str
    language: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A pair, or a document's passage, that may answer. `score`: z of the dense score plus the
    weighted share of BM25.

    `authored`: the answer was written as one. Else it is a passage, and `quote` its best sentences,
    chosen for the first that was found alone. `document` and `url` name where it stands.
    """

    pair_id: int | None
    title: str
    answer: str
    language: str
    score: float
    passage_id: int = 0
    document_id: int | None = None
    authored: bool = True
    document: str = ""
    url: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """The best passages, best first, and what can be said of the first: see `FEATURES`.

    `crossed`: the best is in another language than the question, so words say nothing.
    `exact`: the question is the best one's own, word for word. `elsewhere`: it is more like what no
    company is asked than like the best. `vector`: the question's.
    """

    best: tuple[Found, ...]
    features: tuple[float, ...]
    language: str
    crossed: bool = False
    exact: bool = False
    elsewhere: bool = False
    vector: Matrix | None = field(default=None, compare=False, repr=False)


class Searcher:
    """Finds pairs. Keeps the clouds of the libraries it was asked about last."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._elsewhere = Elsewhere(embedder)
        self._clouds: OrderedDict[int, Cloud] = OrderedDict()

    async def search(self, connection: Connection, workspace_id: int, query: Query) -> Findings:
        """The best `KEPT` of `CANDIDATES` dense and as many lexical ones; none where none are."""
        async with asyncio.TaskGroup() as group:  # the model works while the database answers
            embedded = group.create_task(self._embedder.embed([query.text], "query"))
            figures = await library.stats(connection, workspace_id)
            cloud = await self._cloud(connection, workspace_id, figures)
            asked = await _understand(connection, workspace_id, query, figures, cloud)
        vector = embedded.result()[0]
        hits, cosines = await _candidates(connection, workspace_id, vector, asked)
        if not cosines:
            return Findings((), (0.0,) * len(FEATURES), asked.language, vector=vector)
        mass = asked.mass or 1.0
        share = {hit.passage_id: hit.bm25 / mass for hit in hits.values()}
        scale = _scale(vector, cloud, figures)
        likely = Scores(cosines, scale, share).order[:READ]
        known = await library.passages(connection, likely)
        alike = await reread.likenesses(self._embedder, query.text, list(known.values()))
        scores = Scores(cosines, scale, share, alike)
        top = scores.order[0]
        best = tuple(_found(known[one], scores) for one in scores.order[:KEPT] if one in known)
        first = await self._read(asked, known.get(top))
        return Findings(
            best=await self._quoting(best, vector, asked),
            features=evidence.features(scores, asked, hits, first, figures.passages),
            language=asked.language,
            crossed=top in known and _base(known[top].language) != _base(asked.language),
            exact=top in known and _says_the_same(query.text, known[top]),
            elsewhere=top in known
            and await self._elsewhere.is_nearer(query.text, known[top], alike[top]),
            vector=vector,
        )

    async def _read(self, asked: Asked, best: Known | None) -> Best:
        if best is None:
            return Best()
        return Best(best, await reread.beside(self._embedder, asked.text, asked.language, best))

    async def _quoting(
        self, best: tuple[Found, ...], vector: Matrix, asked: Asked
    ) -> tuple[Found, ...]:
        """The first with the sentences that answer, if nobody wrote it as an answer."""
        if not best or best[0].authored:
            return best
        first = best[0]
        question = quote.Question(vector, asked.known, first.language)
        chosen = await quote.best_sentences(self._embedder, question, first.answer)
        return (replace(first, quote=chosen), *best[1:])

    async def _cloud(self, connection: Connection, workspace_id: int, figures: Stats) -> Cloud:
        kept = self._clouds.get(workspace_id)
        if kept is None or kept.version != figures.version:
            kept = await library.cloud(connection, workspace_id)
            self._clouds[workspace_id] = kept
        self._clouds.move_to_end(workspace_id)
        while len(self._clouds) > _CLOUDS_KEPT:
            self._clouds.popitem(last=False)
        return kept


async def _understand(
    connection: Connection, workspace_id: int, query: Query, figures: Stats, cloud: Cloud
) -> Asked:
    """The question in the language that it is in; where that is uncertain, in the library's."""
    others = () if query.certain else cloud.languages
    languages = tuple(dict.fromkeys((query.language, *others)))
    readings = [
        await _weigh(connection, workspace_id, query.text, language, figures)
        for language in languages
    ]
    return min(readings, key=lambda asked: asked.unknown_share)


async def _weigh(
    connection: Connection, workspace_id: int, text: str, language: str, figures: Stats
) -> Asked:
    terms = list(dict.fromkeys(keyed(text, language)))[:_TERMS_MAX]
    counts = await library.passages_with(connection, workspace_id, terms)
    unknown = [term for term in terms if term not in counts]
    meant = await _mend(connection, workspace_id, unknown)
    meant |= await _translated(connection, workspace_id, [t for t in unknown if t not in meant])
    if meant:
        counts |= await library.passages_with(connection, workspace_id, list(meant.values()))
    return Asked(
        text=text,
        language=language,
        known={term: evidence.idf(figures.passages, count) for term, count in counts.items()},
        unknown_idf=evidence.idf(figures.passages, 0) * (len(unknown) - len(meant)),
        terms=len(terms),
        matter=_matter([meant.get(term, term) for term in terms], language),
    )


def _matter(terms: Sequence[str], language: str) -> frozenset[str]:
    plain = _base(language)
    return frozenset(terms) - {f"{plain}:{lexeme}" for lexeme in frames(plain)}


async def _mend(
    connection: Connection, workspace_id: int, unknown: Sequence[str]
) -> dict[str, str]:
    """What mistyped lexemes meant. The first letter is taken to be right."""
    asked = {term: term[: term.index(":") + 2] for term in unknown[:_MENDED_MAX]}
    if not asked:
        return {}
    alike = await library.lexemes_like(connection, workspace_id, asked)
    meant: dict[str, str] = {}
    for term, known in alike.items():
        language, _, lexeme = term.partition(":")
        mended = words.mended(lexeme, [one.partition(":")[2] for one in known])
        if mended is not None:
            meant[term] = f"{language}:{mended}"
    return meant


async def _translated(
    connection: Connection, workspace_id: int, unknown: Sequence[str]
) -> dict[str, str]:
    """For words that the library has not, their counterparts in another language that it has."""
    wanted: dict[str, str] = {}
    for term in unknown:
        language, _, lexeme = term.partition(":")
        other = _OTHER.get(language, "")
        if meant := counterparts(other).get(lexeme):
            wanted[term] = f"{other}:{meant}"
    if not wanted:
        return {}
    there = await library.passages_with(connection, workspace_id, list(wanted.values()))
    return {term: meant for term, meant in wanted.items() if meant in there}


async def _candidates(
    connection: Connection, workspace_id: int, vector: Matrix, asked: Asked
) -> tuple[dict[int, LexicalHit], dict[int, Cosines]]:
    """Lexical hits and cosines, both known for every candidate of either kind."""
    lexical = await library.lexical(connection, workspace_id, asked.known, limit=CANDIDATES)
    hits = {hit.passage_id: hit for hit in lexical}
    cosines = await library.dense(
        connection, workspace_id, vector, limit=CANDIDATES, weight=ASKED_WEIGHT
    )
    if unseen := [passage for passage in hits if passage not in cosines]:
        cosines |= await library.dense(
            connection, workspace_id, vector, limit=CANDIDATES, only=unseen
        )
    unheard = [passage for passage in cosines if passage not in hits]
    if unheard and len(hits) == CANDIDATES:
        more = await library.lexical(
            connection, workspace_id, asked.known, limit=CANDIDATES, only=unheard
        )
        hits |= {hit.passage_id: hit for hit in more}
    return hits, cosines


def _found(known: Known, scores: Scores) -> Found:
    score = round(scores.fused[known.passage_id], 3)
    return Found(
        pair_id=known.pair_id,
        title=known.title,
        answer=known.answer,
        language=known.language,
        score=score,
        passage_id=known.passage_id,
        document_id=known.document_id,
        authored=known.authored,
        document=known.document,
        url=known.url,
    )


def _base(language: str) -> str:
    return language.partition("-")[0]


def _says_the_same(text: str, known: Known) -> bool:
    """Whether all that was said, or the last of several messages, is the passage's own question."""
    said = (words.words(text), words.words(text.rstrip().rpartition("\n")[2]))
    return any(words.words(variant) in said for variant in known.variants)


def _scale(vector: Matrix, cloud: Cloud, figures: Stats) -> tuple[float, float]:
    """Mean and deviation of this question's cosines over the whole library, without a scan."""
    if not cloud.centroid.size:
        return _PRIOR_MEAN, _PRIOR_DEVIATION
    weight = figures.passages / (figures.passages + _PRIOR_WEIGHT)
    mean = float(vector @ cloud.centroid)
    variance = max(float(vector @ cloud.covariance @ vector), 0.0)
    mixed = weight * variance + (1 - weight) * _PRIOR_DEVIATION**2
    return weight * mean + (1 - weight) * _PRIOR_MEAN, math.sqrt(max(mixed, 1e-6))
