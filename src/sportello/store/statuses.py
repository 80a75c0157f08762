"""What became of our messages, applied in bulk: one statement for thousands of statuses."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules import stated
from sportello.rules.stated import Stated
from sportello.rules.status import Event, State, before, merge
from sportello.statements import statements
from sportello.store import arrays, charges
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
LIFE: Final = [state.value for state in State]
_ARRIVED: Final = frozenset({State.DELIVERED, State.READ, State.PLAYED})
_LIFE_AS_ONE: Final = arrays.texts(LIFE)
_BEFORE_ACCEPT: Final = arrays.texts(state.value for state in before(Event.ACCEPT))

# A message has one error and one price: contradictions beyond a few are nobody's truth.
_ROUNDS_MAX: Final = 8
# How far Meta's time of a failure may lie from our attempt's.
_GUESS_WITHIN_S: Final = 300.0

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Report:
    """One status of one message. `detail`: what an orphan must keep beside (error, pricing)."""

    workspace_id: int
    wamid: str
    state: State
    at: datetime
    error: Mapping[str, Any] | None = None
    pricing: Mapping[str, Any] | None = None

    @property
    def key(self) -> Key:
        return self.workspace_id, self.wamid


@dataclass(slots=True)
class _Sum:
    """All reports of one message as one: the furthest state, the earliest time of each kind."""

    state: State
    times: dict[str, datetime] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    pricing: Mapping[str, Any] | None = None

    def add(self, report: Report) -> None:
        self.state = merge(self.state, report.state)
        column = _COLUMN.get(report.state)
        if column is not None:
            self.times[column] = min(self.times.get(column, report.at), report.at)
        self.error = self.error or report.error
        self.pricing = self.pricing or report.pricing

    def contradicts(self, report: Report) -> bool:
        """The database decides between two that differ: always for the same one."""
        return (None not in (self.error, report.error) and self.error != report.error) or (
            None not in (self.pricing, report.pricing) and self.pricing != report.pricing
        )


_COLUMN: Final = {
    State.SENT: "sent_ats",
    State.DELIVERED: "delivered_ats",
    State.READ: "read_ats",
    State.PLAYED: "read_ats",
    State.FAILED: "failed_ats",
}


async def apply(connection: Connection, reports: Iterable[Report]) -> set[Key]:
    """Moves the messages forward; answers which are not known.

    Sorted by key, so that two workers cannot wait for each other. The ledger's lines come after
    the messages, here as everywhere.
    """
    unknown: set[Key] = set()
    told = list(reports)
    for sums in _summed(told):
        cursor = await connection.execute(_SQL["apply"], _columns(sums))
        unknown |= {(row["workspace_id"], row["wamid"]) for row in await cursor.fetchall()}
    await charges.settle(connection, _deliveries(told, unknown))
    return unknown


def _deliveries(reports: Iterable[Report], unknown: Container[Key]) -> dict[Key, Stated | None]:
    """What states a delivery's price: one of delivered and read does, the other is silent."""
    found: dict[Key, Stated | None] = {}
    for report in reports:
        if report.key in unknown or report.state not in _ARRIVED:
            continue
        said = stated.stated(report.pricing)
        if said is not None:
            found[report.key] = max(found.get(report.key) or said, said, key=_order)
        elif report.state is State.DELIVERED:
            found.setdefault(report.key, None)
    return found


def _order(said: Stated) -> tuple[str, str]:
    return said.category, said.kind


def _summed(reports: Iterable[Report]) -> Iterator[dict[Key, _Sum]]:
    """One sum for each message; a further round for reports that contradict what was summed."""
    left = list(reports)
    for _ in range(_ROUNDS_MAX):
        sums: dict[Key, _Sum] = {}
        later: list[Report] = []
        for report in left:
            known = sums.setdefault(report.key, _Sum(report.state))
            if known.contradicts(report):
                later.append(report)
            else:
                known.add(report)
        if sums:
            yield sums
        left = later


def _columns(sums: Mapping[Key, _Sum]) -> dict[str, Any]:
    keys = sorted(sums)
    columns: dict[str, Any] = {
        "life": LIFE,
        "workspace_ids": [workspace_id for workspace_id, _ in keys],
        "wamids": [wamid for _, wamid in keys],
        "statuses": [sums[key].state.value for key in keys],
        "errors": [_json(sums[key].error) for key in keys],
        "pricings": [_json(sums[key].pricing) for key in keys],
    }
    for name in ("sent_ats", "delivered_ats", "read_ats", "failed_ats"):
        columns[name] = [sums[key].times.get(name) for key in keys]
    return columns


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(value)


