"""All loops of one worker process, side by side: one that falls is started again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

Loop = Callable[[asyncio.Event], Awaitable[None]]

_PAUSE_S: Final = 1.0
_STOP_S_MAX: Final = 9.0
_log = structlog.get_logger(__name__)


async def run_all(loops: Mapping[str, Loop], stop: asyncio.Event) -> None:
    """Runs each until `stop`; what does not end within `_STOP_S_MAX` after it is cut off."""
    tasks = [asyncio.create_task(_keep(name, loop, stop)) for name, loop in loops.items()]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=_STOP_S_MAX)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(name: str, loop: Loop, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await loop(stop)
        except Exception as error:  # noqa: BLE001  # the top of a loop: log, and go on
            _log.warning("loop_fell", loop=name, error=type(error).__name__)
            await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_PAUSE_S):
            await stop.wait()
    except TimeoutError:
        return
