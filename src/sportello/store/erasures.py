"""Erasing a person, part by part: each portion is committed with how far the job has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
MEDIA: Final = "media"
_JOURNAL: Final = "journal"
# In this order: what everybody sees first.
STEPS: Final = (
    "conversations", "messages", MEDIA, "sends", "turns", "gists", "drafts", "executions",
    "proposals", "enclosures", "files", "recipients", "errands", "memberships", "ledger", "news",
    "echoes", "replies", "flaws", "quarantine", _JOURNAL,
)  # fmt: skip
PORTION: Final = 500
# Bodies of webhooks looked through at once: most name others.
JOURNAL_PORTION: Final = 2_000


@dataclass(frozen=True, slots=True)
class Job:
    """An erasure under way; `step` counts in `STEPS`."""

    id: int
    workspace_id: int
    contact_id: int
    wa_id: str
    user_id: str
    step: int
    upto: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What one portion took: how many rows, files to be taken off the disk, and where it stands."""

    gone: int
    files: tuple[int, ...] = ()
    upto: int = 0
    is_last: bool = True


async def next_job(connection: Connection) -> Job | None:
    """The oldest, locked until the transaction ends."""
    row = await (await connection.execute(_SQL["next"])).fetchone()
    return None if row is None else Job(**row)


async def take(connection: Connection, job: Job) -> Portion:
    """The next portion of the step that the job is at."""
    kind = STEPS[job.step]
    if kind == _JOURNAL:
        return await _journal(connection, job)
    found = await connection.execute(_SQL[kind], _parameters(job, PORTION))
    files: tuple[int, ...] = ()
    if kind == MEDIA:
        files = tuple(row["id"] for row in await found.fetchall())
    return Portion(found.rowcount, files, is_last=found.rowcount < PORTION)


async def _journal(connection: Connection, job: Job) -> Portion:
    found = await connection.execute(_SQL[_JOURNAL], _parameters(job, JOURNAL_PORTION))
    row = await found.fetchone()
    if row is None or row["upto"] is None:
        return Portion(0)
    is_last = row["looked"] < JOURNAL_PORTION
    return Portion(row["gone"], upto=row["upto"], is_last=is_last)


async def advance(connection: Connection, job: Job, portion: Portion, now: datetime) -> None:
    """To the next portion, to the next step, or to the end."""
    step = job.step + portion.is_last
    told = {
        "id": job.id,
        "step": step,
        "upto": 0 if portion.is_last else portion.upto,
        "kind": STEPS[job.step],
        "gone": portion.gone,
    }
    await connection.execute(_SQL["advance"], told)
    if step >= len(STEPS):
        await connection.execute(_SQL["finish"], {"id": job.id, "now": now})


def _parameters(job: Job, limit: int) -> dict[str, Any]:
    return {
        "contact_id": job.contact_id,
        "workspace_id": job.workspace_id,
        "wa_id": job.wa_id,
        "user_id": job.user_id,
        "upto": job.upto,
        "limit": limit,
    }
