"""Coroutine tests, each on an event loop of its own, none without an end."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

Arguments = ParamSpec("Arguments")
# Of a test that hangs: on a busy machine the longest takes a minute.
_SECONDS_MAX = 240


def in_loop(
    test: Callable[Arguments, Coroutine[Any, Any, None]],
) -> Callable[Arguments, None]:
    """Makes an ordinary test of a coroutine; pytest still sees which fixtures it asks for."""

    @functools.wraps(test)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), _SECONDS_MAX))

    return run
