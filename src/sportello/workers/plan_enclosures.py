"""Files of their own for a campaign's people: wanted by planning, fetched from the links they name.

Fetching goes on beside planning and releasing. Whoever waits for a file is not released; whoever's
link leads to nothing that WhatsApp takes is skipped, with the reason.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote, urlsplit

import psycopg
import structlog
from psycopg.rows import DictRow

from sportello import crash
from sportello.fetching.client import Failure, Fetched, Fetcher, FetchFailedError, Settings
from sportello.rules import enclosure
from sportello.rules.enclosure import DIFFERENT_MAX, Lack, Reference
from sportello.rules.files import OURS_MAX, Flaw
from sportello.rules.sniff import HEAD_BYTES, sniffed
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_values import HeaderKind
from sportello.store import enclosures, followups
from sportello.store.campaigns import Planned
from sportello.store.enclosures import Due, Found, Known
from sportello.store.pool import Connection
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_enclosures",)
AT_ONCE_MAX: Final = 4
ATTEMPTS_MAX: Final = 5
TOLD_MAX: Final = 5_000
_LEASE_S: Final = 90.0
_POLL_S: Final = 1.0
_WAIT_S_FIRST: Final = 2.0
_NAME_LENGTH_MAX: Final = 240
_ACCEPT: Final = "image/jpeg,image/png,video/mp4,application/pdf,*/*;q=0.5"
_log = structlog.get_logger(__name__)


async def enclosed(
    connection: Connection,
    campaign: DictRow,
    planned: list[Planned],
    columns: Mapping[int, Mapping[str, str]],
) -> list[Planned]:
    """The portion with each one's file, where the campaign encloses files of their own."""
    column = campaign["media_column"]
    if not column:
        return planned
    meant = [one for one in planned if not one.skipped_why]
    named = {
        one.contact_id: enclosure.reference(columns[one.contact_id].get(column, ""))
        for one in meant
    }
    known = await _known(connection, campaign, {one for one in named.values() if one is not None})
    has_common = campaign["file_id"] is not None
    return [
        one
        if one.skipped_why
        else _enclosed(one, named[one.contact_id], known, has_common=has_common)
        for one in planned
    ]


async def _known(
    connection: Connection, campaign: DictRow, named: set[Reference]
) -> dict[str, Known]:
    """What the campaign has of these by now; links that are new to it are wanted from here on."""
    before = await enclosures.known(connection, campaign["id"], named)
    fresh = sorted(
        (one for one in named if one.is_link and one.key not in before), key=lambda one: one.key
    )
    if not fresh:
        return before
    room = await enclosures.room(connection, campaign["id"], most=DIFFERENT_MAX)
    await enclosures.want(connection, campaign, fresh[: max(0, room)])
    return await enclosures.known(connection, campaign["id"], named)


def _enclosed(
    one: Planned, named: Reference | None, known: Mapping[str, Known], *, has_common: bool
) -> Planned:
    if named is None:
        return one if has_common else replace(one, skipped_why=Lack.MISSING.value)
    found = known.get(named.key)
    if found is None:
        why = Lack.TOO_MANY if named.is_link else Lack.UNKNOWN
        return replace(one, skipped_why=why.value)
    awaited = found.state == enclosures.WANTED
    return replace(one, skipped_why=found.why, enclosure_id=found.id, awaited=awaited)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Fetches until told to stop."""
    settings = Settings(bytes_max=OURS_MAX, private_hosts=context.limits.private_hosts)
    async with context.listen(*CHANNELS) as wakes, Fetcher(settings) as fetcher:
        while not stop.is_set():
            try:
                busy = await bring(context, fetcher)
            except psycopg.Error as error:
                _log.warning("enclosures", error=type(error).__name__)
                busy = False
            await wakes.wait(0.0 if busy else _POLL_S)


async def bring(context: Context, fetcher: Fetcher) -> bool:
    """What is due now, a few at once; whether there may be more."""
    async with context.pool.connection() as connection:
        due = await enclosures.claim(connection, lease_s=_LEASE_S, limit=AT_ONCE_MAX)
    await asyncio.gather(*[_bring(context, fetcher, one) for one in due])
    return len(due) == AT_ONCE_MAX


async def _bring(context: Context, fetcher: Fetcher, due: Due) -> None:
    why: str | None = due.why
    if due.state == enclosures.WANTED:
        end = await _end_of(fetcher, due)
        why = await _note(context, due, end)
        crash.point("plan.fetched")
    if why is not None:
        await _tell_all(context, due.id, why)


@dataclass(frozen=True, slots=True)
class _Lost:
    """Nothing was found that could be sent. `passing`: another try may do better."""

    why: Lack
    detail: str
    passing: bool = False


async def _end_of(fetcher: Fetcher, due: Due) -> Found | _Lost:
    header = needs(parse(due.content).parts).media
    if header is None:
        return _Lost(Lack.UNFIT, Flaw.NOT_FOR_THIS_HEADER.value)
    try:
        fetched = await fetcher.fetch(due.reference, accept=_ACCEPT)
    except FetchFailedError as failed:
        why = Lack.UNFIT if failed.code is Failure.TOO_LARGE else Lack.UNREACHABLE
        return _Lost(why, failed.code.value, passing=failed.passing)
    return _found(header, fetched)


def _found(header: HeaderKind, fetched: Fetched) -> Found | _Lost:
    mime_type = sniffed(fetched.body[:HEAD_BYTES], fetched.mime_type)
    flaw = enclosure.flaw(header, mime_type, len(fetched.body))
    if flaw is not None:
        return _Lost(Lack.UNFIT, flaw.value)
    sha256 = hashlib.sha256(fetched.body).hexdigest()
    return Found(sha256, mime_type, _name(fetched.url), fetched.body)


def _name(url: str) -> str:
    """The last part of where it was found: customers see the names of documents."""
    last = unquote(urlsplit(url).path).rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_NAME_LENGTH_MAX]


async def _note(context: Context, due: Due, end: Found | _Lost) -> str | None:
    """Why nobody gets it, "" if it is there; None where it is tried again later."""
    async with context.pool.connection() as connection, connection.transaction():
        if isinstance(end, Found):
            await enclosures.keep(connection, due, end)
            return ""
        _log.info("enclosure not found", enclosure=due.id, detail=end.detail)
        if end.passing and due.attempts < ATTEMPTS_MAX:
            wait_s = _WAIT_S_FIRST * 4.0 ** (due.attempts - 1)
            await enclosures.postpone(connection, due, wait_s, end.detail)
            return None
        await enclosures.refuse(connection, due, end.why.value, end.detail)
        return end.why.value


async def _tell_all(context: Context, enclosure_id: int, why: str) -> None:
    """In portions, each committed; what a crash leaves is told when the lease is over."""
    while True:
        async with context.pool.connection() as connection, connection.transaction():
            told = await enclosures.tell(connection, enclosure_id, why, limit=TOLD_MAX)
            if why:
                await followups.spare(connection, told)
            if len(told) < TOLD_MAX:
                await enclosures.settle(connection, enclosure_id)
        crash.point("plan.told")
        if len(told) < TOLD_MAX:
            return
