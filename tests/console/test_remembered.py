"""Sums over a large audience are not reckoned again and again while somebody looks."""

from itertools import count

import pytest

from sportello.console.campaigns.remembered import MANY, remembered
from sportello.schema.models import Campaign


def test_a_dear_sum_rests_twenty_times_as_long_as_it_took() -> None:
    row, asked, now = Campaign(pk=900_001, state="running", let_go=MANY), count(1), [0.0]

    def reckon() -> int:
        now[0] += 0.5
        return next(asked)

    def look() -> int:
        return remembered("test", row, reckon, seconds=lambda: now[0])

    assert (look(), look()) == (1, 1)
    now[0] += 9.9
    assert look() == 1
    now[0] += 0.2
    assert look() == 2
    row.state = "paused"
    assert look() == 3


@pytest.mark.usefixtures("acme")
def test_a_small_campaign_is_always_reckoned_anew() -> None:
    row, asked = Campaign(pk=900_002, state="running", let_go=MANY - 1), count(1)

    assert [remembered("test", row, lambda: next(asked)) for _ in range(2)] == [1, 2]
