"""A file of contacts uploaded into a real database, and a worker that takes it in.

Called as `python -m tests.workers.taking URL FOLDER` it is such a worker, until nothing waits.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.intake import portions
from sportello.rules import columns, properties
from sportello.rules.columns import Column, Part
from sportello.rules.contact_rows import Claim
from sportello.rules.properties import Kind
from sportello.store.pool import open_pool
from sportello.workers.context import Context
from sportello.workers.take_in import Taking
from tests.workers.desk import KEY, NOW, Desk, ago

PROVENANCE: Final = "Clienti del negozio di Bari, modulo alla cassa"
_PART_BYTES: Final = 2**20


def upload(desk: Desk, content: bytes) -> int:
    """As the page keeps it; the import's id."""
    made: int = desk.row(
        "INSERT INTO sportello_contactimport (workspace_id, provenance, size) VALUES (%s, %s, %s)"
        " RETURNING id",
        desk.workspace_id,
        PROVENANCE,
        len(content),
    )["id"]
    for place in range(0, len(content), _PART_BYTES):
        desk.rows(
            "INSERT INTO sportello_importpart (workspace_id, upload_id, place, content)"
            " VALUES (%s, %s, %s, %s)",
            desk.workspace_id,
            made,
            place // _PART_BYTES,
            content[place : place + _PART_BYTES],
        )
    return made


def confirm(desk: Desk, import_id: int, *, shared: Claim | None = None) -> None:
    """As a person who agrees with the guesses does; into the list `Clienti`."""
    sample = found(desk, import_id)["sample"]
    headers = sample["headers"]
    mapped = [
        Column(part, header, _kind(sample, place) if part is Part.PROPERTY else Kind.TEXT)
        for place, (header, part) in enumerate(zip(headers, columns.guess(headers), strict=True))
    ]
    agreed = shared or Claim("marketing", "modulo", "Acconsento", ago(days=9))
    plan = portions.Plan(mapped, agreed, "IT", "Europe/Rome", NOW)
    listed = desk.row(
        "INSERT INTO sportello_contactlist (workspace_id, name) VALUES (%s, 'Clienti')"
        " RETURNING id",
        desk.workspace_id,
    )["id"]
    desk.rows(
        "UPDATE sportello_contactimport SET state = 'running', plan = %s, lists = %s WHERE id = %s",
        Jsonb(portions.plan_told(plan)),
        Jsonb([listed]),
        import_id,
    )


def _kind(sample: dict[str, Any], place: int) -> Kind:
    return properties.guess([row[place] for row in sample["rows"]])


def found(desk: Desk, import_id: int) -> dict[str, Any]:
    return desk.row("SELECT * FROM sportello_contactimport WHERE id = %s", import_id)


async def work(url: str, folder: Path, *, rounds: int = 10) -> None:
    """Until nothing waits."""
    async with open_pool(url, 2) as pool:
        taking = Taking(Context(pool=pool, url=url, key=KEY, clock=lambda: NOW, data=folder))
        for _ in range(rounds):
            if not await taking.next(asyncio.Event()):
                return


def at_home(desk: Desk, folder: Path) -> Desk:
    return replace(desk, data=folder)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
