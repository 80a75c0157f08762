"""All that is sealed, sealed anew with the newest key, row by row: a crash costs nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sportello.statements import statements
from sportello.store import vault
from sportello.store.founding import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Turned:
    """How far it is; `lost` counts what no key opens."""

    done: int
    of: int
    lost: int


def rotate(connection: Connection, key: vault.Key) -> Iterator[Turned]:
    """After each row how far it is. The connection commits by itself (`autocommit`)."""
    rows = connection.execute(_SQL["sealed"]).fetchall()
    lost = 0
    for done, row in enumerate(rows, 1):
        with connection.transaction():
            lost += not _rotate(connection, key, row["what"], row["id"])
        yield Turned(done, len(rows), lost)


def _rotate(connection: Connection, key: vault.Key, what: str, row_id: int) -> bool:
    """False: no key opens it. What is gone meanwhile is well."""
    found = connection.execute(_SQL[f"lock_{what}"], {"id": row_id}).fetchone()
    if found is None:
        return True
    try:
        sealed = vault.sealed_anew(key, found["sealed"])
    except vault.UnsealError:
        return False
    connection.execute(_SQL[f"put_{what}"], {"id": row_id, "sealed": sealed})
    return True
