"""How long a large audience takes to freeze, and whether memory and pace stay as it grows."""

import asyncio
import gc
from multiprocessing.connection import Connection
from time import perf_counter, process_time
from typing import NamedTuple

import psutil

from sportello.workers.plan import Planning
from tests.bench import mailings
from tests.bench.desks import Figure, beside, fresh_database, heard
from tests.bench.meta import answer
from tests.workers.desk import Desk, context_of, open_desk

PEOPLE = 100_000
# The last takes minutes to plan and half a gigabyte of disk: it is the promise, so it is measured.
SIZES = (1_000, 100_000, 1_000_000)
# Of each audience so many are written to.
SENT = 1_000
_SECONDS_MAX = 60.0
_SENDING_S_MAX = 120.0
_SILENT_S_MAX = 1_800.0


class Seen(NamedTuple):
    """Of one audience: seconds, CPU seconds of ours, the most memory in MB, sends a second."""

    planned_s: float
    cpu_s: float
    planning_mb: float
    sending_mb: float
    sent_a_second: float


def run() -> list[Figure]:
    """Each size in a process of its own, for a heap that has grown does not shrink."""
    found: dict[int, Seen] = {}
    with beside(answer) as server:
        base = f"http://127.0.0.1:{heard(server)}"
        for size in SIZES:
            with beside(_plan, size, base) as process:
                found[size] = heard(process, _SILENT_S_MAX)
    large, least = found[PEOPLE], found[SIZES[0]]
    return [
        (f"{PEOPLE:,} people planned", large.planned_s, "s", large.planned_s / _SECONDS_MAX),
        ("people planned", PEOPLE / large.planned_s, "/s", None),
        ("CPU of our process for 1,000", 1_000 * large.cpu_s / PEOPLE, "s", None),
        *[
            _memory("planning", size, one.planning_mb, least.planning_mb)
            for size, one in found.items()
        ],
        *[
            _memory("sending to", size, one.sending_mb, least.sending_mb)
            for size, one in found.items()
        ],
        *[
            (
                f"the first {SENT:,} of {size:,} sent",
                one.sent_a_second,
                "/s",
                one.sent_a_second / least.sent_a_second,
            )
            for size, one in found.items()
        ],
    ]


def _memory(doing: str, size: int, most: float, least: float) -> Figure:
    return f"most memory while {doing} {size:,}", most, "MB", most / least


def _plan(pipe: Connection, size: int, base: str) -> None:
    from tests import conftest  # noqa: F401  # the tests' surroundings, in this process too

    with fresh_database(durable=True) as url:
        pipe.send(asyncio.run(_planned_and_sent(url, size, base)))


async def _planned_and_sent(url: str, size: int, base: str) -> Seen:
    desk = open_desk(url)
    mailings.mailing(desk, size, mps=1_000)
    gc.collect()
    us, most = psutil.Process(), 0.0
    async with context_of(desk) as context:
        planning = Planning(context)
        begun, cpu = perf_counter(), process_time()
        # One step for each portion, and one that finds nobody left.
        for _ in range(size // 1_000 + 2):
            await planning.look()
            most = max(most, us.memory_info().rss / 2**20)
            if desk.row("SELECT planned FROM sportello_campaign")["planned"]:
                break
        took, used = perf_counter() - begun, process_time() - cpu
    assert mailings.counted(desk, "sportello_recipient") == size
    return Seen(took, used, most, *await _sent(desk, base, us))


async def _sent(desk: Desk, base: str, us: psutil.Process) -> tuple[float, float]:
    """The most memory in MB, and sends a second, while the first of them leave."""
    await desk.change("ANALYZE")
    most, begun = 0.0, perf_counter()
    async with mailings.outward(desk, base) as context, mailings.sending(context):
        async with asyncio.timeout(_SENDING_S_MAX):
            while (gone := await asyncio.to_thread(_accepted, desk)) < SENT:
                most = max(most, us.memory_info().rss / 2**20)
                await asyncio.sleep(0.2)
        return most, gone / (perf_counter() - begun)


def _accepted(desk: Desk) -> int:
    return mailings.counted(desk, "sportello_send WHERE state = 'accepted'")
