"""When the customer service window opens, is extended, and closes; and the free entry of ads.

Source: reference, limits-and-pricing 6.1 (Meta's pricing and window pages as of 2026-09-11).
"""

from datetime import datetime, timedelta
from enum import StrEnum

SERVICE_WINDOW = timedelta(hours=24)
FREE_ENTRY = timedelta(hours=72)
FREE_ENTRY_REPLY_WITHIN = timedelta(hours=24)


class Entry(StrEnum):
    """How the customer came: by themselves, or through an ad or a page's button."""

    DIRECT = "direct"
    AD = "ad"


def closes_at(last_inbound_at: datetime) -> datetime:
    """The first instant at which free text is no longer possible: 24 h after the last word.

    The same for every `Entry`: an ad makes messages free of charge for longer, but does not keep
    the window open.
    """
    return last_inbound_at + SERVICE_WINDOW


def is_open(closes_at: datetime | None, now: datetime) -> bool:
    """False at the very instant of closing. None means that the customer has never written."""
    return closes_at is not None and now < closes_at


def opens(inbound_at: datetime, now: datetime) -> bool:
    """Whether this message, as it comes in, lets us answer: one that is 24 h late does not."""
    return is_open(closes_at(min(inbound_at, now)), now)


def heard(last_inbound_at: datetime | None, inbound_at: datetime, now: datetime) -> datetime:
    """The instant of the customer's last word after one more message, by Meta's timestamps.

    Never moves back, whatever the order of arrival. A timestamp in the future counts as now, so
    that a wrong clock cannot hold a window open for longer than 24 h.
    """
    at = min(inbound_at, now)
    return at if last_inbound_at is None else max(last_inbound_at, at)


def free_entry_until(
    entry: Entry, inbound_at: datetime, first_reply_at: datetime | None
) -> datetime | None:
    """Until when all messages are free: 72 h from our reply to an ad, if it came within 24 h."""
    if entry is not Entry.AD or first_reply_at is None:
        return None
    waited = first_reply_at - inbound_at
    if not timedelta(0) <= waited < FREE_ENTRY_REPLY_WITHIN:
        return None
    return first_reply_at + FREE_ENTRY
