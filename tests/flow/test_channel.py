"""A number's way to Sportello and away from it, against the emulator over HTTP."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sportello.rules.connecting import PERMISSIONS, Kind, Step, steps
from sportello.store import vault
from sportello.workers import fold, tend
from sportello.workers.tend_numbers import look_at_numbers
from sportello.workers.tend_silence import notice_silence
from tests.flow.house import SETTINGS, House, Run, house, working
from tests.flow.mortal import Surroundings, was_killed, worker
from tests.loop import in_loop
from tests.workers.desk import ANNA, KEY, PHONE_ID, WABA_ID, say
from whatsapp_emulator.world import Subscription

_WORKERS: Mapping[str, Run] = {"fold": fold.run, "tend": tend.run}
_PIN = "135790"
MANAGEMENT = PERMISSIONS[0]


@in_loop
async def test_a_dialogue_s_code_becomes_a_working_number(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=_WORKERS) as running:
        chosen = await _choose(
            running, choice="new", business_name="Nuova", phone_number="061112223"
        )

        made = await _connect(running, chosen, pin=_PIN)

        assert await _end(running, made) == ("done", [])
        number = _number(running, chosen["data"]["phone_number_id"])
        assert (number["status"], number["paused_why"]) == ("connected", "")
        assert number["told"]["subscribed"] == "yes"
        assert number["told"]["webhook"] == running.context.ours.callback
        waba = running.emulator.world.wabas[number["waba_id"]]
        assert set(waba.subscribed) == {running.context.ours.app_id}
        assert running.desk.rows("SELECT * FROM sportello_connectionsecret") == []


@in_loop
async def test_a_code_that_is_over_asks_for_the_dialogue_once_more(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=_WORKERS) as running:
        late = await _choose(running, choice="existing", waba_id=WABA_ID)
        await running.advance(31)
        made = await _connect(running, late)
        assert await _end(running, made) == ("stopped", [("exchange", "code_expired")])

        again = await _choose(running, choice="existing", waba_id=WABA_ID)
        await _go_on(running, made, code=again["code"])

        assert await _end(running, made) == ("done", [])


@in_loop
async def test_credentials_are_checked_one_by_one(database: str, tmp_path: Path) -> None:
    """What is missing is named; once it is there the connection goes on where it stopped."""
    async with house(database, tmp_path, workers=_WORKERS) as running:
        running.desk.rows("DELETE FROM sportello_token; DELETE FROM sportello_number")
        left = running.emulator.world.numbers[PHONE_ID]
        left.override = Subscription("http://127.0.0.1:9/of-the-service-before", "x")
        await running.sim("PATCH", "apps/default", {"permissions": [MANAGEMENT]})
        made = await _begin(
            running, Kind.CONNECT, by_hand=True, waba_id=WABA_ID,
            secrets={"token": SETTINGS.access_token, "app_secret": "0" * 32},
        )  # fmt: skip
        assert await _end(running, made) == ("stopped", [("token", "app_secret_wrong")])

        await _go_on(running, made, app_secret=SETTINGS.app_secret)
        assert await _end(running, made) == ("stopped", [("token", "permission_missing")])

        await running.sim("PATCH", "apps/default", {"permissions": list(PERMISSIONS)})
        await running.sim("PATCH", f"numbers/{PHONE_ID}", {"registered": False, "pin": _PIN})
        await _go_on(running, made)
        assert await _end(running, made) == ("stopped", [("register", "pin_missing")])

        await _go_on(running, made, pin="000000")
        assert await _end(running, made) == ("stopped", [("register", "pin_wrong")])

        await running.advance(31)
        await _go_on(running, made, pin=_PIN)
        assert await _end(running, made) == ("done", [])
        number = _number(running)
        assert number["token_last4"] == SETTINGS.access_token[-4:]
        assert (left.override, number["told"]["webhook"]) == (
            None,
            running.context.ours.callback,
        )


@in_loop
async def test_a_number_of_another_company_is_refused(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=_WORKERS) as running:
        other = running.desk.row(
            "INSERT INTO sportello_workspace (name, slug) VALUES ('Altra', 'altra') RETURNING id"
        )["id"]
        before = _number(running)

        made = await _begin(
            running, Kind.CONNECT, by_hand=True, waba_id=WABA_ID, workspace_id=other,
            secrets={"token": SETTINGS.access_token},
        )  # fmt: skip

        assert await _end(running, made) == ("stopped", [("number", "number_elsewhere")])
        assert _number(running)["workspace_id"] == before["workspace_id"]


@in_loop
async def test_a_crash_at_any_step_resumes(database: str, tmp_path: Path) -> None:
    """A process dies when it has begun a step, the next when Meta was asked, and so at each."""
    async with house(database, tmp_path, workers={}) as running:
        chosen = await _choose(
            running, choice="new", business_name="Nuova", phone_number="061112223"
        )
        made = await _connect(running, chosen, pin=_PIN)
        await _dies_at_each(running, Kind.CONNECT)

        async with working(running.context, _WORKERS):
            assert await _end(running, made) == ("done", [])
        assert running.desk.rows("SELECT id FROM sportello_connectionsecret") == []
        calls = running.emulator.journal.since(0, 1000)["entries"]
        registered = [one for one in calls if one["path"].endswith("/register")]
        assert len(registered) == 1

        number = _number(running, chosen["data"]["phone_number_id"])
        ids = {
            "number_id": number["id"],
            "waba_id": number["waba_id"],
            "phone_number_id": number["phone_number_id"],
        }
        for kind, status in ((Kind.DISCONNECT, "disconnected"), (Kind.RECONNECT, "connected")):
            await running.advance(60)
            made = await _begin(running, kind, **ids)
            await _dies_at_each(running, kind)
            async with working(running.context, _WORKERS):
                assert await _end(running, made) == ("done", [])
            assert _number(running, ids["phone_number_id"])["status"] == status


@in_loop
async def test_a_token_that_died_with_its_process_asks_for_the_dialogue_once_more(
    database: str, tmp_path: Path
) -> None:
    """A code is good once, and what it was exchanged for was not written down."""
    async with house(database, tmp_path, workers={}) as running:
        chosen = await _choose(
            running, choice="new", business_name="Nuova", phone_number="061112223"
        )
        made = await _connect(running, chosen, pin=_PIN)
        await _dies_at(running, "connect.exchange.asked")

        async with working(running.context, _WORKERS):
            assert await _end(running, made) == ("stopped", [("exchange", "code_used")])
            again = await _choose(running, choice="existing", waba_id=chosen["data"]["waba_id"])
            await _go_on(running, made, code=again["code"])
            assert await _end(running, made) == ("done", [])


@in_loop
async def test_disconnected_and_connected_again_without_a_verification(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=_WORKERS) as running:
        world = running.emulator.world
        numbers = world.numbers[PHONE_ID]
        await running.sim("PATCH", f"numbers/{PHONE_ID}", {"pin": _PIN})
        campaign = _campaign(running)

        gone = await _begin(running, Kind.DISCONNECT, **_ids(running))

        assert await _end(running, gone) == ("done", [])
        number = _number(running)
        assert (number["status"], number["paused_why"]) == ("disconnected", "disconnected")
        assert not numbers.registered
        assert world.wabas[WABA_ID].subscribed == {}
        state = running.desk.row("SELECT * FROM sportello_campaign WHERE id = %s", campaign)
        assert (state["state"], state["paused_why"]) == ("paused", "account")

        back = await _begin(running, Kind.RECONNECT, secrets={"pin": _PIN}, **_ids(running))

        assert await _end(running, back) == ("done", [])
        number = _number(running)
        assert (number["status"], number["paused_why"]) == ("connected", "")
        assert numbers.registered
        assert set(world.wabas[WABA_ID].subscribed) == {running.context.ours.app_id}
        told = running.desk.rows("SELECT kind, after FROM sportello_numberchange ORDER BY id")
        assert {"kind": "paused", "after": "disconnected"} in told
        assert {"kind": "paused", "after": ""} in told

        once_more = await _begin(running, Kind.RECONNECT, **_ids(running))
        assert await _end(running, once_more) == ("done", [])


@in_loop
async def test_a_block_stops_everything_until_an_administrator_says_so(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as running:
        await running.writes(ANNA, "Buongiorno")
        await running.until(
            lambda: bool(running.desk.rows("SELECT id FROM sportello_conversation"))
        )
        running.desk.rows(
            "UPDATE sportello_conversation SET holder = 'operator', control_epoch = 2,"
            " reply_due_at = NULL, burst_started_at = NULL"
        )
        campaign = _campaign(running)

        await running.sim("PATCH", f"wabas/{WABA_ID}", {"ban_state": "DISABLE"})
        await running.advance(5)
        await running.until(lambda: _number(running)["status"] == "banned")
        say(running.desk, "Non deve partire")
        await running.until(lambda: _sends(running) == ["refused"])

        number = _number(running)
        assert number["paused_why"] == "blocked"
        state = running.desk.row("SELECT * FROM sportello_campaign WHERE id = %s", campaign)
        assert (state["state"], state["paused_why"]) == ("paused", "account")

        await running.sim("PATCH", f"wabas/{WABA_ID}", {"ban_state": "REINSTATE"})
        await running.advance(5)
        await running.until(lambda: _number(running)["status"] == "connected")
        await look_at_numbers(running.context)
        running.desk.rows(
            "UPDATE sportello_number SET paused_at = clock_timestamp() - interval '2 hours'"
        )
        say(running.desk, "Attende la parola")
        await running.until(lambda: "number_paused" in _holds(running))
        assert await running.phone(ANNA) == await _only_hers(running)


@in_loop
async def test_missing_webhooks_are_noticed_and_their_way_repaired(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as running:
        await running.writes(ANNA, "Buongiorno")
        await running.until(
            lambda: bool(running.desk.rows("SELECT id FROM sportello_conversation"))
        )
        running.desk.rows(
            "UPDATE sportello_conversation SET holder = 'operator', control_epoch = 2,"
            " reply_due_at = NULL, burst_started_at = NULL"
        )
        waba = running.emulator.world.wabas[WABA_ID]
        await running.sim("PATCH", "apps/default", {"subscribed": False})
        await running.advance(2)
        say(running.desk, "Eccoci")
        await running.until(lambda: _sends(running) == ["accepted"])
        assert await notice_silence(running.context) == 0
        await running.advance(360)

        assert await notice_silence(running.context) == 1

        assert _number(running)["silent_since"] is not None
        made = running.desk.row("SELECT id FROM sportello_connection WHERE kind = 'repair'")["id"]
        assert await _end(running, made) == ("done", [])
        assert set(waba.subscribed) == {running.context.ours.app_id}
        await running.writes(ANNA, "Ci siete?")
        await running.advance(5)
        await running.until(lambda: len(running.desk.messages()) == 3)
        assert await notice_silence(running.context) == 0
        assert _number(running)["silent_since"] is None


async def _dies_at_each(running: House, kind: Kind) -> None:
    """But where a code is lost with its process, which has its own test."""
    for step in steps(kind):
        for moment in ("begun", "asked"):
            if (step, moment) != (Step.EXCHANGE, "asked"):
                await _dies_at(running, f"connect.{step}.{moment}")


async def _dies_at(running: House, point: str) -> None:
    context = running.context
    where = Surroundings(
        running.desk.url, running.emulator_url, context.data, ("connect",), context.ours
    )
    with worker(where, dies_at=point) as process:
        await asyncio.to_thread(process.join, 40)
        assert was_killed(process), f"it never came to {point}"
    running.desk.rows("UPDATE sportello_connection SET due_at = clock_timestamp()")


def _campaign(running: House) -> int:
    row = running.desk.row(
        "INSERT INTO sportello_campaign (workspace_id, number_id, name, state, planned, content)"
        " SELECT workspace_id, id, 'Saldi', 'running', true, '{}' FROM sportello_number"
        " ORDER BY id LIMIT 1 RETURNING id"
    )
    found: int = row["id"]
    return found


def _ids(running: House) -> dict[str, Any]:
    number = _number(running)
    return {"number_id": number["id"], "waba_id": WABA_ID, "phone_number_id": PHONE_ID}


def _number(running: House, phone_number_id: str = PHONE_ID) -> dict[str, Any]:
    return running.desk.row(
        "SELECT * FROM sportello_number WHERE phone_number_id = %s", phone_number_id
    )


def _sends(running: House) -> list[str]:
    rows = running.desk.rows("SELECT state FROM sportello_send WHERE kind = 'message' ORDER BY id")
    return [row["state"] for row in rows]


def _holds(running: House) -> list[str]:
    return [row["hold_code"] for row in running.desk.rows("SELECT hold_code FROM sportello_send")]


async def _only_hers(running: House) -> list[dict[str, Any]]:
    return [one for one in await running.phone(ANNA) if one["from"] == ANNA]


async def _go_on(running: House, connection_id: int, **secrets: str) -> None:
    """As the console writes it when somebody gives what was missing."""
    desk = running.desk
    for name, text in secrets.items():
        desk.rows(
            "INSERT INTO sportello_connectionsecret (workspace_id, connection_id, name, sealed)"
            " VALUES (%s, %s, %s, %s)",
            desk.workspace_id, connection_id, name,
            vault.seal(KEY, text, vault.secret_place(connection_id, name)),
        )  # fmt: skip
    await desk.change(
        "UPDATE sportello_connection SET state = 'running', attempts = 0,"
        " due_at = clock_timestamp() WHERE id = %s",
        connection_id,
    )


async def _choose(running: House, **body: Any) -> dict[str, Any]:
    """What the dialogue tells the page: the code, and the ids of its message."""
    told = await running.sim("POST", "signup", {"client_id": running.context.ours.app_id, **body})
    return {"code": told["code"], "data": told["message"]["data"]}


async def _connect(running: House, chosen: dict[str, Any], **secrets: str) -> int:
    data = chosen["data"]
    return await _begin(
        running,
        Kind.CONNECT,
        waba_id=data["waba_id"],
        phone_number_id=data.get("phone_number_id", ""),
        secrets={"code": chosen["code"], **secrets},
    )


async def _begin(
    running: House,
    kind: Kind,
    *,
    secrets: Mapping[str, str] | None = None,
    by_hand: bool = False,
    photo: bool = False,
    **columns: Any,
) -> int:
    """As the console writes it, in one transaction."""
    names = list(steps(kind, by_hand=by_hand, photo=photo))
    desk = running.desk
    values = {"workspace_id": desk.workspace_id, "kind": kind.value, "by_hand": by_hand} | columns
    if "facts" in values:
        values["facts"] = json.dumps(values["facts"])
    row = desk.row(
        f"INSERT INTO sportello_connection ({', '.join(values)}, state, ended_at)"  # noqa: S608  # names of columns
        f" VALUES ({', '.join(['%s'] * len(values))}, 'given_up', now()) RETURNING id",
        *values.values(),
    )
    for place, name in enumerate(names, 1):
        desk.rows(
            "INSERT INTO sportello_connectionstep (workspace_id, connection_id, place, name)"
            " VALUES (%s, %s, %s, %s)",
            values["workspace_id"], row["id"], place, name,
        )  # fmt: skip
    for name, text in (secrets or {}).items():
        desk.rows(
            "INSERT INTO sportello_connectionsecret (workspace_id, connection_id, name, sealed)"
            " VALUES (%s, %s, %s, %s)",
            values["workspace_id"], row["id"], name,
            vault.seal(KEY, text, vault.secret_place(row["id"], name)),
        )  # fmt: skip
    await desk.change(
        "UPDATE sportello_connection SET state = 'running', ended_at = NULL WHERE id = %s",
        row["id"],
    )
    found: int = row["id"]
    return found


async def _end(running: House, connection_id: int) -> tuple[str, list[tuple[str, str]]]:
    """Its state once it runs no more, and the steps that failed, with why."""
    await running.until(lambda: _state(running, connection_id) != "running")
    failed = running.desk.rows(
        "SELECT name, error FROM sportello_connectionstep"
        " WHERE connection_id = %s AND state <> 'done' AND error IS NOT NULL",
        connection_id,
    )
    return _state(running, connection_id), [(one["name"], one["error"]["kind"]) for one in failed]


def _state(running: House, connection_id: int) -> str:
    found: str = running.desk.row(
        "SELECT state FROM sportello_connection WHERE id = %s", connection_id
    )["state"]
    return found
