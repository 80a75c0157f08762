"""Puts in short what a person and a customer said, once the assistant has the chat again.

What comes of it is a line for colleagues in the chat and what the assistant knows of the time
before: data inside a fence, like the chat itself. Without a model it is the last words as they are.
"""

import asyncio
from typing import Final

import structlog

from sportello.assistant import gist
from sportello.assistant.models import fits
from sportello.assistant.prompt import Line
from sportello.store import recaps
from sportello.store.recaps import Recap, Said, Wanted
from sportello.workers.context import Context
from sportello.workers.model_desk import For, ModelDesk

# Longer than all that models may take (model_desk.TURN_S_MAX).
LEASE_S: Final = 45.0
_AT_ONCE: Final = 2
WHO: Final = {"customer": "customer", "assistant": "assistant", "operator": "person"}
_log = structlog.get_logger()


class RecapDesk:
    """Asks the company's models, within its budgets: an answer may wait for the words."""

    def __init__(self, context: Context, models: ModelDesk) -> None:
        self._context = context
        self._models = models
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def write_next(self) -> bool:
        """False if no chat came back, or enough are being written: whoever writes goes on."""
        if self._room.locked():
            return False
        async with self._room:
            return await self._write_next()

    async def _write_next(self) -> bool:
        async with self._context.pool.connection() as connection:
            wanted = await recaps.claim(connection, lease_s=LEASE_S)
            if wanted is None:
                return False
            told = await recaps.said(connection, wanted.conversation_id, wanted.at)
        recap = Recap(await self._summary(wanted, told), recaps.last_words(told))
        async with self._context.pool.connection() as connection, connection.transaction():
            await recaps.settle(connection, wanted, recap)
        _log.info("recap", conversation=wanted.conversation_id, by_model=bool(recap.text))
        return True

    async def _summary(self, wanted: Wanted, told: tuple[Said, ...]) -> str:
        """Nothing where no model is to be asked, or none gives a usable answer."""
        if not told:
            return ""
        now = await asyncio.to_thread(self._context.now)
        whom = For(wanted.workspace_id, wanted.conversation_id, wanted.zone, now)
        async with self._context.pool.connection() as connection:
            asking = await self._models.asking(connection, whom, configured=True)
        if asking is None:
            return ""
        lines = [Line(WHO[origin], text) for origin, text in told]
        written = await asking.ask(gist.recap(wanted.company, wanted.language, lines))
        if written is None or not fits(gist.TELLING, written):
            return ""
        return gist.shown(written)[: gist.RECAP_MAX]
