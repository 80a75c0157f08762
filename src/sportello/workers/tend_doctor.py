"""Looks into what the doctor is asked: our rows, the house, and Meta, all at once and bounded.

Each look at Meta fails by itself, and its failure is evidence too. What Meta shows of the number is
written down as the hourly look does it: who asks why nothing leaves must not wait an hour for it.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
import structlog

from sportello.rules.diagnosis import Finding, deed_of, diagnose, turn_of
from sportello.rules.diagnosis_facts import (
    Asked,
    Facts,
    House,
    Look,
    Meta,
    Miss,
    Subject,
)
from sportello.store import channel, doctor, vault
from sportello.store.doctor import Wanted
from sportello.whatsapp.errors import (
    UNKNOWN_CODE,
    InDoubtError,
    NotSentError,
    RejectedError,
    WhatsAppError,
)
from sportello.workers.outward import Outward
from sportello.workers.tend_doctor_deeds import perform
from sportello.workers.tend_doctor_meta import QUESTIONS, Inquiry, together
from sportello.workers.tend_doctor_rows import Rows, read
from sportello.workers.tend_numbers import payment_of, seen_of, status_of

AT_ONCE_MAX: Final = 4
ROUND_MAX: Final = 100
LEASE_S: Final = 30.0
# A page waits for it, and somebody before the page.
LOOK_S_MAX: Final = 4.0
ATTEMPTS_MAX: Final = 3
DISK_NEEDED: Final = 512 * 2**20
DAYS_KEPT: Final = 30
PRUNE_MAX: Final = 1_000
_log = structlog.get_logger(__name__)

Tell = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and what was looked at; as the row keeps both."""

    findings: tuple[Finding, ...]
    facts: Facts
    now: datetime

    def kept(self) -> dict[str, Any]:
        return {
            "findings": [_finding(one, self.facts) for one in self.findings],
            "looks": {asked.value: _look(look) for asked, look in self.facts.looks.items()},
        }


async def examine_wanted(context: Outward) -> int:
    """Takes up what was asked, a few at once; how many."""
    done = 0
    while done < ROUND_MAX:
        async with context.pool.connection() as connection:
            due = await doctor.claim(connection, lease_s=LEASE_S, limit=AT_ONCE_MAX)
        await asyncio.gather(*[_serve(context, wanted) for wanted in due])
        done += len(due)
        if len(due) < AT_ONCE_MAX:
            break
    return done


async def prune(context: Outward) -> None:
    async with context.pool.connection() as connection:
        await doctor.prune(connection, days=DAYS_KEPT, limit=PRUNE_MAX)


async def _serve(context: Outward, wanted: Wanted) -> None:
    async def tell(look: Mapping[str, Any]) -> None:
        async with context.pool.connection() as connection:
            await doctor.note(connection, wanted, look)

    try:
        deed_error = await perform(context, wanted) if wanted.attempts == 1 else None
        report = await examine(context, wanted, tell)
    except (psycopg.Error, OSError) as error:
        # The lease brings it back.
        _log.warning("not examined", examination=wanted.id, error=type(error).__name__)
        return
    async with context.pool.connection() as connection:
        kept = {**report.kept(), "deed_error": deed_error}
        await doctor.finish(connection, wanted, kept, report.now)


async def examine(context: Outward, wanted: Wanted, tell: Tell) -> Report:
    """Looks at everything and decides. `tell` is told of each look as it ends."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        heard = await channel.heard(connection, wanted.number_id)
        rows = await read(connection, wanted, now)
    looks: dict[Asked, Look] = {Asked.ROWS: Look(now)}
    if rows is None:
        return Report((), Facts(Subject(wanted.subject), looks), now)
    await tell({Asked.ROWS.value: _look(looks[Asked.ROWS])})
    house = await _house(context, rows)
    looks[Asked.HOUSE] = Look(now)
    meta, seen = await _ask_meta(context, rows, now, tell)
    rows = await _written_down(context, wanted, rows, seen, heard=heard, now=now)
    facts = _facts(wanted, rows, house, meta, looks | seen.looks)
    return Report(diagnose(facts, now), facts, now)


@dataclass(slots=True)
class _Seen:
    """Meta's answers by question, and the end of each."""

    looks: dict[Asked, Look]
    answers: dict[Asked, Mapping[str, Any]]


