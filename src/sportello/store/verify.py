"""What the rows say of themselves: contradictions in the ledger, and streams to compare it with.

All of it reads; inside one repeatable-read transaction it sees one instant, whatever goes on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from sportello.rules.status import State
from sportello.statements import statements
from sportello.store.pool import WORKER

Connection = psycopg.Connection[DictRow]
_SQL: Final = statements(__file__)
_LIFE: Final = [state.value for state in State]
# Rows, and webhooks of up to some megabytes, that a stream has in memory at once.
_ROWS: Final = 5_000
_BODIES: Final = 16

CHECKS: Final = (
    "bubble_unlike_send",
    "written_to_twice",
    "repeated_in_doubt",
    "accepted_without_proof",
    "proof_not_believed",
    "attempts_missing",
    "attempt_left_open",
    "receipt_missing",
    "charge_missing",
    "charge_unlike_status",
    "recipient_lost",
    "recipient_unmarked",
    "other_persons_message",
    "over_too_early",
    "let_go_forgotten",
    "file_not_theirs",
    "file_of_others",
    "file_not_named",
    "file_forgotten",
)


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection of the workers' role that sees one instant and can change nothing."""
    options = f"-c role={WORKER} -c timezone=UTC -c default_transaction_read_only=on"
    with psycopg.connect(url, row_factory=dict_row, options=options) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection
        connection.rollback()


def contradictions(
    connection: Connection, check: str, *, since: datetime, limit: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many rows contradict, and the ids of the first. `since`: attempts are on record."""
    parameters = {"since": since, "limit": limit}
    rows = connection.execute(_SQL[check], parameters).fetchall()
    return (rows[0]["total"] if rows else 0), [row["ids"] for row in rows]


def totals(connection: Connection) -> Iterator[DictRow]:
    """Groups of recipients, campaign by campaign."""
    yield from _stream(connection, "totals", _ROWS)


def counted(connection: Connection) -> dict[str, int]:
    """What stands open, and answers that arrived twice by the rule."""
    told: dict[str, int] = {}
    for name in ("unsettled", "doubled_replies"):
        row = connection.execute(_SQL[name]).fetchone()
        assert row is not None, "a count has a row"
        told |= {(name if key == "n" else key): value for key, value in row.items()}
    return told


def numbers(connection: Connection) -> dict[str, int]:
    """Workspaces by the number's id at Meta."""
    rows = connection.execute(_SQL["numbers"]).fetchall()
    return {row["phone_number_id"]: row["workspace_id"] for row in rows}


def journal(connection: Connection) -> Iterator[DictRow]:
    """Every webhook on record: id, body, folded, set_aside."""
    yield from _stream(connection, "journal", _BODIES)


def reported(connection: Connection) -> Iterator[DictRow]:
    """Messages that claim to have been reported by Meta: id, wamid, status, campaign_id."""
    yield from _stream(connection, "reported", _ROWS)


def taken(connection: Connection) -> Iterator[DictRow]:
    """Accepted attempts: attempt, send_id, campaign_id."""
    yield from _stream(connection, "taken", _ROWS)


def _stream(connection: Connection, name: str, rows: int) -> Iterator[DictRow]:
    """Row by row from a cursor of the server's, so many in memory at once."""
    with connection.cursor(f"verify_{name}") as cursor:
        cursor.itersize = rows
        cursor.execute(_SQL[name])
        yield from cursor


@dataclass(frozen=True, slots=True)
class Told:
    """A status as a webhook told it."""

    entry_id: int
    workspace_id: int
    wamid: str
    status: str
    attempt: UUID | None


def behind(connection: Connection, told: Sequence[Told]) -> list[DictRow]:
    """Those of which the message stands further back, or does not know."""
    parameters = {
        "entry_ids": [one.entry_id for one in told],
        "workspace_ids": [one.workspace_id for one in told],
        "wamids": [one.wamid for one in told],
        "statuses": [one.status for one in told],
        "attempts": [one.attempt for one in told],
        "life": _LIFE,
    }
    return connection.execute(_SQL["behind_webhooks"], parameters).fetchall()


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's message as a webhook brought it."""

    entry_id: int
    workspace_id: int
    wamid: str
    wa_id: str | None
    user_id: str | None


def unheard(connection: Connection, said: Sequence[Said]) -> list[DictRow]:
    """Those that are in no chat, though we know who wrote."""
    parameters = {
        "entry_ids": [one.entry_id for one in said],
        "workspace_ids": [one.workspace_id for one in said],
        "wamids": [one.wamid for one in said],
        "wa_ids": [one.wa_id for one in said],
        "user_ids": [one.user_id for one in said],
    }
    return connection.execute(_SQL["unheard"], parameters).fetchall()


def attempts(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, DictRow]:
    """What the outbox knows of these attempts."""
    rows = connection.execute(_SQL["attempts"], {"ids": list(ids)}).fetchall()
    return {row["attempt"]: row for row in rows}


def files_at_meta(connection: Connection, media_ids: Sequence[str]) -> dict[str, int]:
    """Our files by the ids under which Meta keeps them now; an id that was renewed is unknown."""
    rows = connection.execute(_SQL["files_at_meta"], {"media_ids": list(media_ids)}).fetchall()
    return {row["media_id"]: row["file_id"] for row in rows}
