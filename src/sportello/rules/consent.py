"""The consent ledger folded to a standing; STOP and START in a customer's words, Italian, English.

Source of the rule: reference, limits-and-pricing 6.2 (opt-in and opt-out). The phrases stand in
`phrases`, measured on tests/rules/data/stop_corpus.tsv.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sportello.rules import phrases, phrases_doubt


class Topic(StrEnum):
    """What a person agrees to, by the categories of templates."""

    MARKETING = "marketing"
    UTILITY = "utility"


class Change(StrEnum):
    """One line of the ledger either gives or takes."""

    GRANT = "grant"
    WITHDRAW = "withdraw"


class Standing(StrEnum):
    """Where a person stands now. `none`: they were never asked, or never answered."""

    NONE = "none"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the consent ledger, as far as the standing depends on it."""

    topic: Topic
    change: Change
    at: datetime


def standing(ledger: Iterable[Entry], topic: Topic) -> Standing:
    """By the newest line, in whatever order they are given; of two at one instant, the taking."""
    newest = max(
        (entry for entry in ledger if entry.topic is topic),
        key=lambda entry: (entry.at, entry.change is Change.WITHDRAW),
        default=None,
    )
    return Standing.NONE if newest is None else stands(newest.change)


def stands(newest: Change) -> Standing:
    """What the newest line makes of a person; how it is found in SQL: store/consents.sql."""
    return Standing.GRANTED if newest is Change.GRANT else Standing.WITHDRAWN


class Intent(StrEnum):
    """What a customer wants of our marketing, said in words."""

    STOP = "stop"
    RESUME = "resume"


def intent(text: str) -> Intent | None:
    """Whether these words ask us to stop writing, or to begin again; None for all other talk.

    A bare command must be the whole message, but for greetings and thanks: "stop" inside other
    words means a bus stop or a colour. A sentence that says what should end counts anywhere.
    """
    head = text[:_LENGTH_MAX]
    command = _without_courtesies(normalised(head))
    asked = "?" in head
    if not asked and command in phrases.STOP_COMMANDS:
        return Intent.STOP
    if not asked and command in phrases.RESUME_COMMANDS:
        return Intent.RESUME
    sentences = [normalised(sentence) for sentence in _SENTENCE_END.split(head)]
    if any(phrases.RESUME.search(sentence) for sentence in sentences):
        return Intent.RESUME
    if any(_stops(sentence) for sentence in sentences) or _stops_alone(sentences):
        return Intent.STOP
    return None


def doubtful(text: str) -> bool:
    """Whether words that `intent` makes nothing of may mean: stop. Whoever says them is asked.

    Of a short message the sentences count together too: "Again adverts... enough!"
    """
    head = text[:_LENGTH_MAX]
    if intent(head) is not None:
        return False
    sentences = (normalised(sentence) for sentence in _SENTENCE_END.split(head))
    if any(_sounds_like_stop(sentence, phrases_doubt.TOGETHER) for sentence in sentences):
        return True
    is_short = len(head) <= _SHORT_MAX
    return is_short and _sounds_like_stop(normalised(head), phrases_doubt.ACROSS)


def agrees(text: str) -> bool | None:
    """What a bare yes or no says; None for all other words."""
    said = normalised(text[:_LENGTH_MAX])
    if phrases_doubt.YES.fullmatch(said):
        return True
    return False if phrases_doubt.NO.fullmatch(said) else None


def subscribes(text: str) -> bool:
    """Whether words of the kind `resume` say by themselves what they ask for."""
    return bool(phrases.SUBSCRIBES.search(normalised(text[:_LENGTH_MAX])))


def spoken(text: str) -> str:
    """`it` or `en` by the small words that are used; "" where they do not say, as in "STOP"."""
    words = set(normalised(text[:_LENGTH_MAX]).split())
    italian, english = len(words & phrases.ITALIAN), len(words & phrases.ENGLISH)
    if italian == english:
        return ""
    return "it" if italian > english else "en"


def normalised(text: str) -> str:
    """Lower case, no accents, apostrophes or other signs, single spaces, SMS spelling undone."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _NO_WORD.sub(" ", _PLUS.sub(" piu ", letters)).strip()
    if _SPELT.fullmatch(words):
        words = words.replace(" ", "")
    return " ".join(_word(word) for word in words.split())


def _word(word: str) -> str:
    for pattern, meant in _MISSPELT:
        if pattern.fullmatch(word):
            return meant
    return phrases.SHORTHAND.get(word, _DRAWN_OUT.sub(r"\1", word))


def _without_courtesies(text: str) -> str:
    """The words less greetings and thanks; a word said over and over counts once."""
    words = phrases.COURTESY.sub(" ", text).split()
    return words[0] if len(set(words)) == 1 else " ".join(words)


def _stops(sentence: str) -> bool:
    return bool(phrases.STOP.search(sentence)) and not phrases.NOT_STOP.search(sentence)


def _sounds_like_stop(sentence: str, lines: Iterable[frozenset[str]]) -> bool:
    if phrases.NOT_STOP.search(sentence):
        return False
    if phrases_doubt.ELSEWHERE.search(sentence) and not phrases_doubt.OURS.search(sentence):
        return False
    found = {name for name, words in phrases_doubt.GROUPS.items() if words.search(sentence)}
    return any(together <= found for together in lines)


def _stops_alone(sentences: Sequence[str]) -> bool:
    """The bare command as a sentence of its own, and nothing that says: wait."""
    if any(phrases.WAIT.search(sentence) for sentence in sentences):
        return False
    return any(_without_courtesies(sentence) in phrases.STOP_ALONE for sentence in sentences)


_LENGTH_MAX: Final = 1000
_SHORT_MAX: Final = 120
_SENTENCE_END: Final = re.compile(r"[.!;\n]+|(?<=\?)")
_NO_WORD: Final = re.compile(r"[^a-z0-9?]+")
_PLUS: Final = re.compile(r"\+(?!\d)")
_SPELT: Final = re.compile(r"[a-z](?: [a-z])+")
# Long words, however they are spelt.
_MISSPELT: Final = (
    (re.compile(r"uns?[us]*b?s[a-z]*(?:ri?b|ibe|scri)[a-z]*|unsub"), "unsubscribe"),
    (re.compile(r"can[cs]+el+ami"), "cancellami"),
    (re.compile(r"s?can[cs]+el+atemi"), "cancellatemi"),
    (re.compile(r"dis[a-z]{1,5}vimi"), "disiscrivimi"),
    (re.compile(r"dis[a-z]{1,5}vetemi"), "disiscrivetemi"),
)
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