async def _ask_meta(context: Outward, rows: Rows, now: datetime, tell: Tell) -> tuple[Meta, _Seen]:
    """All questions at once; each has its own end."""
    seen = _Seen({}, {})
    try:
        token = _token(context, rows)
    except vault.UnsealError:
        seen.looks = {asked: Look(now, Miss.NO_TOKEN) for asked in (Asked.TOKEN, Asked.NUMBER)}
        return Meta(), seen
    inquiry = Inquiry(context.client, token, rows.number_row, rows.template_row)

    async def ask(asked: Asked) -> None:
        look, answer = await _one(QUESTIONS[asked](inquiry), now)
        seen.looks[asked] = look
        if answer is not None:
            seen.answers[asked] = answer
        await tell({asked.value: _look(look)})

    wanted = [asked for asked in QUESTIONS if asked is not Asked.TEMPLATE or inquiry.template]
    await asyncio.gather(*[ask(asked) for asked in wanted])
    return together(seen.answers, rows.template_row), seen


def _token(context: Outward, rows: Rows) -> str:
    """Raises UnsealError where there is none."""
    row = rows.number_row
    if row["sealed"] is None:
        raise vault.UnsealError("none")
    return vault.unseal(context.key, row["sealed"], vault.token_place(row["id"]))


async def _one(
    question: Awaitable[Mapping[str, Any]], now: datetime
) -> tuple[Look, Mapping[str, Any] | None]:
    try:
        async with asyncio.timeout(LOOK_S_MAX):
            return Look(now), await question
    except RejectedError as error:
        told = error.error
        said = told.details or told.message
        if told.code == UNKNOWN_CODE:
            return Look(now, Miss.FOREIGN, said=said[:300]), None
        return Look(now, Miss.REJECTED, told.code, told.subcode, said[:300]), None
    except TimeoutError:
        return Look(now, Miss.SLOW), None
    except NotSentError:
        return Look(now, Miss.UNREACHABLE), None
    except (InDoubtError, WhatsAppError, ValueError):
        return Look(now, Miss.ODD), None


async def _written_down(
    context: Outward, wanted: Wanted, rows: Rows, seen: _Seen, *, heard: int, now: datetime
) -> Rows:
    """The number as Meta has it, in our row; and the row as it then is."""
    node, account = seen.answers.get(Asked.NUMBER), seen.answers.get(Asked.ACCOUNT)
    if node is None:
        return rows
    health = (account or node).get("health_status")
    told = seen_of(node) | {
        "status": status_of(node, node.get("health_status"), health),
        "portfolio_id": "",
        "account_currency": "",
        "payment": payment_of(health),
        "profile": None,
    }
    async with context.pool.connection() as connection:
        await channel.refresh(connection, wanted.number_id, told, {}, heard=heard, now=now)
        return await read(connection, wanted, now) or rows


async def _house(context: Outward, rows: Rows) -> House:
    found = rows.house
    try:
        free: int | None = (await asyncio.to_thread(shutil.disk_usage, context.data)).free
    except OSError:
        free = None
    return House(
        outbox_late=found.outbox_late,
        outbox_late_s=found.outbox_late_s,
        inbox_waiting=found.inbox_waiting,
        inbox_late_s=found.inbox_late_s,
        has_dispatcher=found.has_dispatcher,
        set_aside=found.set_aside,
        behind_s=found.behind_s,
        disk_free_bytes=free,
        disk_needed_bytes=DISK_NEEDED,
        callback=context.ours.callback,
    )


def _facts(
    wanted: Wanted, rows: Rows, house: House, meta: Meta, looks: Mapping[Asked, Look]
) -> Facts:
    return Facts(
        subject=Subject(wanted.subject),
        looks=looks,
        number=rows.number,
        meta=meta,
        house=house,
        message=rows.message,
        template=rows.template,
        chat=rows.chat,
        upload=rows.upload,
        campaign=rows.campaign,
    )


def _finding(one: Finding, facts: Facts) -> dict[str, Any]:
    deed = deed_of(one, facts)
    return {
        "code": one.code.value,
        "weight": one.weight.value,
        "turn": turn_of(one).value,
        "deed": None if deed is None else deed.value,
        "meta": one.meta,
        "values": dict(one.values),
        "evidence": [
            {
                "source": seen.source.value,
                "what": seen.what,
                "at": None if seen.at is None else seen.at.isoformat(),
                "values": dict(seen.values),
            }
            for seen in one.evidence
        ],
    }


def _look(look: Look) -> dict[str, Any]:
    return {
        "at": look.at.isoformat(),
        "miss": None if look.miss is None else look.miss.value,
        "code": look.code,
        "said": look.said,
    }
