"""Of what a person is told at the desk, and when their devices keep quiet."""

from datetime import time
from enum import StrEnum


class Kind(StrEnum):
    HANDED_OVER = "handed_over"
    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    CLOSING = "closing"
    BRAKED = "braked"
    BLOCKED = "blocked"


def is_quiet(at: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether `at` lies in the quiet hours, which may go over midnight; both None: never."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until
