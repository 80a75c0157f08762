"""What a company keeps for some days only, taken away part by part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.rules.retention import Kind
from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
# The parts of each kind, in order.
STEPS: Final[dict[str, tuple[str, ...]]] = {
    Kind.MESSAGES: ("messages", "gists", "lines", "questions"),
    Kind.MEDIA: ("media",),
    Kind.CLOSED: ("closed",),
    Kind.ANSWERS: ("answers",),
    Kind.FILLED: ("recipients", "errands", "enclosures"),
    Kind.FLAWS: ("flaws",),
}
PORTION: Final = 1_000
_CHATS: Final = 50


@dataclass(frozen=True, slots=True)
class Job:
    """A kind that is due; `step` counts in its `STEPS`."""

    id: int
    workspace_id: int
    kind: str
    days: int
    step: int
    upto: int
    gone: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class Portion:
    """What one portion took: rows, files to be taken off the disk, and where it stands."""

    gone: int
    files: tuple[int, ...]
    upto: int
    is_last: bool


async def next_job(connection: Connection, now: datetime) -> Job | None:
    """The one that has been due longest, locked until the transaction ends."""
    row = await (await connection.execute(_SQL["next"], {"now": now})).fetchone()
    return None if row is None else Job(**row)


async def take(connection: Connection, job: Job, before: datetime) -> Portion:
    """The next portion of the step that the job is at."""
    given: dict[str, Any] = {
        "workspace_id": job.workspace_id,
        "upto": job.upto,
        "before": before,
        "limit": PORTION,
        "chats": _CHATS,
    }
    found = await connection.execute(_SQL[STEPS[job.kind][job.step]], given)
    row = await found.fetchone()
    assert row is not None, "an aggregate has its row"
    upto = job.upto if row["upto"] is None else row["upto"]
    return Portion(row["gone"], tuple(row["files"]), upto, is_last=row["looked"] < PORTION)


async def advance(
    connection: Connection, job: Job, portion: Portion, now: datetime, next_at: datetime
) -> None:
    """To the next portion, to the next step, or to the next night."""
    step = job.step + portion.is_last
    told = {
        "id": job.id,
        "step": step,
        "upto": 0 if portion.is_last else portion.upto,
        "gone": portion.gone,
    }
    await connection.execute(_SQL["advance"], told)
    if step >= len(STEPS[job.kind]):
        await connection.execute(_SQL["finish"], {"id": job.id, "now": now, "due_at": next_at})
