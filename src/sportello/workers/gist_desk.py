"""Writes what operators asked for: a chat in short, a message in their language.

What comes of it is words on their page and nothing else: no tool is offered to the model, and
nothing that it writes is sent, searched or followed.
"""

import asyncio
from typing import Final

import structlog

from sportello.assistant import gist
from sportello.assistant.models import Why, fits
from sportello.assistant.prompt import Line
from sportello.assistant.steps import Ask
from sportello.store import gists
from sportello.store.gists import Wanted
from sportello.workers.context import Context
from sportello.workers.model_desk import For, ModelDesk

# Longer than all that models may take (model_desk.TURN_S_MAX).
LEASE_S: Final = 45.0
# No model is chosen or working, or the budget is spent.
NO_ROOM: Final = "no_room"
_NOTHING: Final = "nothing_said"
_WHO: Final = {"customer": "customer", "assistant": "assistant", "operator": "person"}
_log = structlog.get_logger()


class GistDesk:
    """Asks the company's models, within its budgets; one thing at a time, customers come first."""

    def __init__(self, context: Context, models: ModelDesk) -> None:
        self._context = context
        self._models = models
        self._busy = asyncio.Lock()

    async def write_next(self) -> bool:
        """False if nobody waits, or another is being written: whoever writes it goes on."""
        if self._busy.locked():
            return False
        async with self._busy:
            return await self._write_next()

    async def _write_next(self) -> bool:
        async with self._context.pool.connection() as connection:
            wanted = await gists.claim(connection, lease_s=LEASE_S)
        if wanted is None:
            return False
        text, why = await self._written(wanted)
        async with self._context.pool.connection() as connection:
            await gists.settle(connection, wanted, text, why)
        _log.info("gist", gist=wanted.id, why=why)
        return True

    async def _written(self, wanted: Wanted) -> tuple[str, str]:
        """The text, or "" and why there is none."""
        ask = await self._ask(wanted)
        if ask is None:
            return "", _NOTHING
        now = await asyncio.to_thread(self._context.now)
        whom = For(wanted.workspace_id, wanted.conversation_id, wanted.zone, now)
        async with self._context.pool.connection() as connection:
            asking = await self._models.asking(connection, whom, configured=True)
        if asking is None:
            return "", NO_ROOM
        told = await asking.ask(ask)
        text = gist.shown(told) if told is not None and fits(gist.TELLING, told) else ""
        return (text, "") if text else ("", (asking.why or Why.NOT_AN_ANSWER).value)

    async def _ask(self, wanted: Wanted) -> Ask | None:
        """None where nothing is left to be put into words."""
        async with self._context.pool.connection() as connection:
            if wanted.message_id is not None:
                words = await gists.words(connection, wanted)
                return gist.translation(wanted.language, words) if words.strip() else None
            said = await gists.chat(connection, wanted)
        lines = [Line(_WHO.get(origin, "company"), text) for origin, text in said]
        return gist.summary(wanted.language, lines) if lines else None
