"""The doctor names the cause first, and its cure lets the next message arrive."""

import asyncio
from pathlib import Path

import pytest

from tests.flow.doctor_ward import Result, scenarios, walk_all

_RIGHT_AT_LEAST = 0.95
_SECONDS_MAX = 400
# Two houses side by side where there are two workers: most of the time is waiting.
_PARTS = 2


def test_there_are_scenarios_enough() -> None:
    assert len(scenarios()) >= 40


@pytest.mark.timeout(_SECONDS_MAX + 20)
@pytest.mark.parametrize("part", range(_PARTS))
def test_the_first_finding_is_the_cause_and_its_cure_cures(
    django_database: str, tmp_path: Path, part: int
) -> None:
    some = scenarios()[part::_PARTS]

    found = asyncio.run(asyncio.wait_for(walk_all(django_database, tmp_path, some), _SECONDS_MAX))

    single = [one for one in found if one.scenario.faults == 1]
    assert len([one for one in single if one.is_right]) >= len(single) * _RIGHT_AT_LEAST, _told(
        found
    )
    assert [one.scenario.name for one in found if one.is_right and not one.cured] == []


def _told(found: list[Result]) -> list[tuple[str, str]]:
    return [(one.scenario.name, one.first) for one in found if not one.is_right]
