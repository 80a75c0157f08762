"""The proof at full size: a campaign of 10,000 under faults, while all of Sportello is killed.

Everything is as it runs for a company: supervisor, edge, worker and database are processes of
their own, Meta is an emulator. `sportello doctor --verify` has the last word.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import psutil
import psycopg
from psycopg.rows import dict_row

from tests.bench.desks import Figure
from tests.flow.running import Up, clean, running_up, until

PEOPLE = 10_000
KILLS = 100
# Of every hundred kills: who has how many.
VICTIMS = ("work",) * 60 + ("edge",) * 20 + ("postgres",) * 12 + ("supervisor",) * 8
POINTS = (
    "plan.stepped",
    "plan.committed",
    "dispatch.claimed",
    "dispatch.committed",
    "dispatch.answered:20",
    "dispatch.written",
    "dispatch.settled",
    "fold.claimed",
    "fold.folded",
    "fold.committed",
)
_FAULTS: tuple[dict[str, Any], ...] = (
    {"where": "messages", "kind": "status_429", "rate": 0.05},
    {"where": "messages", "kind": "status_500", "rate": 0.02},
    {"where": "messages", "kind": "timeout_after_accept", "rate": 0.01},
    {"where": "messages", "kind": "reset", "rate": 0.005},
    {"where": "messages", "kind": "reset_after_accept", "rate": 0.005},
    {"where": "messages", "kind": "slow", "rate": 0.01, "seconds": 2},
    {"where": "webhooks", "kind": "duplicate", "rate": 0.05},
    {"where": "webhooks", "kind": "drop_then_retry", "rate": 0.02},
)
# While it is killed it goes slowly enough to be there for the last kill; a minute's messages.
_RATE = 1_200
_SEED = 20_261_122
_TEXT = "Ciao {{1}}, da noi è arrivata la nuova stagione: passa a trovarci quando vuoi."
_BODY: dict[str, Any] = {
    "name": "nuova_stagione",
    "language": "it",
    "category": "MARKETING",
    "components": [{"type": "BODY", "text": _TEXT, "example": {"body_text": [["Anna"]]}}],
}
# Nothing of all this changes for so long: it hangs.
_STILL_S_MAX = 180
_END_S_MAX = 3_600
_PROGRESS = (
    "SELECT (SELECT count(*) FROM sportello_recipient WHERE released_at IS NULL) AS waiting,"
    " (SELECT count(*) FROM sportello_attempt) AS attempts,"
    " (SELECT count(*) FROM sportello_attempt WHERE ended_at IS NOT NULL) AS ended,"
    " (SELECT count(*) FROM sportello_send WHERE settled_at IS NOT NULL) AS settled,"
    " (SELECT count(*) FROM sportello_journalentry WHERE folded_at IS NOT NULL) AS folded"
)
_CALM = dict.fromkeys(("unreachable", "stops", "opts_out", "blocks", "reports"), 0.0)


def run() -> list[Figure]:
    begun = monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="sportello-crashes-") as folder,
        running_up(Path(folder) / "data") as up,
    ):
        campaign = _confirmed(up)
        deaths = _at_each_point(up) + _at_random(up)
        left = _waiting(up)
        _ended(up, campaign)
        account = _verified(up)
    (told,) = account["campaigns"]
    totals, differences = told["totals"], account["differences"]
    assert sum(totals.values()) == PEOPLE, totals
    assert differences == [], differences
    assert account["counted"]["in_doubt"] == account["counted"]["on_the_wire"] == 0, account
    return [
        ("people of the campaign", PEOPLE, "", None),
        ("kills, named points and random", deaths, "", None),
        ("still to be written to at the last kill", left, "", None),
        ("differences found, doubles and losses included", len(differences), "", None),
        ("to be verified by a person", totals.get("to_verify", 0), "", None),
        (
            "reached, or refused by Meta with a reason",
            PEOPLE - totals.get("to_verify", 0),
            "",
            None,
        ),
        ("all of it took", monotonic() - begun, "s", None),
    ]


def _confirmed(up: Up) -> int:
    """People with phones who agreed, an approved template, a campaign that has been started."""
    up.sim("PATCH", "/wabas/100000000000001", {"messaging_limit": "TIER_UNLIMITED"})
    wanted = {"count": PEOPLE, "countries": {"39": 1.0}, "habits": {**_CALM, "answers": 0.02}}
    crowd = up.sim("POST", "/crowds", wanted)["id"]
    for start in range(0, PEOPLE, 1_000):
        page = up.sim("GET", f"/crowds/{crowd}?start={start}&limit=1000")
        _put_people(up, [person["wa_id"] for person in page["people"]])
    status, template = up.api("POST", "/templates", _BODY)
    assert status == 201, template
    shown = f"/templates/{template['id']}"
    meta_id = until(lambda: _meta_id(up), 60)
    up.sim("POST", f"/templates/{meta_id}/review", {"decision": "APPROVED"})
    until(lambda: up.api("GET", shown)[1]["status"] == "APPROVED", 60)
    _change(up, "UPDATE sportello_number SET messaging_limit = NULL")
    status, made = up.api(
        "POST", "/campaigns",
        {"name": "Autunno", "list": _row(up, "SELECT id FROM sportello_contactlist")["id"],
         "template": _BODY["name"], "language": "it", "variables": {"1": "name"},
         "rate": _RATE, "canary": None},
    )  # fmt: skip
    assert status == 201, made
    for fault in _FAULTS:
        up.sim("POST", "/faults", fault)
    status, started = up.api("POST", f"/campaigns/{made['id']}/start")
    assert status == 200, started
    return int(made["id"])


def _put_people(up: Up, numbers: list[str]) -> None:
    _change(
        up,
        "WITH w AS (SELECT min(id) AS id FROM sportello_workspace),"
        " list AS (INSERT INTO sportello_contactlist (workspace_id, name)"
        " SELECT id, 'Clienti' FROM w WHERE NOT EXISTS (SELECT FROM sportello_contactlist)"
        " RETURNING id),"
        " given AS (SELECT wa_id FROM unnest(%s::text[]) AS g (wa_id)),"
        " made AS (INSERT INTO sportello_contact (workspace_id, wa_id, name)"
        " SELECT w.id, g.wa_id, 'Persona' FROM w, given AS g RETURNING id, workspace_id),"
        " agreed AS (INSERT INTO sportello_consentevent (workspace_id, contact_id, action, source,"
        " at) SELECT workspace_id, id, 'grant', 'import', now() FROM made)"
        " INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
        " SELECT workspace_id, coalesce((SELECT id FROM list),"
        " (SELECT min(id) FROM sportello_contactlist)), id FROM made",
        numbers,
    )


def _meta_id(up: Up) -> str:
    rows = _rows(up, "SELECT meta_id FROM sportello_template WHERE status = 'PENDING'")
    return str(rows[0]["meta_id"]) if rows else ""


def _at_each_point(up: Up) -> int:
    """Started with orders to die there; the supervisor brings it back, and it dies once more."""
    deaths = 0
    for point in POINTS:
        up.kill("supervisor")
        _start(up, SPORTELLO_CRASH_AT=point)
        first = until(lambda: _pid(up, "work"), 60)
        until(lambda pid=first: _pid(up, "work") not in (0, pid), 120)
        _leases_run_out(up)
        deaths += 2
    up.kill("supervisor")
    _start(up)
    return deaths + 1


def _start(up: Up, **more: str) -> None:
    """As a service manager does: `up` says no while what the dead one left still ends."""
    until(lambda: _tried(up, more), 120)
    _leases_run_out(up)


def _tried(up: Up, more: dict[str, str]) -> bool:
    with contextlib.suppress(AssertionError):
        up.start(**more)
        return True
    return False


def _at_random(up: Up) -> int:
    chance = Random(_SEED)  # noqa: S311  # moments to die at, no secrets
    victims = [chance.choice(VICTIMS) for _ in range(KILLS)]
    for victim in victims:
        sleep(chance.uniform(0.05, 2.0))
        # It is not back yet, or dying by itself: the next one then.
        with contextlib.suppress(AssertionError, psutil.Error):
            up.kill(victim)
        if victim == "supervisor":
            _start(up)
        _leases_run_out(up)
        until(lambda: _pid(up, "work"), 60)
    return len(victims)


def _pid(up: Up, word: str) -> int:
    assert up.process is not None
    for child in psutil.Process(up.process.pid).children():
        with contextlib.suppress(psutil.Error):
            if word in child.cmdline():
                return child.pid
    return 0


def _leases_run_out(up: Up) -> None:
    """What a dead worker held is free at once instead of after fifteen or thirty seconds."""
    _change(
        up,
        "UPDATE sportello_number SET dispatcher_until = clock_timestamp()"
        " WHERE dispatcher_until IS NOT NULL",
    )


def _ended(up: Up, campaign: int) -> None:
    """Meta is well again, statuses flow, the last doubts are settled."""
    up.sim("DELETE", "/faults")
    _change(up, "UPDATE sportello_campaign SET rate = NULL")
    _change(up, "UPDATE sportello_number SET throughput_mps = 300")
    _while_it_moves(up, lambda: _state(up, campaign) == "completed")
    person = _row(up, "SELECT min(wa_id) AS wa_id FROM sportello_contact")["wa_id"]
    for _ in range(3):
        up.sim("POST", "/clock/advance", {"seconds": 120})
        up.says(person, "Buongiorno")
    # Answers to customers too: one of them may have been on the wire at the last kill.
    _while_it_moves(up, lambda: _open(up) == 0)


def _state(up: Up, campaign: int) -> str:
    return str(up.api("GET", f"/campaigns/{campaign}")[1].get("state"))


def _while_it_moves(up: Up, is_over: Callable[[], bool]) -> None:
    """Waits however slow the machine is, as long as something changes; fails once nothing does."""
    seen, since, begun = "", monotonic(), monotonic()
    while not is_over():
        moved = str(_rows(up, _PROGRESS))
        if moved != seen:
            seen, since = moved, monotonic()
        assert monotonic() - since < _STILL_S_MAX, _standing(up)
        assert monotonic() - begun < _END_S_MAX, _standing(up)
        sleep(1)


def _standing(up: Up) -> str:
    """What holds it up, for whoever reads why the bench failed."""
    campaign = _rows(up, "SELECT state, paused_why, braked, step FROM sportello_campaign")
    numbers = _rows(up, "SELECT status, paused_why, messaging_limit FROM sportello_number")
    sends = _rows(
        up,
        "SELECT state, hold_code, priority, count(*), min(due_at) - clock_timestamp() AS due"
        " FROM sportello_send GROUP BY 1, 2, 3",
    )
    return f"{campaign} {numbers} {sends} waiting: {_waiting(up)}"


def _open(up: Up) -> int:
    return int(
        _row(
            up,
            "SELECT (SELECT count(*) FROM sportello_send"
            " WHERE state IN ('queued', 'sending', 'in_doubt'))"
            " + (SELECT count(*) FROM sportello_journalentry WHERE folded_at IS NULL) AS n",
        )["n"]
    )


def _waiting(up: Up) -> int:
    return int(
        _row(up, "SELECT count(*) AS n FROM sportello_recipient WHERE released_at IS NULL")["n"]
    )


def _verified(up: Up) -> dict[str, Any]:
    """As an operator asks it."""
    done = subprocess.run(
        [sys.executable, "-m", "sportello.ops.cli", "doctor", "--verify", "--json",
         "--log", up.block["emulator_url"]],
        env={**clean(), **up._settings}, stdout=subprocess.PIPE, check=False, timeout=300,
    )  # fmt: skip
    account: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) == account["holds"]
    return account


def _rows(up: Up, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    """The database may be away for a moment: it is killed as well."""
    url = f"postgresql://postgres:@/sportello?host={up.folder}/postgres"
    for _ in range(300):
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(url, row_factory=dict_row, autocommit=True) as connection,
        ):
            cursor = connection.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []
        sleep(0.2)
    raise AssertionError("the database did not come back")


def _row(up: Up, sql: str) -> dict[str, Any]:
    (found,) = _rows(up, sql)
    return found


def _change(up: Up, sql: str, *parameters: Any) -> None:
    _rows(up, sql, *parameters)
