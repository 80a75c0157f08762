"""Rows that have done their service and belong to nobody's history: deleted by age."""

from datetime import datetime
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


async def prune_replies(connection: Connection, *, hours: int, limit: int) -> int:
    """Deletes up to `limit` remembered answers of the API, by the database's clock; how many."""
    parameters = {"hours": hours, "limit": limit}
    return (await connection.execute(_SQL["prune_replies"], parameters)).rowcount


async def prune_trials(connection: Connection, *, days: int, limit: int) -> int:
    """Deletes up to `limit` questions tried, by the database's clock; how many."""
    parameters = {"days": days, "limit": limit}
    return (await connection.execute(_SQL["prune_trials"], parameters)).rowcount


async def prune_links(connection: Connection, before: datetime, *, limit: int) -> int:
    """Deletes up to `limit` links that nobody can sign in with since `before`; how many."""
    parameters = {"before": before, "limit": limit}
    return (await connection.execute(_SQL["prune_links"], parameters)).rowcount


async def prune_audit(connection: Connection, now: datetime, *, limit: int) -> int:
    """Deletes up to `limit` entries of the audit log that no company wants kept; how many."""
    parameters = {"now": now, "limit": limit}
    return (await connection.execute(_SQL["prune_audit"], parameters)).rowcount
