"""Scenarios of the doctor: something is broken, sent, examined, cured; over one running house."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg.types.json import Jsonb

from sportello.console.access import workspace_transaction
from sportello.console.channel import deeds as channel
from sportello.console.doctor import deeds
from sportello.schema.models import Examination, Number
from sportello.store import vault
from sportello.whatsapp import templates
from tests.flow.house import SETTINGS, House, house
from tests.workers.desk import ANNA, KEY, PHONE_ID, WABA_ID, Desk, open_desk, say
from tests.workers.writing_first import add_chat, agree, write_first
from whatsapp_emulator.fresh import chat_of
from whatsapp_emulator.world import Subscription

FOLDER = Path(__file__).parent / "doctor"
BODY = {
    "type": "BODY",
    "text": "Buongiorno {{1}}, il suo ordine è pronto in negozio.",
    "example": {"body_text": [["Anna"]]},
}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)
# Nobody listens there.
_ELSEWHERE = "http://127.0.0.1:9/webhooks"
_TRIES_MAX = 200
_LOOKS_MAX = 5


@dataclass(frozen=True)
class Scenario:
    """One line of a table. `breaks` before the send, `then` after it; `again`: how it leaves."""

    name: str
    first: str
    sends: str = "template"
    subject: str = "message"
    breaks: tuple[Mapping[str, Any], ...] = ()
    then: tuple[Mapping[str, Any], ...] = ()
    cure: tuple[Mapping[str, Any], ...] = ()
    again: str = "new"
    faults: int = 1
    category: str = "UTILITY"


def scenarios() -> list[Scenario]:
    """Of all tables, by name."""
    found = [
        Scenario(
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in row.items()
            }
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text())["scenario"]
    ]
    assert len({one.name for one in found}) == len(found)
    return found


@dataclass
class Ward:
    """The running house, with a fresh company and a fresh world for each scenario."""

    house: House
    desk: Desk = field(init=False)
    message_id: int = 0
    template_id: int = 0
    file_id: int | None = None
    people: int = 0
    examination_id: int = 0
    campaign_id: int = 0
    is_stuck: bool = False

    async def admit(self, scenario: Scenario) -> None:
        """A new company, an approved template, and Anna, who has just written."""
        await self.house.sim("DELETE", "faults")
        await self.house.sim("POST", "reset", {"seed": 1})
        await asyncio.to_thread(_empty, self.house.desk.url)
        # Else whether Meta is looked at before anything breaks, or after it, would be chance.
        desk = open_desk(self.house.desk.url, seen_at=self.house.now())
        self.desk = replace(desk, data=self.house.desk.data)
        sealed = vault.seal(KEY, SETTINGS.access_token, vault.token_place(self.desk.number_id))
        await self._sql("UPDATE sportello_token SET sealed = %s", sealed)
        await self._sql(
            "UPDATE sportello_number SET templates_synchronised_at = %s", self.house.now()
        )
        self.people, self.file_id = 0, None
        await self._add_template("pronto", scenario.category, scenario.sends)
        await self.house.writes(ANNA, "Buongiorno")
        await self.advance(1)
        await self.house.until(
            lambda: bool(self.desk.rows("SELECT id FROM sportello_conversation"))
        )
        await self._sql(
            "UPDATE sportello_conversation SET holder = 'operator', reply_due_at = NULL,"
            " burst_started_at = NULL, control_epoch = 2"
        )

    async def _add_template(
        self, name: str, category: str, kind: str = "template", *, approved: bool = True
    ) -> None:
        """At Meta, and as we have it; the next sends use it."""
        components: list[dict[str, Any]] = [BODY]
        if kind == "picture":
            components = [await self._header(), BODY]
        body = {"name": name, "language": "it", "category": category, "components": components}
        made = await self.house.context.client.post(
            f"{WABA_ID}/message_templates", SETTINGS.access_token, body
        )
        self.template_id = self.desk.row(
            "INSERT INTO sportello_template (workspace_id, waba_id, meta_id, name, language,"
            " category, components, status) VALUES (%s, %s, %s, %s, 'it', %s, %s, %s)"
            " RETURNING id",
            self.desk.workspace_id,
            WABA_ID,
            made["id"],
            name,
            category,
            Jsonb(components),
            "APPROVED" if approved else "PENDING",
        )["id"]
        if approved:
            decision = {"decision": "APPROVED", "category": category}
            await self.house.sim("POST", f"templates/{made['id']}/review", decision)

    async def _header(self) -> dict[str, Any]:
        handle = await templates.sample(
            self.house.context.client,
            SETTINGS.app_id,
            SETTINGS.access_token,
            PICTURE,
            mime_type="image/png",
            filename="foto.png",
        )
        return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}

    async def take(self, steps: tuple[Mapping[str, Any], ...]) -> None:
        for step in steps:
            await self._step(step)

    async def _step(self, step: Mapping[str, Any]) -> None:
        """One thing: its name is the method's that does it."""
        ((what, how),) = [item for item in step.items() if item[0] != "body"]
        if what == "sim":
            method, _, path = how.partition(" ")
            await self.house.sim(method, self._filled(path), step.get("body"))
            return
        steps: dict[str, Callable[[Any], Awaitable[None]]] = {
            "sql": lambda sql: self._sql(self._filled(sql)),
            "advance": self.advance,
            "writes": self._writes,
            "consent": self._consent,
            "token": self._seal,
            "person": self._change_person,
            "template": self._another_template,
            "reached": self._reach,
            "campaign": self._campaign,
            "first": self._sends_before,
            "deed": self.do,
            "until": self._until,
            "administrator": self._lets_send,
            "diverted": self._divert,
        }
        await steps[what](how)

    async def _lets_send(self, _word: str) -> None:
        """After a block it is for an administrator to say that sending goes on."""
        await asyncio.to_thread(self._let_send)

    def _let_send(self) -> None:
        try:
            with workspace_transaction(self.desk.workspace_id):
                channel.let_send(Number.objects.get(pk=self.desk.number_id))
        finally:
            connections["default"].close()

    async def _until(self, sql: str) -> None:
        await self.house.until(lambda: bool(self.desk.rows(sql)))

    async def _writes(self, who: str) -> None:
        await self.house.writes(self._filled(who), "Eccomi")
        await self.advance(1)

    async def _consent(self, action: str) -> None:
        await self.advance(1)
        agree(self.desk, self._chat_id(), action)
        await self._sql(
            "UPDATE sportello_consentevent SET at = %s WHERE id = (SELECT max(id) FROM"
            " sportello_consentevent)",
            self.house.now(),
        )

    async def _sends_before(self, what: str) -> None:
        await self.send(Scenario("", "", sends=what))
        await self.arrives()

    async def _divert(self, whose: str) -> None:
        """Another service has its own address for the `account`, or for the `number`."""
        other, world = Subscription(_ELSEWHERE, "x"), self.house.emulator.world
        if whose == "number":
            world.numbers[PHONE_ID].override = other
        else:
            world.wabas[WABA_ID].subscribed[SETTINGS.app_id] = other

    async def _seal(self, token: str) -> None:
        """`right`, or one that nobody can unseal."""
        sealed = vault.seal(KEY, SETTINGS.access_token, vault.token_place(self.desk.number_id))
        await self._sql(
            "UPDATE sportello_token SET sealed = %s", sealed if token == "right" else b"x"
        )

    async def _change_person(self, how: Mapping[str, Any]) -> None:
        """The person's own doing, of which the company is not told."""
        await self.house.sim("POST", "people", {"wa_id": self._person()})
        person = self.house.emulator.world.people[self._person()]
        for name, value in how.items():
            if name == "marketing_stopped":
                chat_of(person, PHONE_ID, 100).marketing_stopped = value
            elif name == "in_experiment":
                person.in_experiment = value
            else:
                await self.house.sim("PATCH", f"people/{self._person()}", {name: value})

    async def _another_template(self, how: str) -> None:
        """`approved`, `pending`; or `gone`: deleted at Meta, and nobody told us."""
        if how == "gone":
            meta_id = self._filled("$TEMPLATE")
            self.house.emulator.world.templates[meta_id].status = "DELETED"
            return
        name = f"pronto_{self.template_id}"
        await self._add_template(name, "UTILITY", approved=how == "approved")

    async def _reach(self, people: int) -> None:
        """So many were written to first within the day."""
        self.desk.rows(
            "WITH who AS (INSERT INTO sportello_contact (workspace_id, wa_id) SELECT %(w)s,"
            " (393480000000 + n)::text FROM generate_series(1, %(n)s::int) AS n RETURNING id),"
            " chat AS (INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
            " SELECT %(w)s, %(m)s, id FROM who RETURNING id),"
            " said AS (INSERT INTO sportello_message (workspace_id, conversation_id, origin, type,"
            " status, at) SELECT %(w)s, id, 'campaign', 'template', 'delivered', %(at)s FROM chat"
            " RETURNING id, conversation_id)"
            " INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id,"
            " origin, body, state, due_at, settled_at, reached_out_at)"
            " SELECT %(w)s, %(m)s, conversation_id, id, 'campaign', '{}', 'accepted', %(at)s,"
            " %(at)s, %(at)s FROM said".replace("%(w)s", str(self.desk.workspace_id))
            .replace("%(m)s", str(self.desk.number_id))
            .replace("%(n)s", str(people))
            .replace("%(at)s", f"timestamptz '{self.house.now().isoformat()}'")
        )

    async def _campaign(self, state: str) -> None:
        self.campaign_id = self.desk.row(
            "INSERT INTO sportello_campaign (workspace_id, number_id, name, state, paused_why,"
            " planned, content, braked, template_id, started_at) VALUES (%s, %s, 'Autunno', %s,"
            " %s, true, '{}', %s, %s, %s) RETURNING id",
            self.desk.workspace_id,
            self.desk.number_id,
            "paused" if state == "braked" else state,
            {"braked": "brake", "paused": "person"}.get(state, ""),
            Jsonb({"alarm": "stops", "seen": 0.04, "allowed": 0.02}) if state == "braked" else None,
            self.template_id,
            self.house.now(),
        )["id"]

    def _filled(self, text: str) -> str:
        template = self.desk.row(
            "SELECT meta_id FROM sportello_template WHERE id = %s", self.template_id
        )["meta_id"]
        known = {
            "WABA": WABA_ID,
            "NUMBER": PHONE_ID,
            "TEMPLATE": template,
            "ANNA": ANNA,
            "PERSON": self._person(),
            "MESSAGE": str(self.message_id),
        }
        for name, value in known.items():
            text = text.replace(f"${name}", value)
        return text

    def _person(self) -> str:
        return f"39347000{self.people:04d}"

    def _chat_id(self) -> int:
        found: int = self.desk.row(
            "SELECT c.id FROM sportello_conversation AS c JOIN sportello_contact AS p"
            " ON p.id = c.contact_id WHERE p.wa_id = %s",
            self._person(),
        )["id"]
        return found

    async def prepare(self, scenario: Scenario) -> None:
        """The next person to write to is known to the company before anything breaks."""
        self.people += 1
        if scenario.sends not in {"text", "none"}:
            add_chat(self.desk, self._person())

    async def send(self, scenario: Scenario) -> None:
        match scenario.sends:
            case "text" | "assistant":
                self.message_id = self._text(scenario.sends)
            case "template" | "picture" | "campaign":
                self.message_id = self._write_first(scenario)
            case "none":
                return
        await self.settled()

    def _text(self, kind: str) -> int:
        chat = self.desk.row(
            "SELECT c.id FROM sportello_conversation AS c JOIN sportello_contact AS p"
            " ON p.id = c.contact_id WHERE p.wa_id = %s",
            ANNA,
        )
        given: dict[str, Any] = {}
        if kind == "assistant":
            given = {"origin": "assistant", "priority": 1, "control_epoch": 1}
        send = say(self.desk, "Risposta", conversation_id=chat["id"], **given)
        found: int = self.desk.row("SELECT message_id FROM sportello_send WHERE id = %s", send)[
            "message_id"
        ]
        return found

    def _write_first(self, scenario: Scenario) -> int:
        if scenario.sends == "picture" and self.file_id is None:
            self.file_id = self._file()
        origin = "campaign" if scenario.sends == "campaign" else "operator"
        send = write_first(
            self.desk, self._chat_id(), self.template_id, file_id=self.file_id, origin=origin
        )
        found: int = self.desk.row("SELECT message_id FROM sportello_send WHERE id = %s", send)[
            "message_id"
        ]
        return found

    def _file(self) -> int:
        found: int = self.desk.row(
            "INSERT INTO sportello_file (workspace_id, sha256, mime_type, filename, size, content)"
            " VALUES (%s, 'a', 'image/png', 'foto.png', %s, %s) RETURNING id",
            self.desk.workspace_id,
            len(PICTURE),
            PICTURE,
        )["id"]
        return found

    async def settled(self) -> None:
        """The outbox has done with it for now, and what Meta had to say of it is folded."""
        await self.house.until(self._left)
        await self.advance(10)

    def _left(self) -> bool:
        row = self.desk.row(
            "SELECT state, hold_code, due_at > clock_timestamp() AS later FROM sportello_send"
            " WHERE message_id = %s",
            self.message_id,
        )
        waits = row["state"] == "queued" and (bool(row["hold_code"]) or self.is_stuck)
        return row["state"] not in {"queued", "sending"} or waits

    def has_left(self) -> bool:
        """Meta has it, or refused it for good."""
        row = self.desk.row(
            "SELECT state FROM sportello_send WHERE message_id = %s", self.message_id
        )
        return row["state"] not in {"queued", "sending", "in_doubt"}

    async def advance(self, seconds: float) -> None:
        await self.house.advance(seconds)
        await self.house.until(self._folded)

    def _folded(self) -> bool:
        return not self.desk.rows("SELECT id FROM sportello_journalentry WHERE folded_at IS NULL")

    async def examine(self, scenario: Scenario) -> list[dict[str, Any]]:
        """The findings, first first."""
        row = self.desk.row(
            "INSERT INTO sportello_examination (workspace_id, number_id, subject, subject_id,"
            " asked_at) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            self.desk.workspace_id,
            self.desk.number_id,
            scenario.subject,
            self._subject_id(scenario),
            self.house.now(),
        )
        return await self._report(row["id"])

    def _subject_id(self, scenario: Scenario) -> int:
        return {
            "message": self.message_id,
            "number": self.desk.number_id,
            "template": self.template_id,
            "campaign": self.campaign_id,
            "conversation": self.desk.row(
                "SELECT coalesce((SELECT conversation_id FROM sportello_message WHERE id = %s), 0)"
                " AS id",
                self.message_id,
            )["id"],
        }[scenario.subject]

    async def _report(self, examination_id: int) -> list[dict[str, Any]]:
        self.examination_id = examination_id
        await self.house.until(
            lambda: (
                self.desk.row(
                    "SELECT state FROM sportello_examination WHERE id = %s", examination_id
                )["state"]
                == "done"
            )
        )
        found: list[dict[str, Any]] = self.desk.row(
            "SELECT findings FROM sportello_examination WHERE id = %s", examination_id
        )["findings"]
        return found

    async def do(self, deed: str) -> None:
        """A button of the report; what it repeats is the message from then on."""
        made = await self._once_offered(deed)
        await self._report(made.pk)
        if made.subject == "message" and made.subject_id != self.message_id:
            self.message_id = made.subject_id
            await self.settled()

    async def _once_offered(self, deed: str) -> Examination:
        """Whoever finds no button yet looks again: Meta's word may still be on its way."""
        for _ in range(_LOOKS_MAX):
            try:
                return await asyncio.to_thread(self._do, deed)
            except deeds.NotThis:
                await self.advance(1)
                again = await asyncio.to_thread(self._do, "look_again")
                await self._report(again.pk)
        return await asyncio.to_thread(self._do, deed)

    def _do(self, deed: str) -> Examination:
        try:
            with workspace_transaction(self.desk.workspace_id):
                asker = deeds.Asker(self.desk.workspace_id, self.house.now(), administers=True)
                asked = Examination.objects.get(pk=self.examination_id)
                return deeds.do(asker, asked, deed)
        finally:
            connections["default"].close()

    async def arrives(self) -> bool:
        """The message reaches the phone."""
        await self.advance(3)
        for _ in range(3):
            status = self._status()
            if status in {"delivered", "read"}:
                return True
            await self.advance(3)
        return self._status() in {"delivered", "read"}

    def _status(self) -> str:
        found: str = self.desk.row(
            "SELECT status FROM sportello_message WHERE id = %s", self.message_id
        )["status"]
        return found

    async def _sql(self, sql: str, *parameters: Any) -> None:
        await self.desk_or_first().change(sql, *parameters)

    def desk_or_first(self) -> Desk:
        return getattr(self, "desk", self.house.desk)


