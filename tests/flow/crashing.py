"""A worker's process that kills itself at a named point."""

import asyncio
import os
import signal
import sys

from tests.flow.house import SETTINGS, House


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
    inherited = {name: value for name, value in os.environ.items() if "SPORTELLO" not in name}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sportello.ops.cli", "work", env={**inherited, **settings}
    )
    try:
        async with asyncio.timeout(120):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        code = await process.wait()
        raise AssertionError(f"it never came to {point}") from None
    assert code == -signal.SIGKILL
