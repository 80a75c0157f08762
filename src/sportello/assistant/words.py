"""Text → lexemes, the same way for what is known and for what is asked.

Snowball in Python rather than PostgreSQL's `italian` configuration: accents, SMS spelling and the
language of each pair are ours to decide, one function serves both sides, and the result does not
change with the dictionaries of another PostgreSQL.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

import snowballstemmer

from sportello.assistant.stopwords import SHORTHAND, STOPWORDS
from sportello.assistant.synonyms import RINGS

_TEXT_MAX: Final = 20_000
_LEXEME_MAX: Final = 40
_WORD: Final = re.compile(r"[^\W_]+")
_SPOKEN: Final = re.compile(r"[\w']+")
_DOUBLE: Final = re.compile(r"(.)\1")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
# What Italian makes nouns of verbs with: "pagamento" and "pagare" are one lexeme for a counter.
_NOUN_ENDING: Final = re.compile(r"^(\w{3,})(?:izion|ament|iment)$")
_STEMMERS: Final = {
    "it": "italian",
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
}
_STEMMING = threading.Lock()


def plain(text: str) -> str:
    """Lower case, no accents, at most two of a letter in a row; cut at 20,000 characters."""
    folded = unicodedata.normalize("NFKD", text[:_TEXT_MAX].casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _DRAWN_OUT.sub(r"\1\1", letters)


def words(text: str, language: str = "") -> list[str]:
    """The words as written, plain, in order; SMS spelling of `language` undone."""
    shorthand = SHORTHAND.get(language, {})
    return [shorthand.get(word, word) for word in _WORD.findall(plain(text))]


def spoken(text: str) -> list[str]:
    """The words as written, in order, with their accents and apostrophes, in lower case."""
    return _SPOKEN.findall(text[:_TEXT_MAX].lower().replace("’", "'"))


def lexemes(text: str, language: str) -> list[str]:
    """The stems of the words that mean something, in order, repetitions kept; one of synonyms."""
    stops, same = STOPWORDS.get(language, frozenset()), _synonyms(language)
    kept = [word for word in words(text, language) if word not in stops]
    stems = [stem(word, language) for word in kept if len(word) > 1 or word.isdigit()]
    return [same.get(one, one) for one in stems]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The word without its endings; as it is in a language that we have no stemmer for."""
    if language not in _STEMMERS or not word.isalpha():
        return word[:_LEXEME_MAX]
    if language == "it":
        # "spedizzione", "sogiorno": which consonants are double, thumbs do not know.
        word = _DOUBLE.sub(r"\1", word)
    with _STEMMING:  # a stemmer keeps the word it works on in itself
        stemmed = str(_stemmer(language).stemWord(word))
    if language == "it":
        stemmed = _NOUN_ENDING.sub(r"\1", stemmed)
    return stemmed[:_LEXEME_MAX]


def mended(unknown: str, known: Iterable[str]) -> str | None:
    """The one known lexeme within one slip of the fingers of `unknown`; None if none, or several.

    Short words are left alone: at four letters every slip is another word.
    """
    if len(unknown) < 5 or unknown.isdigit():
        return None
    near = {lexeme for lexeme in known if _one_slip(unknown, lexeme)}
    return near.pop() if len(near) == 1 else None


def _one_slip(one: str, other: str) -> bool:
    """Whether a letter added, dropped, changed, or swapped with its neighbour makes them equal."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    if len(one) == len(other):
        swapped = one[start : start + 2] == other[start : start + 2][::-1]
        return one[start + 1 :] == other[start + 1 :] or (
            swapped and one[start + 2 :] == other[start + 2 :]
        )
    short, long = sorted((one, other), key=len)
    return short[start:] == long[start + 1 :]


@cache
def _synonyms(language: str) -> Mapping[str, str]:
    """Stem → the stem that stands for it."""
    rings = re.sub(r"\n\s*\+", " ", RINGS.get(language, "")).splitlines()
    stems = [[stem(word, language) for word in ring.split()] for ring in rings if ring.strip()]
    return {one: ring[0] for ring in stems for one in ring}


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])
