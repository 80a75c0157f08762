"""The templates kept as Meta has them: every account read whole, hourly and when one changed."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import structlog

from sportello.store import templates as rows
from sportello.store import vault
from sportello.store.templates import News
from sportello.whatsapp import templates as meta
from sportello.whatsapp.errors import RejectedError, WhatsAppError
from sportello.workers.outward import Outward
from sportello.workers.tend_news import is_unknown, news_of

EVERY: Final = timedelta(hours=1)
ACCOUNTS_MAX: Final = 20
# More than Meta lets an account have, at `meta.PAGE` each.
PAGES_MAX: Final = 200
MISSING_MAX: Final = 50
# A list may not have yet what was created a moment ago.
_YOUNG: Final = timedelta(minutes=5)
_WAIT_S_FIRST: Final = 10.0
_WAIT_S_MAX: Final = 900.0
# An account whose templates change in a row is not read again for each.
_QUIET_S: Final = 2.0
_log = structlog.get_logger(__name__)


class EndlessError(WhatsAppError):
    """Meta's list went on and on."""


@dataclass(slots=True)
class Rests:
    """Which accounts wait, by this process's own clock; after failures ever longer."""

    until: dict[tuple[int, str], float] = field(default_factory=dict)
    failures: dict[tuple[int, str], int] = field(default_factory=dict)

    def waiting(self, time_s: float) -> list[str]:
        self.until = {key: end for key, end in self.until.items() if end > time_s}
        return [f"{workspace_id}:{waba_id}" for workspace_id, waba_id in self.until]

    def well(self, key: tuple[int, str], time_s: float) -> None:
        self.failures.pop(key, None)
        self.until[key] = time_s + _QUIET_S

    def ill(self, key: tuple[int, str], time_s: float) -> None:
        failures = self.failures[key] = min(self.failures.get(key, 0) + 1, 10)
        self.until[key] = time_s + min(_WAIT_S_FIRST * 2 ** (failures - 1), _WAIT_S_MAX)


async def synchronise(context: Outward, rests: Rests) -> int:
    """Reads the accounts that are due; how many were read whole."""
    now = await asyncio.to_thread(context.clock)
    running = asyncio.get_running_loop()
    async with context.pool.connection() as connection:
        due = await rows.claim_accounts(
            connection, now, now - EVERY,
            not_now=rests.waiting(running.time()), limit=ACCOUNTS_MAX,
        )  # fmt: skip
    read = 0
    for key in due:
        try:
            await read_account(context, *key, now)
        except (WhatsAppError, vault.UnsealError, psycopg.Error, ValueError) as error:
            _log.warning("templates not read", workspace=key[0], error=type(error).__name__)
            rests.ill(key, running.time())
            await _again(context, key)
        else:
            rests.well(key, running.time())
            read += 1
    return read


async def _again(context: Outward, key: tuple[int, str]) -> None:
    async with context.pool.connection() as connection:
        await rows.want_synchronised(connection, *key)


async def read_account(context: Outward, workspace_id: int, waba_id: str, now: datetime) -> None:
    """All of an account's templates. Raises WhatsAppError, UnsealError, psycopg.Error."""
    async with context.pool.connection() as connection:
        account = await rows.account(connection, workspace_id, waba_id)
        found = await rows.of_account(connection, workspace_id, waba_id)
    if account is None:
        return
    token = vault.unseal(context.key, account.sealed, vault.token_place(account.number_id))
    known = {row["meta_id"]: row for row in found if row["meta_id"]}
    reading = _Reading(context, workspace_id, waba_id, token, now, known)
    seen: set[str] = set()
    after = ""
    for _ in range(PAGES_MAX):
        page = await meta.page(context.client, waba_id, token, after=after)
        await reading.write(page.nodes)
        seen |= {node.id for node in page.nodes}
        if not page.after:
            await reading.miss(seen)
            return
        after = page.after
    raise EndlessError(f"more than {PAGES_MAX} pages")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One account while it is read. Each template is written by itself: a lock at a time.

    `known`: the rows as they were at the beginning, by Meta's id.
    """

    context: Outward
    workspace_id: int
    waba_id: str
    token: str
    now: datetime
    known: dict[str, dict[str, Any]]

    async def write(self, nodes: list[meta.Node]) -> None:
        """Writes only what differs."""
        for node in nodes:
            news = news_of(node)
            row = self.known.get(node.id)
            if row is None or rows.is_news(row, news):
                await self._write(news)

    async def miss(self, seen: set[str]) -> None:
        """What the whole list lacks is asked for by itself: then it is gone for sure."""
        missing = [
            row
            for meta_id, row in self.known.items()
            if meta_id not in seen and self._should_be_there(row)
        ]
        for row in missing[:MISSING_MAX]:
            try:
                node = await meta.shown(self.context.client, row["meta_id"], self.token)
            except RejectedError as error:
                if not is_unknown(error):
                    raise
                await self._write(News(row["meta_id"], status="DELETED"))
            else:
                await self._write(news_of(node))

    def _should_be_there(self, row: dict[str, Any]) -> bool:
        since: datetime = row["submitted_at"] or row["created_at"]
        return row["status"] != "DELETED" and since <= self.now - _YOUNG

    async def _write(self, news: News) -> None:
        try:
            async with self.context.pool.connection() as connection, connection.transaction():
                known = await rows.tell(connection, self.workspace_id, self.waba_id, news, self.now)
                if not known:
                    await rows.add(connection, self.workspace_id, self.waba_id, news, self.now)
        except psycopg.errors.IntegrityError:
            # Its name is another row's here: that row is read when it is its turn.
            _log.warning("template not written", workspace=self.workspace_id)
