"""How long a large audience takes to freeze, and whether memory stays flat as it grows."""

import asyncio
import gc
from multiprocessing.connection import Connection
from time import perf_counter, process_time

import psutil

from sportello.workers.plan import Planning
from tests.bench import mailings
from tests.bench.desks import Figure, beside, fresh_database, heard
from tests.workers.desk import context_of, open_desk

PEOPLE = 100_000
# The last takes minutes to plan and half a gigabyte of disk: it is the promise, so it is measured.
SIZES = (1_000, 100_000, 1_000_000)
_SECONDS_MAX = 60.0
_SILENT_S_MAX = 1_800.0


def run() -> list[Figure]:
    """Each size in a process of its own, for a heap that has grown does not shrink."""
    found = {}
    for size in SIZES:
        with beside(_plan, size) as process:
            found[size] = heard(process, _SILENT_S_MAX)
    took, cpu, _ = found[PEOPLE]
    least = found[SIZES[0]][2]
    return [
        (f"{PEOPLE:,} people planned", took, "s", took / _SECONDS_MAX),
        ("people planned", PEOPLE / took, "/s", None),
        ("CPU of our process for 1,000", 1_000 * cpu / PEOPLE, "s", None),
        *[
            (f"most memory while planning {size:,}", memory, "MB", memory / least)
            for size, (_, _, memory) in found.items()
        ],
    ]


def _plan(pipe: Connection, size: int) -> None:
    from tests import conftest  # noqa: F401  # the tests' surroundings, in this process too

    with fresh_database(durable=True) as url:
        pipe.send(asyncio.run(_planned(url, size)))


async def _planned(url: str, size: int) -> tuple[float, float, float]:
    """Seconds, CPU seconds of ours, and the most memory in MB."""
    desk = open_desk(url)
    mailings.mailing(desk, size, mps=80)
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
    return took, used, most
