"""One running emulator: its clock, chance, world, log, faults and webhooks, put together."""

from collections import deque
from random import Random

from whatsapp_emulator.attic import Attic
from whatsapp_emulator.clock import Clock, wall_now
from whatsapp_emulator.delivery import Delivery
from whatsapp_emulator.faults import Faults
from whatsapp_emulator.fresh import fresh_world
from whatsapp_emulator.journal import Journal
from whatsapp_emulator.links import Links
from whatsapp_emulator.media_store import sweep
from whatsapp_emulator.settings import Settings
from whatsapp_emulator.watchers import Watchers
from whatsapp_emulator.wire import Json, dumps, iso
from whatsapp_emulator.world import World

NOTICES_KEPT = 1_000


class Emulator:
    """Same settings and same calls give the same world; only wall times differ."""

    chance: Random
    whim: Random
    world: World
    faults: Faults
    journal: Journal

    notices: deque[tuple[float, str]]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(self._start(), speed=settings.speed)
        self.watchers = Watchers()
        self.delivery = Delivery(self)
        self.links = Links(self)
        self.attic = Attic(settings.data)
        self.base_url = settings.public_url or "http://127.0.0.1"
        self.seed = settings.seed
        self.running = False
        self._build()
        self.clock.after_run, self.clock.before = self.delivery.flush, self.delivery.before
        self.clock.has_room = self.delivery.has_room
        self.clock.horizon, self.clock.nearer = self.delivery.horizon, self.delivery.nearer

    def reset(self, seed: int | None = None) -> None:
        """A fresh world, log and clock; webhooks still on their way are forgotten."""
        self.seed = self.seed if seed is None else seed
        self.delivery.reset()
        self.clock.reset(self._start(), self.settings.speed)
        self._build()
        self.watchers.changed()

    async def start(self) -> None:
        self.running = True
        await self.delivery.start()
        self.links.start()
        self.clock.start()

    async def stop(self) -> None:
        self.running = False
        self.watchers.changed()
        self.clock.stop()
        await self.links.stop()
        await self.delivery.stop()
        self.attic.close()

    def notice(self, text: str) -> None:
        """What the business would learn by e-mail; in the log as well."""
        now = self.clock.now()
        self.notices.append((now, text))
        self.journal.add(
            "notice", at=now, wall=wall_now(), method="", path="", request=dumps({"text": text})
        )

    def time(self) -> Json:
        """What /sim/clock answers."""
        now = self.clock.now()
        return {
            "now": iso(now),
            "timestamp": now,
            "speed": self.clock.speed,
            "pending": self.clock.pending(),
        }

    def _start(self) -> float:
        return wall_now() if self.settings.start is None else self.settings.start

    def _build(self) -> None:
        bounds = self.settings.bounds
        sweep(self)
        self.attic.close()
        self.chance = Random(self.seed)  # noqa: S311 - a repeatable world, not a secret
        self.whim = Random(f"{self.seed}:whim")  # noqa: S311 - as above
        self.mood = self.settings.mood
        self.notices = deque(maxlen=NOTICES_KEPT)
        self.faults = Faults(self.chance)
        self.journal = Journal(bounds.log_entries, bounds.log_bytes)
        self.world = fresh_world(self.settings, self.chance, self.clock.now())
