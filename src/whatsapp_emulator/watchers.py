"""Who looks on: server-sent events that say which chat changed, coalesced and bounded."""

import asyncio

from whatsapp_emulator.wire import Json

NAMES_MAX = 1_000
WATCHERS_MAX = 200


class Watcher:
    """One open page: the people whose chat changed since it was last told."""

    def __init__(self) -> None:
        self._people: dict[str, None] = {}
        self._world = False
        self._wake = asyncio.Event()

    def note(self, wa_id: str | None) -> None:
        """Remember a change; too many names become one `world` change."""
        if wa_id is None or len(self._people) >= NAMES_MAX:
            self._world = True
        else:
            self._people[wa_id] = None
        self._wake.set()

    async def wait(self, timeout_s: float) -> bool:
        """True as soon as there is news, false after `timeout_s` without."""
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def take(self, clock: Json) -> list[Json]:
        """The events to send, each change once."""
        events: list[Json] = [{"person": wa_id} for wa_id in self._people]
        if self._world:
            events.append({"clock": clock, "world": True})
        self._people.clear()
        self._world = False
        self._wake.clear()
        return events


class Watchers:
    """All open pages; nothing is done while there are none."""

    def __init__(self) -> None:
        self._open: set[Watcher] = set()

    def __len__(self) -> int:
        return len(self._open)

    def changed(self, wa_id: str | None = None) -> None:
        """A person's chat changed; without a name, the world or the clock."""
        for watcher in self._open:
            watcher.note(wa_id)

    def join(self) -> Watcher | None:
        """A new watcher, or None if there are too many."""
        if len(self._open) >= WATCHERS_MAX:
            return None
        watcher = Watcher()
        self._open.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        self._open.discard(watcher)
