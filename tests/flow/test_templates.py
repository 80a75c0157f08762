"""A template's way: drafted here, created at Meta, reviewed there, kept as Meta has it."""

from pathlib import Path
from typing import Any

import pytest

from sportello.workers import fold, tend
from sportello.workers.tend_wishes import fulfil
from tests.flow import desk_templates as desk
from tests.flow.desk_templates import deeds
from tests.flow.house import House, Run, house
from tests.loop import in_loop

HOUR = 3600
DAY = 24 * HOUR
WORKERS: dict[str, Run] = {"fold": fold.run, "tend": tend.run}
pytestmark = pytest.mark.usefixtures("django_database")


def _pictured(picture: int) -> dict[str, Any]:
    example = {"header_handle": [f"file:{picture}"]}
    given = desk.body()
    given["components"].insert(0, {"type": "HEADER", "format": "IMAGE", "example": example})
    return given


def _calls(meta: House, method: str, part: str) -> int:
    """How often Meta was asked this."""
    log = meta.emulator.journal._entries
    return sum(1 for one in log if one.kind == "api" and one.method == method and part in one.path)


@in_loop
async def test_a_template_with_a_picture_is_created_reviewed_and_approved_by_webhook(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        picture = await desk.keep_picture(meta)

        template_id = await desk.submit(meta, _pictured(picture))
        pending = await desk.until_status(meta, template_id, "PENDING")
        await meta.advance(DAY)
        approved = await desk.until_status(meta, template_id, "APPROVED")

        assert (pending["wish"], pending["step"], pending["error"]) == ("", "", None)
        assert approved["sample_id"] == picture
        there = meta.emulator.world.templates[approved["meta_id"]]
        (handle,) = there.components[0]["example"]["header_handle"]
        assert handle.startswith("4::")
        told = [(one["before"], one["after"]) for one in desk.changes(meta, template_id)]
        assert told == [("submitting", "PENDING"), ("PENDING", "APPROVED")]


@in_loop
async def test_a_rejection_is_told_with_its_reason_and_raises_an_alarm(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.submit(meta, desk.body())
        there = await desk.until_status(meta, template_id, "PENDING")

        decision = {"decision": "REJECTED", "reason": "INVALID_FORMAT"}
        await meta.sim("POST", f"templates/{there['meta_id']}/review", decision)
        rejected = await desk.until_status(meta, template_id, "REJECTED")

        assert rejected["reason"] == "INVALID_FORMAT"
        assert "Check variables" in rejected["reason_detail"]
        assert [one["is_alarm"] for one in desk.changes(meta, template_id)] == [False, True]


@in_loop
async def test_what_meta_refuses_at_the_door_fails_with_metas_own_words(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.submit(meta, desk.body(text="Il suo ordine è {{1}}"))

        failed = await desk.until_status(meta, template_id, "failed")

        assert (failed["wish"], failed["meta_id"]) == ("", "")
        assert (failed["error"]["kind"], failed["error"]["subcode"]) == ("rejected", 2388299)
        assert failed["error"]["message"]
        assert failed["wished"]["name"] == "ordine_partito"


@in_loop
async def test_what_no_webhook_told_the_hourly_reading_finds(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.submit(meta, desk.body())
        there = await desk.until_status(meta, template_id, "PENDING")
        await meta.sim("PATCH", "apps/default", {"webhook_enabled": False})
        await meta.sim("POST", f"templates/{there['meta_id']}/review", {"decision": "APPROVED"})
        await desk.until_read(meta)

        await meta.advance(HOUR)

        await desk.until_status(meta, template_id, "APPROVED")


@in_loop
async def test_an_edit_is_reviewed_anew_and_counts(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.approved(meta, desk.body())
        new = desk.body(text="Buongiorno {{1}}, il pacco {{2}} è in viaggio verso di lei.")

        await desk.on_pages(meta, lambda: deeds.edit(template_id, new, None, meta.now()))
        await meta.until(lambda: desk.row(meta, template_id)["wish"] == "")
        edited = desk.row(meta, template_id)
        await meta.advance(DAY)
        await desk.until_status(meta, template_id, "APPROVED")

        assert edited["components"][0]["text"] == new["components"][0]["text"]
        assert edited["edited_at"] is not None
        assert len(meta.desk.rows("SELECT at FROM sportello_templateedit")) == 1
        assert len(desk.changes(meta, template_id, "content")) == 1


@in_loop
async def test_an_edit_that_meta_refuses_leaves_the_template_as_it_was(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.approved(meta, desk.body())
        new = desk.body(text="Il suo ordine è {{1}}")

        await desk.on_pages(meta, lambda: deeds.edit(template_id, new, None, meta.now()))
        await meta.until(lambda: desk.row(meta, template_id)["wish"] == "")

        kept = desk.row(meta, template_id)
        assert (kept["status"], kept["error"]["subcode"]) == ("APPROVED", 2388299)
        assert kept["wished"] == {"components": new["components"]}


@in_loop
async def test_a_deletion_takes_the_template_from_meta_and_keeps_its_row(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.approved(meta, desk.body())

        await desk.on_pages(meta, lambda: deeds.delete(template_id, meta.now()))
        gone = await desk.until_status(meta, template_id, "DELETED")
        await meta.until(lambda: desk.row(meta, template_id)["wish"] == "")

        assert desk.theirs(meta) == []
        assert gone["deleted_at"] is not None
        assert not any(one["is_alarm"] for one in desk.changes(meta, template_id))


@in_loop
async def test_another_category_is_announced_with_an_alarm_and_comes_with_another(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.approved(meta, desk.body())
        there = desk.row(meta, template_id)["meta_id"]

        await meta.sim("POST", f"templates/{there}/category", {"category": "MARKETING"})
        await meta.until(lambda: desk.row(meta, template_id)["coming_category"] == "MARKETING")
        announced = desk.row(meta, template_id)["category"]
        await meta.advance(DAY)
        await meta.until(lambda: desk.row(meta, template_id)["category"] == "MARKETING")

        assert announced == "UTILITY"
        assert desk.row(meta, template_id)["coming_category"] == ""
        (coming, _) = desk.changes(meta, template_id, "coming_category")
        (come,) = desk.changes(meta, template_id, "category")
        assert (coming["after"], coming["is_alarm"]) == ("MARKETING", True)
        assert (come["before"], come["after"], come["is_alarm"]) == ("UTILITY", "MARKETING", True)


@in_loop
async def test_a_template_approved_under_another_category_raises_an_alarm(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        text = "Buongiorno {{1}}, con il codice {{2}} ha uno sconto sul prossimo ordine."
        template_id = await desk.submit(meta, desk.body(text=text))
        await desk.until_status(meta, template_id, "PENDING")

        await meta.advance(DAY)
        approved = await desk.until_status(meta, template_id, "APPROVED")

        assert approved["category"] == "MARKETING"
        (change,) = desk.changes(meta, template_id, "category")
        assert change["is_alarm"]


@in_loop
async def test_poor_quality_pauses_a_template_until_metas_time(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        template_id = await desk.approved(meta, desk.body())
        there = desk.row(meta, template_id)["meta_id"]

        await meta.sim("POST", f"templates/{there}/quality", {"quality": "RED"})
        paused = await desk.until_status(meta, template_id, "PAUSED")
        await meta.until(lambda: desk.row(meta, template_id)["quality"] == "RED")
        await meta.advance(3 * HOUR)
        resumed = await desk.until_status(meta, template_id, "APPROVED")

        assert (paused["paused_until"] - meta.now()).total_seconds() <= 0
        assert (paused["paused_until"] - meta.now()).total_seconds() > -2
        assert resumed["paused_until"] is None
        assert desk.changes(meta, template_id, "quality")[0]["is_alarm"]


@in_loop
async def test_while_the_account_is_blocked_no_template_is_submitted(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers={"fold": fold.run}) as meta:
        await meta.desk.change("UPDATE sportello_number SET status = 'banned'")
        template_id = await desk.submit(meta, desk.body())

        assert await fulfil(meta.context) == 0
        assert _calls(meta, "POST", "message_templates") == 0

        await meta.desk.change(
            "UPDATE sportello_number SET status = 'connected', paused_why = '', paused_at = NULL"
        )
        assert await fulfil(meta.context) == 1
        await desk.until_status(meta, template_id, "PENDING")
