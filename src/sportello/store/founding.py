"""A company's first rows, written before any process runs: workspace, number, token."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row

from sportello.statements import statements
from sportello.store import vault

Connection = psycopg.Connection[DictRow]
_SQL: Final = statements(__file__)
_LOCK: Final = 7_021_957  # any number, the same for all who migrate


@dataclass(frozen=True, slots=True)
class Channel:
    """The credentials of one number, from the settings or from the demo."""

    phone_number_id: str
    waba_id: str
    app_id: str
    access_token: str


def connect(url: str, *, autocommit: bool = False) -> Connection:
    """For a few statements, one after the other; as a context it commits and closes."""
    return psycopg.connect(url, autocommit=autocommit, row_factory=dict_row)


def lock_migrations(connection: Connection) -> None:
    """Of several who start at once one goes on; raises psycopg.Error after `lock_timeout`."""
    connection.execute(_SQL["alone"], {"lock": _LOCK})


def has_people(connection: Connection) -> bool:
    return connection.execute(_SQL["has_people"]).fetchone() is not None


def first_workspace(connection: Connection) -> int | None:
    found: int | None = _only(connection.execute(_SQL["first_workspace"]))["id"]
    return found


def put_workspace(connection: Connection, name: str, slug: str, *, undo_seconds: int = 5) -> int:
    """The company's row, made if missing; its id."""
    values = {"name": name, "slug": slug, "undo_seconds": undo_seconds}
    connection.execute(_SQL["add_workspace"], values)
    found: int = _only(connection.execute(_SQL["workspace"], {"slug": slug}))["id"]
    return found


def workspace(connection: Connection, slug: str) -> int | None:
    row = connection.execute(_SQL["workspace"], {"slug": slug}).fetchone()
    return None if row is None else int(row["id"])


def workspaces(connection: Connection) -> dict[str, int]:
    """The ids of the first 50 companies by their slugs."""
    return {row["slug"]: row["id"] for row in connection.execute(_SQL["workspaces"]).fetchall()}


def put_channel(connection: Connection, workspace_id: int, channel: Channel, key: vault.Key) -> int:
    """The number's row and its token, sealed with `key`; its id. A changed token is replaced."""
    number = {
        "workspace_id": workspace_id,
        "phone_number_id": channel.phone_number_id,
        "waba_id": channel.waba_id,
        "app_id": channel.app_id,
        "token_last4": channel.access_token[-4:],
    }
    row = _only(connection.execute(_SQL["put_number"], number))
    number_id: int = row["id"]
    sealed = vault.seal(key, channel.access_token, vault.token_place(number_id))
    token = {"workspace_id": row["workspace_id"], "number_id": number_id, "sealed": sealed}
    connection.execute(_SQL["put_token"], token)
    return number_id


def is_read(connection: Connection) -> bool:
    """Whether all of the knowledge can be searched."""
    return connection.execute(_SQL["unread_pair"]).fetchone() is None


def _only(cursor: psycopg.Cursor[DictRow]) -> dict[str, Any]:
    row = cursor.fetchone()
    assert row is not None, "the statement gives exactly one row"
    return row
