"""Processes of workers that are quick to start: each costs a fork, for what they import is imported
once.
"""

import multiprocessing
from collections.abc import Callable
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

# Of all who fork: the server begins once, whoever is the first to ask.
_PRELOADED = ["tests.flow.mortal", "tests.flow.crashing", "sportello.ops.work"]


def forked(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Not started yet; ends at the latest with this process."""
    return _context().Process(target=target, args=arguments, daemon=True)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context
