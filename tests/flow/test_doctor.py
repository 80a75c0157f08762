"""The doctor names the cause first, and its cure lets the next message arrive."""

import asyncio
from pathlib import Path

import django
import pytest

django.setup()

from tests.flow.doctor_ward import scenarios, walk, ward  # noqa: E402  # after Django's set-up

_RIGHT_AT_LEAST = 0.95
_SECONDS_MAX = 110


@pytest.mark.timeout(_SECONDS_MAX + 10)
def test_the_first_finding_is_the_cause_and_its_cure_cures(
    django_database: str, tmp_path: Path
) -> None:
    found = asyncio.run(asyncio.wait_for(_walk_all(django_database, tmp_path), _SECONDS_MAX))

    singles = {name: seen for name, (scenario, seen) in found.items() if scenario.faults == 1}
    wrong = [name for name, seen in singles.items() if seen["first"] != found[name][0].first]
    not_cured = [name for name, (_, seen) in found.items() if not seen["cured"]]
    assert len(found) >= 40
    assert len(wrong) <= len(singles) * (1 - _RIGHT_AT_LEAST), wrong
    assert [name for name in not_cured if name not in wrong] == []


async def _walk_all(database: str, data: Path):
    async with ward(database, data) as running:
        return {one.name: (one, await walk(running, one)) for one in scenarios()}
