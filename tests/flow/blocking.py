"""A campaign at full pace, and Meta's word that it blocks the account: what leaves after it."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.edge.serving import signature
from tests.flow.doctor_ward import Scenario, Ward, ward
from tests.flow.house import SETTINGS, House
from tests.workers.desk import PHONE_ID, WABA_ID
from tests.workers.writing_first import add_chat, write_first

PEOPLE = 600
_LIMIT = 100_000
# What was sent when the word comes: the lane is at its pace by then.
_LEFT_BEFORE = 40
# So many are held when it is sure that the lane has seen the block. It looks at few at a time.
_LOOKED_AT = 16
_WORD = Path(__file__).parents[2] / "wire/webhooks/fields/account_ban_disable.json"


@dataclass(frozen=True)
class Stopped:
    """`late`: requests that reached Meta after the webhook's 200, the last of them `after_s` after
    it; `left`: all of them. `states`: how many sends ended in which state.
    """

    after_s: float
    late: int
    left: int
    states: dict[str, int]


async def block_in_full_flight(database: str, data: Path) -> Stopped:
    """Meta itself goes on accepting: it is the webhook alone that stops us."""
    async with ward(database, data) as running:
        await running.admit(Scenario("", ""))
        house = running.house
        await house.sim("PATCH", f"wabas/{WABA_ID}", {"messaging_limit": "TIER_100K"})
        await running.advance(1)
        await house.until(lambda: _number(running)["messaging_limit"] == _LIMIT)
        await asyncio.to_thread(_enqueue, running)
        await house.until(lambda: len(_requests(house)) >= _LEFT_BEFORE)
        answered = await _tell(house)
        await house.until(lambda: _number(running)["paused_why"] == "blocked")
        await house.until(lambda: _is_at_rest(running), 60)
        times = _requests(house)
        late = [at - answered for at in times if at > answered]
        rows = running.desk.rows(
            "SELECT state, count(*)::int AS n FROM sportello_send"
            " WHERE template_id IS NOT NULL GROUP BY 1"
        )
        states = {row["state"]: row["n"] for row in rows}
        return Stopped(max(late, default=0.0), len(late), len(times), states)


def _number(running: Ward) -> dict[str, Any]:
    return running.desk.row("SELECT paused_why, messaging_limit FROM sportello_number")


def _enqueue(running: Ward) -> None:
    """One message is filled as the product does it; the others are its copies, due all at once."""
    desk = running.desk
    pattern = write_first(
        desk, add_chat(desk, "393471009999"), running.template_id, origin="campaign"
    )
    desk.rows(
        "WITH who AS (INSERT INTO sportello_contact (workspace_id, wa_id) SELECT %(workspace)s,"
        " (393471000000 + n)::text FROM generate_series(1, %(people)s) AS n"
        " RETURNING id, workspace_id), chat AS (INSERT INTO sportello_conversation (workspace_id,"
        " number_id, contact_id, holder) SELECT workspace_id, %(number)s, id, 'assistant' FROM who"
        " RETURNING id, workspace_id), said AS (INSERT INTO sportello_message (workspace_id,"
        " conversation_id, origin, type, text, status, at) SELECT c.workspace_id, c.id, m.origin,"
        " m.type, m.text, 'queued', m.at FROM chat AS c, sportello_message AS m JOIN sportello_send"
        " AS s ON s.message_id = m.id WHERE s.id = %(pattern)s RETURNING id, conversation_id)"
        " INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id, origin,"
        " priority, template_id, body, control_epoch, generation, due_at) SELECT s.workspace_id,"
        " s.number_id, n.conversation_id, n.id, s.origin, s.priority, s.template_id, s.body,"
        " s.control_epoch, s.generation, clock_timestamp() FROM said AS n, sportello_send AS s"
        " WHERE s.id = %(pattern)s".replace("%(workspace)s", str(desk.workspace_id))
        .replace("%(number)s", str(desk.number_id))
        .replace("%(people)s", str(PEOPLE - 1))
        .replace("%(pattern)s", str(pattern))
    )


def _requests(house: House) -> list[float]:
    """When each message reached Meta."""
    entries = house.emulator.journal.since(0, 10_000)["entries"]
    path = f"/{PHONE_ID}/messages"
    walls = [one["wall"] for one in entries if one["kind"] == "api" and one["path"].endswith(path)]
    return [datetime.fromisoformat(at).timestamp() for at in walls]


async def _tell(house: House) -> float:
    """Meta's webhook, signed; when it was answered."""
    told = json.loads(_WORD.read_text())
    told["entry"][0]["time"] = int(house.now().timestamp())
    body = json.dumps(told).encode()
    signed = {"X-Hub-Signature-256": signature(body, SETTINGS.app_secret.encode())}
    async with house.http.post(
        f"{house.edge}/webhooks/whatsapp", data=body, headers=signed
    ) as answer:
        assert answer.status == 200
        return time.time()  # noqa: TID251  # the emulator's log has the machine's time


def _is_at_rest(running: Ward) -> bool:
    """Nothing is on the wire, and what the lane has looked at since is held for the block."""
    row = running.desk.row(
        "SELECT count(*) FILTER (WHERE state = 'sending') AS leaving,"
        " count(*) FILTER (WHERE hold_code = 'account_blocked') AS held"
        " FROM sportello_send WHERE template_id IS NOT NULL"
    )
    return bool(row["leaving"] == 0 and row["held"] >= _LOOKED_AT)
