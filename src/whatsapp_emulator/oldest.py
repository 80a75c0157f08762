"""Dropping the oldest entries of a table that is in the order of its making.

In portions: to ask a dict for its first key again and again costs a walk over all that went before.
"""

from itertools import islice
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
PORTION = 1_000


def drop_oldest(table: dict[K, V], most: int, portion: int = PORTION) -> None:
    """Let a table that has outgrown `most` by a portion shrink to it."""
    if len(table) > most + portion:
        for key in list(islice(table, len(table) - most)):
            del table[key]


def first_of(table: dict[K, V], count: int) -> list[V]:
    """Take out the oldest `count`."""
    return [table.pop(key) for key in list(islice(table, count))]
