"""Files of their own for a campaign's people, in SQL: wanted by planning, fetched, and told of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules.enclosure import Reference
from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
KEPT: Final = "kept"
WANTED: Final = "wanted"


@dataclass(frozen=True, slots=True)
class Known:
    """A file of the campaign's, by now. `why`: a code of `rules.enclosure.Lack`, where unfit."""

    id: int
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """To be fetched, or to be told of. `attempts` counts this one; `content`: the template."""

    id: int
    workspace_id: int
    reference: str
    state: str
    why: str
    attempts: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """The bytes behind a link, and what they are."""

    sha256: str
    mime_type: str
    filename: str
    content: bytes


async def room(connection: Connection, campaign_id: int, *, most: int) -> int:
    """How many different files the campaign may still name."""
    asked = {"campaign_id": campaign_id, "most": most}
    row = await (await connection.execute(_SQL["counted"], asked)).fetchone()
    return most - (0 if row is None else row["known"])


async def want(connection: Connection, campaign: DictRow, links: Sequence[Reference]) -> None:
    await connection.execute(
        _SQL["want"],
        {
            "workspace_id": campaign["workspace_id"],
            "campaign_id": campaign["id"],
            "keys": [one.key for one in links],
            "references": [one.text for one in links],
        },
    )


async def known(
    connection: Connection, campaign_id: int, references: Collection[Reference]
) -> dict[str, Known]:
    """By key; nobody settles them until the transaction ends."""
    asked = {"campaign_id": campaign_id, "keys": [one.key for one in references]}
    rows = await (await connection.execute(_SQL["known"], asked)).fetchall()
    return {row["key"]: Known(row["id"], row["state"], row["why"]) for row in rows}


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Due]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Due(**row) for row in await cursor.fetchall()]


async def keep(connection: Connection, due: Due, found: Found) -> None:
    row = await (
        await connection.execute(
            _SQL["keep_file"],
            {
                "workspace_id": due.workspace_id,
                "sha256": found.sha256,
                "mime_type": found.mime_type,
                "filename": found.filename,
                "size": len(found.content),
                "content": found.content,
            },
        )
    ).fetchone()
    assert row is not None, "an upsert returns its row"
    await connection.execute(_SQL["keep"], {"id": due.id, "file_id": row["id"]})


async def refuse(connection: Connection, due: Due, why: str, detail: str) -> None:
    await connection.execute(_SQL["refuse"], {"id": due.id, "why": why, "detail": detail})


async def postpone(connection: Connection, due: Due, wait_s: float, detail: str) -> None:
    asked = {"id": due.id, "wait_s": wait_s, "detail": detail}
    await connection.execute(_SQL["postpone"], asked)


async def tell(connection: Connection, enclosure_id: int, why: str, *, limit: int) -> list[int]:
    """A portion of those who waited; `why` empty: they are written to. Their recipients' ids."""
    asked = {"id": enclosure_id, "why": why, "limit": limit}
    cursor = await connection.execute(_SQL["tell"], asked)
    return [row["id"] for row in await cursor.fetchall()]


async def settle(connection: Connection, enclosure_id: int) -> None:
    await connection.execute(_SQL["settle"], {"id": enclosure_id})


async def is_open(connection: Connection, campaign_id: int) -> bool:
    """Whether somebody still waits for their file."""
    row = await (await connection.execute(_SQL["open"], {"campaign_id": campaign_id})).fetchone()
    return bool(row and row["open"])
