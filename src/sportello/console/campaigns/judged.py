"""The people of a draft by what planning will say of them, looked for in portions: whether ten of a
million are meant or all, no statement takes longer because there are more of them.
"""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models import Q

from sportello.console.campaigns import counting, queries
from sportello.schema.campaigns import Campaign


@dataclass(frozen=True, slots=True)
class Found:
    """`people` with their `reason`; `upto`: where to go on, None where nobody else can be meant."""

    people: list[Any]
    upto: int | None


def find(
    row: Campaign, wanted: Q, now: datetime, after: int, limit: int, *, seconds: float | None = None
) -> Found:
    """The first so many of these by id, as far as there is time for a further portion."""
    begun = monotonic()
    people: list[Any] = []
    upto: int | None = after
    while upto is not None and len(people) <= limit:
        last = counting.portion_end(row, upto)
        here = queries.judged(row, now).filter(wanted, pk__gt=upto)
        here = here if last is None else here.filter(pk__lte=last)
        # One more than is wanted tells whether there is anybody further.
        people += here.order_by("pk")[: limit + 1 - len(people)]
        upto = last
        if seconds is not None and monotonic() - begun >= seconds:
            break
    if len(people) > limit:
        return Found(people[:limit], people[limit - 1].pk)
    return Found(people, upto)
