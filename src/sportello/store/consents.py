"""Where customers stand, folded from the consent ledger in the database."""

from collections.abc import Iterable
from typing import Final

from sportello.rules.consent import Change, Standing, Topic, stands
from sportello.store.pool import Connection, statements

_SQL: Final = statements(__file__)


async def standings(
    connection: Connection, contact_ids: Iterable[int], topic: Topic
) -> dict[int, Standing]:
    """By contact, all of those asked for; `none` where the ledger says nothing of the topic."""
    found = dict.fromkeys(contact_ids, Standing.NONE)
    if not found:
        return found
    cursor = await connection.execute(
        _SQL["standings"], {"contact_ids": sorted(found), "topic": topic.value}
    )
    for row in await cursor.fetchall():
        found[row["contact_id"]] = stands(Change(row["action"]))
    return found
