"""Webhooks out: who gets them, signed, batched, in faulty ways on order, retried for 7 days."""

import asyncio
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from whatsapp_emulator.clock import wall_now
from whatsapp_emulator.journal import Entry
from whatsapp_emulator.parcels import BATCH_SPAN_S, Parcel, Round, Update, entries, in_batches
from whatsapp_emulator.posting import Poster
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json, dumps
from whatsapp_emulator.world import App, Subscription

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

PAUSES_S = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 7200.0, 14400.0, 21600.0)
RETRY_FOR_S = 7 * 86400.0
DISABLED_AFTER_S = 7 * 86400.0
MOOD = "mood"
PATIENCE_S = 1.0
"""Real seconds that a journey in time waits for an answer to a post."""
BODY_MAX = 3 * 1024 * 1024
OVERRIDABLE = frozenset(
    "account_settings_update calls group_lifecycle_update group_participants_update "  # noqa: SIM905 - reads better so
    "group_settings_update group_status_update history message_echoes messages "
    "messaging_handovers smb_app_state_sync smb_message_echoes".split()
)
"""Source: Meta's page on webhook overrides, 2026-06-28; all else goes to the app's callback."""

admit_approximation(
    "webhook retries",
    "pauses grow from 5 s to 6 h and end after 7 days; Meta publishes only the 7 days",
)
admit_approximation(
    "webhook batches",
    "changes due within one second of virtual time may share a POST; Meta's rule is not public",
)


