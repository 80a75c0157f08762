"""What is on its way to a receiver: changes, the POST made of them, the posts of one round."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whatsapp_emulator.journal import Entry
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import App, Subscription

BATCH_SPAN_S = 1.0
TIMELESS = ("messages", "user_preferences")


@dataclass(slots=True)
class Update:
    """One change on its way to one receiver."""

    waba_id: str
    field: str
    value: Json
    at: float


@dataclass(slots=True)
class Parcel:
    """One POST body for one receiver, with the attempts made so far."""

    app: App
    subscription: Subscription
    body: bytes
    entry: Entry
    due: float
    first_due: float
    generation: int
    attempt: int = 1
    lost: bool = False
    answered: bool = False
    """Taken with 200."""
    round: "Round | None" = None
    """The posts of the same changes to other apps, which get them again at a retry."""


@dataclass(slots=True)
class Round:
    """What one flush sends to several apps."""

    parcels: list[Parcel]


def in_batches(updates: list[Update], at_most: int) -> Iterator[list[Update]]:
    """Changes of about the same instant together, at most so many."""
    batch: list[Update] = []
    for update in updates:
        if batch and (len(batch) >= at_most or update.at - batch[0].at > BATCH_SPAN_S):
            yield batch
            batch = []
        batch.append(update)
    if batch:
        yield batch


def entries(batch: Iterable[Update]) -> list[Json]:
    """Changes grouped by account; `time` stands on management fields, not on messages."""
    made: dict[tuple[str, bool], Json] = {}
    for update in batch:
        plain = update.field in TIMELESS
        key = (update.waba_id, plain)
        if key not in made:
            made[key] = {"id": update.waba_id, "changes": []}
            if not plain:
                made[key]["time"] = int(update.at)
        made[key]["changes"].append({"value": update.value, "field": update.field})
    return list(made.values())
