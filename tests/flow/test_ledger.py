"""A month of mixed traffic on both sides of 1 October 2026: our ledger is Meta's bill."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from sportello.console.money import ledger  # Django must be set up first
from sportello.workers import dispatch, fold  # Django is set up first
from tests.flow.desk_templates import on_pages  # Django is set up first
from tests.flow.house import SETTINGS, House, Run, house  # Django is set up first
from tests.workers.desk import Desk, say  # Django is set up first
from tests.workers.writing_first import (  # Django is set up first
    add_chat,
    add_template,
    write_first,
)

WORKERS: dict[str, Run] = {"fold": fold.run, "dispatch": dispatch.run}
START = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
A_MONTH = timedelta(days=30)
# Between the rounds, in some order: a month and a day together.
WAITS_S = (*[40] * 3, *[3_000] * 4, *[90_000] * 4, *[260_000] * 3, *[520_000] * 3)
_SECONDS_MAX = 300
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
ITALIANS = tuple(f"39347111220{n}" for n in range(8))
# Bangladesh and Kazakhstan became markets of their own in October; +1 787 is Puerto Rico.
ABROAD = ("34612345678", "4915112345678", "8801711111111", "77015550100", "17875550100",
          "12125550100", "3780549000000")  # fmt: skip
BODY = {"type": "BODY", "text": "Buongiorno {{1}}, il suo ordine parte oggi dal magazzino."}
EXAMPLE = {"example": {"body_text": [["Anna"]]}}
AUTHENTICATION = [
    {"type": "body", "add_security_recommendation": True},
    {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code"}]},
]
_CODE_TEXT = [{"type": "text", "text": "123456"}]
CODE = Jsonb(
    {
        "type": "template",
        "template": {
            "name": "modello_authentication",
            "language": {"code": "it"},
            "components": [
                {"type": "body", "parameters": _CODE_TEXT},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": _CODE_TEXT},
            ],
        },
    }
)
AD = {"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/x", "ctwa_clid": "c"}
WELL = {"online": True, "reachable": True}
Sums = Mapping[tuple[str, str], tuple[int, int]]
pytestmark = pytest.mark.usefixtures("django_database")


@dataclass
class Play:
    """What happens to these people; `random` is seeded, so that it happens again."""

    meta: House
    random: Random
    templates: dict[str, int] = field(default_factory=dict)
    chats: dict[str, int] = field(default_factory=dict)
    changed: str = ""
    waits: list[int] = field(default_factory=list)

    async def prepare(self, people: Iterable[str], currency: str) -> None:
        self.waits = self.random.sample(WAITS_S, len(WAITS_S))
        desk = self.meta.desk
        desk.rows("UPDATE sportello_number SET account_currency = %s", currency)
        desk.rows("UPDATE sportello_workspace SET one_template_until_they_answer = false")
        for category in ("MARKETING", "UTILITY", "AUTHENTICATION"):
            self.templates[category] = await self._template(category)
        for wa_id in people:
            self.chats[wa_id] = add_chat(desk, wa_id, holder="operator", control_epoch=1)
            await self.meta.sim("POST", "people", {"wa_id": wa_id, "name": wa_id, "reads": True})
        desk.rows(
            "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action,"
            " source, at) SELECT workspace_id, id, 'marketing', 'grant', 'form', %s"
            " FROM sportello_contact",
            START - timedelta(days=1),
        )

    async def _template(self, category: str) -> int:
        """Created and approved at Meta's, and known here as it stands there."""
        name = f"modello_{category.lower()}"
        parts = AUTHENTICATION if category == "AUTHENTICATION" else [BODY | EXAMPLE]
        wish = {"name": name, "language": "it", "category": category, "components": parts}
        made = await self._graph("POST", f"{SETTINGS.waba_id}/message_templates", wish)
        decision = {"decision": "APPROVED", "category": category}
        await self.meta.sim("POST", f"templates/{made['id']}/review", decision)
        there = await self._graph("GET", made["id"])
        return add_template(self.meta.desk, name, category=category, components=there["components"])

    async def _graph(self, method: str, path: str, body: Any = None) -> Any:
        async with self.meta.http.request(
            method,
            f"{self.meta.emulator_url}/v25.0/{path}",
            json=body,
            headers={"Authorization": f"Bearer {SETTINGS.access_token}"},
        ) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def round(self) -> None:
        """Some write, some of them from an advertisement; then we write to most; then time goes."""
        for wa_id in self.chats:
            if self.random.random() < 0.45:
                from_ad = int(wa_id[-1]) % 2 == 0 and self.random.random() < 0.5
                by_ad = {"referral": AD} if from_ad else {}
                await self.meta.sends(wa_id, {"type": "text", "text": {"body": "Ciao"}} | by_ad)
        await self._folded()
        for wa_id, chat_id in self.chats.items():
            if self.random.random() < 0.75:
                self._write(wa_id, chat_id)
        await self.meta.until(lambda: _waiting(self.meta.desk, held=False) == 0, 60)
        await self._change_somebody()
        await self.meta.advance(self.waits.pop())
        await self._folded()

    def _write(self, wa_id: str, chat_id: int) -> None:
        desk = self.meta.desk
        kind = self.random.choice(("SERVICE", "SERVICE", "UTILITY", "MARKETING", "AUTHENTICATION"))
        if kind == "SERVICE":
            say(desk, f"Eccomi, {wa_id}", conversation_id=chat_id)
        elif kind == "AUTHENTICATION":
            send_id = say(desk, "123456", conversation_id=chat_id)
            desk.rows(
                "UPDATE sportello_send SET body = %s, template_id = %s WHERE id = %s",
                CODE, self.templates[kind], send_id,
            )  # fmt: skip
        else:
            write_first(desk, chat_id, self.templates[kind])

    async def _change_somebody(self) -> None:
        """Somebody is away for a round, or never reads; who was away is back."""
        if self.changed:
            await self.meta.sim("PATCH", f"people/{self.changed}", WELL)
        self.changed = self.random.choice(list(self.chats))
        habit = self.random.choice(
            ({"online": False}, {"reachable": False}, {"read_receipts": False}, {"reads": False})
        )
        await self.meta.sim("PATCH", f"people/{self.changed}", habit)

    async def all_well(self) -> None:
        """Everybody is reachable and online again: what waited is delivered; and they talk.

        All but one, who has just gone.
        """
        await self.meta.until(lambda: _waiting(self.meta.desk, held=True) == 0, 60)
        for wa_id in self.chats:
            await self.meta.sim("PATCH", f"people/{wa_id}", WELL)
        await self.meta.advance(600)
        await self._folded()
        for wa_id in self.chats:
            await self.meta.writes(wa_id, "Tutto bene, grazie")
        await self._folded()
        await self.meta.sim("PATCH", f"people/{next(iter(self.chats))}", {"reachable": False})
        for chat_id in self.chats.values():
            say(self.meta.desk, "A presto", conversation_id=chat_id)
        await self.meta.until(lambda: _waiting(self.meta.desk, held=True) == 0, 60)
        await self.meta.advance(600)
        await self._folded()

    async def _folded(self) -> None:
        sql = "SELECT count(*) AS n FROM sportello_journalentry WHERE folded_at IS NULL"
        await self.meta.until(lambda: self.meta.desk.row(sql)["n"] == 0, 60)


