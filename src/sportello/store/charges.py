"""The ledger's lines, as the statuses of their messages state and deliver them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from psycopg.rows import DictRow

from sportello.rules import stated
from sportello.rules.account_days import day_of
from sportello.rules.stated import Stated
from sportello.rules.tariff import Tariff
from sportello.statements import statements
from sportello.store import prices
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
# Meta states a price with `sent`, and finally with one of delivered and read.
BY_SENT: Final = 1
BY_DELIVERY: Final = 2

Key = tuple[int, str]


class _Line(NamedTuple):
    """The columns that a status moves."""

    market: str
    category: str
    kind: str
    micros: int | None
    stated_by: int
    billed_at: datetime | None


async def settle(connection: Connection, delivered: Mapping[Key, Stated | None]) -> None:
    """Bills what was delivered: by message, the price that a status of its delivery states.

    Where that states none, the one of `sent` counts, which its message keeps. The statuses must
    have been applied to the messages; messages without a line are passed over.
    """
    if not delivered:
        return
    keys = sorted(delivered)
    parameters = {
        "workspace_ids": [workspace_id for workspace_id, _ in keys],
        "wamids": [wamid for _, wamid in keys],
    }
    rows = await (await connection.execute(_SQL["find"], parameters)).fetchall()
    if not rows:
        return
    tariff = await prices.tariff(connection)
    moved = []
    for row in rows:
        known = _known(row)
        line = _moved(known, row, delivered[keys[row["n"] - 1]], tariff)
        if line != known:
            moved.append((row["id"], line))
    await _write(connection, moved)


def _known(row: DictRow) -> _Line:
    return _Line(
        row["market"],
        row["category"],
        row["kind"],
        row["micros"],
        row["stated_by"],
        row["billed_at"],
    )


def _moved(known: _Line, row: DictRow, told: Stated | None, tariff: Tariff) -> _Line:
    """Priced by the day of delivery, in the account's time zone."""
    billed_at = row["arrived_at"]
    if billed_at is None:
        return known
    said, stated_by = _said(known, row, told)
    zone = row["account_time_zone"]
    day = day_of(billed_at, zone)
    is_priced = known.billed_at is not None and (said, stated_by) == _stated(known)
    if is_priced and day == day_of(known.billed_at or billed_at, zone):
        return known._replace(billed_at=billed_at)
    code = row["calling_code"]
    market = tariff.market_of(code, day) if code else known.market
    if said is None:
        return _Line(market, "", "", None, stated_by, billed_at)
    micros = stated.amount(said, tariff, market, row["currency"], day)
    return _Line(market, said.category, said.kind, micros, stated_by, billed_at)


def _said(known: _Line, row: DictRow, told: Stated | None) -> tuple[Stated | None, int]:
    """The word that counts, and whose it is. Of two that differ it is always the same one."""
    before, stated_by = _stated(known)
    if told is not None:
        if before is None or stated_by < BY_DELIVERY or _order(told) > _order(before):
            return told, BY_DELIVERY
    elif before is None:
        said = stated.stated(row["pricing"])
        return said, 0 if said is None else BY_SENT
    return before, stated_by


def _stated(known: _Line) -> tuple[Stated | None, int]:
    said = Stated(known.category, known.kind) if known.category else None
    return said, known.stated_by


def _order(said: Stated) -> tuple[str, str]:
    return said.category, said.kind


async def _write(connection: Connection, moved: Sequence[tuple[int, _Line]]) -> None:
    if not moved:
        return
    names = ("markets", "categories", "kinds", "micros", "stated_bys", "billed_ats")
    columns = zip(*(line for _, line in moved), strict=True)
    parameters = dict(zip(names, map(list, columns), strict=True))
    await connection.execute(_SQL["settle"], {"ids": [one for one, _ in moved], **parameters})
