"""What Meta remembers of reach, reputation and offences, and people of their marketing."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whatsapp_emulator.world import Message

HELD_MAX = 100_000


@dataclass(slots=True)
class Reach:
    """Whom a portfolio reached outside their windows, and when for the last time."""

    users: dict[str, float] = field(default_factory=dict)
    order: deque[tuple[float, str]] = field(default_factory=deque)
    """(instant, user) of every time, oldest first: whoever was not reached again is forgotten."""
    growing: bool = False
    """A step up is being considered."""
    half_used_at: float | None = None
    well_received: dict[str, float] = field(default_factory=dict)
    """Users who got a template of a good template in 30 days; kept only below 2,000 a day."""


@dataclass(slots=True)
class Reputation:
    """What people did with a number's messages, by day: [delivered, read, blocks, reports]."""

    days: dict[int, list[int]] = field(default_factory=dict)
    pinned: bool = False
    """The rating was set by hand and holds."""
    judging: bool = False
    upgrading: bool = False
    """The throughput is being raised: 131057 meanwhile."""


@dataclass(slots=True)
class Standing:
    """How an account stands with Meta: offences, what they cost, the one appeal."""

    offences: int = 0
    offence_at: float | None = None
    locked: bool = False
    disable_at: float | None = None
    appeal_used: bool = False
    appeal_until: float | None = None
    """When the running appeal is decided."""
    held: list["Message"] = field(default_factory=list)
    """Templates that wait for unpaid amounts to be paid; at most `HELD_MAX`."""


@dataclass(slots=True)
class Courted:
    """The marketing that a person got, and how they took it."""

    got_at: list[float] = field(default_factory=list)
    """Of the last 24 hours."""
    unread: int = 0
    """How many in a row were not read."""
    answered_at: float | None = None
