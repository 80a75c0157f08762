"""How often the buttons of templates are tapped: asked of Meta, which counts by template and day.

Meta counts only once insights are enabled for the account, for good, in WhatsApp Manager: that is
the company's to decide, and until then its refusal is no trouble.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import structlog

from sportello.store import taps, vault
from sportello.store.taps import Tap, Wanted
from sportello.whatsapp.errors import WhatsAppError
from sportello.workers.outward import Outward

# What is told late is still told: so many days are asked for anew each time.
LOOK_BACK: Final = timedelta(days=7)
TEMPLATES_MAX: Final = 500
# Source: reference account 5, template_analytics.
_AT_ONCE: Final = 10
_POINTS_MAX: Final = 1_000
_BUTTONS_MAX: Final = 40
_KIND_MAX: Final = 40
_WORDS_MAX: Final = 200
_COUNT_MAX: Final = 2_000_000_000
_log = structlog.get_logger(__name__)


async def read_taps(context: Outward) -> int:
    """Of all templates that were used lately; how many counts were learnt."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        wanted = await taps.wanted(connection, now - LOOK_BACK, limit=TEMPLATES_MAX)
    learnt = 0
    ordered = sorted(wanted, key=_account)
    for _, some in groupby(ordered, key=_account):
        whole = tuple(some)
        for first in range(0, len(whole), _AT_ONCE):
            learnt += await _read(context, whole[first : first + _AT_ONCE], now)
    return learnt


def _account(one: Wanted) -> tuple[int, str]:
    return one.workspace_id, one.waba_id


async def _read(context: Outward, portion: tuple[Wanted, ...], now: datetime) -> int:
    first = portion[0]
    try:
        token = vault.unseal(context.key, first.sealed, vault.token_place(first.number_id))
        told = await context.client.get(
            f"{first.waba_id}/template_analytics", token, _asked(portion, now)
        )
    except (WhatsAppError, vault.UnsealError) as error:
        _log.info("taps not told", number=first.number_id, error=type(error).__name__)
        return 0
    found = {
        (one.template_id, one.day, one.kind, one.words): one
        for one in _taps(told, {one.meta_id: one.id for one in portion})
    }
    async with context.pool.connection() as connection:
        await taps.learn(connection, found.values())
    return len(found)


def _asked(portion: Iterable[Wanted], now: datetime) -> dict[str, str]:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "start": str(int((midnight - LOOK_BACK).timestamp())),
        "end": str(int(now.timestamp()) + 1),
        "granularity": "DAILY",
        "metric_types": "CLICKED",
        "template_ids": json.dumps([one.meta_id for one in portion]),
    }


def _taps(told: Mapping[str, Any], ids: Mapping[str, int]) -> Iterator[Tap]:
    """Whatever of it reads as counts of templates that were asked for."""
    for block in _listed(told.get("data")):
        for point in _listed(block.get("data_points"))[:_POINTS_MAX]:
            template_id, start = ids.get(str(point.get("template_id"))), point.get("start")
            if template_id is None or not isinstance(start, int) or not 0 < start < 1 << 33:
                continue
            day = datetime.fromtimestamp(start, UTC).date()
            for one in _listed(point.get("clicked"))[:_BUTTONS_MAX]:
                kind, count = str(one.get("type"))[:_KIND_MAX], one.get("count")
                words = str(one.get("button_content", ""))[:_WORDS_MAX]
                if type(count) is int and 0 <= count <= _COUNT_MAX:
                    yield Tap(template_id, day, kind, words, count)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