async def come_home(connection: Connection, attempts: Mapping[UUID, Key]) -> set[Key]:
    """Statuses that carry our attempts: their sends are accepted. Answers which were ours."""
    if not attempts:
        return set()
    ids = sorted(attempts)
    parameters = {
        "attempts": arrays.uuids(ids),
        "wamids": arrays.texts(attempts[one][1] for one in ids),
        "workspace_ids": arrays.numbers(attempts[one][0] for one in ids),
        "before": _BEFORE_ACCEPT,
        "life": _LIFE_AS_ONE,
    }
    async with connection.pipeline():
        await connection.execute(_SQL["accept_sends"], parameters)
        await connection.execute(_SQL["accept_messages"], parameters)
        cursor = await connection.execute(_SQL["accept_attempts"], parameters)
        return {(row["workspace_id"], row["wamid"]) for row in await cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Nameless:
    """A failure that brings no attempt of ours home. `number_id`: ours; the ids: the customer's."""

    number_id: int
    wamid: str
    wa_id: str | None
    user_id: str | None
    at: datetime


async def guess_attempts(connection: Connection, failed: Sequence[Nameless]) -> dict[str, UUID]:
    """By wamid, the attempt that can only be meant. Source: reference, reliability 2."""
    if not failed:
        return {}
    parameters = {
        "number_ids": [one.number_id for one in failed],
        "wamids": [one.wamid for one in failed],
        "wa_ids": [one.wa_id for one in failed],
        "user_ids": [one.user_id for one in failed],
        "ats": [one.at for one in failed],
        "within_s": _GUESS_WITHIN_S,
    }
    cursor = await connection.execute(_SQL["guess_attempts"], parameters)
    return {row["wamid"]: row["attempt"] for row in await cursor.fetchall()}


async def keep_orphans(connection: Connection, reports: Sequence[Report]) -> None:
    if not reports:
        return
    parameters = {
        "workspace_ids": [report.workspace_id for report in reports],
        "wamids": [report.wamid for report in reports],
        "statuses": [report.state.value for report in reports],
        "ats": [report.at for report in reports],
        "details": [
            Jsonb({"error": report.error, "pricing": report.pricing}) for report in reports
        ],
    }
    await connection.execute(_SQL["keep_orphans"], parameters)


async def adopt_orphans(connection: Connection, *, limit: int) -> int:
    """Applies the orphans whose message has become known; how many."""
    cursor = await connection.execute(_SQL["adopt_orphans"], {"limit": limit})
    return await _adopt(connection, await cursor.fetchall())


async def adopt_orphans_of(connection: Connection, keys: Iterable[Key]) -> int:
    """The same for messages that have just become known."""
    ordered = sorted(keys)
    parameters = {
        "workspace_ids": arrays.numbers(workspace_id for workspace_id, _ in ordered),
        "wamids": arrays.texts(wamid for _, wamid in ordered),
    }
    cursor = await connection.execute(_SQL["adopt_orphans_of"], parameters)
    return await _adopt(connection, await cursor.fetchall())


async def _adopt(connection: Connection, rows: Sequence[DictRow]) -> int:
    reports = [
        Report(
            row["workspace_id"],
            row["wamid"],
            State(row["status"]),
            row["at"],
            row["detail"].get("error"),
            row["detail"].get("pricing"),
        )
        for row in rows
    ]
    await apply(connection, reports)
    return len(rows)


async def drop_orphans(connection: Connection, *, days: int, limit: int) -> int:
    """Deletes up to `limit` old orphans; how many."""
    return (await connection.execute(_SQL["drop_orphans"], {"days": days, "limit": limit})).rowcount


async def shut_windows(connection: Connection, reports: Sequence[Report]) -> None:
    """These messages failed because the customer's window was shut, whatever we believed."""
    if reports:
        await connection.execute(_SQL["shut_windows"], _instants(reports))


def _instants(reports: Sequence[Report]) -> dict[str, Any]:
    return {
        "workspace_ids": [report.workspace_id for report in reports],
        "wamids": [report.wamid for report in reports],
        "ats": [report.at for report in reports],
    }
