"""Taps on buttons as Meta counts them: learnt by the day, again and again, and never required."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sportello.workers.tend_taps import read_taps
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, open_desk
from tests.workers.mailing import CONTENT, campaign, people, template
from tests.workers.test_tend_templates import _meta

_BUTTON = {"type": "URL", "text": "Scopri", "url": "https://shop.example"}
_BUTTONED = CONTENT | {
    "components": [*CONTENT["components"], {"type": "BUTTONS", "buttons": [_BUTTON]}],  # type: ignore[misc]  # a body of JSON
}
_MIDNIGHT = int(NOW.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def _told(*clicked: Any, template_id: str = "900", start: Any = _MIDNIGHT) -> web.Response:
    point = {"template_id": template_id, "start": start, "clicked": list(clicked)}
    return web.json_response({"data": [{"data_points": [point]}], "paging": {}})


def _click(count: Any, kind: str = "url_button") -> dict[str, Any]:
    return {"type": kind, "button_content": "Scopri", "count": count}


def _used(desk: Desk, **columns: Any) -> None:
    made = template(desk, _BUTTONED)
    values = {"template_id": made, "state": "running", "planned": True, "started_at": NOW}
    campaign(desk, people(desk, 1), **(values | columns))


def _known(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.rows("SELECT day, kind, words, count FROM sportello_tap ORDER BY kind")
    return [(row["day"], row["kind"], row["words"], row["count"]) for row in rows]


@in_loop
async def test_a_day_that_is_not_over_grows(database: str) -> None:
    desk = open_desk(database)
    _used(desk)
    counts = iter([3, 5])

    async with _meta(desk, lambda _: _told(_click(next(counts)))) as (context, _):
        await read_taps(context)
        await read_taps(context)

    today = datetime.fromtimestamp(_MIDNIGHT, UTC).date()
    assert _known(desk) == [(today, "url_button", "Scopri", 5)]


@in_loop
async def test_what_cannot_be_read_or_is_not_told_changes_nothing(database: str) -> None:
    desk = open_desk(database)
    _used(desk)
    refusal = {"error": {"code": 200007, "message": "Enable insights first"}}
    answers = iter([
        web.json_response(refusal, status=400),
        web.json_response({"data": "?"}),
        _told(_click("many"), _click(-1), _click(True), "?"),
        _told(_click(1), template_id="901"),
        _told(_click(1), start="yesterday"),
    ])  # fmt: skip

    async with _meta(desk, lambda _: next(answers)) as (context, seen):
        for _ in range(5):
            await read_taps(context)

    assert (_known(desk), len(seen)) == ([], 5)


@in_loop
async def test_meta_is_asked_of_what_was_used_lately_alone(database: str) -> None:
    desk = open_desk(database)
    _used(desk, state="completed", ended_at=datetime(2020, 1, 1, tzinfo=UTC))

    async with _meta(desk, lambda _: _told(_click(1))) as (context, seen):
        assert await read_taps(context) == 0

    assert seen == []
