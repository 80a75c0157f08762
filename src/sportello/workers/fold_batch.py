"""A batch of journal entries, event by event; one that cannot be folded harms no other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

import psycopg
import structlog

from sportello.store import inbox, journal
from sportello.store.inbox import Number
from sportello.store.journal import Entry
from sportello.store.pool import Connection
from sportello.whatsapp import storable
from sportello.whatsapp.events import (
    AccountError,
    AccountEvent,
    Event,
    InboundMessage,
    Poison,
    StatusEvent,
    TemplateEvent,
    UserPreference,
)
from sportello.whatsapp.inbound import decode
from sportello.workers.fold_consent import fold_preference
from sportello.workers.fold_message import fold_message
from sportello.workers.fold_platform import fold_platform
from sportello.workers.fold_status import fold_statuses

_REASON_MAX: Final = 200
_RAW_MAX: Final = 16_384
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """An event, and the entry that brought it."""

    entry: Entry
    event: Event


@dataclass(frozen=True, slots=True)
class _Known:
    """The business numbers that the batch speaks of."""

    by_id: Mapping[str, Number]
    by_account: Mapping[str, Sequence[Number]]

    def all_of(self, event: Event) -> Sequence[Number]:
        """The number that it names; without one, those of the account."""
        number = self.by_id.get(event.phone_number_id)
        if number is not None:
            return [number]
        return [] if event.phone_number_id else self.by_account.get(event.waba_id, [])


async def fold_entries(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Folds all that the entries tell. Raises psycopg.Error for trouble that passes."""
    heard = [_Heard(entry, event) for entry in entries for event in decode(entry.body)]
    known = await _known(connection, heard)
    heard = [one for one in heard if await _may_speak(connection, one, known)]
    told = [one for one in heard if isinstance(one.event, StatusEvent)]
    others = [one for one in heard if not isinstance(one.event, StatusEvent)]
    # Everybody locks conversations in this order; within one, its events keep theirs.
    for one in sorted(others, key=_lock_order):
        await _fold_one(connection, one, known, now)
    await _fold_told(connection, told, known, now)
    await _note_newest(connection, heard, known, now)


async def _may_speak(connection: Connection, one: _Heard, known: _Known) -> bool:
    """What a company's own app signed tells of that company's numbers alone."""
    signed_for = one.entry.signed_for
    if signed_for is None or all(
        number.workspace_id == signed_for for number in known.all_of(one.event)
    ):
        return True
    _log.warning("signed by another company's app", journal=one.entry.id)
    await _quarantine(connection, one, "signed by another company's app", signed_for)
    return False


async def _known(connection: Connection, heard: Iterable[_Heard]) -> _Known:
    ids = {one.event.phone_number_id for one in heard}
    accounts = {one.event.waba_id for one in heard if not one.event.phone_number_id}
    numbers = await inbox.numbers(connection, ids - {""}, accounts - {""})
    by_account: dict[str, list[Number]] = {}
    for number in numbers:
        by_account.setdefault(number.waba_id, []).append(number)
    return _Known({number.phone_number_id: number for number in numbers}, by_account)


def _lock_order(one: _Heard) -> tuple[str, str]:
    match one.event:
        case InboundMessage(person=person) | UserPreference(person=person):
            return one.event.phone_number_id, person.wa_id or person.user_id or ""
        case _:
            return one.event.phone_number_id, ""


async def _fold_one(connection: Connection, one: _Heard, known: _Known, now: datetime) -> None:
    numbers = known.all_of(one.event)
    if not numbers or isinstance(one.event, Poison):
        await _set_aside(connection, one, numbers)
        return
    try:
        async with connection.transaction():
            await _fold_event(connection, one.event, numbers, now)
    except Exception as error:
        if is_passing(error):
            raise
        _log.warning("event quarantined", journal=one.entry.id, error=type(error).__name__)
        await _quarantine(connection, one, type(error).__name__, numbers[0].workspace_id)


async def _fold_event(
    connection: Connection, event: Event, numbers: Sequence[Number], now: datetime
) -> None:
    match event:
        case InboundMessage():
            await fold_message(connection, numbers[0], event, now)
        case UserPreference():
            await fold_preference(connection, numbers[0], event, now)
        case TemplateEvent() | AccountEvent() | AccountError():
            await fold_platform(connection, numbers, event, now)
        case StatusEvent() | Poison():
            raise AssertionError("folded elsewhere")
        case _:
            assert_never(event)


async def _fold_told(
    connection: Connection, told: Sequence[_Heard], known: _Known, now: datetime
) -> None:
    """All statuses at once; one by one only if that fails."""
    strangers = {
        (one.entry.id, one.event.phone_number_id): one
        for one in told
        if not known.all_of(one.event)
    }
    for one in strangers.values():
        await _set_aside(connection, one, [])
    ours = [one for one in told if known.all_of(one.event)]
    try:
        async with connection.transaction():
            await _apply(connection, ours, known, now)
    except psycopg.Error as error:
        if is_passing(error) or len(ours) <= 1:
            raise
        for one in ours:
            await _fold_alone(connection, one, known, now)


async def _fold_alone(connection: Connection, one: _Heard, known: _Known, now: datetime) -> None:
    try:
        async with connection.transaction():
            await _apply(connection, [one], known, now)
    except psycopg.Error as error:
        if is_passing(error):
            raise
        workspace_id = known.all_of(one.event)[0].workspace_id
        await _quarantine(connection, one, type(error).__name__, workspace_id)


async def _apply(
    connection: Connection, told: Iterable[_Heard], known: _Known, now: datetime
) -> None:
    pairs = [
        (known.all_of(one.event)[0], one.event)
        for one in told
        if isinstance(one.event, StatusEvent)
    ]
    unread = await fold_statuses(connection, pairs, now)
    for one in told:
        if one.event in unread:
            workspace_id = known.all_of(one.event)[0].workspace_id
            await _quarantine(connection, one, "a status word that is not known", workspace_id)


async def _note_newest(
    connection: Connection, heard: Iterable[_Heard], known: _Known, now: datetime
) -> None:
    """A wrong clock at the other end shall not make the stream look alive for ever."""
    newest: dict[int, datetime] = {}
    for one in heard:
        match one.event:
            case InboundMessage(at=at) | StatusEvent(at=at) | UserPreference(at=at):
                heard_at = min(at, now)
                for number in known.all_of(one.event):
                    newest[number.id] = max(newest.get(number.id, heard_at), heard_at)
            case _:
                continue
    if newest:
        await inbox.heard_from(connection, newest)


async def _set_aside(connection: Connection, one: _Heard, numbers: Sequence[Number]) -> None:
    """Poison, or an event of a number that is not connected here."""
    is_poison = isinstance(one.event, Poison)
    reason = one.event.reason if isinstance(one.event, Poison) else "a number that is not known"
    workspace_id = numbers[0].workspace_id if numbers and is_poison else None
    await _quarantine(connection, one, reason, workspace_id)


async def _quarantine(
    connection: Connection, one: _Heard, reason: str, workspace_id: int | None
) -> None:
    raw = one.event.raw if isinstance(one.event, Poison) else _shown(one.event)
    await journal.quarantine(
        connection, one.entry, reason[:_REASON_MAX], raw[:_RAW_MAX], workspace_id=workspace_id
    )


def _shown(event: Event) -> str:
    return storable.text(repr(event))


def is_passing(error: Exception) -> bool:
    """Trouble of the moment (a lost connection, a deadlock), not of the event."""
    too_large = isinstance(error, psycopg.errors.ProgramLimitExceeded)
    return isinstance(error, psycopg.OperationalError) and not too_large
