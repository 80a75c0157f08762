"""What happens is told outside: written with the deed, signed, in order, at least once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from sportello.rules.outgoing import SUBSCRIBABLE, secret_of
from sportello.store import vault
from sportello.store.vault import endpoint_secret_place
from sportello.workers import outgoing
from sportello.workers.context import Context, Limits
from sportello.workers.outgoing import Teller
from sportello.workers.tend_erasures import erase
from tests.loop import in_loop
from tests.workers import desk as desks
from tests.workers.desk import ANNA, KEY, Desk
from tests.workers.hearing import Ears, hearing, is_signed

_SECRET = secret_of(b"s" * 32)
_OLD = secret_of(b"o" * 32)


@dataclass
class Room:
    desk: Desk
    ears: Ears
    context: Context

    def endpoint(self, *events: str, **columns: Any) -> int:
        """Told of `events`, of everything without them."""
        values = {"url": self.ears.url, "events": list(events or SUBSCRIBABLE), **columns}
        names = ", ".join(values)
        places = ", ".join(["%s"] * len(values))
        row = self.desk.row(
            f"INSERT INTO sportello_endpoint (workspace_id, {names})"  # noqa: S608  # our own names
            f" VALUES ({self.desk.workspace_id}, {places}) RETURNING id",
            *values.values(),
        )
        made: int = row["id"]
        self.secret(made, _SECRET)
        return made

    def secret(self, endpoint_id: int, secret: str, expires: str | None = None) -> None:
        sealed = vault.seal(KEY, secret, endpoint_secret_place(endpoint_id))
        self.desk.rows(
            "INSERT INTO sportello_endpointsecret (workspace_id, endpoint_id, sealed, expires_at)"
            " VALUES (%s, %s, %s, clock_timestamp() + %s::interval)",
            self.desk.workspace_id, endpoint_id, sealed, expires,
        )  # fmt: skip

    async def tell(self, times: int = 1) -> None:
        """Everything that is due, over and over while each round brings what comes after."""
        for _ in range(times):
            teller = Teller(self.context)
            await teller.begin()
            await teller.finish()

    def deliveries(self) -> list[dict[str, Any]]:
        return self.desk.rows("SELECT * FROM sportello_delivery ORDER BY id")

    def due_now(self) -> None:
        self.desk.rows("UPDATE sportello_delivery SET due_at = clock_timestamp()")


@asynccontextmanager
async def _room(url: str, *, allowed: bool = True) -> AsyncIterator[Room]:
    desk = desks.open_desk(url)
    hosts = frozenset({"127.0.0.1"} if allowed else ())
    async with hearing() as ears, desks.context_of(desk) as context:
        yield Room(desk, ears, replace(context, limits=Limits(private_hosts=hosts)))


@in_loop
async def test_what_a_customer_writes_is_told_signed_and_in_order(database: str) -> None:
    async with _room(database) as room:
        endpoint = room.endpoint()
        room.secret(endpoint, _OLD, "1 hour")
        room.secret(endpoint, secret_of(b"x" * 32), "-1 hour")

        await desks.fold(room.desk, desks.text("wamid.1", "Ciao è «aperto»?"))
        await room.tell(times=3)

        assert sorted(room.ears.kinds()) == ["conversation.opened", "message.received"]
        told = {one["type"]: one for one in room.ears.told()}["message.received"]
        assert told["timestamp"] == "2026-11-22T10:00:00Z"
        assert told["data"]["message"]["text"] == "Ciao è «aperto»?"
        assert told["data"]["contact"]["wa_id"] == ANNA
        headers, body = room.ears.heard[0]
        assert headers["webhook-id"].startswith("evt_")
        assert is_signed(headers, body, _SECRET)
        assert is_signed(headers, body, _OLD)
        assert not is_signed(headers, body, secret_of(b"x" * 32))
        assert {one["state"] for one in room.deliveries()} == {"delivered"}
        assert room.deliveries()[0]["answer"] == "ok"


@in_loop
async def test_nothing_is_written_where_nobody_wants_to_know(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("campaign.changed")
        room.endpoint("message.received", enabled=False)

        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))

        assert room.desk.rows("SELECT * FROM sportello_news") == []


@in_loop
async def test_news_of_a_deed_that_is_undone_is_undone_with_it(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("number.changed")
        change = "UPDATE sportello_number SET quality = 'RED'"
        with psycopg.connect(database) as connection:
            connection.execute(change)
            assert connection.execute("SELECT count(*) FROM sportello_news").fetchone() == (1,)
            connection.rollback()

        assert room.desk.rows("SELECT * FROM sportello_news") == []


@in_loop
async def test_each_kind_is_told_by_its_own_deed(database: str) -> None:
    async with _room(database) as room:
        room.endpoint()
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        room.desk.rows(
            """
            UPDATE sportello_conversation SET holder = 'queue', handover_reason = 'asked',
                held_since = last_inbound_at, reply_due_at = NULL;
            UPDATE sportello_conversation SET holder = 'operator', control_epoch = 1;
            UPDATE sportello_conversation SET holder = 'queue';
            UPDATE sportello_conversation SET holder = 'closed';
            UPDATE sportello_conversation SET holder = 'queue';
            UPDATE sportello_number SET quality = 'RED';
            """
        )
        desks.say(room.desk, "Buongiorno")
        for status in ("sent", "delivered", "read", "failed", "failed"):
            room.desk.rows(
                "UPDATE sportello_message SET status = %s WHERE origin = 'operator'", status
            )
        contact = room.desk.row("SELECT id FROM sportello_contact")["id"]
        for action in ("grant", "withdraw"):
            room.desk.rows(
                "INSERT INTO sportello_consentevent (workspace_id, contact_id, action, source, at)"
                " VALUES (%s, %s, %s, 'form', now())",
                room.desk.workspace_id, contact, action,
            )  # fmt: skip
        room.desk.rows(
            "INSERT INTO sportello_template (workspace_id, waba_id, name, language, category)"
            " VALUES (%s, '1', 'saldi', 'it', 'MARKETING')", room.desk.workspace_id,
        )  # fmt: skip
        room.desk.rows("UPDATE sportello_template SET status = 'APPROVED'")
        room.desk.rows(
            "INSERT INTO sportello_campaign (workspace_id, number_id, name, content)"
            " VALUES (%s, %s, 'A', '{}')",
            room.desk.workspace_id, room.desk.number_id,
        )  # fmt: skip
        room.desk.rows("UPDATE sportello_campaign SET state = 'cancelled'")

        found = room.desk.rows("SELECT kind, matter FROM sportello_news")

        assert {one["kind"] for one in found} == {
            *SUBSCRIBABLE
        } - {"contact.erased", "conversation.missed"}  # fmt: skip
        by_kind = {one["kind"]: one["matter"] for one in found}
        assert by_kind["conversation.handed_over"]["reason"] == "asked"
        assert by_kind["message.sent"]["message"]["text"] == "Buongiorno"
        assert "text" not in by_kind["message.read"]["message"]
        assert by_kind["template.changed"]["template"]["status"] == "APPROVED"
        assert len([one for one in found if one["kind"] == "message.failed"]) == 1


@in_loop
async def test_what_fails_is_tried_again_with_the_same_id_and_bytes(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("message.received")
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        room.ears.answers = {"status": 503, "text": "piano", "headers": {"Retry-After": "120"}}

        await room.tell()
        (failed,) = room.deliveries()
        early = len(room.ears.heard)
        await room.tell()
        assert len(room.ears.heard) == early == 1
        room.due_now()
        room.ears.answers = {"status": 204}
        await room.tell()

        first, second = room.ears.heard
        assert first[1] == second[1]
        assert first[0]["webhook-id"] == second[0]["webhook-id"]
        assert (failed["state"], failed["why"]) == ("queued", "failed_there")
        tried_at = datetime.fromisoformat(failed["tries"][0]["at"])
        assert 119 < (failed["due_at"] - tried_at).total_seconds() < 130
        (done,) = room.deliveries()
        assert (done["state"], [one["status"] for one in done["tries"]]) == (
            "delivered",
            [503, 204],
        )


@in_loop
async def test_news_of_one_conversation_waits_for_the_one_before_but_not_for_ever(
    database: str,
) -> None:
    async with _room(database) as room:
        room.endpoint("message.received")
        await desks.fold(room.desk, desks.text("wamid.1", "uno"))
        await desks.fold(room.desk, desks.text("wamid.2", "due"))
        await desks.fold(room.desk, desks.text("wamid.3", "altri", wa_id="393330000009"))
        room.ears.answers = {"status": 500}

        def texts() -> list[str]:
            return [one["data"]["message"]["text"] for one in room.ears.told()]

        await room.tell()
        assert sorted(texts()) == ["altri", "uno"]
        room.desk.rows("UPDATE sportello_delivery SET attempts = 3 WHERE attempts = 1")
        await room.tell(times=2)

        assert texts()[-1] == "due"


@in_loop
async def test_an_endpoint_that_is_gone_or_long_silent_is_switched_off_and_told_again_later(
    database: str,
) -> None:
    async with _room(database) as room:
        endpoint = room.endpoint("message.received")
        for place in range(3):
            wa_id = f"39333000000{place}"
            await desks.fold(room.desk, desks.text(f"wamid.{place}", "Ciao", wa_id=wa_id))
        room.ears.answers = {"status": 500}
        room.desk.rows("UPDATE sportello_endpoint SET failing_since = now() - interval '4 days'")

        await room.tell(times=2)
        await desks.fold(room.desk, desks.text("wamid.9", "Intanto", wa_id="393330000009"))

        row = room.desk.row("SELECT enabled, disabled_why FROM sportello_endpoint")
        assert row == {"enabled": False, "disabled_why": "failing"}
        assert [one["state"] for one in room.deliveries()] == ["failed"] * 4
        assert room.deliveries()[-1]["why"] == "endpoint_off"
        assert len(room.ears.heard) == 1
        room.ears.answers = {"status": 200}
        room.desk.rows(
            "UPDATE sportello_endpoint SET enabled = true, disabled_why = '', failing_since = NULL,"
            " replay_since = '2026-11-22 09:00Z', replay_wished_at = clock_timestamp()"
            " WHERE id = %s", endpoint,
        )  # fmt: skip
        await room.tell(times=3)

        assert {one["state"] for one in room.deliveries()} == {"delivered"}
        assert room.desk.row("SELECT replay_since FROM sportello_endpoint") == {
            "replay_since": None
        }


@in_loop
async def test_who_answers_gone_is_believed_at_once(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("message.received")
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        room.ears.answers = {"status": 410}

        await room.tell()

        assert room.desk.row("SELECT enabled, disabled_why FROM sportello_endpoint") == {
            "enabled": False,
            "disabled_why": "gone",
        }


@in_loop
async def test_a_private_address_that_nobody_allowed_is_not_called(database: str) -> None:
    async with _room(database, allowed=False) as room:
        room.endpoint("message.received")
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))

        await room.tell()

        assert room.ears.heard == []
        assert room.deliveries()[0]["why"] == "forbidden_address"


@in_loop
async def test_what_a_process_that_died_had_claimed_is_told_by_the_next(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("message.received")
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        room.desk.rows(
            "UPDATE sportello_delivery SET state = 'sending', attempts = 1,"
            " claimed_until = clock_timestamp() + interval '60 s'"
        )
        await room.tell()
        assert room.ears.heard == []
        room.desk.rows("UPDATE sportello_delivery SET claimed_until = now() - interval '1 s'")

        await room.tell()

        (done,) = room.deliveries()
        assert (done["state"], done["attempts"]) == ("delivered", 2)


@in_loop
async def test_the_loop_tells_as_soon_as_something_happens(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("message.received")
        stop = asyncio.Event()
        loop = asyncio.create_task(outgoing.run(room.context, stop))

        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        async with asyncio.timeout(30):
            await room.ears.rang.wait()
        stop.set()
        await loop

        assert room.deliveries()[0]["state"] == "delivered"


@in_loop
async def test_an_erased_person_is_told_of_no_more(database: str) -> None:
    async with _room(database) as room:
        room.endpoint("message.received", "contact.erased")
        await desks.fold(room.desk, desks.text("wamid.1", "Ciao"))
        room.ears.answers = {"status": 500, "text": "Ciao non capito"}
        await room.tell()
        contact = room.desk.row("SELECT id FROM sportello_contact")["id"]
        room.desk.rows(
            "INSERT INTO sportello_erasure (workspace_id, contact_id, wa_id, asked_at)"
            " VALUES (%s, %s, %s, now())", room.desk.workspace_id, contact, ANNA,
        )  # fmt: skip

        await erase(room.context)
        room.due_now()
        room.ears.answers = {"status": 200}
        await room.tell(times=2)

        assert [one["why"] for one in room.deliveries()] == ["erased", ""]
        assert room.ears.told()[-1]["data"] == {"contact": {"id": contact}}
        assert room.ears.kinds() == ["message.received", "contact.erased"]
        assert "Ciao" not in str(room.deliveries()) + str(
            room.desk.rows("SELECT matter FROM sportello_news")
        )
