"""How often the doctor names the cause first, over the scenarios that break one thing each; and
how long anything leaves after a block.
"""

import asyncio
import tempfile
from pathlib import Path
from time import monotonic

import django

django.setup()

from tests import database as databases  # noqa: E402  # after Django's set-up
from tests.bench.desks import fresh_database  # noqa: E402  # after Django's set-up
from tests.flow.blocking import block_in_full_flight  # noqa: E402  # after Django's set-up
from tests.flow.doctor_ward import scenarios, walk_all  # noqa: E402  # after Django's set-up

Figure = tuple[str, float, str, float | None]


def run() -> list[Figure]:
    began = monotonic()
    with fresh_database(durable=False) as url, tempfile.TemporaryDirectory() as folder:
        databases.point_django_at(url)
        found = asyncio.run(walk_all(url, Path(folder), scenarios()))
        databases.release_django()
    walked = monotonic() - began
    with fresh_database(durable=False) as url, tempfile.TemporaryDirectory() as folder:
        databases.point_django_at(url)
        blocked = asyncio.run(block_in_full_flight(url, Path(folder)))
        databases.release_django()
    single = [one for one in found if one.scenario.faults == 1]
    right = [one for one in single if one.is_right]
    cured = [one for one in found if one.cured]
    return [
        ("single faults", len(single), "scenarios", None),
        ("first finding right", len(right) / len(single), "of 1", None),
        ("cured by its step", len(cured) / len(found), "of 1", None),
        ("a scenario", walked / len(found), "s", None),
        ("last message after a block", blocked.after_s, "s", None),
        ("messages after a block", blocked.late, "messages", None),
    ]
