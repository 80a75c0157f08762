"""What webhooks tell of templates: written once, in Meta's order, and never for strangers."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.loop import in_loop
from tests.workers.desk import NOW, WABA_ID, Desk, fold, open_desk, webhook

STATUS = "message_template_status_update"
CATEGORY = "template_category_update"
QUALITY = "message_template_quality_update"
META_ID = 300000000000001


def _desk(database: str, **columns: Any) -> Desk:
    """A company with one approved template."""
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET templates_synchronised_at = %s", NOW)
    row: dict[str, Any] = {
        "workspace_id": desk.workspace_id, "waba_id": WABA_ID, "meta_id": str(META_ID),
        "name": "avviso", "language": "it", "category": "UTILITY", "status": "APPROVED",
        "components": json.dumps([{"type": "BODY", "text": "Ciao"}]), **columns,
    }  # fmt: skip
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    desk.rows(
        f"INSERT INTO sportello_template ({names}) VALUES ({places})",  # noqa: S608  # our names
        *row.values(),
    )
    return desk


def _told(field: str = STATUS, when: datetime = NOW, **value: Any) -> bytes:
    named = {
        "message_template_id": META_ID,
        "message_template_name": "avviso",
        "message_template_language": "it",
    }
    return webhook({**named, **value}, field=field, time=int(when.timestamp()))


def _row(desk: Desk) -> dict[str, Any]:
    return desk.row("SELECT * FROM sportello_template")


def _changes(desk: Desk) -> list[tuple[str, str, str, bool]]:
    rows = desk.rows("SELECT * FROM sportello_templatechange ORDER BY id")
    return [(one["kind"], one["before"], one["after"], one["is_alarm"]) for one in rows]


def _is_due(desk: Desk) -> bool:
    return desk.row("SELECT * FROM sportello_number")["templates_synchronised_at"] is None


@in_loop
async def test_a_rejection_is_kept_with_metas_sentences(database: str) -> None:
    desk = _desk(database, status="PENDING")
    why = {"reason": "Bad form.", "recommendation": "Mend it."}

    told = _told(event="REJECTED", reason="INVALID_FORMAT", rejection_info=why)
    await fold(desk, told)

    row = _row(desk)
    assert (row["status"], row["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert row["reason_detail"] == "Bad form. Mend it."
    assert _changes(desk) == [("status", "PENDING", "REJECTED", True)]
    assert _is_due(desk)


@in_loop
async def test_an_event_told_twice_is_one(database: str) -> None:
    desk = _desk(database, status="PENDING")

    await fold(desk, _told(event="APPROVED", reason="NONE"))
    await fold(desk, _told(event="APPROVED", reason="NONE"))

    assert _changes(desk) == [("status", "PENDING", "APPROVED", False)]


@in_loop
async def test_an_event_that_was_overtaken_changes_nothing(database: str) -> None:
    desk = _desk(database, status="PENDING")

    await fold(desk, _told(event="REJECTED", reason="SCAM", when=NOW))
    await fold(desk, _told(event="APPROVED", reason="NONE", when=NOW - timedelta(minutes=5)))

    assert _row(desk)["status"] == "REJECTED"


@in_loop
async def test_another_templates_newer_event_overtakes_nothing(database: str) -> None:
    desk = _desk(database, status="PENDING")

    await fold(desk, _told(event="APPROVED", message_template_id=META_ID + 1))
    await fold(desk, _told(event="REJECTED", when=NOW - timedelta(minutes=5)))

    assert _row(desk)["status"] == "REJECTED"


@in_loop
async def test_what_we_submitted_is_found_by_name_before_metas_answer(database: str) -> None:
    desk = _desk(
        database, meta_id="", status="submitting", wish="create", step="submitting", due_at=NOW,
        wished="{}",
    )  # fmt: skip

    await fold(desk, _told(event="APPROVED", message_template_language="it"))

    row = _row(desk)
    assert (row["meta_id"], row["status"], row["wish"]) == (str(META_ID), "APPROVED", "")
    assert (row["step"], row["due_at"], row["wished"]) == ("", None, None)
    assert row["submitted_at"] == NOW


@in_loop
async def test_an_unknown_template_is_left_to_the_reading_of_its_account(database: str) -> None:
    desk = _desk(database)

    await fold(desk, _told(event="APPROVED", message_template_id=9, message_template_name="x"))

    assert (_row(desk)["status"], _is_due(desk)) == ("APPROVED", True)


@pytest.mark.parametrize(
    ("title", "hours"), [("FIRST_PAUSE", 3), ("SECOND_PAUSE", 6), ("RATE_LIMITING_PAUSE", None)]
)
@in_loop
async def test_a_pause_for_quality_has_an_end(database: str, title: str, hours: int | None) -> None:
    desk = _desk(database)

    await fold(desk, _told(event="PAUSED", reason="NONE", other_info={"title": title}))

    row = _row(desk)
    until = None if hours is None else NOW + timedelta(hours=hours)
    assert (row["status"], row["paused_until"]) == ("PAUSED", until)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("REINSTATED", "APPROVED"),
        ("FLAGGED", "DISABLED"),
        ("LOCKED", "DISABLED"),
        ("UNARCHIVED", "DISABLED"),
        ("DISABLED", "DISABLED"),
        ("ARCHIVED", "ARCHIVED"),
        ("something new", "DISABLED"),
    ],
)
@in_loop
async def test_events_that_name_no_status_are_left_to_the_reading(
    database: str, event: str, status: str
) -> None:
    desk = _desk(database, status="DISABLED")

    await fold(desk, _told(event=event))

    assert (_row(desk)["status"], _is_due(desk)) == (status, True)


@in_loop
async def test_a_deletion_is_dated(database: str) -> None:
    desk = _desk(database)

    await fold(desk, _told(event="DELETED", reason=None))

    assert (_row(desk)["status"], _row(desk)["deleted_at"]) == ("DELETED", NOW)
    assert _changes(desk) == [("status", "APPROVED", "DELETED", True)]


@in_loop
async def test_a_category_is_announced_and_comes(database: str) -> None:
    desk = _desk(database)

    await fold(desk, _told(CATEGORY, new_category="UTILITY", correct_category="MARKETING"))
    announced = _row(desk)
    later = NOW + timedelta(seconds=5)
    told = _told(CATEGORY, later, previous_category="UTILITY", new_category="MARKETING")
    await fold(desk, told, now=later)

    assert (announced["category"], announced["coming_category"]) == ("UTILITY", "MARKETING")
    assert (_row(desk)["category"], _row(desk)["coming_category"]) == ("MARKETING", "")
    alarms = [(kind, after) for kind, _, after, is_alarm in _changes(desk) if is_alarm]
    assert alarms == [("coming_category", "MARKETING"), ("category", "MARKETING")]


@in_loop
async def test_a_quality_is_kept_and_a_word_that_is_none_is_not(database: str) -> None:
    desk = _desk(database)

    await fold(desk, _told(QUALITY, previous_quality_score="GREEN", new_quality_score="YELLOW"))
    await fold(desk, _told(QUALITY, new_quality_score="PURPLE"))

    assert _row(desk)["quality"] == "YELLOW"


@pytest.mark.parametrize(
    "value",
    [
        {"event": ["x"]},
        {"event": "REJECTED", "rejection_info": "x", "other_info": [1]},
        {"event": "PAUSED", "other_info": {"title": {}}},
        {"event": "APPROVED", "message_template_id": {}},
        {"event": "APPROVED", "message_template_id": "9" * 80},
        {"event": "APPROVED", "message_template_category": "x" * 900},
        {"event": "REJECTED", "reason": "x" * 900},
        {"event": "APPROVED", "message_template_name": None, "message_template_language": 7},
    ],
)
@in_loop
async def test_strange_values_harm_nobody(database: str, value: dict[str, Any]) -> None:
    desk = _desk(database)

    await fold(desk, _told(**value), _told(QUALITY, new_quality_score="YELLOW"))

    assert _row(desk)["quality"] == "YELLOW"
    assert _row(desk)["category"] == "UTILITY"


@in_loop
async def test_another_companys_template_hears_nothing(database: str) -> None:
    desk = _desk(database)
    told = json.loads(_told(event="DISABLED"))
    told["entry"][0]["id"] = "999"

    await fold(desk, json.dumps(told).encode())

    assert _row(desk)["status"] == "APPROVED"
