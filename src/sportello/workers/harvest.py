"""What people answered after a hand-over, as proposals for the knowledge; and old turns go."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sportello.store import rehearsals, turns
from sportello.store.turns import Helped
from sportello.workers.context import Context

_AT_ONCE: Final = 100
_KEPT_DAYS: Final = 400
_PRUNED_MAX: Final = 2_000
_REHEARSALS_DAYS: Final = 30
_WORDS_MIN: Final = 3
# A customer's own number or address is nobody else's business.
_PRIVATE: Final = re.compile(
    r"[\w.+-]+@[\w.-]+|\+?\d[\d ./-]{6,}\d|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"
)


async def harvest(context: Context) -> int:
    """How many answers were looked at. One line of courtesy is no answer."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        helped = await turns.answered_by_people(connection, now, limit=_AT_ONCE)
        for one in helped:
            if one.cluster is not None and len(one.answer.split()) >= _WORDS_MIN:
                await turns.propose(connection, _hidden(one), now)
        await turns.set_harvested(connection, [one.id for one in helped], now)
        return len(helped)


def _hidden(one: Helped) -> Helped:
    """Without what is the customer's own; an answer may name the company's, and repeats theirs."""
    answer = one.answer
    for private in _PRIVATE.findall(one.question):
        answer = answer.replace(private, "…")
    return replace(one, question=_PRIVATE.sub("…", one.question), answer=answer)


async def prune_turns(context: Context) -> None:
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        before = now - timedelta(days=_KEPT_DAYS)
        await turns.prune(connection, before, limit=_PRUNED_MAX)
        since = now - timedelta(days=_REHEARSALS_DAYS)
        await rehearsals.prune(connection, since, limit=_PRUNED_MAX)
