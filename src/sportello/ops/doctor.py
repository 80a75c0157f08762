"""`sportello doctor`: looks at every number, or at one thing, says what is wrong, and cures it.

It asks Meta with the settings it is given and does not need the worker to run: that the worker
does not run is one of the things that it finds. Whoever may run it counts as an administrator.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import typer

from sportello import clock
from sportello.ops import prepare
from sportello.ops.doctor_shown import is_stopped, lines, shown, spoken_here
from sportello.ops.ours import ours_told
from sportello.ops.reached import database_url
from sportello.ops.settings import Settings, WrongSettingError
from sportello.rules.diagnosis_facts import Subject
from sportello.store import doctor, vault
from sportello.store.doctor import Wanted
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.workers import tend_doctor
from sportello.workers.outward import Outward

_NUMBERS_MAX: Final = 200
_CONNECTIONS: Final = 2
_WAIT_S_MAX: Final = 40.0
_LOOK_EVERY_S: Final = 0.2
_DIGITS_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: "number", "message", …, and its id; `deed`: to be done about it."""

    subject: str
    subject_id: int
    deed: str = ""


@dataclass(frozen=True, slots=True)
class _Report:
    """Of a number, by the company that it belongs to; `kept` as the row keeps it."""

    workspace_id: int
    number_id: int
    number: str
    kept: Mapping[str, Any]


def question_of(about: str, deed: str) -> Question | None:
    """`about` is `message:812`; "" for every number. Raises WrongSettingError."""
    subject, _, subject_id = about.partition(":")
    if not about and not deed:
        return None
    is_id = subject_id.isascii() and subject_id.isdecimal() and len(subject_id) <= _DIGITS_MAX
    if subject not in set(Subject) or not is_id:
        raise WrongSettingError(f"--about is one of {', '.join(Subject)}, as in message:812")
    return Question(subject, int(subject_id), deed)


@contextmanager
def reachable() -> Iterator[None]:
    """Raises WrongSettingError where the database is away: that is no finding, and no traceback."""
    try:
        yield
    except psycopg.OperationalError as error:
        if error.sqlstate is not None:
            raise
        raise WrongSettingError(
            "the database does not answer: look whether it runs, and at SPORTELLO_DATABASE_URL"
        ) from error


def command(settings: Settings, question: Question | None, *, as_json: bool) -> int:
    """Prints a report of each number, or of what is asked; the exit code: 0 if nothing stops any of
    it, else 1. Raises WrongSettingError for what is not there, and for a deed that is refused.
    """
    spoken = spoken_here(os.environ)
    reports = asyncio.run(_examine(settings, question))
    if question is not None and question.deed:
        reports = [_cured(settings, question, reports[0], spoken)]
    told = [shown(one.number, one.kept, spoken) for one in reports]
    if as_json:
        typer.echo(json.dumps({"numbers": told}, ensure_ascii=False, default=str))
    else:
        typer.echo("\n\n".join(lines(one, spoken) for one in told) or "No number is connected.")
    return 1 if any(is_stopped(one) for one in told) else 0


async def _examine(settings: Settings, question: Question | None) -> list[_Report]:
    """One number after the other: each look at Meta is bounded."""
    async with _at_work(settings) as context:
        found = []
        for row in await _numbers(context, question):
            subject, subject_id = "number", row["id"]
            if question is not None:
                subject, subject_id = question.subject, question.subject_id
            wanted = Wanted(0, row["workspace_id"], row["id"], subject, subject_id)
            report = await tend_doctor.examine(context, wanted, _tell_nobody)
            number = row["display_number"]
            found.append(_Report(row["workspace_id"], row["id"], number, report.kept()))
        return found


async def _numbers(context: Outward, question: Question | None) -> list[Mapping[str, Any]]:
    async with context.pool.connection() as connection:
        if question is None:
            return [*await doctor.numbers(connection, limit=_NUMBERS_MAX)]
        row = await doctor.subject(connection, question.subject, question.subject_id)
    if row is None:
        raise WrongSettingError(f"there is no {question.subject} {question.subject_id}")
    return [row]


@asynccontextmanager
async def _at_work(settings: Settings) -> AsyncIterator[Outward]:
    url = database_url(settings)
    async with (
        open_pool(url, _CONNECTIONS, application="sportello-doctor") as pool,
        Client(settings.graph_url, settings.graph_version) as client,
    ):
        yield Outward(
            pool=pool,
            url=url,
            key=vault.key_of(*settings.read_secret_keys()),
            clock=clock.now,
            data=settings.data,
            client=client,
            ours=ours_told(settings),
        )


async def _tell_nobody(_look: Mapping[str, Any]) -> None:
    """Nobody watches the looks one by one."""


def _cured(settings: Settings, question: Question, before: _Report, spoken: str) -> _Report:
    """Does what the report offers, as the button would, and looks again."""
    prepare.set_up_django()
    from sportello.ops.doctor_deeds import Offer, do

    offer = Offer(
        before.workspace_id,
        before.number_id,
        question.subject,
        question.subject_id,
        before.kept,
        question.deed,
    )
    kept = asyncio.run(_looked_into(settings, do(offer, spoken)))
    return _Report(before.workspace_id, before.number_id, before.number, kept)


async def _looked_into(settings: Settings, examination_id: int) -> Mapping[str, Any]:
    """By the worker, or, where none runs, here."""
    async with _at_work(settings) as context, asyncio.timeout(_WAIT_S_MAX):
        while True:
            await tend_doctor.examine_wanted(context)
            async with context.pool.connection() as connection:
                kept = await doctor.report(connection, examination_id)
            if kept is not None:
                return kept
            await asyncio.sleep(_LOOK_EVERY_S)
