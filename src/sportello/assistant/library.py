"""A pair or a piece of a document → the passage by which it is found: lexemes, vectors, hash."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from sportello.assistant import embed, words
from sportello.store.documents import Drafted, Embedded, Planned, Waiting
from sportello.store.library import Pair, Passage

# Enters the hash: raise it when the same pair would be indexed differently.
_RECIPE: Final = "2"
_VARIANTS_MAX: Final = 30
_TITLE_MAX: Final = 400


def sha256(pair: Pair) -> str:
    """Of all that the index is made from; the same hash, the same passage."""
    return _digest(
        _RECIPE, embed.MODEL, pair.language, pair.question, pair.answer, *_variants(pair)
    )


async def prepare(pair: Pair, embedder: embed.Embedder) -> Passage:
    """The passage of a pair. Takes about 25 ms for each question and 50 to 300 ms for the answer.

    Questions are embedded as queries, like what customers ask: answering.md measured 97 % against
    69 % for the pair as one passage, across languages.
    """
    asked = [pair.question, *_variants(pair)]
    text = f"{pair.question}\n{pair.answer}"
    vectors = np.concatenate(
        [await embedder.embed(asked, "query"), await embedder.embed([text], "passage")]
    )
    return Passage(
        text=text,
        sha256=sha256(pair),
        frequencies=frequencies(pair),
        kinds=("question", *["variant"] * (len(asked) - 1), "passage"),
        vectors=vectors,
    )


def frequencies(pair: Pair) -> dict[str, int]:
    """How often each lexeme counts: the question's twice, the variants' and the answer's once."""
    counted = Counter[str]()
    for text in (pair.question, pair.question, *_variants(pair), pair.answer):
        counted.update(keyed(text, pair.language))
    return dict(counted)


def keyed(text: str, language: str) -> list[str]:
    """Lexemes with their language before them: in one index, words of two languages never meet."""
    plain = language.partition("-")[0]
    return [f"{plain}:{lexeme}" for lexeme in words.lexemes(text, plain)]


def _variants(pair: Pair) -> tuple[str, ...]:
    return tuple(text for text in pair.variants if text.strip())[:_VARIANTS_MAX]


def piece_sha256(title: str, text: str, asked: str, language: str) -> str:
    """Of all that a document's passage is made from; the same hash, the same vectors."""
    return _digest(_RECIPE, embed.MODEL, language, title, text, asked)


def planned(drafted: Drafted) -> list[Planned]:
    """A draft's pieces as passages, in their order. Their title is what a list would show."""
    told = []
    for place, (heading, text, asked) in enumerate(drafted.draft):
        title = (asked or heading or drafted.title)[:_TITLE_MAX]
        sha256 = piece_sha256(title, text, asked, drafted.language)
        told.append(Planned(place, title, text, asked, sha256))
    return told


async def prepare_all(
    waiting: Sequence[Waiting], known: Mapping[str, int], embedder: embed.Embedder
) -> list[Embedded]:
    """Words and vectors of passages of one workspace; those whose text is known get no vectors."""
    new = [one for one in waiting if one.content_sha256 not in known]
    passages = await embedder.embed([_whole(one) for one in new], "passage")
    asking = [one for one in new if one.asked]
    questions = await embedder.embed([one.asked for one in asking], "query")
    asked = {one.id: row for one, row in zip(asking, questions, strict=True)}
    vectors = {one.id: row for one, row in zip(new, passages, strict=True)}
    return [_embedded(one, known, vectors, asked) for one in waiting]


def _embedded(
    one: Waiting, known: Mapping[str, int], vectors: Mapping[int, Any], asked: Mapping[int, Any]
) -> Embedded:
    counted = Counter(keyed(one.text, one.language))
    for _ in range(2 if one.asked else 1):
        counted.update(keyed(one.title, one.language))
    frequencies = dict(counted)
    if one.id not in vectors:
        return Embedded(one.id, frequencies, known_id=known[one.content_sha256])
    rows = [asked[one.id], vectors[one.id]] if one.id in asked else [vectors[one.id]]
    kinds = ("question", "passage")[-len(rows) :]
    return Embedded(one.id, frequencies, kinds, np.stack(rows))


def _whole(one: Waiting) -> str:
    return f"{one.title}\n{one.text}"


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode(errors="replace")
        digest.update(len(encoded).to_bytes(8) + encoded)
    return digest.hexdigest()
