"""Lists as PostgreSQL writes arrays: psycopg makes them element by element, which each send pays.

For parameters that their statement casts (`%(ids)s::bigint[]`), in the hot statements alone.
"""

from collections.abc import Iterable
from uuid import UUID


def numbers(values: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if one is None else str(one) for one in values]) + "}"


def uuids(values: Iterable[UUID]) -> str:
    return "{" + ",".join([one.hex for one in values]) + "}"


def flags(values: Iterable[bool]) -> str:
    return "{" + ",".join(["t" if one else "f" for one in values]) + "}"


def texts(values: Iterable[str]) -> str:
    """Of words that PostgreSQL can store: without NUL, which it refuses in an array too."""
    quoted = [one.replace("\\", "\\\\").replace('"', '\\"') for one in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
