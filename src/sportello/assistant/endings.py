"""How a turn ends: its words, opened with the disclosure, and what is remembered of it."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from sportello.assistant import bubbles
from sportello.assistant.phrasebook import Phrases, disclosure, phrases, when
from sportello.assistant.search import Found
from sportello.assistant.steps import HandOver, Memory, Reply, Situation, Source
from sportello.assistant.words import words as words_of
from sportello.rules.ownership import Reason

_SAID_LENGTH: Final = 12


def reply(
    situation: Situation,
    texts: list[str],
    confidence: float,
    stood_on: tuple[Source, ...] = (),
    nearest: tuple[Source, ...] = (),
    *,
    keep: bool = False,
    way: str = "phrase",
) -> Reply:
    """`keep`: the doubts of before still count."""
    memory = remembered(situation)
    return Reply(
        texts=opened(situation, texts),
        memory=replace(memory, doubts=situation.memory.doubts) if keep else memory,
        confidence=confidence,
        stood_on=stood_on,
        nearest=nearest or stood_on,
        disclosed=not situation.disclosed,
        way=way,
    )


def hand_over(
    situation: Situation,
    reason: Reason,
    text: str,
    confidence: float = 0.0,
    nearest: tuple[Source, ...] = (),
) -> HandOver:
    back = situation.back
    texts = [text] if back is None else [f"{text} {when(situation.guess.language, back)}"]
    return HandOver(
        reason=reason,
        texts=opened(situation, texts),
        memory=remembered(situation),
        confidence=confidence,
        nearest=nearest,
        disclosed=not situation.disclosed,
    )


def opened(situation: Situation, texts: list[str] | tuple[()]) -> tuple[str, ...]:
    """The bubbles, with the disclosure before the first words of a conversation."""
    told = [] if situation.disclosed else [disclosed_as(situation)]
    return bubbles.split([*told, *texts])


def authored(situation: Situation, answer: str, language: str) -> list[str]:
    """The company's own words whole; said so if they are not in the customer's language."""
    texts = [answer]
    if situation.company.signature:
        texts.append(situation.company.signature)
    same = language.partition("-")[0] == situation.guess.language.partition("-")[0]
    return texts if same or not situation.guess.certain else [words(situation).only_in, *texts]


def remembered(situation: Situation) -> Memory:
    """Also what the customer said, and how often in a row they said just that."""
    spoken = " ".join(words_of(" ".join(heard.text for heard in situation.burst)))
    said = sha256(spoken.encode(errors="replace")).hexdigest()[:_SAID_LENGTH] if spoken else ""
    before = situation.memory
    times = before.times + 1 if said and said == before.said else 1
    return Memory(language=situation.guess.language, said=said, times=times)


def disclosed_as(situation: Situation) -> str:
    company = situation.company
    return disclosure(situation.guess.language, company.assistant_name, company.name)


def words(situation: Situation) -> Phrases:
    return phrases(situation.guess.language, situation.company.manners.form)


def source(hit: Found) -> Source:
    return Source(hit.pair_id, hit.title, hit.score, hit.document_id)
