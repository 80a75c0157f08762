"""A pair → the passage by which it is found: its lexemes, its vectors, and the hash of both."""

import hashlib
from collections import Counter
from typing import Final

import numpy as np

from sportello.assistant import embed, words
from sportello.store.library import Pair, Passage

# Enters the hash: raise it when the same pair would be indexed differently.
_RECIPE: Final = "2"
_VARIANTS_MAX: Final = 30


def sha256(pair: Pair) -> str:
    """Of all that the index is made from; the same hash, the same passage."""
    parts = (_RECIPE, embed.MODEL, pair.language, pair.question, pair.answer, *_variants(pair))
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode(errors="replace")
        digest.update(len(encoded).to_bytes(8) + encoded)
    return digest.hexdigest()


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
