"""Actions through the worker: a real call by the customer's number, a tap before any change."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sportello.assistant.models import Scripted
from sportello.store import vault
from sportello.workers.answer import Answering
from sportello.workers.context import Limits
from tests.assistant.desk import EMBEDDER, Desk, open_desk
from tests.loop import in_loop
from tests.workers.ordering import Orders, ordering

_QUESTION = "Quando arriva il mio ordine?"
_PAIRS = [(_QUESTION, "La consegna richiede 2-4 giorni."), ("Come annullo un ordine?", "Dal sito.")]
_CODE = {"name": "order", "kind": "mask", "ask": "Mi scrive il codice?", "mask": "MV-####"}


@dataclass
class Room:
    """A desk beside a company's order system."""

    desk: Desk
    orders: Orders
    pairs: list[int]
    model: Scripted | None = None

    async def may(self, **more: Any) -> int:
        """An action; by default the look at the customer's order."""
        columns = {
            "workspace_id": self.desk.workspace_id,
            "name": "Stato dell'ordine",
            "enabled": True,
            "pair_id": self.pairs[0],
            "url": self.orders.url,
            "reply": "Il suo ordine {order.code} è {order.state}.",
            **more,
        }
        places = ", ".join(["%s"] * len(columns))
        row = await self.desk.row(
            f"INSERT INTO sportello_action ({', '.join(columns)}) VALUES ({places}) RETURNING id",  # noqa: S608  # our own names
            *[json.dumps(one) if isinstance(one, list) else one for one in columns.values()],
        )
        return int(row["id"])

    async def may_cancel(self) -> int:
        return await self.may(
            name="Annulla l'ordine",
            pair_id=self.pairs[1],
            writes=True,
            parameters=[_CODE],
            reply="Fatto: {order.code} è annullato.",
        )

    async def hears(self, text: str, **more: Any) -> list[Any]:
        """What the assistant says to it, as rows."""
        before = len(await self.desk.said())
        await self.desk.customer_writes(text, **more)
        assert await Answering(self.desk.context, EMBEDDER, self.model).answer_next()
        said = (await self.desk.said())[before:]
        await self.desk.everything_leaves()
        return said

    async def taps(self, said: list[Any], place: int) -> list[Any]:
        buttons = said[-1]["body"]["interactive"]["action"]["buttons"]
        reply = buttons[place]["reply"]
        payload = {"interactive": {"type": "button_reply", "button_reply": reply}}
        return await self.hears(reply["title"], type="interactive", payload=payload)

    async def holder(self) -> tuple[str, str]:
        row = await self.desk.conversation()
        return row["holder"], row["handover_reason"]

    async def runs(self) -> list[Any]:
        return await self.desk.rows("SELECT * FROM sportello_actionrun ORDER BY id")


@asynccontextmanager
async def _room(worker_url: str, *, allowed: bool = True) -> AsyncIterator[Room]:
    async with ordering() as orders, open_desk(worker_url) as desk:
        hosts = frozenset({"127.0.0.1"} if allowed else ())
        desk.context = replace(desk.context, limits=Limits(private_hosts=hosts))
        # How sure a search is of a few more words is not the matter here.
        await desk.run("UPDATE sportello_workspace SET answer_from = 0.05, clarify_from = 0.01")
        yield Room(desk, orders, await desk.learn(_PAIRS))


@in_loop
async def test_the_order_is_looked_up_by_the_number_of_whoever_writes(worker_url: str) -> None:
    async with _room(worker_url) as room:
        action = await room.may(header="X-Key")
        sealed = vault.seal(room.desk.context.key, "geheim", vault.action_secret_place(action))
        await room.desk.run(
            "INSERT INTO sportello_actionsecret (workspace_id, action_id, sealed)"
            " VALUES (%s, %s, %s)",
            room.desk.workspace_id, action, sealed,
        )  # fmt: skip

        said = await room.hears("quando arriva il mio ordine? il mio numero è 393555010002")

        assert said[-1]["text"].endswith("Il suo ordine MV-1042 è in viaggio.")
        assert said[-1]["sources"][0]["pair_id"] == room.pairs[0]
        ((body, headers),) = room.orders.asked
        assert body == {"customer": "393555010001", "parameters": {}}
        assert headers["X-Key"] == "geheim"
        assert headers["Idempotency-Key"]
        (run,) = await room.runs()
        assert (run["state"], run["status"]) == ("done", 200)
        turn = await room.desk.row("SELECT way, band FROM sportello_turn")
        assert (turn["way"], turn["band"]) == ("action", "answer")


