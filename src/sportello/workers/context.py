"""What every worker is given: the database, the clock, the key, and the company's numbers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sportello.store.pool import Pool
from sportello.store.vault import Key
from sportello.store.wakes import Heard, Listener, Wakes

MEDIA_BYTES_MAX = 100 * 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that an installation may set."""

    journal_days: int = 30
    media_bytes_max: int = MEDIA_BYTES_MAX
    # Hosts of the house that pages may be fetched from, though they are not public.
    private_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """Made once for the process. `clock`: the company's time; it may ask another process.

    `url` is for the connection that listens; `data` the folder under which media are kept.
    """

    pool: Pool
    url: str
    key: Key
    clock: Callable[[], datetime]
    data: Path
    limits: Limits = field(default_factory=Limits)
    _listener: Listener = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_listener", Listener(self.url))  # the class is frozen

    def now(self) -> datetime:
        return self.clock()

    def listen(
        self, *channels: str, heard: Heard | None = None, gap: Heard | None = None
    ) -> AbstractAsyncContextManager[Wakes]:
        """Wake-ups for a loop; see store.wakes."""
        return self._listener.listen(channels, heard=heard, gap=gap)
