"""A block stops everything: what is on its way, and what else would go to Meta."""

import asyncio
from pathlib import Path

from tests.flow.blocking import PEOPLE, block_in_full_flight

_A_SECOND_S_WORTH = 80


def test_within_a_second_of_the_webhook_nothing_leaves_any_more(
    django_database: str, tmp_path: Path
) -> None:
    """Counted in messages, at the number's eighty a second: a slow machine slows both alike."""
    found = asyncio.run(asyncio.wait_for(block_in_full_flight(django_database, tmp_path), 60))

    assert found.late < _A_SECOND_S_WORTH, found
    assert found.left < PEOPLE - _A_SECOND_S_WORTH, found
    assert found.states == {"accepted": found.left, "queued": PEOPLE - found.left}, "nobody is lost"
