"""A campaign under faults while its workers are killed: nobody twice, nobody lost, all accounted.

`./bench crashes` does the same at full size, with the whole of Sportello to be killed.
"""

import asyncio
from pathlib import Path
from random import Random

import pytest

from sportello.ops.verify import Account, verify
from sportello.store.verify import snapshot
from sportello.workers import fold, tend
from tests.flow import desk_campaigns as desk
from tests.flow.house import House, house, working
from tests.flow.mortal import Surroundings, was_killed, worker

pytestmark = pytest.mark.usefixtures("django_database")

_PEOPLE = 400
_FAULTS = (
    {"kind": "status_429", "rate": 0.05},
    {"kind": "status_500", "rate": 0.02},
    {"kind": "timeout_after_accept", "rate": 0.01},
    {"kind": "reset", "rate": 0.01},
    {"kind": "reset_after_accept", "rate": 0.01},
    {"kind": "slow", "rate": 0.02, "seconds": 0.3},
)
_POINTS = (
    "plan.stepped",
    "plan.committed",
    "dispatch.claimed",
    "dispatch.committed",
    "dispatch.answered:3",
    "dispatch.written",
    "dispatch.settled",
    "fold.claimed",
    "fold.folded",
    "fold.committed",
)
_RANDOM_KILLS = 25


def test_whatever_dies_everybody_is_written_to_once_or_is_to_be_verified(
    database: str, tmp_path: Path
) -> None:
    asyncio.run(asyncio.wait_for(_dying_all_the_time(database, tmp_path), 110))


async def _dying_all_the_time(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers={}) as meta:
        where = await _prepared(meta, tmp_path)

        for point in _POINTS:
            await meta.advance(5)
            await _dies_at(meta, where, point)
        chance = Random(20_261_122)  # noqa: S311  # moments to die at, no secrets
        for _ in range(_RANDOM_KILLS):
            await meta.advance(5)
            await _dies_after(meta, where, chance.uniform(0.02, 0.4))
        assert desk.sent(meta) < _PEOPLE, "it was killed in the midst of it"
        with worker(where):
            # A machine that is busy was killed before Meta had refused anything.
            await meta.until(lambda: "returned" in _outcomes(meta) or _is_over(meta), 40)
            await _ends(meta)
            account = await _verified(meta)

        assert [one.shown() for one in account.differences] == []
        (told,) = account.campaigns
        assert told.audience == sum(told.totals.values()) == _PEOPLE
        assert told.totals.keys() <= {"delivered", "read", "sent", "to_verify"}
        lost = told.totals["to_verify"]
        assert lost >= 1, "what was claimed and never left is for a person to judge"
        assert _taken(meta) == _PEOPLE - lost, "who got it is known to have got it"
        assert account.counted["in_doubt"] == account.counted["on_the_wire"] == 0
        assert _outcomes(meta) == {"accepted", "returned", "in_doubt"}, "the faults did strike"


async def _prepared(meta: House, data: Path) -> Surroundings:
    """A campaign that has just been confirmed, and a Meta that has begun to stumble."""
    await desk.crowd(meta, _PEOPLE, answers=0.05, answer_s=[10, 60], no_receipts=0.0)
    async with working(meta.context, {"tend": tend.run, "fold": fold.run}):
        await desk.started(meta)
    await meta.desk.change("UPDATE sportello_number SET throughput_mps = 50")
    for fault in _FAULTS:
        await meta.sim("POST", "faults", {"where": "messages", **fault})
    return Surroundings(meta.desk.url, meta.emulator_url, data)


async def _dies_at(meta: House, where: Surroundings, point: str) -> None:
    with worker(where, dies_at=point) as process:
        await asyncio.to_thread(process.join, 40)
        assert was_killed(process), f"it never came to {point}"
    _leases_run_out(meta)


async def _dies_after(meta: House, where: Surroundings, seconds: float) -> None:
    with worker(where) as process:
        await asyncio.to_thread(process.join, seconds)
        assert process.is_alive()
    _leases_run_out(meta)


def _leases_run_out(meta: House) -> None:
    meta.desk.rows(
        "UPDATE sportello_number SET dispatcher_until = clock_timestamp()"
        " WHERE dispatcher_until IS NOT NULL;"
        "UPDATE sportello_send SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL"
    )


async def _ends(meta: House) -> None:
    """Meta is well again, everything has had its turn, and old doubts are settled."""
    await meta.sim("DELETE", "faults")
    await meta.desk.change("UPDATE sportello_number SET throughput_mps = 1000")
    await desk.goes_on(meta, lambda: _is_over(meta), steps=150)
    await meta.advance(60)
    await meta.writes("393479999999", "Buongiorno")  # a sign of life, later than any attempt
    await meta.advance(130)
    await meta.until(lambda: _open(meta) == 0, 30)


def _is_over(meta: House) -> bool:
    """What waits to be tried again need not wait its time out."""
    meta.desk.rows("UPDATE sportello_send SET due_at = clock_timestamp() WHERE state = 'queued'")
    return desk.state(meta) == "completed"


def _outcomes(meta: House) -> set[str]:
    return {row["outcome"] for row in meta.desk.rows("SELECT outcome FROM sportello_attempt")}


def _open(meta: House) -> int:
    found: int = meta.desk.row(
        "SELECT (SELECT count(*) FROM sportello_send"
        " WHERE state IN ('queued', 'sending', 'in_doubt'))"
        " + (SELECT count(*) FROM sportello_journalentry WHERE folded_at IS NULL) AS n"
    )["n"]
    return found


async def _verified(meta: House) -> Account:
    def look() -> Account:
        with snapshot(meta.desk.url) as connection:
            return verify(connection, meta.now(), log=meta.emulator_url)

    return await asyncio.to_thread(look)


def _taken(meta: House) -> int:
    """How many messages the emulator took for this campaign's people."""
    return sum(
        entry["status"] == 200 and isinstance(entry["request"], dict)
        and entry["request"].get("type") == "template"
        for entry in meta.emulator.journal.since(0, 100_000)["entries"]
        if entry["method"] == "POST"
    )  # fmt: skip
