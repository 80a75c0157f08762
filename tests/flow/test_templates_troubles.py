"""Templates where Meta is away, an answer is lost, a process dies, or there are very many."""

import asyncio
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sportello.store import vault
from sportello.workers import fold, tend
from sportello.workers.tend_wishes import fulfil
from tests.flow import desk_templates as desk
from tests.flow.desk_templates import deeds
from tests.flow.house import SETTINGS, House, Run, house
from tests.loop import in_loop
from tests.workers.desk import KEY, WABA_ID
from whatsapp_emulator.world import Number, Template, Waba

WORKERS: dict[str, Run] = {"fold": fold.run, "tend": tend.run}
FOLD: dict[str, Run] = {"fold": fold.run}
OTHER_WABA = "100000000000002"
pytestmark = pytest.mark.usefixtures("django_database")


async def _fault(meta: House, kind: str, where: str = "message_templates", **more: Any) -> None:
    await meta.sim("POST", "faults", {"where": where, "kind": kind, **more})


@in_loop
async def test_while_meta_is_away_the_wish_waits_and_says_why(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await _fault(meta, "error", code=2, times=1)
        template_id = await desk.submit(meta, desk.body())

        await fulfil(meta.context)
        waiting = desk.row(meta, template_id)
        early = await fulfil(meta.context)
        await desk.again_now(meta, template_id)
        await fulfil(meta.context)

        assert (waiting["status"], waiting["step"], early) == ("submitting", "waiting", 0)
        assert waiting["error"]["code"] == 2
        assert (await desk.until_status(meta, template_id, "PENDING"))["error"] is None
        assert len(desk.theirs(meta)) == 1


@in_loop
async def test_meta_that_stays_away_ends_the_wish_in_a_bounded_number_of_attempts(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await _fault(meta, "error", where="*", code=2)
        template_id = await desk.submit(meta, desk.body())

        tried = 0
        while desk.row(meta, template_id)["wish"] and tried < 50:
            tried += await fulfil(meta.context)
            await desk.again_now(meta, template_id)

        failed = desk.row(meta, template_id)
        assert (tried, failed["status"]) == (9, "failed")
        assert failed["error"]["code"] == 2


@pytest.mark.parametrize("kind", ["timeout_after_accept", "reset_after_accept"])
@in_loop
async def test_a_creation_whose_answer_was_lost_is_found_and_not_repeated(
    database: str, tmp_path: Path, kind: str
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await meta.sim("PATCH", "apps/default", {"webhook_enabled": False})
        await _fault(meta, kind, times=1, seconds=0.1)
        template_id = await desk.submit(meta, desk.body())

        await fulfil(meta.context)
        lost = desk.row(meta, template_id)
        await desk.again_now(meta, template_id)
        await fulfil(meta.context)

        assert (lost["status"], lost["error"]["kind"]) == ("submitting", "in_doubt")
        found = desk.row(meta, template_id)
        assert (found["status"], [found["meta_id"]]) == ("PENDING", desk.theirs(meta))


@in_loop
async def test_a_worker_that_dies_between_upload_and_creation_leaves_no_second_template(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        picture = await desk.keep_picture(meta)
        given = desk.body()
        example = {"header_handle": [f"file:{picture}"]}
        given["components"].insert(0, {"type": "HEADER", "format": "IMAGE", "example": example})
        template_id = await desk.submit(meta, given)
        await _fault(meta, "slow", times=1, seconds=30)
        dying = asyncio.create_task(fulfil(meta.context))
        await meta.until(lambda: meta.emulator.faults.shown()[0]["hits"] == 1)

        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await desk.again_now(meta, template_id)
        await fulfil(meta.context)

        assert [desk.row(meta, template_id)["meta_id"]] == desk.theirs(meta)
        assert desk.row(meta, template_id)["status"] == "PENDING"


@in_loop
async def test_a_webhook_that_overtakes_the_lost_answer_settles_the_wish(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await _fault(meta, "reset_after_accept", times=1)
        template_id = await desk.submit(meta, desk.body())
        await fulfil(meta.context)
        (there,) = desk.theirs(meta)

        await meta.sim("POST", f"templates/{there}/review", {"decision": "APPROVED"})
        settled = await desk.until_status(meta, template_id, "APPROVED")
        await desk.again_now(meta, template_id)
        await fulfil(meta.context)

        assert (settled["meta_id"], settled["wish"], settled["error"]) == (there, "", None)
        assert desk.theirs(meta) == [there]


@in_loop
async def test_a_deletion_whose_answer_was_lost_is_a_deletion(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        template_id = await desk.submit(meta, desk.body())
        await fulfil(meta.context)
        await meta.sim("PATCH", "apps/default", {"webhook_enabled": False})
        await _fault(meta, "reset_after_accept", times=1)
        await desk.on_pages(meta, lambda: deeds.delete(template_id, meta.now()))

        await fulfil(meta.context)
        await desk.again_now(meta, template_id)
        await fulfil(meta.context)

        gone = desk.row(meta, template_id)
        assert (gone["wish"], gone["deleted_at"] is not None, gone["error"]) == ("", True, None)


@in_loop
async def test_an_account_without_a_token_is_told_so(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await meta.desk.change("DELETE FROM sportello_token")
        template_id = await desk.submit(meta, desk.body())

        await fulfil(meta.context)

        failed = desk.row(meta, template_id)
        assert (failed["status"], failed["error"]["kind"]) == ("failed", "no_token")


@in_loop
async def test_all_pages_of_several_accounts_are_read(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        _open_account(meta, OTHER_WABA, "200000000000002")
        for waba_id, count in ((WABA_ID, 130), (OTHER_WABA, 3)):
            for number in range(count):
                _make(meta, waba_id, f"modello_{number:03}")

        async with asyncio.TaskGroup() as working:
            stop = asyncio.Event()
            working.create_task(tend.run(meta.context, stop))
            await meta.until(lambda: len(_known(meta)) == 133)
            stop.set()

        assert len([1 for one in _known(meta) if one["waba_id"] == OTHER_WABA]) == 3


@in_loop
async def test_what_is_gone_from_meta_is_known_to_be_gone(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        kept, gone = (_make(meta, WABA_ID, name) for name in ("resta", "va_via"))
        await desk.read_again(meta)
        await meta.until(lambda: len(_known(meta)) == 2)
        await meta.sim("PATCH", "apps/default", {"webhook_enabled": False})
        _take_away(meta, gone)

        await meta.advance(3600)
        await meta.until(
            lambda: (
                {one["meta_id"]: one["status"] for one in _known(meta)}
                == {kept.id: "APPROVED", gone.id: "DELETED"}
            )
        )

        (alarm,) = meta.desk.rows("SELECT * FROM sportello_templatechange WHERE is_alarm")
        assert alarm["after"] == "DELETED"


@in_loop
async def test_a_list_that_breaks_off_deletes_nothing(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        for number in range(60):
            _make(meta, WABA_ID, f"modello_{number:03}")
        await desk.read_again(meta)
        await meta.until(lambda: len(_known(meta)) == 60)
        asked = meta.emulator.journal._seq

        await _fault(meta, "garbage")
        await meta.advance(3600)
        await meta.until(lambda: meta.emulator.journal._seq > asked)

        assert {one["status"] for one in _known(meta)} == {"APPROVED"}


def _known(meta: House) -> list[dict[str, Any]]:
    return meta.desk.rows("SELECT waba_id, meta_id, status FROM sportello_template")


def _make(meta: House, waba_id: str, name: str) -> Template:
    """Made in Meta's own manager: nobody here has heard of it."""
    world = meta.emulator.world
    components = deepcopy(desk.body()["components"])
    components[0]["text"] = f"Il messaggio {name} per {{{{1}}}} è arrivato."
    made = Template(
        id=world.next_id("template", 300000000000001),
        waba_id=waba_id,
        name=name,
        language="it",
        category="UTILITY",
        components=components,
        parameter_format="POSITIONAL",
        created_at=meta.emulator.clock.now(),
        updated_at=meta.emulator.clock.now(),
    )
    made.status = "APPROVED"
    world.templates[made.id] = made
    world.wabas[waba_id].template_ids.append(made.id)
    return made


def _take_away(meta: House, template: Template) -> None:
    world = meta.emulator.world
    del world.templates[template.id]
    world.wabas[template.waba_id].template_ids.remove(template.id)


def _open_account(meta: House, waba_id: str, phone_number_id: str) -> None:
    """A second account of the same company, at Meta and here."""
    world = meta.emulator.world
    first = world.wabas[WABA_ID]
    world.wabas[waba_id] = Waba(
        waba_id, "Bottega due", first.portfolio_id, first.currency, first.timezone,
        namespace="n", subscribed=dict(first.subscribed), number_ids=[phone_number_id],
    )  # fmt: skip
    world.numbers[phone_number_id] = Number(
        phone_number_id, waba_id, "+39 06 1234 5679", "Bottega due", "39",
        last_onboarded_at=meta.emulator.clock.now(),
    )  # fmt: skip
    number = meta.desk.row(
        "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
        " VALUES (%s, %s, %s) RETURNING id",
        meta.desk.workspace_id, phone_number_id, waba_id,
    )  # fmt: skip
    sealed = vault.seal(KEY, SETTINGS.access_token, vault.token_place(number["id"]))
    meta.desk.rows(
        "INSERT INTO sportello_token (workspace_id, number_id, sealed) VALUES (%s, %s, %s)",
        meta.desk.workspace_id, number["id"], sealed,
    )  # fmt: skip
