"""Sums over a large audience that many may look at: reckoned in at most a twentieth of the time."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, Final, TypeVar

from sportello.schema.campaigns import Campaign, Recipient
from sportello.schema.followups import Errand

T = TypeVar("T")
# Below so many messages and people a sum takes milliseconds, and is always that of this instant.
MANY: Final = 5_000
_REST_PER_WORK: Final = 20
_REST_S_MAX: Final = 60.0
_KEPT_MAX: Final = 500
_kept: dict[tuple[str, int, str], tuple[float, Any]] = {}
_lock: Final = Lock()


def remembered(
    name: str, row: Campaign, reckon: Callable[[], T], *, seconds: Callable[[], float] = monotonic
) -> T:
    """What `reckon` gives, or gave so short a while ago that to ask again would cost too much.

    A campaign that was paused, ended or resumed is reckoned anew: the act shows at once.
    """
    if row.let_go < MANY and not _is_large(row):
        return reckon()
    key = (name, row.pk, row.state)
    known = _kept.get(key)
    if known is not None and seconds() < known[0]:
        value: T = known[1]
        return value
    begun = seconds()
    value = reckon()
    done = seconds()
    with _lock:
        if len(_kept) >= _KEPT_MAX:
            _kept.clear()
        _kept[key] = done + min(_REST_S_MAX, _REST_PER_WORK * (done - begun)), value
    return value


def _is_large(row: Campaign) -> bool:
    """Of one that has let few go yet, or none: an automation's events count, else its audience."""
    rows = Errand if row.automatic else Recipient
    return rows.objects.filter(campaign=row).order_by()[:MANY].count() == MANY
