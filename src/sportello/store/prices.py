"""Expected prices for the workers: at a claim, what each send will cost, and its ledger line."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import account_days, expected
from sportello.rules.expected import Account, Chat, Quote
from sportello.rules.pricing import (
    FREE_SERVICE_MESSAGES_PER_MONTH,
    PAID_REPLIES_SINCE,
    Category,
    Kind,
    Prefix,
    Rate,
)
from sportello.rules.tariff import Tariff, tariff_of
from sportello.statements import statements
from sportello.store import arrays
from sportello.store.asking import Asked, ask
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
_CATEGORIES: Final = frozenset(Category)
# One process works on one database; tests on a few.
_KEPT_MAX: Final = 4
_kept: dict[str, tuple[tuple[int, int], Tariff]] = {}
_SUM_AGAIN_S: Final = 60.0
_SUMS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a month had cost at an instant of the loop; `last`: the newest line there was."""

    at: float
    last: int
    micros: int


_sums: dict[tuple[Any, ...], _Sum] = {}


@dataclass(slots=True)
class Till:
    """The prices of one claim by one number. Reckons with what it has already taken itself.

    `budget_left`: what the company's month still allows for what we write first, in millionths of
    the account's currency; None where there is no ceiling, or none was asked for.
    """

    workspace_id: int
    number_id: int
    tariff: Tariff
    account: Account
    now: datetime
    service_used: int = 0
    budget_left: int | None = None
    _lines: dict[int, Quote] = field(default_factory=dict)
    _entries: dict[int, datetime] = field(default_factory=dict)
    # Of a campaign's people most are alike in all that a price goes by.
    _quotes: dict[tuple[Any, ...], Quote] = field(default_factory=dict)

    def expected(self, chat: Mapping[str, Any], category: Category) -> Quote:
        """`chat`: wa_id, user_id, window_closes_at, ad_entry_at, free_entry_until, as locked.

        `category` is the template's, or `service`. The allowance of free answers is what Meta
        counts by delivery; here it is counted by what left this number in the month and has not
        failed, so near the thousandth it may err by those under way. The status sets it right.
        """
        prefix = self.tariff.prefix_of(chat["wa_id"], chat["user_id"])
        alike = (
            None if prefix is None else (prefix.calling_code, prefix.country),
            chat["window_closes_at"],
            chat["ad_entry_at"],
            chat["free_entry_until"],
            category,
            self.service_used,
        )
        found = self._quotes.get(alike)
        if found is None:
            found = self._quotes[alike] = self._quote(chat, category)
        return found

    def _quote(self, chat: Mapping[str, Any], category: Category) -> Quote:
        account = Account(self.account.currency, self.account.time_zone, self.service_used)
        known = Chat(
            chat["wa_id"],
            chat["user_id"],
            chat["window_closes_at"],
            chat["ad_entry_at"],
            chat["free_entry_until"],
        )
        return expected.quote(self.tariff, account, known, category, self.now)

    def take(self, message_id: int, conversation_id: int, quote: Quote) -> None:
        """It leaves: the next in this claim finds the allowance and the budget that much smaller.

        Not for reactions and read marks, which Meta does not charge.
        """
        self._lines[message_id] = quote
        if quote.free_entry_until is not None:
            self._entries[conversation_id] = quote.free_entry_until
        if quote.price.category is Category.SERVICE:
            self.service_used += quote.price.kind is not Kind.FREE_ENTRY_POINT
        elif self.budget_left is not None:
            self.budget_left -= quote.price.micros or 0

    async def note(self, connection: Connection) -> None:
        """Writes what was taken, in the claim's transaction; after the messages' own rows."""
        if self._lines:
            await connection.execute(_SQL["note"], self._columns())
        if self._entries:
            parameters = {"ids": list(self._entries), "untils": list(self._entries.values())}
            await connection.execute(_SQL["open_entries"], parameters)

    def _columns(self) -> dict[str, Any]:
        quotes = list(self._lines.values())
        return {
            "workspace_id": self.workspace_id,
            "number_id": self.number_id,
            "currency": self.account.currency,
            "now": self.now,
            "message_ids": arrays.numbers(self._lines),
            "markets": arrays.texts(quote.market for quote in quotes),
            "calling_codes": arrays.texts(quote.calling_code for quote in quotes),
            "categories": arrays.texts(quote.price.category.value for quote in quotes),
            "kinds": arrays.texts(quote.price.kind.value for quote in quotes),
            "micros": arrays.numbers(quote.price.micros for quote in quotes),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """A till of which has been asked; what it is told of stays as it is until the claim ends."""

    _connection: Connection
    _number: Mapping[str, Any]
    _now: datetime
    _newest: Asked[tuple[int, int]]
    _used: Asked[int] | None
    _ceiling: Asked[DictRow | None] | None

    async def told(self) -> Till:
        """The till. Raises psycopg.Error."""
        number = self._number
        till = Till(
            workspace_id=number["workspace_id"],
            number_id=number["id"],
            tariff=await _tariff_of(self._connection, await self._newest.told()),
            account=Account(number["account_currency"], number["account_time_zone"]),
            now=self._now,
            service_used=0 if self._used is None else await self._used.told(),
        )
        ceiling = None if self._ceiling is None else await self._ceiling.told()
        if ceiling is not None:
            till.budget_left = await _left_of(self._connection, ceiling, till)
        return till


async def open_till(
    connection: Connection, number: Mapping[str, Any], now: datetime, *, budget: bool
) -> Opening:
    """`number`: id, workspace_id, account_time_zone, account_currency. `budget`: templates too.

    With `budget` the company's row stays locked until the transaction ends, if it has a ceiling.
    """
    return Opening(
        connection,
        number,
        now,
        _newest=await _ask_newest(connection),
        _used=await _ask_service_used(connection, number, now),
        _ceiling=await _ask_ceiling(connection, number) if budget else None,
    )


async def tariff(connection: Connection) -> Tariff:
    """Every rate and market; read anew only after something was loaded."""
    return await _tariff_of(connection, await (await _ask_newest(connection)).told())


async def _ask_newest(connection: Connection) -> Asked[tuple[int, int]]:
    return await ask(
        connection, _SQL["newest"], None, lambda found: (found[0]["card"], found[0]["prefix"])
    )


async def _tariff_of(connection: Connection, newest: tuple[int, int]) -> Tariff:
    database = connection.info.dsn
    kept = _kept.get(database)
    if kept is not None and kept[0] == newest:
        return kept[1]
    found = await _read(connection)
    while len(_kept) >= _KEPT_MAX:
        _kept.pop(next(iter(_kept)))
    _kept[database] = newest, found
    return found


async def _read(connection: Connection) -> Tariff:
    rates = await (await connection.execute(_SQL["rates"])).fetchall()
    prefixes = await (await connection.execute(_SQL["prefixes"])).fetchall()
    return tariff_of(
        [
            Rate(
                row["effective_from"],
                row["market"],
                Category(row["category"]),
                row["currency"],
                row["micros"],
            )
            for row in rates
            if row["category"] in _CATEGORIES
        ],
        [Prefix(**row) for row in prefixes],
    )


async def _ask_service_used(
    connection: Connection, number: Mapping[str, Any], now: datetime
) -> Asked[int] | None:
    """None before answers were charged."""
    zone = number["account_time_zone"]
    if account_days.day_of(now, zone) < PAID_REPLIES_SINCE:
        return None
    parameters = {
        "number_id": number["id"],
        "since": account_days.starts_at(account_days.month_of(now, zone), zone),
        "limit": FREE_SERVICE_MESSAGES_PER_MONTH,
    }
    return await ask(
        connection, _SQL["service_used"], parameters, lambda found: int(found[0]["used"])
    )


async def _ask_ceiling(connection: Connection, number: Mapping[str, Any]) -> Asked[DictRow | None]:
    """Held by its row, no two claims of a company spend at once. None: it has no ceiling."""
    return await ask(
        connection,
        _SQL["hold_budget"],
        {"workspace_id": number["workspace_id"]},
        lambda found: found[0] if found else None,
    )


async def _left_of(connection: Connection, ceiling: DictRow, till: Till) -> int:
    """What the month's ceiling leaves for what we write first. May be negative.

    The month is the company's own, in its time zone. What is under way counts as expected, what
    Meta has stated as stated, what failed not at all; of what was counted before, such changes
    are seen within a minute.
    """
    zone = ceiling["time_zone"]
    parameters = {
        "workspace_id": till.workspace_id,
        "currency": till.account.currency,
        "since": account_days.starts_at(account_days.month_of(till.now, zone), zone),
    }
    return int(ceiling["micros"]) - await _spent(connection, parameters)


async def _spent(connection: Connection, month: Mapping[str, Any]) -> int:
    """A month's lines are summed once a minute, and in between only what has come to them."""
    key = (connection.info.dsn, *month.values())
    now = asyncio.get_running_loop().time()
    known = _sums.get(key)
    if known is None or not 0 <= now - known.at < _SUM_AGAIN_S:
        row = await (await connection.execute(_SQL["spent"], month)).fetchone()
        assert row is not None
        while len(_sums) >= _SUMS_MAX:
            _sums.pop(next(iter(_sums)))
        _sums[key] = _Sum(now, row["last"], row["micros"])
        return int(row["micros"])
    parameters = {**month, "last": known.last}
    row = await (await connection.execute(_SQL["spent_since"], parameters)).fetchone()
    assert row is not None
    return known.micros + int(row["micros"])
