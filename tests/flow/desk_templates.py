"""A company's templates in a running house: asked for by the deeds of its pages, seen as rows."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections  # Django must be set up first

from sportello.console.access import workspace_transaction  # Django is set up first
from sportello.console.templates_desk import deeds, files  # Django is set up first
from sportello.schema.models import File  # Django is set up first
from tests.flow.house import House  # Django is set up first

__all__ = ["File", "deeds", "files"]

Answer = TypeVar("Answer")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(4_000)
TEXT = "Buongiorno {{1}}, il suo ordine {{2}} è partito e arriva domani mattina."


def body(name: str = "ordine_partito", text: str = TEXT, **more: Any) -> dict[str, Any]:
    """A creation body whose variables have examples."""
    count = text.count("{{")
    said: dict[str, Any] = {"type": "BODY", "text": text}
    if count:
        said["example"] = {"body_text": [[f"esempio {number}" for number in range(count)]]}
    whole = {"name": name, "language": "it", "category": "UTILITY", "components": [said]}
    return whole | more


async def on_pages(house: House, deed: Callable[[], Answer]) -> Answer:
    """Does it as a page does: in the company's transaction, on a thread of its own."""

    def run() -> Answer:
        try:
            with workspace_transaction(house.desk.workspace_id):
                return deed()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


async def submit(house: House, given: dict[str, Any], waba_id: str = "") -> int:
    """Drafts and submits; the row's id."""
    workspace_id, now = house.desk.workspace_id, house.now()

    def deed() -> int:
        draft = deeds.save_draft(workspace_id, given, None, now, waba_id=waba_id)
        return deeds.submit(draft.pk, None, now).pk

    return await on_pages(house, deed)


async def keep_picture(house: House, content: bytes = PNG) -> int:
    def deed() -> int:
        return files.keep(
            house.desk.workspace_id, None, content, filename="pacco.png", mime_type="image/png"
        ).pk

    return await on_pages(house, deed)


def row(house: House, template_id: int) -> dict[str, Any]:
    return house.desk.row("SELECT * FROM sportello_template WHERE id = %s", template_id)


def changes(house: House, template_id: int, kind: str = "status") -> list[dict[str, Any]]:
    return house.desk.rows(
        "SELECT * FROM sportello_templatechange WHERE template_id = %s AND kind = %s ORDER BY id",
        template_id,
        kind,
    )


async def until_status(house: House, template_id: int, *wanted: str) -> dict[str, Any]:
    await house.until(lambda: row(house, template_id)["status"] in wanted)
    return row(house, template_id)


async def approved(house: House, given: dict[str, Any]) -> int:
    template_id = await submit(house, given)
    there = await until_status(house, template_id, "PENDING")
    await house.sim("POST", f"templates/{there['meta_id']}/review", {"decision": "APPROVED"})
    await until_status(house, template_id, "APPROVED")
    return template_id


async def again_now(house: House, template_id: int) -> None:
    """Nobody waits for a pause: what is tried again later is due at once."""
    await house.desk.change(
        "UPDATE sportello_template SET due_at = clock_timestamp() WHERE id = %s AND wish <> ''",
        template_id,
    )


async def until_trouble(house: House, template_id: int) -> dict[str, Any]:
    """Until an attempt has gone wrong and waits for the next."""
    await house.until(
        lambda: (
            row(house, template_id)["error"] is not None
            and row(house, template_id)["step"] == "waiting"
        )
    )
    return row(house, template_id)


def theirs(house: House, name: str = "ordine_partito") -> list[str]:
    """The ids of Meta's templates of this name."""
    world = house.emulator.world
    return [one.id for one in world.templates.values() if one.name == name]


async def read_again(house: House) -> None:
    """The next synchronisation is due."""
    await house.desk.change("UPDATE sportello_number SET templates_synchronised_at = NULL")


async def until_read(house: House) -> None:
    await house.until(
        lambda: (
            not house.desk.rows(
                "SELECT id FROM sportello_number WHERE templates_synchronised_at IS NULL"
            )
        )
    )
