"""Statuses of our messages: thousands at once, and what follows from a failure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from sportello.rules import retry
from sportello.rules.graph_errors import Effect
from sportello.rules.status import State
from sportello.store import consents, outreach, sends, statuses
from sportello.store.inbox import Number
from sportello.store.pool import Connection
from sportello.store.statuses import Key, Nameless, Report
from sportello.whatsapp.events import MetaError, StatusEvent
from sportello.workers.breaker import stop_after

# A stop that Meta told of longer ago than this may be over: the next send will find out.
_STOP_FRESH: Final = timedelta(minutes=10)
_UUID_LENGTH: Final = 36

Told = tuple[Number, StatusEvent]


async def fold_statuses(
    connection: Connection, told: Sequence[Told], now: datetime
) -> list[StatusEvent]:
    """Applies them; answers those whose word is not known."""
    reports = [report for one in told if (report := _report(*one)) is not None]
    unknown = await statuses.apply(connection, reports)
    if unknown:
        await _bring_home(connection, told, reports, unknown)
    await _follow_up(connection, told, now)
    return [event for _, event in told if event.state is None]


def _report(number: Number, event: StatusEvent) -> Report | None:
    if event.state is None:
        return None
    return Report(
        number.workspace_id,
        event.wamid,
        event.state,
        event.at,
        error=_error(event.errors),
        pricing=event.pricing,
    )


def _error(errors: Sequence[MetaError]) -> Mapping[str, Any] | None:
    """The first, which is Meta's reason, as the message keeps it."""
    return msgspec.to_builtins(errors[0]) if errors else None


async def _bring_home(
    connection: Connection, told: Iterable[Told], reports: Sequence[Report], unknown: set[Key]
) -> None:
    """Wamids that we do not know: by our attempt they are recognised, else they are kept."""
    attempts = {
        attempt: (number.workspace_id, event.wamid)
        for number, event in told
        if (number.workspace_id, event.wamid) in unknown
        and (attempt := _attempt(event.attempt)) is not None
    }
    attempts |= await _guessed(connection, told, unknown)
    ours = await statuses.come_home(connection, attempts)
    left = [report for report in reports if report.key in unknown]
    # Ours without a message of that wamid: the other copy of a message that was sent twice.
    await statuses.apply(connection, [one for one in left if one.key in ours])
    await statuses.keep_orphans(connection, [one for one in left if one.key not in ours])


async def _guessed(
    connection: Connection, told: Iterable[Told], unknown: set[Key]
) -> dict[UUID, Key]:
    """Failures may come without callback data: the only send that can be meant, if there is one."""
    failed = {
        event.wamid: (number, event)
        for number, event in told
        if event.state is State.FAILED
        and not event.attempt
        and (number.workspace_id, event.wamid) in unknown
    }
    nameless = [
        Nameless(number.id, wamid, event.recipient.wa_id, event.recipient.user_id, event.at)
        for wamid, (number, event) in failed.items()
    ]
    found = await statuses.guess_attempts(connection, nameless)
    return {attempt: (failed[wamid][0].workspace_id, wamid) for wamid, attempt in found.items()}


def _attempt(text: str) -> UUID | None:
    """Other programs on the same number put their own words there."""
    if len(text) != _UUID_LENGTH:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


async def _follow_up(connection: Connection, told: Sequence[Told], now: datetime) -> None:
    """What a failure means beyond its message: for a customer, a window, an account."""
    by_effect: dict[Effect, list[Report]] = defaultdict(list)
    for number, event in told:
        if event.state is not State.FAILED or not event.errors:
            continue
        code = event.errors[0].code
        report = _report(number, event)
        if report is not None:
            by_effect[retry.effect_of(code)].append(report)
        stop = stop_after(code)
        if stop is not None and now - event.at < _STOP_FRESH:
            await sends.pause(connection, number.id, stop.why, account=stop.account)
    failed = [
        (number.workspace_id, event.wamid) for number, event in told if event.state is State.FAILED
    ]
    await outreach.did_not_arrive(connection, failed)
    await consents.opt_out(connection, by_effect[Effect.OPT_OUT], now)
    await consents.cap(connection, by_effect[Effect.WAIT_A_DAY])
    await consents.lose(connection, by_effect[Effect.UNREACHABLE])
    await statuses.shut_windows(connection, by_effect[Effect.WINDOW_SHUT])