def _empty(url: str) -> None:
    """All rows of all companies go. The workers run: rather than wait in a knot, begin again."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '100ms'")
        for _ in range(_TRIES_MAX):
            try:
                connection.execute("TRUNCATE sportello_workspace, sportello_journalentry CASCADE")
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                continue
            return
    raise AssertionError("the workers never let go")


@asynccontextmanager
async def ward(database: str, data: Path) -> AsyncIterator[Ward]:
    async with house(database, data) as running:
        yield Ward(running)


@dataclass(frozen=True)
class Result:
    """`first`: the code of the first finding; `cured`: whether the next send arrived."""

    scenario: Scenario
    first: str
    cured: bool
    findings: list[dict[str, Any]]

    @property
    def is_right(self) -> bool:
        return self.first == self.scenario.first


async def walk_all(database: str, data: Path, some: Sequence[Scenario]) -> list[Result]:
    """One after the other, in one house."""
    async with ward(database, data) as running:
        return [await walk(running, one) for one in some]


async def walk(ward: Ward, scenario: Scenario) -> Result:
    await ward.admit(scenario)
    ward.is_stuck = scenario.first == "outbox_stuck"
    await ward.prepare(scenario)
    await ward.take(scenario.breaks)
    await ward.send(scenario)
    await ward.take(scenario.then)
    findings = await ward.examine(scenario)
    first = findings[0]["code"] if findings else "all_well"
    if first != scenario.first:
        return Result(scenario, first, cured=False, findings=findings)
    try:
        await ward.take(scenario.cure)
    except deeds.NotThis as error:
        error.add_note(f"{scenario.name}: {[one['code'] for one in findings]}")
        raise
    return Result(scenario, first, await _arrives(ward, scenario), findings)


async def _arrives(ward: Ward, scenario: Scenario) -> bool:
    """What `again` says is sent, or waited for, and reaches the phone."""
    ward.is_stuck = False
    match scenario.again:
        case "none":
            return True
        case "new":
            sends = "text" if scenario.sends in {"none", "assistant"} else scenario.sends
            again = replace(scenario, sends=sends)
            await ward.prepare(again)
            await ward.send(again)
        case "same" | "repeated":
            await ward.house.until(ward.has_left, 150)
    return await ward.arrives()
