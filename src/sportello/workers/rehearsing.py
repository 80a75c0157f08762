"""A change tried before it is published: every question asked with it and without it.

What the change would do to the index is done in transactions that are rolled back, a second or so
at a time: nobody else sees it, and whoever writes the library waits no longer than that.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import time
from time import monotonic
from typing import Any, Final

import structlog

from sportello.assistant import sample, turn
from sportello.assistant.embed import Embedder
from sportello.assistant.labelled import Remembering
from sportello.assistant.library import planned, prepare, prepare_all
from sportello.assistant.search import Query, Searcher
from sportello.assistant.steps import Act, Ask, Ranked, Recall, RecallPassage, Search
from sportello.rules.judge import Expected, Got, misses
from sportello.rules.rehearsing import Effect, effect
from sportello.store import documents, library, rehearsals
from sportello.store.answers import House
from sportello.store.documents import Drafted, Planned
from sportello.store.library import Pair, Passage
from sportello.store.pool import Connection
from sportello.store.rehearsals import Question, Rehearsal
from sportello.workers import speech
from sportello.workers.certainty import Certainty
from sportello.workers.context import Context
from sportello.workers.model_desk import For, ModelDesk

LEASE_S: Final = 60.0
QUESTIONS_MAX: Final = 200
# Models cost money and seconds: so many questions are worded with one, the others are not.
WORDED_MAX: Final = 20
# Four a second: of more that is new, so many are tried, and the page says which.
PASSAGES_MAX: Final = 400
_PASSAGES_AT_ONCE: Final = 16
_SLICE_S: Final = 1.5
_ROWS_MAX: Final = 100
_TEXT_MAX: Final = 600
_STEPS_MAX: Final = 12

_log = structlog.get_logger()

Result = dict[str, Any]


class UnfitError(Exception):
    """The change cannot be tried; its text is a code that the page has words for."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be tried, made ready: `house` as it would be, and what enters the index.

    `drafted`: with those passages of each document that are tried. `new`: how many passages or
    questions would be new or changed; `tried`: how many of them are put in for the trial.
    """

    house: House
    pairs: tuple[tuple[Pair, Passage], ...] = ()
    drafted: tuple[tuple[Drafted, tuple[Planned, ...]], ...] = ()
    new: int = 0
    tried: int = 0

    @property
    def of_index(self) -> bool:
        return bool(self.pairs) or bool(self.drafted)


class Rehearsing:
    """Tries one change after the other."""

    def __init__(self, context: Context, embedder: Embedder, models: ModelDesk) -> None:
        self._context = context
        self._pool = context.pool
        self._embedder = embedder
        self._models = models

    async def next(self) -> bool:
        """Tries one change; False if none waits."""
        async with self._pool.connection() as connection:
            own = await rehearsals.claim(connection, lease_s=LEASE_S)
        if own is None:
            return False
        trying = _Trying(self._context, self._models, own, Remembering(self._embedder))
        try:
            await trying.run()
        except UnfitError as unfit:
            await self._failed(trying.own, str(unfit))
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("rehearsal_failed", rehearsal=own.id, error=type(error).__name__)
            await self._failed(trying.own, "trouble")
        return True

    async def _failed(self, own: Rehearsal, reason: str) -> None:
        async with self._pool.connection() as connection:
            await rehearsals.settle(connection, own, {}, [], reason)


class _Trying:
    """One change. `own` carries the lease as it was renewed last."""

    def __init__(
        self, context: Context, models: ModelDesk, own: Rehearsal, embedder: Embedder
    ) -> None:
        self._context = context
        self._pool = context.pool
        self._models = models
        self.own = own
        self._embedder = embedder
        self._certainty = Certainty()
        self._worded = 0

    async def run(self) -> None:
        """Raises UnfitError."""
        async with self._pool.connection() as connection:
            asked = await rehearsals.questions(
                connection, self.own.workspace_id, kept=QUESTIONS_MAX, real=self.own.replayed
            )
        change = await self._ready([one.question for one in asked])
        if not await self._note(0, len(asked)):
            return
        before = await self._found(asked, None)
        after = await self._found(asked, change) if change.of_index else before
        rows: list[Result] = []
        for place, question in enumerate(asked, 1):
            found = before.get(question.question), after.get(question.question)
            rows.append(await self._compared(question, change, found))
            if place % 10 == 0 and not await self._note(place, len(asked)):
                return
        await self._note(len(asked), len(asked))
        counts = Counter(str(row["effect"]) for row in rows)
        told = [row for row in rows if row["effect"] != Effect.SAME][:_ROWS_MAX]
        counted = {**counts, "worded": self._worded}
        if change.tried < change.new:
            counted |= {"new": change.new, "tried": change.tried}
        async with self._pool.connection() as connection:
            await rehearsals.settle(connection, self.own, counted, told)

    async def _note(self, asked: int, total: int) -> bool:
        """Whether it is still wanted; with more time to go on."""
        async with self._pool.connection() as connection:
            until = await rehearsals.note(
                connection, self.own, asked=asked, total=total, lease_s=LEASE_S
            )
        if until is not None:
            self.own = replace(self.own, claimed_until=until)
        return until is not None

    async def _ready(self, asked: Sequence[str]) -> _Change:
        own = self.own
        match own.kind:
            case "tone":
                return _Change(_with_tone(own))
            case "document":
                return await self._documents(asked)
            case "pairs":
                told = own.draft["pairs"]
                return await self._pairs(asked, [_pair(own, o["pair_id"], o) for o in told])
            case _:
                return await self._pairs(asked, [_pair(own, own.pair_id, own.draft)])

    async def _pairs(self, asked: Sequence[str], written: Sequence[Pair]) -> _Change:
        """As they would be, with their vectors."""
        known = [pair.id for pair in written if pair.id]
        async with self._pool.connection() as connection:
            if await rehearsals.still_there(connection, self.own.workspace_id, known) < len(known):
                raise UnfitError("gone")
        texts = [
            ("\n".join([one.question, *one.variants, one.answer]), one.language) for one in written
        ]
        tried = await asyncio.to_thread(sample.alike, asked, texts, PASSAGES_MAX)
        ready = []
        for count, place in enumerate(tried):
            if count and count % _PASSAGES_AT_ONCE == 0 and not await self._note(0, 0):
                raise UnfitError("gone")
            pair = written[place]
            ready.append((pair, await prepare(pair, self._embedder)))
        return _Change(self.own, tuple(ready), new=len(written), tried=len(tried))

    async def _documents(self, asked: Sequence[str]) -> _Change:
        """The new versions, with the vectors of all that is tried of them at hand."""
        own = self.own
        drafted = await self._drafts()
        plans = [planned(one) for one in drafted]
        async with self._pool.connection() as connection:
            known = await documents.same_vectors(
                connection, own.workspace_id, [one.sha256 for plan in plans for one in plan]
            )
        new = {
            one.sha256: (one, whole.language)
            for whole, plan in zip(drafted, plans, strict=True)
            for one in plan
            if one.sha256 not in known
        }
        texts = [(f"{one.title}\n{one.text}", language) for one, language in new.values()]
        places = await asyncio.to_thread(sample.alike, asked, texts, PASSAGES_MAX)
        tried = [list(new.values())[place][0] for place in places]
        await self._embed(tried)
        there = {*known, *(one.sha256 for one in tried)}
        kept = [tuple(one for one in plan if one.sha256 in there) for plan in plans]
        both = tuple(zip(drafted, kept, strict=True))
        return _Change(own, drafted=both, new=len(new), tried=len(tried))

    async def _drafts(self) -> list[Drafted]:
        own = self.own
        ids = own.draft.get("documents") or [own.document_id or 0]
        async with self._pool.connection() as connection:
            drafts = [await rehearsals.draft(connection, own.workspace_id, one) for one in ids]
        drafted = [one for one in drafts if one is not None]
        if len(drafted) < len(drafts):
            raise UnfitError("gone")
        return drafted

    async def _embed(self, tried: Sequence[Planned]) -> None:
        """As `prepare_all` will ask for it, a few at a time, each with word that we live."""
        for start in range(0, len(tried), _PASSAGES_AT_ONCE):
            some = tried[start : start + _PASSAGES_AT_ONCE]
            await self._embedder.embed([f"{one.title}\n{one.text}" for one in some], "passage")
            await self._embedder.embed([one.asked for one in some if one.asked], "query")
            if not await self._note(0, 0):
                raise UnfitError("gone")

    async def _found(self, asked: Sequence[Question], change: _Change | None) -> dict[str, Ranked]:
        """For each question that wants a search, what is found; with a change, as it would be."""
        wanted = dict[str, Query]()
        for one in asked:
            if (query := _query(self.own, one.question)) is not None:
                wanted[one.question] = query
        left, found = list(wanted), dict[str, Ranked]()
        while left:
            async with self._as_if(change) as connection:
                # The library's figures in a transaction to be undone are not to be remembered.
                searcher, until = Searcher(self._embedder), monotonic() + _SLICE_S
                while left and (monotonic() < until or not found):
                    text = left.pop(0)
                    workspace_id = self.own.workspace_id
                    findings = await searcher.search(connection, workspace_id, wanted[text])
                    sure = await self._certainty.of(connection, workspace_id, findings)
                    found[text] = Ranked(findings.best, sure)
            if not await self._note(0, len(asked)):
                raise UnfitError("gone")
        return found

    @asynccontextmanager
    async def _as_if(self, change: _Change | None) -> AsyncIterator[Connection]:
        """A transaction in which the change holds, undone at its end."""
        async with (
            self._pool.connection() as connection,
            connection.transaction(force_rollback=True),
        ):
            for pair, passage in change.pairs if change is not None else ():
                await rehearsals.put_pair(connection, pair, passage)
            for drafted, kept in change.drafted if change is not None else ():
                await self._put_draft(connection, drafted, kept)
            if change is not None:
                await library.refresh_cloud(connection, self.own.workspace_id)
            yield connection

    async def _put_draft(
        self, connection: Connection, drafted: Drafted, kept: Sequence[Planned]
    ) -> None:
        if not await rehearsals.hold_draft(connection, drafted.id):
            raise UnfitError("gone")
        await documents.replace(connection, drafted, kept)
        waiting = await rehearsals.waiting_of(connection, drafted.id)
        known = await documents.same_vectors(
            connection, drafted.workspace_id, [one.content_sha256 for one in waiting]
        )
        ready = await prepare_all(waiting, known, self._embedder)
        await documents.put(connection, drafted.workspace_id, ready)

    async def _compared(
        self, question: Question, change: _Change, found: tuple[Ranked | None, Ranked | None]
    ) -> Result:
        """With a model only where it could matter: what changes without one, or the tone."""
        plain = [
            await _would(house, question.question, ranked, None)
            for house, ranked in zip((self.own, change.house), found, strict=True)
        ]
        before, after = plain
        moved = before["text"] != after["text"] or not change.of_index
        if moved and self.own.has_models and found[0] and self._worded < WORDED_MAX:
            self._worded += 1
            before = await self._worded_by_model(self.own, question.question, found[0])
            after = await self._worded_by_model(change.house, question.question, found[1])
        return _row(question, before, after)

    async def _worded_by_model(self, house: House, question: str, ranked: Ranked | None) -> Result:
        now = await asyncio.to_thread(self._context.now)
        whom = For(house.workspace_id, None, house.zone, now)
        async with self._pool.connection() as connection:
            asking = await self._models.asking(connection, whom, configured=house.has_models)
        return await _would(house, question, ranked, asking)


def _with_tone(own: Rehearsal) -> House:
    """The company as it would speak. Hours come as JSON keeps them."""
    names = {field.name for field in fields(House)}
    told = {name: value for name, value in own.draft.items() if name in names}
    for name in ("silent_from", "silent_until"):
        if isinstance(told.get(name), str):
            told[name] = time.fromisoformat(told[name])
    return replace(own, **told)


def _pair(own: Rehearsal, pair_id: int | None, told: Mapping[str, Any]) -> Pair:
    return Pair(
        id=pair_id or 0,
        workspace_id=own.workspace_id,
        question=str(told["question"]),
        answer=str(told["answer"]),
        variants=tuple(map(str, told["variants"])),
        language=str(told["language"]),
        enabled=bool(told["enabled"]),
    )


def _query(house: House, question: str) -> Query | None:
    """What is searched for; None for what is no question, as a greeting."""
    # Without the company's own topics, which a change of tone may add or take away.
    bare = replace(house, topics=())
    step = next(turn.take(speech.question_situation(bare, question, has_model=False)))
    return step.query if isinstance(step, Search) else None


async def _would(house: House, question: str, ranked: Ranked | None, asking: Any) -> Result:
    """What would be answered where this is what is found; see `speech.as_result`."""
    situation = speech.question_situation(house, question, has_model=asking is not None)
    steps = turn.take(situation)
    step = next(steps)
    for _ in range(_STEPS_MAX):
        match step:
            case Search():
                step = steps.send(ranked or Ranked((), 0.0))
            case Ask():
                step = steps.send(None if asking is None else await asking.ask(step))
            case Recall() | RecallPassage() | Act():
                step = steps.send(None)
            case _:
                return speech.as_result(step)
    raise RuntimeError("a turn that does not end")


def _row(question: Question, before: Result, after: Result) -> Result:
    expected = Expected(question.band, question.pair_id, question.facts)
    told = [_got(one) for one in (before, after)]
    missed = [misses(expected, one) for one in told]
    kept = question.question_id is not None
    return {
        "effect": effect(told[0], told[1], expected if kept else None).value,
        "of_set": question.of_set,
        # A customer's words stand in their turn alone.
        "question": question.question[:_TEXT_MAX] if kept else "",
        "turn_id": question.turn_id,
        "missed": [miss.value for miss in missed[1]] if kept else [],
        "before": _kept(before),
        "after": _kept(after),
    }


def _got(result: Result) -> Got:
    first: dict[str, Any] = next(iter(result["sources"]), {})
    return Got(str(result["band"]), first.get("pair_id"), str(result["text"]))


def _kept(result: Result) -> Result:
    first: dict[str, Any] = next(iter(result["sources"]), {})
    return {
        "band": result["band"],
        "text": result["text"][:_TEXT_MAX],
        "title": str(first.get("title", ""))[:200],
        "confidence": result["confidence"],
    }
