"""A worker's process that kills itself at a named point."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping

from sportello import clock
from sportello.ops import cli
from tests.flow.forking import forked
from tests.flow.house import SETTINGS, House
from tests.flow.mortal import let_die

_SECONDS_MAX = 120


async def dies_at(running: House, point: str) -> None:
    """`sportello work`, until it kills itself there."""
    settings = {
        "SPORTELLO_DATABASE_URL": running.desk.url,
        "SPORTELLO_DATA": str(running.desk.data),
        "SPORTELLO_SECRET_KEY": "k" * 40,
        "SPORTELLO_GRAPH_URL": running.emulator_url,
        "SPORTELLO_CLOCK_URL": f"{running.emulator_url}/sim/clock",
        "SPORTELLO_CRASH_AT": point,
        "SPORTELLO_APP_ID": SETTINGS.app_id,
        "SPORTELLO_APP_SECRET": SETTINGS.app_secret,
        "SPORTELLO_VERIFY_TOKEN": SETTINGS.verify_token,
        "SPORTELLO_PUBLIC_URL": running.edge,
    }
    process = forked(_work, settings)
    process.start()
    try:
        await asyncio.to_thread(process.join, _SECONDS_MAX)
        assert process.exitcode is not None, f"it never came to {point}"
        assert process.exitcode == -signal.SIGKILL
    finally:
        process.kill()
        process.join()


def _work(settings: Mapping[str, str]) -> None:
    """As the command does, in surroundings of its own."""
    for name in [name for name in os.environ if "SPORTELLO" in name]:
        del os.environ[name]
    os.environ.update(settings)
    # Both are read when a process begins to import, which this one's parent has done.
    let_die(settings["SPORTELLO_CRASH_AT"])
    clock._followed = clock._Followed(settings["SPORTELLO_CLOCK_URL"])
    sys.argv = ["sportello", "work"]
    cli.main()