class Delivery:
    """Takes changes, makes parcels of them at `flush`, and posts them with a few connections."""

    def __init__(self, emulator: "Emulator") -> None:
        self._emulator = emulator
        self._waiting: dict[int, tuple[App, Subscription, list[Update]]] = {}
        self._ready: asyncio.Queue[Parcel] = asyncio.Queue()
        self._since = 0.0
        """When the oldest of what waits was pushed."""
        self._retrying = 0
        self._busy = 0
        self._abroad: set[int] = set()
        """Log entries of the posts without answer yet."""
        self._left: deque[tuple[float, int]] = deque()
        """(due, log entry) of posts in the order in which they left; answered ones fall off."""
        self._moved = asyncio.Event()
        self._generation = 0
        self._round: Round | None = None
        self._poster = Poster(emulator.settings.bounds)
        self._workers: list[asyncio.Task[None]] = []
        self.dropped = 0

    def push(self, waba_id: str, field: str, value: Json, number_id: str | None = None) -> None:
        """Queue a change for every app subscribed to the account and to the field."""
        now = self._emulator.clock.now()
        for app, subscription in self._receivers(waba_id, field, number_id):
            if not subscription.disabled:
                self._queue(app, subscription, Update(waba_id, field, value, now))

    def tell_app(self, app: App, waba_id: str, field: str, value: Json) -> None:
        """Queue a change for one app, whether or not it listens to the account yet."""
        subscription = app.subscription
        if subscription is None or subscription.disabled:
            return
        if subscription.fields is None or field in subscription.fields:
            self._queue(
                app, subscription, Update(waba_id, field, value, self._emulator.clock.now())
            )

    def before(self, due: float) -> bool:
        """Time is about to move to `due`: what was pushed too long before that goes now, so that
        batches depend on virtual time alone.
        """
        return bool(self._waiting) and due - self._since > BATCH_SPAN_S and self.flush()

    def flush(self) -> bool:
        """Make parcels of all that was pushed and hand them over; false if nothing was."""
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, {}
        self._round = Round([]) if len(waiting) > 1 else None
        for app, subscription, updates in waiting.values():
            for batch in in_batches(updates, app.batch_max):
                self._compose(app, subscription, batch)
        self._round = None
        return True

    def has_room(self) -> bool:
        return self._ready.qsize() < self._emulator.settings.bounds.webhooks_waiting

    async def room(self) -> None:
        """Let the senders work; wait a little (bounded) while too much is waiting."""
        await asyncio.sleep(0)
        for _ in range(100):
            if self.has_room():
                return
            await asyncio.sleep(0.05)

    async def settled(self, timeout_s: float) -> bool:
        """Wait until nothing is on its way (retries not yet due apart); false on timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._busy or not self._ready.empty():
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def horizon(self) -> float:
        """Just before the oldest post on its way would be tried again: time is not moved on to
        that before its answer is known, or the same calls would not give the same log.
        """
        while self._left and self._left[0][1] not in self._abroad:
            self._left.popleft()
        return math.nextafter(self._left[0][0] + PAUSES_S[0], 0.0) if self._left else math.inf

    async def nearer(self) -> None:
        """Wait for an answer; a receiver that takes its time is not waited for twice."""
        try:
            await asyncio.wait_for(self._moved.wait(), PATIENCE_S)
        except TimeoutError:
            self._abroad.clear()

    def shown(self) -> Json:
        return {"ready": self._ready.qsize(), "retrying": self._retrying, "dropped": self.dropped}

    def reset(self) -> None:
        """Forget all that is on its way; answers still to come are ignored."""
        self._generation += 1
        self._waiting.clear()
        while not self._ready.empty():
            self._ready.get_nowait()
        self._abroad.clear()
        self._retrying = 0
        self.dropped = 0

    async def start(self) -> None:
        self._poster.start()
        lanes = self._emulator.settings.bounds.webhook_connections
        self._workers = [asyncio.create_task(self._work()) for _ in range(lanes)]

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []
        await self._poster.stop()

    async def verify(self, subscription: Subscription) -> str | None:
        """Meta's handshake with the receiver; None if it went well, else what was wrong."""
        return await self._poster.verify(subscription)

    def _receivers(
        self, waba_id: str, field: str, number_id: str | None
    ) -> Iterator[tuple[App, Subscription]]:
        """Precedence: the number's override, the account's, the app's own callback."""
        world = self._emulator.world
        waba = world.wabas.get(waba_id)
        if waba is None:
            return
        number = world.numbers.get(number_id or "")
        for app_id, override in waba.subscribed.items():
            app = world.apps.get(app_id)
            if app is None:
                continue
            subscription = app.subscription
            if field in OVERRIDABLE:
                subscription = (number.override if number else None) or override or subscription
            if subscription is None:
                continue
            wanted = app.subscription.fields if app.subscription else None
            if wanted is None or field in wanted:
                yield app, subscription

    def _queue(self, app: App, subscription: Subscription, update: Update) -> None:
        if not self._waiting:
            self._since = update.at
        key = id(subscription)
        if key not in self._waiting:
            self._waiting[key] = (app, subscription, [])
        self._waiting[key][2].append(update)

    def _compose(self, app: App, subscription: Subscription, batch: list[Update]) -> None:
        fault = self._emulator.faults.for_webhook(self._emulator.clock.now())
        if fault is None:
            self._whim(app, subscription, batch)
            return
        self._emulator.watchers.changed()
        clock = self._emulator.clock
        match fault.kind:
            case "delay" | "batch":
                self._hold(
                    app,
                    subscription,
                    batch,
                    fault.seconds,
                    fault.id,
                    together=fault.kind == "batch",
                )
            case "duplicate":
                for _ in range(fault.copies):
                    self._dispatch(app, subscription, batch, fault.id)
            case "shuffle":
                for update in self._emulator.chance.sample(batch, len(batch)):
                    pause = self._emulator.chance.uniform(0, fault.seconds)
                    clock.after(pause, self._release, app, subscription, [update], fault.id)
            case _:
                self._dispatch(app, subscription, batch, fault.id, lost=True)

    def _whim(self, app: App, subscription: Subscription, batch: list[Update]) -> None:
        """As Meta does it on an ordinary day: now and then twice, now and then late."""
        mood, whim, clock = self._emulator.mood, self._emulator.whim, self._emulator.clock
        if mood.duplicates and whim.random() < mood.duplicates:
            pause = whim.uniform(0, mood.late_s)
            clock.after(pause, self._dispatch, app, subscription, batch, MOOD)
        if mood.disorder and whim.random() < mood.disorder:
            pause = whim.uniform(0, mood.late_s)
            clock.after(pause, self._dispatch, app, subscription, batch, MOOD)
            return
        self._dispatch(app, subscription, batch)

    def _hold(
        self,
        app: App,
        subscription: Subscription,
        batch: list[Update],
        seconds: float,
        fault_id: str,
        *,
        together: bool,
    ) -> None:
        """`batch`: wait for the end of the running interval, so that several share one POST."""
        clock = self._emulator.clock
        now = clock.now()
        due = now + seconds
        if together and seconds > 0:
            due = (now // seconds + 1) * seconds
        clock.at(due, self._release, app, subscription, batch, fault_id)

    def _release(
        self, app: App, subscription: Subscription, batch: list[Update], fault_id: str
    ) -> None:
        self._dispatch(app, subscription, batch, fault_id)

    def _dispatch(
        self,
        app: App,
        subscription: Subscription,
        batch: list[Update],
        fault_id: str | None = None,
        *,
        lost: bool = False,
    ) -> None:
        now = self._emulator.clock.now()
        body = dumps({"object": "whatsapp_business_account", "entry": entries(batch)})
        if len(body) > BODY_MAX and len(batch) > 1:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]):
                self._dispatch(app, subscription, part, fault_id, lost=lost)
            return
        parcel = Parcel(
            app, subscription, body, self._entry(subscription, body, now, 1, fault_id),
            now, now, self._generation, lost=lost, round=self._round,
        )  # fmt: skip
        if self._round is not None:
            self._round.parcels.append(parcel)
        self._hand_over(parcel)

    def _hand_over(self, parcel: Parcel) -> None:
        """To the senders; what is lost on order is lost now, however busy they are."""
        if parcel.subscription.disabled:
            note = "not sent: the subscription is disabled"
            self._emulator.journal.settle(parcel.entry, None, b"", note)
            return
        fault = self._emulator.faults.for_attempt(parcel.due)
        if fault is not None:
            self._emulator.watchers.changed()
            parcel.entry.fault = fault.id
        if fault is not None or parcel.lost:
            parcel.lost = False
            self._conclude(parcel, None, b"", "lost on order")
            return
        self._abroad.add(parcel.entry.seq)
        self._left.append((parcel.due, parcel.entry.seq))
        self._ready.put_nowait(parcel)

    def _entry(
        self,
        subscription: Subscription,
        body: bytes,
        at: float,
        attempt: int,
        fault_id: str | None = None,
    ) -> Entry:
        return self._emulator.journal.add(
            "webhook",
            at=at,
            wall=wall_now(),
            method="POST",
            path=subscription.callback_url,
            request=body,
            fault=fault_id,
            attempt=attempt,
        )

    async def _work(self) -> None:
        while True:
            parcel = await self._ready.get()
            if parcel.generation != self._generation:
                continue
            self._busy += 1
            post = parcel.entry.seq
            try:
                status, text, note = await self._poster.post(parcel)
                self._conclude(parcel, status, text, note)
            finally:
                self._busy -= 1
                self._abroad.discard(post)
                moved, self._moved = self._moved, asyncio.Event()
                moved.set()

    def _conclude(self, parcel: Parcel, status: int | None, text: bytes, note: str | None) -> None:
        if parcel.generation != self._generation:
            return
        subscription = parcel.subscription
        if status == 200:
            self._emulator.journal.settle(parcel.entry, status, text, note)
            subscription.failing_since = None
            parcel.answered = True
            return
        if subscription.failing_since is None:
            subscription.failing_since = parcel.due
        pause = PAUSES_S[min(parcel.attempt - 1, len(PAUSES_S) - 1)]
        due = parcel.due + pause
        bound = self._emulator.settings.bounds.webhook_retries_waiting
        if due - parcel.first_due > RETRY_FOR_S:
            note = f"{note or 'not 200'}; given up after 7 days"
            self._disable_if_long(parcel.app, subscription, due)
        elif self._retrying >= bound:
            note = f"{note or 'not 200'}; dropped, too many are waiting"
            self.dropped += 1
        else:
            self._retrying += 1
            self._emulator.clock.at_place(due, parcel.entry.seq, self._retry, parcel, due)
        self._emulator.journal.settle(parcel.entry, status, text, note)

    def _disable_if_long(self, app: App, subscription: Subscription, at: float) -> None:
        failing_since = subscription.failing_since
        if subscription.disabled or failing_since is None or at - failing_since < DISABLED_AFTER_S:
            return
        subscription.disabled = True
        self._emulator.notice(
            f"The webhook subscription of app {app.id} has been disabled: its callback "
            "did not answer 200 for 7 days."
        )

    def _retry(self, parcel: Parcel, due: float) -> None:
        if parcel.generation != self._generation:
            return
        self._retrying -= 1
        parcel.due = due
        parcel.attempt += 1
        self._again(parcel, due)
        for other in parcel.round.parcels if parcel.round else ():
            if other.answered:
                self._again(
                    replace(other, attempt=parcel.attempt, due=due, answered=False, round=None), due
                )

    def _again(self, parcel: Parcel, due: float) -> None:
        parcel.entry = self._entry(parcel.subscription, parcel.body, due, parcel.attempt)
        self._hand_over(parcel)