def _waiting(desk: Desk, *, held: bool) -> int:
    """Sends that will leave by themselves; those that only keep their pace count with `held`.

    What waits for longer, for Meta's cap on marketing say, is not waited for, nor what it delays.
    """
    found: int = desk.row(
        "SELECT count(*) AS n FROM sportello_send AS s WHERE s.state = 'sending'"
        " OR (s.state = 'queued' AND s.hold_code = ANY(%s) AND NOT EXISTS ("
        "SELECT FROM sportello_send AS o WHERE o.conversation_id = s.conversation_id"
        " AND o.id < s.id AND (o.state = 'in_doubt'"
        " OR (o.state = 'queued' AND NOT o.hold_code = ANY(%s)))))",
        *([["", "pair_limit"] if held else [""]] * 2),
    )["n"]
    return found


def _answered_before(meta: House, count: int) -> None:
    """So many replies of October, in both ledgers, so that the allowance ends in this play."""
    number = meta.emulator.world.numbers[SETTINGS.phone_number_id]
    number.service_used["2026-10"] = count
    meta.desk.rows(
        "INSERT INTO sportello_charge (workspace_id, number_id, market, currency,"
        " expected_category, expected_kind, expected_micros, category, kind, micros, sent_at)"
        " SELECT %s, %s, 'Nowhere', 'EUR', 'service', 'allowance', 0, 'service',"
        " 'free_customer_service', 0, %s FROM generate_series(1, %s)",
        meta.desk.workspace_id, meta.desk.number_id,
        datetime(2026, 10, 1, tzinfo=UTC), count,
    )  # fmt: skip


