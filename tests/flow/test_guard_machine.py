"""Nothing leaves without a reason on record, whatever customers, people, Meta and time do.

Customers, Meta and its clock are the emulator's, spoken to over HTTP; webhooks come through a real
edge; control and templates by the console's own deeds; the claim, the wire and the settling are the
dispatcher's. What is played is the worst that could stand in the outbox: sends of every kind put
there past every preview. The judge trusts none of it: it reads the emulator's log, and the rows as
they stood when each claim was committed.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
import pytest
from django.db import connections  # Django must be set up first
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from sportello.console.access import workspace_transaction  # Django is set up first
from sportello.console.channel.deeds import NotNow, let_send  # Django is set up first
from sportello.console.inbox import choices, deeds, fillings, openings  # Django is set up first
from sportello.console.inbox.fillings import Given  # Django is set up first
from sportello.console.inbox.openings import Recipient  # Django is set up first
from sportello.rules import guard  # Django is set up first
from sportello.schema.models import Number  # Django is set up first
from sportello.store import sends  # Django is set up first
from sportello.workers import dispatch_settle  # Django is set up first
from sportello.workers.dispatch_claim import Claimed, Memory, claim  # Django is set up first
from sportello.workers.dispatch_wire import attempt  # Django is set up first
from sportello.workers.fold import fold_batch  # Django is set up first
from tests.flow.house import SETTINGS, House, house  # Django is set up first
from tests.workers.desk import WABA_ID  # Django is set up first
from tests.workers.writing_first import BODY, write_first  # Django is set up first

_A_DAY = timedelta(hours=24)
_PEOPLE = ("393331230001", "393331230002")
_TEMPLATES = {"pronto": "UTILITY", "offerta": "MARKETING"}
_SAID = {
    "words": "Buongiorno, avete novità?",
    "stop": "STOP",
    "stop_sentence": "Non scrivetemi più",
    "start": "Voglio ricevere le offerte",
}
_APPROVED, _PAUSED, _REJECTED = "APPROVED", "PAUSED", "REJECTED"
_WAITS_S = (60, 3_600 * 5, 3_600 * 25)

# How things stood when an attempt was committed: read by the judge, in words of its own.
_AS_CLAIMED = """
    SELECT a.id AS attempt, s.origin, s.body ->> 'type' AS type, s.control_epoch AS written_in,
           c.control_epoch AS epoch, c.holder, c.contact_id, t.status AS template,
           t.category, a.receipt ->> 'verdict' AS verdict, n.status AS number, n.paused_why,
           (SELECT e.action FROM sportello_consentevent AS e
            WHERE e.contact_id = c.contact_id AND e.category = 'marketing'
            ORDER BY e.at DESC, e.action DESC LIMIT 1) AS consent
    FROM sportello_attempt AS a
    JOIN sportello_send AS s ON s.id = a.send_id
    JOIN sportello_message AS m ON m.id = s.message_id
    JOIN sportello_conversation AS c ON c.id = s.conversation_id
    JOIN sportello_number AS n ON n.id = s.number_id
    LEFT JOIN sportello_template AS t ON t.id = s.template_id
    WHERE a.id = ANY(%s)
"""
# Quicker than a database of its own for each example; prices stay.
_EMPTY = """
    TRUNCATE sportello_workspace, sportello_journalentry RESTART IDENTITY CASCADE
"""
_CONSENT = """
    INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source, at)
    SELECT workspace_id, id, 'marketing', %s, 'operator', %s FROM sportello_contact
    WHERE wa_id = %s
