"""When the silence of the webhooks says that something is broken.

Meta reports each message that it accepted within seconds. And a number to which customers write
all day does not fall silent by chance: where the same hours of earlier weeks let expect `USUAL_MIN`
messages and none came, chance explains it once in four hundred times.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ANSWER_MAX: Final = timedelta(minutes=5)
QUIET_MIN: Final = timedelta(minutes=10)
USUAL_MIN: Final = 6.0


@dataclass(frozen=True, slots=True)
class Heard:
    """`unanswered_since`: when Meta accepted the oldest message after the last event of which
    nothing was reported. `usual`: how many messages customers wrote, on average of the weeks
    before, in the span of the week in which nothing was heard now.
    """

    last_event_at: datetime | None
    unanswered_since: datetime | None = None
    usual: float = 0.0


def silent_since(heard: Heard, now: datetime) -> datetime | None:
    """Since when something should have been heard; None: nothing is missing."""
    unanswered = heard.unanswered_since
    if unanswered is not None and now - unanswered >= ANSWER_MAX:
        return unanswered
    last = heard.last_event_at
    if last is not None and now - last >= QUIET_MIN and heard.usual >= USUAL_MIN:
        return last
    return None
