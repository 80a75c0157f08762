"""`sportello doctor`: looks at every number now, by itself, and says what is wrong and what to do.

It asks Meta with the settings it is given and does not need the worker to run: that the worker
does not run is one of the things that it finds.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import typer

from sportello import clock
from sportello.console.doctor import words
from sportello.ops import prepare
from sportello.ops.settings import Settings
from sportello.store import doctor, vault
from sportello.store.doctor import Wanted
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.workers import tend_doctor
from sportello.workers.outward import Outward

_NUMBERS_MAX: Final = 200
_CONNECTIONS: Final = 2
_STOPS: Final = "stops"


def command(settings: Settings, *, as_json: bool) -> int:
    """Prints a report of each number; the exit code: 0 if nothing stops any of them, else 1."""
    spoken = "it" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("it") else "en"
    reports = asyncio.run(_examine(settings))
    shown = [_shown(number, report, spoken) for number, report in reports]
    if as_json:
        typer.echo(json.dumps({"numbers": shown}, ensure_ascii=False, default=str))
    else:
        typer.echo("\n\n".join(_lines(one) for one in shown) or "No number is connected.")
    return 1 if any(_is_stopped(one) for one in shown) else 0


async def _examine(settings: Settings) -> list[tuple[str, dict[str, Any]]]:
    """One number after the other: each look at Meta is bounded."""
    url = prepare.database_url(settings)
    async with (
        open_pool(url, _CONNECTIONS, application="sportello-doctor") as pool,
        Client(settings.graph_url, settings.graph_version) as client,
    ):
        context = Outward(
            pool=pool,
            url=url,
            key=vault.key_of(settings.read_secret_key()),
            clock=clock.now,
            data=settings.data,
            client=client,
        )
        async with pool.connection() as connection:
            numbers = await doctor.numbers(connection, limit=_NUMBERS_MAX)
        found = []
        for row in numbers:
            wanted = Wanted(0, row["workspace_id"], row["id"], "number", row["id"])
            report = await tend_doctor.examine(context, wanted, _tell_nobody)
            found.append((row["display_number"], report.kept()))
        return found


async def _tell_nobody(_look: Mapping[str, Any]) -> None:
    """Nobody watches the looks one by one."""


def _shown(number: str, kept: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    return {
        "number": number,
        "findings": [_finding(one, spoken) for one in kept["findings"]],
        "looked_at": [
            {
                "name": name,
                "text": words.said("look", name, spoken=spoken),
                "miss": look["miss"] and words.said("miss", look["miss"], look, spoken=spoken),
            }
            for name, look in kept["looks"].items()
        ],
    }


def _finding(one: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    told = words.finding(one["code"], one["values"], spoken)
    return {
        "code": one["code"],
        "severity": one["weight"],
        "turn": words.said("turn", one["turn"], spoken=spoken),
        "title": told.title,
        "meaning": told.meaning,
        "next_step": told.next_step,
        "evidence": [_seen(seen, spoken) for seen in one["evidence"]],
    }


def _seen(seen: Mapping[str, Any], spoken: str) -> str:
    source = words.said("source", seen["source"], spoken=spoken)
    at = "" if seen["at"] is None else f", {_minute(seen['at'])}"
    return f"{source}{at}: {words.said('what', seen['what'], seen['values'], spoken)}"


def _minute(at: str) -> str:
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _is_stopped(shown: Mapping[str, Any]) -> bool:
    return any(one["severity"] == _STOPS for one in shown["findings"])


def _lines(shown: Mapping[str, Any]) -> str:
    lines = [shown["number"]]
    for one in shown["findings"]:
        lines += [f"  ✗ {one['title']}  [{one['code']}]", f"    {one['meaning']}"]
        lines += [f"    · {seen}" for seen in one["evidence"]]
        lines += [f"    → {one['turn']}: {one['next_step']}"]
    if not shown["findings"]:
        lines.append("  ✓")
    for look in shown["looked_at"]:
        lines.append(
            f"  {'✗' if look['miss'] else '✓'} {look['text']} {look['miss'] or ''}".rstrip()
        )
    return "\n".join(lines)