async def _ours(meta: House, month: date) -> Sums:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    lines = await on_pages(meta, lambda: ledger.lines(month))
    for line in lines:
        if line.delivered:
            key = line.category, line.market
            count, micros = sums.get(key, (0, 0))
            sums[key] = count + line.delivered, micros + line.billed
    return sums


async def _theirs(meta: House, month: date) -> Sums:
    until = (month + timedelta(days=32)).replace(day=1)
    bill = await meta.sim("GET", f"invoice?from={month}&to={until}")
    sums: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in bill["lines"]:
        count, micros = sums[line["category"], line["market"]]
        sums[line["category"], line["market"]] = (
            count + line["volume"], micros + line["amount_micros"]
        )  # fmt: skip
    return dict(sums)


@pytest.mark.parametrize(
    ("seed", "currency", "people"),
    [(1, "USD", (*ITALIANS[:4], *ABROAD)), (2, "EUR", ITALIANS)],
    ids=["everywhere in dollars", "Italy in euros"],
)
def test_the_ledger_is_the_bill_to_the_millionth(
    database: str, tmp_path: Path, seed: int, currency: str, people: tuple[str, ...]
) -> None:
    async def played() -> tuple[dict[date, Sums], dict[date, Sums], list[dict[str, Any]]]:
        settings = replace(SETTINGS, start=START.timestamp(), currency=currency, seed=seed)
        async with house(database, tmp_path, workers=WORKERS, settings=settings) as meta:
            play = Play(meta, Random(seed))  # noqa: S311  # a play, no secret
            await play.prepare(people, currency)
            _answered_before(meta, 998)
            while play.waits:
                await play.round()
            await play.all_well()
            assert meta.now() - START >= A_MONTH, "the play is shorter than it says"
            months = (SEPTEMBER, OCTOBER)
            ours = {month: await _ours(meta, month) for month in months}
            theirs = {month: await _theirs(meta, month) for month in months}
            return ours, theirs, meta.desk.rows("SELECT * FROM sportello_charge")

    ours, theirs, charges = asyncio.run(asyncio.wait_for(played(), _SECONDS_MAX))

    assert ours == theirs
    # The play held what it is about.
    assert all(sum(micros for _, micros in ours[month].values()) for month in ours)
    kinds = {(one["category"], one["kind"]) for one in charges if one["billed_at"]}
    assert {("service", "regular"), ("service", "free_customer_service")} <= kinds
    assert "free_entry_point" in {kind for _, kind in kinds}
    assert {"marketing", "utility", "authentication"} <= {category for category, _ in kinds}
    assert any(one["fell_through"] for one in charges)
    assert any(one["billed_at"] is None for one in charges)
