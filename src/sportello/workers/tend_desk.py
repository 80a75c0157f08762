"""The order of the desk by the clock: reminders ring, the queue is shared out, sweeps go on."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import sweeping
from sportello.rules.account_days import zone_of
from sportello.rules.calendar import is_open
from sportello.rules.ids import OperatorId
from sportello.rules.opening import company_calendar
from sportello.rules.ownership import Holder, Ownership, Reason
from sportello.rules.sharing import Present, turns
from sportello.rules.sweeping import Chat, Deed
from sportello.store import desk
from sportello.store.pool import Connection
from sportello.workers.outward import Outward

RING_MAX: Final = 500
COMPANIES_MAX: Final = 100
# Of one company's queue at a time; the next look comes in a few seconds.
GIVE_MAX: Final = 50
PRUNE_MAX: Final = 100
DELETED_DAYS: Final = 1
_LABELS: Final = frozenset({Deed.LABEL, Deed.UNLABEL})
_END: Final = {False: "done", True: "undone"}


async def ring(context: Outward) -> int:
    """How many chats came back."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        return await desk.ring(connection, now, limit=RING_MAX)


async def share_queues(context: Outward) -> int:
    """Gives chats of the queue to those at the desk, in turn; how many."""
    now = await asyncio.to_thread(context.clock)
    given = 0
    async with context.pool.connection() as connection:
        companies = await desk.sharing(connection, limit=COMPANIES_MAX)
    for workspace_id in [row["id"] for row in companies if _is_open(row, now)]:
        async with context.pool.connection() as connection, connection.transaction():
            chats = await desk.waiting(connection, workspace_id, limit=GIVE_MAX)
            people = [
                Present(OperatorId(row["user_id"]), row["given_at"])
                for row in await desk.present(connection, workspace_id)
            ]
            takers = turns(people, len(chats))
            if takers:
                ids = [row["id"] for row in chats]
                pairs = dict(zip(ids, takers, strict=True))
                await desk.give(connection, workspace_id, dict(pairs), now)
                given += len(pairs)
    return given


async def sweep(context: Outward) -> int:
    """Goes on with what was asked to be done to many, batch by batch; how many batches."""
    batches = 0
    while await _go_on(context):
        batches += 1
    return batches


async def prune(context: Outward) -> None:
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        await desk.prune(
            connection,
            now - 2 * sweeping.UNDO_FOR,
            now - timedelta(days=DELETED_DAYS),
            limit=PRUNE_MAX,
        )


def _is_open(company: DictRow, now: datetime) -> bool:
    """Whoever leaves a desk open in the evening is given nothing until the morning."""
    zone = zone_of(company["time_zone"])
    calendar = company_calendar(
        company["opening"],
        on_holidays_shut=company["shut_on_holidays"],
        since=now.astimezone(zone).date(),
    )
    return calendar is None or is_open(calendar, now, zone)


async def _go_on(context: Outward) -> bool:
    """One batch of one sweep; False where none goes on."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        going = await desk.sweep(connection)
        if going is None:
            return False
        undoes = going["state"] == "undoing"
        batch = await desk.batch(connection, going["id"], undoes=undoes)
        if batch is None:
            await desk.note_sweep(connection, going["id"], _END[undoes])
            return True
        deed, label_id = Deed(going["deed"]), None
        if deed in _LABELS:
            label_id = going["target"]
        ids = batch["conversations"]
        rows = await desk.chats(connection, going["workspace_id"], ids, label_id)
        chats = {row["id"]: _chat(row) for row in rows}
        if undoes:
            after = _undone(chats, batch["before"])
            before = None
        else:
            after = await _done(connection, going, deed, chats)
            before = {
                str(one): [sweeping.noted(chats[one]), sweeping.noted(chat)]
                for one, chat in after.items()
            }
        await _move(connection, chats, after, now)
        await _mark(connection, chats, after)
        if label_id is not None:
            await _label(connection, going["workspace_id"], label_id, chats, after)
        await desk.note_batch(connection, batch["id"], before or None)
        looked, changed = (0, 0) if undoes else (len(ids), len(after))
        # With the last batch its end: whoever is told of that batch reads that it is over.
        is_last = await desk.batch(connection, going["id"], undoes=undoes) is None
        state = _END[undoes] if is_last else going["state"]
        await desk.note_sweep(connection, going["id"], state, looked=looked, changed=changed)
    return True


async def _done(
    connection: Connection, going: DictRow, deed: Deed, chats: dict[int, Chat]
) -> dict[int, Chat]:
    if deed is Deed.ASSIGN and not await desk.is_person(
        connection, going["workspace_id"], going["target"]
    ):
        return {}
    after = {one: sweeping.done(chat, deed, going["target"]) for one, chat in chats.items()}
    return {one: chat for one, chat in after.items() if chat is not None}


def _undone(chats: dict[int, Chat], noted: dict[str, Any]) -> dict[int, Chat]:
    after = {}
    for one, chat in chats.items():
        note = noted.get(str(one))
        back = note and sweeping.undone(chat, sweeping.read(note[0]), sweeping.read(note[1]))
        if back:
            after[one] = back
    return after


async def _move(
    connection: Connection, chats: dict[int, Chat], after: dict[int, Chat], now: datetime
) -> None:
    """Only what differs: each row that is written wakes the browsers."""
    moved = {
        one: chat.ownership for one, chat in after.items() if chat.ownership != chats[one].ownership
    }
    await desk.move(connection, moved, now)


async def _mark(connection: Connection, chats: dict[int, Chat], after: dict[int, Chat]) -> None:
    marked = {
        one: (chat.unread, chat.folder_id)
        for one, chat in after.items()
        if (chat.unread, chat.folder_id) != (chats[one].unread, chats[one].folder_id)
    }
    await desk.mark(connection, marked)


async def _label(
    connection: Connection,
    workspace_id: int,
    label_id: int,
    chats: dict[int, Chat],
    after: dict[int, Chat],
) -> None:
    for carries in (True, False):
        ids = [
            one
            for one, chat in after.items()
            if chat.has_label is carries and chats[one].has_label is not carries
        ]
        if ids:
            await desk.label(connection, workspace_id, label_id, ids, carries=carries)


def _chat(row: DictRow) -> Chat:
    holder = Holder(row["holder"])
    known = row["handover_reason"] in set(Reason)
    return Chat(
        ownership=Ownership(
            holder=holder,
            operator=OperatorId(row["operator_id"] or 0) if holder is Holder.OPERATOR else None,
            reason=Reason(row["handover_reason"]) if known else None,
            control_epoch=row["control_epoch"],
        ),
        unread=row["unread_count"],
        folder_id=row["folder_id"],
        has_label=row["has_label"],
        is_awaiting=row["is_awaiting"],
    )
