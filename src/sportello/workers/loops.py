"""All loops of one worker process, side by side: one that falls is started again."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

Loop = Callable[[asyncio.Event], Awaitable[None]]

_PAUSE_S_FIRST: Final = 0.5
_PAUSE_S_MAX: Final = 30.0
# After so long a life a loop is well again: its next fall counts as the first.
_WELL_S: Final = 60.0
_STOP_S_MAX: Final = 9.0
_GC_THRESHOLDS: Final = (20_000, 20, 100)
_log = structlog.get_logger(__name__)


def collect_seldom() -> None:
    """For the whole process, once: what is there now stays for good, and rows and messages hold
    each other in no circles. By its own measure the collector takes a tenth of what a send costs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


async def run_all(loops: Mapping[str, Loop], stop: asyncio.Event) -> None:
    """Runs each until `stop`; what does not end within `_STOP_S_MAX` after it is cut off."""
    tasks = [asyncio.create_task(_keep(name, loop, stop)) for name, loop in loops.items()]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=_STOP_S_MAX)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(name: str, loop: Loop, stop: asyncio.Event) -> None:
    """Starts the loop again whenever it ends, after a pause that grows to `_PAUSE_S_MAX`."""
    running, pause_s = asyncio.get_running_loop(), _PAUSE_S_FIRST
    while not stop.is_set():
        begun = running.time()
        fall = await _fall_of(loop, stop)
        if stop.is_set():
            return
        _log.error("loop fell", loop=name, **fall)
        if running.time() - begun > _WELL_S:
            pause_s = _PAUSE_S_FIRST
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await stop.wait()
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)


async def _fall_of(loop: Loop, stop: asyncio.Event) -> dict[str, str]:
    try:
        await loop(stop)
    except Exception as error:  # noqa: BLE001  # the top of a loop: log, and go on
        return {"error": type(error).__name__, "where": _place(error)}
    return {"error": "it ended by itself"}


def _place(error: BaseException) -> str:
    """Module and line; never the words of an exception, which may quote a message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