@in_loop
async def test_where_no_action_is_set_the_knowledge_answers(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may(enabled=False)

        said = await room.hears(_QUESTION)

        assert said[-1]["text"].endswith("La consegna richiede 2-4 giorni.")
        assert room.orders.asked == []


@in_loop
async def test_an_unknown_number_is_told_so_kindly_and_offered_a_person(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may()
        room.orders.known.clear()

        said = await room.hears(_QUESTION)

        text = said[-1]["text"]
        assert "Con questo numero WhatsApp non trovo nulla." in text
        assert "2-4 giorni" in text
        assert "«operatore»" in text
        assert await room.holder() == ("assistant", "")


_FAILURES = [
    ({"status": 500}, "failed_there"),
    ({"text": "<html>"}, "not_json"),
    ({"status": 302, "headers": {"Location": "http://127.0.0.1/x"}}, "redirects"),
    ({"text": '{"order": {}}'}, "value_missing"),
    ({"text": "[" + "1," * 40_000 + "1]"}, "too_large"),
]


@in_loop
async def test_an_action_that_fails_hands_over_and_says_why_on_its_page(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may()
        for answer, why in _FAILURES:
            room.orders.answers = answer

            said = await room.hears(_QUESTION)

            assert "Passo la conversazione a una persona" in said[-1]["text"], why
            assert await room.holder() == ("queue", "tool_failed")
            run = (await room.runs())[-1]
            assert (run["state"], run["why"]) == ("failed", why)
            await room.desk.operator_releases()
            await room.desk.run("UPDATE sportello_conversation SET assistant_memory = '{}'")


@in_loop
async def test_a_private_address_that_nobody_allowed_is_not_called(worker_url: str) -> None:
    async with _room(worker_url, allowed=False) as room:
        await room.may()

        await room.hears(_QUESTION)

        assert room.orders.asked == []
        (run,) = await room.runs()
        assert run["why"] == "forbidden_address"


@in_loop
async def test_a_change_waits_for_a_tap_and_is_made_once(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may_cancel()

        asked = await room.hears("come annullo un ordine?")
        assert asked[-1]["text"].endswith("Mi scrive il codice?")
        confirm = await room.hears("è mv-1042")
        assert "Annulla l'ordine (MV-1042)" in confirm[-1]["text"]
        again = await room.hears("sì")  # words are no tap
        assert room.orders.asked == []
        done = await room.taps(again, 0)

        assert done[-1]["text"] == "Fatto: MV-1042 è annullato."
        ((body, _),) = room.orders.asked
        assert body == {"customer": "393555010001", "parameters": {"order": "MV-1042"}}
        stale = await room.taps(confirm, 0)  # the button above still stands in the chat
        assert "non ho fatto nulla" in stale[-1]["text"]
        assert len(room.orders.asked) == 1


@in_loop
async def test_what_is_written_while_a_change_is_made_makes_it_no_second_time(
    worker_url: str,
) -> None:
    async with _room(worker_url) as room:
        action = await room.may_cancel()
        confirm = await room.hears("come annullo un ordine? è MV-1042")
        # As it was left by a turn that was overtaken once the other system had answered.
        await room.desk.run(
            "INSERT INTO sportello_actionrun"
            " (workspace_id, action_id, conversation_id, key, state, said)"
            " VALUES (%s, %s, %s, 'tap:1', 'done', 'Fatto: MV-1042 è annullato.')",
            room.desk.workspace_id, action, room.desk.conversation_id,
        )  # fmt: skip
        button = confirm[-1]["body"]["interactive"]["action"]["buttons"][0]["reply"]
        tap = {"interactive": {"type": "button_reply", "button_reply": button}}
        await room.desk.customer_writes(button["title"], type="interactive", payload=tap)

        said = await room.hears("anzi, aspettate")

        assert said[-1]["text"] == "Fatto: MV-1042 è annullato."
        assert room.orders.asked == []


@in_loop
async def test_a_no_does_nothing(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may_cancel()
        confirm = await room.hears("come annullo un ordine? è MV-1042")

        said = await room.taps(confirm, 1)

        assert "non faccio nulla" in said[-1]["text"]
        assert room.orders.asked == []


@in_loop
async def test_a_change_begun_by_a_process_that_died_is_not_made_again(worker_url: str) -> None:
    async with _room(worker_url) as room:
        action = await room.may_cancel()
        confirm = await room.hears("come annullo un ordine? è MV-1042")
        await room.desk.run(
            "INSERT INTO sportello_actionrun (workspace_id, action_id, conversation_id, key, state)"
            " VALUES (%s, %s, %s, 'tap:1', 'begun')",
            room.desk.workspace_id, action, room.desk.conversation_id,
        )  # fmt: skip

        await room.taps(confirm, 0)

        assert room.orders.asked == []
        assert await room.holder() == ("queue", "tool_failed")


@in_loop
async def test_a_model_chooses_and_its_word_is_checked(worker_url: str) -> None:
    async with _room(worker_url) as room:
        await room.may_cancel()
        # A value that the customer did not write, and one that no parameter may be.
        told = {"action": "Annulla l'ordine", "values": ["order=MV-9999", "customer=393339999999"]}
        room.model = Scripted([told])

        said = await room.hears("il vaso grande non lo voglio più")

        assert said[-1]["text"].endswith("Mi scrive il codice?")
        assert room.orders.asked == []


@in_loop
async def test_a_trial_from_the_settings_is_performed_once(worker_url: str) -> None:
    async with _room(worker_url) as room:
        action = await room.may(enabled=False)
        await room.desk.run(
            "INSERT INTO sportello_actionrun (workspace_id, action_id, key, state, wa_id)"
            " VALUES (%s, %s, 'trial', 'waiting', '393555010001')",
            room.desk.workspace_id, action,
        )  # fmt: skip
        answering = Answering(room.desk.context, EMBEDDER)

        assert await answering.try_action()
        assert not await answering.try_action()

        (run,) = await room.runs()
        assert (run["state"], run["said"]) == ("done", "Il suo ordine MV-1042 è in viaggio.")
