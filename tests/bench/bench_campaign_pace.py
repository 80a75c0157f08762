"""Whether a campaign keeps the pace that Meta grants: asked, held, and how unevenly.

Told by the other side: when each request came there.
"""

import asyncio
from itertools import pairwise
from statistics import pstdev

import uvloop

from tests.bench import mailings
from tests.bench.desks import Figure, beside, fresh_database, heard, share_of
from tests.bench.meta import answer
from tests.workers.desk import Desk, open_desk

# A second's messages granted, and how many are sent at that pace.
PACES = ((80, 1_600), (1_000, 10_000))
_SECONDS_MAX = 300.0


def run() -> list[Figure]:
    return [figure for granted, count in PACES for figure in _paced(granted, count)]


def _paced(granted: int, count: int) -> list[Figure]:
    with beside(answer) as server, fresh_database(durable=True) as url:
        base = f"http://127.0.0.1:{heard(server)}"
        desk = open_desk(url)
        mailings.mailing(desk, count, mps=granted)
        uvloop.run(_sent(desk, base, count))
        server.send("when")
        came = sorted(heard(server))
    # The first tenth warms connections up.
    came = came[count // 10 :]
    held = (len(came) - 1) / (came[-1] - came[0])
    gaps = [1_000 * (later - earlier) for earlier, later in pairwise(came)]
    return [
        (f"granted {granted}/s: held", held, "/s", held / granted),
        (f"granted {granted}/s: most in any second", _most(came, 1.0), "", None),
        (f"granted {granted}/s: most in any 100 ms", _most(came, 0.1), "", None),
        (f"granted {granted}/s: gap between two, p50", share_of(gaps, 0.5), "ms", None),
        (f"granted {granted}/s: gap between two, p99", share_of(gaps, 0.99), "ms", None),
        (f"granted {granted}/s: jitter (deviation of the gap)", pstdev(gaps), "ms", None),
    ]


async def _sent(desk: Desk, base: str, count: int) -> None:
    sql = "sportello_send WHERE state = 'accepted'"
    async with mailings.outward(desk, base) as context, mailings.sending(context):
        async with asyncio.timeout(_SECONDS_MAX):
            while await asyncio.to_thread(mailings.counted, desk, sql) < count:  # noqa: ASYNC110  # rows make no sound
                await asyncio.sleep(0.5)


def _most(came: list[float], span_s: float) -> int:
    """In any window of that length."""
    first = most = 0
    for last, at in enumerate(came):
        while came[first] <= at - span_s:
            first += 1
        most = max(most, last - first + 1)
    return most