"""


class Office(RuleBasedStateMachine):
    """One company, two customers, two templates. `url` and `folder` are the test's."""

    url: str
    folder: Path
    left: ClassVar[list[str]]  # what kinds of messages reached Meta, over all examples

    @initialize()
    def open_office(self) -> None:
        self.runner, self.open = asyncio.Runner(), AsyncExitStack()
        self.eye = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        self._rows(_EMPTY)
        self.me, self.memory = uuid4(), Memory()
        self.in_hand: list[Claimed] = []
        self.drafts: list[dict[str, Any]] = []
        self.judged: dict[str, dict[str, Any]] = {}
        self.wrote_at: dict[str, list[datetime]] = {one: [] for one in _PEOPLE}
        self.read_until = 0
        self._run(self._open())
        for wa_id in _PEOPLE:
            self.customer_writes(wa_id, "words")
        self.webhooks_are_folded()

    async def _open(self) -> None:
        self.house: House = await self.open.enter_async_context(
            house(self.url, self.folder, workers={})
        )
        self.desk = self.house.desk
        for wa_id in _PEOPLE:
            await self.house.sim("POST", "people", {"wa_id": wa_id, "name": "Anna"})
        self.templates = {name: await self._template(name) for name in _TEMPLATES}
        self.meta_ids = {name: meta_id for name, (_, meta_id) in self.templates.items()}

    async def _template(self, name: str) -> tuple[int, str]:
        """At Meta and here, approved."""
        body = {
            "name": name,
            "language": "it",
            "category": _TEMPLATES[name],
            "components": [BODY | {"example": {"body_text": [["Anna"]]}}],
        }
        headers = {"Authorization": f"Bearer {SETTINGS.access_token}"}
        url = f"{self.house.emulator_url}/v25.0/{WABA_ID}/message_templates"
        async with self.house.http.post(url, json=body, headers=headers) as answer:
            made = await answer.json()
            assert answer.status == 200, made
        review = {"decision": "APPROVED", "category": _TEMPLATES[name]}
        await self.house.sim("POST", f"templates/{made['id']}/review", review)
        (row,) = self._rows(
            "INSERT INTO sportello_template (workspace_id, waba_id, meta_id, name, language,"
            " category, status, components)"
            " VALUES (%s, %s, %s, %s, 'it', %s, 'APPROVED', %s) RETURNING id",
            self.desk.workspace_id, WABA_ID, made["id"], name, _TEMPLATES[name],
            Jsonb(body["components"]),
        )  # fmt: skip
        return row["id"], made["id"]

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            if hasattr(self, "meta_ids"):
                self._run(self._everything_leaves())
                self.what_left_was_allowed()
        finally:
            self._run(self.open.aclose())
            self.runner.close()
            self.eye.close()
            connections.close_all()

    # -- customers, Meta, time ---------------------------------------------------------------

    @rule(wa_id=st.sampled_from(_PEOPLE), said=st.sampled_from(sorted(_SAID)))
    def customer_writes(self, wa_id: str, said: str) -> None:
        """Who has blocked the company cannot, and takes the block back first."""
        self._run(self.house.sim("POST", f"people/{wa_id}/unblock"))
        self._run(self.house.writes(wa_id, _SAID[said]))
        self.wrote_at[wa_id].append(self.house.now())

    @rule(wa_id=st.sampled_from(_PEOPLE), what=st.sampled_from(["stop_marketing", "block"]))
    def customer_turns_away(self, wa_id: str, what: str) -> None:
        self._run(self.house.sim("POST", f"people/{wa_id}/{what}"))

    @rule()
    def webhooks_are_folded(self) -> None:
        self._run(self._fold())

    @rule(name=st.sampled_from(sorted(_TEMPLATES)), to=st.sampled_from([_PAUSED, _REJECTED]))
    def meta_turns_on_a_template(self, name: str, to: str) -> None:
        """Told in the same instant: what Meta has not told yet, nobody here can know."""
        self._status(name, to)

    @rule(name=st.sampled_from(sorted(_TEMPLATES)))
    def meta_approves_a_template(self, name: str) -> None:
        self._status(name, _APPROVED)

    @rule(name=st.sampled_from(sorted(_TEMPLATES)), to=st.sampled_from(["UTILITY", "MARKETING"]))
    def meta_moves_a_template(self, name: str, to: str) -> None:
        self._rows("UPDATE sportello_template SET category = %s WHERE name = %s", to, name)

    @rule(payment=st.sampled_from(["ok", "ok", "missing", "unpaid"]))
    def payment_changes(self, payment: str) -> None:
        self._run(self.house.sim("PATCH", f"wabas/{WABA_ID}", {"payment": payment}))
        if payment == "ok":
            self._rows(
                "UPDATE sportello_number SET paused_why = '', paused_at = NULL"
                " WHERE paused_why <> 'blocked'"
            )

    @rule(
        wa_id=st.sampled_from(_PEOPLE),
        origin=st.sampled_from(["operator", "assistant", "automation", "campaign"]),
        kind=st.sampled_from(["text", *sorted(_TEMPLATES)]),
    )
    def meta_blocks_the_account_for_a_while(self, wa_id: str, origin: str, kind: str) -> None:
        """What is tried meanwhile waits, or is refused, also when Meta has taken the block back."""
        self._account("DISABLE")
        self.something_slips_into_the_outbox(wa_id, origin, kind, 0)
        self.dispatcher_claims()
        self._account("REINSTATE")
        self.dispatcher_claims()

    def _account(self, state: str) -> None:
        self._run(self.house.sim("PATCH", f"wabas/{WABA_ID}", {"ban_state": state}))
        self._run(self._fold())

    @precondition(lambda self: not self.in_hand)
    @rule(wait_s=st.sampled_from(_WAITS_S))
    def time_passes(self, wait_s: int) -> None:
        """Not between claim and wire, which no more than seconds lie between."""
        self._run(self.house.advance(wait_s))
        self._rows("UPDATE sportello_send SET due_at = clock_timestamp() WHERE state = 'queued'")

    # -- people and the assistant ------------------------------------------------------------

    @rule(wa_id=st.sampled_from(_PEOPLE), name=st.sampled_from(sorted(_TEMPLATES)))
    def operator_writes_first(self, wa_id: str, name: str) -> None:
        def write() -> None:
            number = Number.objects.select_related("workspace").get()
            row = choices.named(number, name, "it")
            filled = fillings.fill(row, Given({"1": "Anna"}))
            openings.write_first(Recipient(number, wa_id), None, filled, self.house.now())

        self._deed(write)

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def operator_takes_over(self, wa_id: str) -> None:
        self._on_chat(wa_id, lambda chat: deeds.take_control(chat, None, self.house.now()))

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def operator_releases(self, wa_id: str) -> None:
        self._on_chat(wa_id, lambda chat: deeds.release(chat, self.house.now()))

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def operator_closes(self, wa_id: str) -> None:
        self._on_chat(wa_id, lambda chat: deeds.close(chat, self.house.now()))

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def operator_answers(self, wa_id: str) -> None:
        self._on_chat(wa_id, lambda chat: deeds.write_text(chat, None, "Eccomi", self.house.now()))

    @rule(wa_id=st.sampled_from(_PEOPLE), action=st.sampled_from(["grant", "grant", "withdraw"]))
    def consent_is_recorded(self, wa_id: str, action: str) -> None:
        self._rows(_CONSENT, action, self.house.now(), wa_id)

    @rule(relaxed=st.booleans())
    def administrator_changes_the_rule(self, relaxed: bool) -> None:  # drawn
        self._rows(
            "UPDATE sportello_workspace SET one_template_until_they_answer = %s", not relaxed
        )

    @rule()
    def administrator_lets_sending_go_on(self) -> None:
        with suppress(NotNow), workspace_transaction(self.desk.workspace_id):
            let_send(Number.objects.get())

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def assistant_prepares(self, wa_id: str) -> None:
        """It looks at the chat now, and has its answer ready whenever it may be."""
        self.drafts += self._rows(_CHAT, wa_id)

    @precondition(lambda self: self.drafts)
    @rule(place=st.integers(0, 5))
    def assistant_queues(self, place: int) -> None:
        """Whatever has happened since: the check of its own worker is not what is tried here."""
        chat = self.drafts.pop(place % len(self.drafts))
        self._queue_text(chat, "assistant", chat["control_epoch"])

    @rule(
        wa_id=st.sampled_from(_PEOPLE),
        origin=st.sampled_from(["operator", "assistant", "automation", "campaign"]),
        kind=st.sampled_from(["text", *sorted(_TEMPLATES)]),
        behind=st.integers(0, 2),
    )
    def something_slips_into_the_outbox(
        self, wa_id: str, origin: str, kind: str, behind: int
    ) -> None:
        for chat in self._rows(_CHAT, wa_id):
            epoch = max(0, chat["control_epoch"] - behind)
            if kind == "text":
                self._queue_text(chat, origin, epoch)
            else:
                template_id, _ = self.templates[kind]
                write_first(self.desk, chat["id"], template_id, origin=origin, control_epoch=epoch)

    # -- the dispatcher ----------------------------------------------------------------------

    @rule()
    def dispatcher_claims(self) -> None:
        self._run(self._claim())

    @rule()
    def dispatcher_sends(self) -> None:
        self._run(self._claim())
        self._run(self._leave())

    @rule(wa_id=st.sampled_from(_PEOPLE))
    def dispatcher_claims_while_a_person_takes_over(self, wa_id: str) -> None:
        """Both want the conversation's row; whoever is second sees what the first committed."""

        async def both() -> None:
            taking = asyncio.to_thread(self._take_over_in_a_thread, wa_id)
            await asyncio.gather(self._claim(), taking)

        self._run(both())

    @precondition(lambda self: self.in_hand)
    @rule()
    def what_was_claimed_leaves(self) -> None:
        self._run(self._leave())

    @precondition(lambda self: self.in_hand)
    @rule()
    def dispatcher_dies(self) -> None:
        self.in_hand = []

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def what_left_was_allowed(self) -> None:
        if not hasattr(self, "meta_ids"):
            return
        for call in self._run(self._calls()):
            self._judge(call)

    def _judge(self, call: dict[str, Any]) -> None:
        request = call["request"]
        self.left.append(request["type"])
        claimed = self.judged.get(request.get("biz_opaque_callback_data", ""))
        assert claimed is not None, "it left without an attempt on record"
        assert claimed["verdict"] == "allowed", "it left without a receipt that allows it"
        assert claimed["number"] != "banned", "it left while Meta blocked the account"
        assert claimed["paused_why"] != "blocked", "it left before an administrator's word"
        if request["type"] == "template":
            assert claimed["template"] == _APPROVED, "a template that is not approved left"
            if claimed["category"] == "MARKETING":
                assert claimed["consent"] == "grant", "marketing left without standing consent"
        else:
            wa_id, at = request["to"].lstrip("+"), datetime.fromisoformat(call["at"])
            heard = [one for one in self.wrote_at[wa_id] if one <= at]
            assert heard, "free text left for somebody who never wrote"
            assert at - heard[-1] < _A_DAY, "free text left outside the window"
        if claimed["origin"] == "assistant":
            assert claimed["holder"] != "operator", "the assistant talked over a person"
            assert claimed["written_in"] == claimed["epoch"], "words of before a takeover left"

    async def _calls(self) -> list[dict[str, Any]]:
        """New messages in the emulator's log."""
        told = await self.house.sim("GET", f"log?since={self.read_until}")
        self.read_until = told["last"]
        assert told["dropped"] == 0
        return [
            entry
            for entry in told["entries"]
            if entry["kind"] == "api"
            and entry["path"].endswith("/messages")
            and isinstance(entry["request"], dict)
            and "type" in entry["request"]
        ]

    # -- how it is done ----------------------------------------------------------------------

    async def _claim(self) -> None:
        """And looks, before anything else can happen, at what it was claimed under."""
        async with self.house.context.pool.connection() as connection:
            taken = await sends.take_numbers(connection, self.me, lease_s=3600, limit=5)
        if taken:
            self.lease = taken[0]
        if not hasattr(self, "lease"):
            return
        claimed = await claim(self.house.context, self.me, self.lease, self.memory, limit=20)
        self.in_hand += claimed
        for row in self._rows(_AS_CLAIMED, [one.attempt for one in claimed]):
            self.judged[str(row["attempt"])] = row

    async def _leave(self) -> None:
        outcomes = [await attempt(self.house.context.client, one) for one in self.in_hand]
        self.in_hand = []
        async with self.house.context.pool.connection() as connection, connection.transaction():
            await dispatch_settle.write(connection, outcomes, self.house.now())

    async def _fold(self) -> None:
        await self.house.advance(0)
        while await fold_batch(self.house.context):
            pass

    async def _everything_leaves(self) -> None:
        """What is still in the outbox is claimed and sent: the judge sees that too."""
        await self._fold()
        for _ in range(5):
            await self._claim()
            if not self.in_hand:
                return
            await self._leave()

    def _status(self, name: str, to: str) -> None:
        self._rows("UPDATE sportello_template SET status = %s WHERE name = %s", to, name)

    def _queue_text(self, chat: dict[str, Any], origin: str, epoch: int) -> None:
        (message,) = self._rows(
            "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text,"
            " status, at) VALUES (%s, %s, %s, 'text', 'Ecco', 'queued', %s) RETURNING id",
            self.desk.workspace_id, chat["id"], origin, self.house.now(),
        )  # fmt: skip
        self._rows(
            "INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id,"
            " origin, priority, body, control_epoch, due_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp())",
            self.desk.workspace_id, self.desk.number_id, chat["id"], message["id"], origin,
            0 if origin == "operator" else 1,
            Jsonb({"type": "text", "text": {"body": "Ecco"}}), epoch,
        )  # fmt: skip

    def _on_chat(self, wa_id: str, act: Callable[[int], object]) -> None:
        for chat in self._rows(_CHAT, wa_id):
            self._deed(lambda: act(chat["id"]))  # noqa: B023  # done at once

    def _deed(self, act: Callable[[], object]) -> None:
        """As a request does it: what is refused leaves nothing behind."""
        try:
            with workspace_transaction(self.desk.workspace_id):
                act()
        except deeds.Refused:
            pass

    def _take_over_in_a_thread(self, wa_id: str) -> None:
        try:
            for chat in self._rows_of_its_own(_CHAT, wa_id):
                with workspace_transaction(self.desk.workspace_id):
                    deeds.take_control(chat["id"], None, self.house.now())
        except deeds.Refused:
            pass
        finally:
            connections.close_all()

    def _rows_of_its_own(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            return connection.execute(sql.encode(), values).fetchall()

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.eye.execute(sql.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def _run(self, doing: Any) -> Any:
        return self.runner.run(doing)


_CHAT = """
    SELECT c.* FROM sportello_conversation AS c JOIN sportello_contact AS p ON p.id = c.contact_id
    WHERE p.wa_id = %s
"""


def _play(url: str, folder: Path, *, examples: int) -> None:
    left: list[str] = []
    office = type("ThisOffice", (Office,), {"url": url, "folder": folder, "left": left})
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.generate,),  # to shrink would take minutes
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert {"text", "template"} <= set(left), "a judge who sees nothing is content with anything"


@pytest.mark.timeout(300)  # some twenty seconds where nothing else runs
def test_nothing_leaves_without_a_reason_on_record(django_database: str, tmp_path: Path) -> None:
    _play(django_database, tmp_path, examples=24)


def _a_day_later(office: Office) -> None:
    office.time_passes(3_600 * 25)
    office.something_slips_into_the_outbox(_PEOPLE[0], "automation", "text", 0)


def _after_a_pause(office: Office) -> None:
    office.meta_turns_on_a_template("pronto", _PAUSED)
    office.something_slips_into_the_outbox(_PEOPLE[0], "campaign", "pronto", 0)


def _unasked(office: Office) -> None:
    office.something_slips_into_the_outbox(_PEOPLE[0], "campaign", "offerta", 0)


def _after_a_block(office: Office) -> None:
    office._account("DISABLE")
    office._account("REINSTATE")
    office.something_slips_into_the_outbox(_PEOPLE[0], "automation", "text", 0)


def _over_a_person(office: Office) -> None:
    office.assistant_prepares(_PEOPLE[0])
    office.operator_takes_over(_PEOPLE[0])
    office.assistant_queues(0)


@pytest.mark.parametrize(
    ("check", "scene", "what"),
    [
        ("_window", _a_day_later, "free text left outside the window"),
        ("_template", _after_a_pause, "a template that is not approved left"),
        ("_consent", _unasked, "marketing left without standing consent"),
        ("_number", _after_a_block, "it left before an administrator's word"),
        ("_control", _over_a_person, "the assistant talked over a person"),
    ],
)
def test_the_judge_catches_a_guard_that_lacks_a_check(  # fixtures
    django_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
    scene: Callable[[Office], None],
    what: str,
) -> None:
    kept = tuple(one for one in guard.CHECKS if one.__name__ != check)
    assert len(kept) == len(guard.CHECKS) - 1
    monkeypatch.setattr(guard, "CHECKS", kept)
    office = type(
        "ThisOffice", (Office,), {"url": django_database, "folder": tmp_path, "left": []}
    )()
    office.open_office()
    try:
        scene(office)
        office.dispatcher_sends()
        with pytest.raises(AssertionError, match=what):
            office.what_left_was_allowed()
    finally:
        office.teardown()
