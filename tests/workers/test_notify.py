"""People are told what waits for them, each as they wish; browsers are woken without a word."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sportello.fetching.vapid import signer_of
from sportello.workers.context import Context, Limits
from sportello.workers.notify import Waker, warn
from tests.loop import in_loop
from tests.workers import desk as desks
from tests.workers.desk import NOW, Desk
from tests.workers.hearing import Ears, hearing

_SIGNER = signer_of("k" * 40, "https://desk.example")


@dataclass
class Room:
    desk: Desk
    ears: Ears
    context: Context

    def person(self, name: str, role: str = "operator", **wish: Any) -> int:
        user: int = self.desk.row(
            "INSERT INTO sportello_user (password, email, name) VALUES ('', %s, %s) RETURNING id",
            f"{name.partition(' ')[0].lower()}@bottega.example", name,
        )["id"]  # fmt: skip
        workspace = self.desk.workspace_id
        self.desk.rows(
            "INSERT INTO sportello_membership (workspace_id, user_id, role) VALUES (%s, %s, %s)",
            workspace, user, role,
        )  # fmt: skip
        if wish:
            columns = {"events": [], "quiet_from": None, "quiet_until": None} | wish
            self.desk.rows(
                "INSERT INTO sportello_noticewish"
                " (workspace_id, user_id, events, quiet_from, quiet_until)"
                " VALUES (%s, %s, %s, %s, %s)", workspace, user, *columns.values(),
            )  # fmt: skip
        self.desk.rows(
            "INSERT INTO sportello_pushplace (workspace_id, user_id, address) VALUES (%s, %s, %s)",
            workspace, user, f"{self.ears.url}?{user}",
        )  # fmt: skip
        return user

    def told(self) -> list[tuple[str, int]]:
        found = self.desk.rows("SELECT kind, user_id FROM sportello_notice ORDER BY id")
        return [(one["kind"], one["user_id"]) for one in found]

    def moves(self, what: str, by: int | str = "") -> None:
        """`by`: the person at whose page it is done; "" for programs."""
        self.desk.rows(
            f"SELECT set_config('sportello.user', '{by}', true);"  # noqa: S608  # our own words
            f" UPDATE sportello_conversation SET {what}"
        )


@asynccontextmanager
async def _room(url: str) -> AsyncIterator[Room]:
    desk = desks.open_desk(url)
    async with hearing() as ears, desks.context_of(desk) as context:
        limits = Limits(private_hosts=frozenset({"127.0.0.1"}))
        room = Room(desk, ears, replace(context, limits=limits))
        await desks.fold(desk, desks.text("wamid.1", "Ciao"))
        yield room


_TO_THE_QUEUE = "holder = 'queue', handover_reason = 'asked', reply_due_at = NULL"


@in_loop
async def test_each_person_is_told_of_what_they_want_and_not_of_their_own_deeds(
    database: str,
) -> None:
    async with _room(database) as room:
        anna, bruno = room.person("Anna Neri"), room.person("Bruno", events=["braked"])
        room.person("Rita", role="reader")

        room.moves(_TO_THE_QUEUE)
        room.moves(f"holder = 'operator', operator_id = {anna}, control_epoch = 1")
        room.moves(f"operator_id = {bruno}", by=anna)
        room.moves(f"operator_id = {anna}", by=anna)

        assert room.told() == [("handed_over", anna), ("assigned", anna)]


@in_loop
async def test_a_note_reaches_whom_it_names(database: str) -> None:
    async with _room(database) as room:
        anna, bruno = room.person("Anna Neri"), room.person("Bru.no (x")
        chat = room.desk.conversation()["id"]

        for text in ("@anna, guardi?", "@Anna Neri", "@Annalisa no", "Anna", "per @bru.no (x!"):
            room.desk.rows(
                "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text,"
                " status, at, author_id) VALUES (%s, %s, 'note', 'text', %s, 'noted', now(), %s)",
                room.desk.workspace_id, chat, text, bruno if "nna" in text else anna,
            )  # fmt: skip

        assert room.told() == [("mentioned", anna)] * 2 + [("mentioned", bruno)]


@in_loop
async def test_a_window_about_to_shut_is_told_once(database: str) -> None:
    async with _room(database) as room:
        anna = room.person("Anna")
        room.moves(_TO_THE_QUEUE)
        context = desks.at(room.context, NOW + timedelta(hours=23))

        assert await warn(desks.at(room.context, NOW + timedelta(hours=20))) == 0
        assert await warn(context) == 1
        assert await warn(context) == 0

        assert room.told()[-1] == ("closing", anna)


@in_loop
async def test_a_braked_campaign_and_a_stopped_number_are_told(database: str) -> None:
    async with _room(database) as room:
        anna = room.person("Anna")
        room.desk.rows(
            "INSERT INTO sportello_campaign"
            " (workspace_id, number_id, name, state, planned, content)"
            " VALUES (%s, %s, 'A', 'running', true, '{}')",
            room.desk.workspace_id,
            room.desk.number_id,
        )
        room.desk.rows(
            "UPDATE sportello_campaign SET state = 'paused', paused_why = 'brake', braked = '{}'"
        )
        room.desk.rows("UPDATE sportello_number SET paused_why = 'blocked', paused_at = now()")

        assert room.told() == [("braked", anna), ("blocked", anna)]


@in_loop
async def test_a_browser_is_woken_once_without_a_word_by_a_signed_call(database: str) -> None:
    async with _room(database) as room:
        room.person("Anna")
        room.person("Notturna", events=["handed_over"], quiet_from="00:00", quiet_until="23:59")
        room.moves(_TO_THE_QUEUE)
        waker = Waker(room.context, _SIGNER)

        assert await waker.wake()
        assert not await waker.wake()

        ((headers, body),) = room.ears.heard
        assert body == b""
        assert headers["ttl"] == "3600"
        origin = room.ears.url.removesuffix("/hook")
        claims = _verified(headers["authorization"])
        assert (claims["aud"], claims["sub"]) == (origin, "https://desk.example")


@in_loop
async def test_a_browser_that_is_gone_is_forgotten(database: str) -> None:
    async with _room(database) as room:
        room.person("Anna")
        room.moves(_TO_THE_QUEUE)
        room.ears.answers = {"status": 410}

        await Waker(room.context, _SIGNER).wake()

        assert room.desk.rows("SELECT * FROM sportello_pushplace") == []


def _verified(header: str) -> dict[str, Any]:
    """The claims, if the signature is that of the key beside it."""
    token, key = (part.partition("=")[2] for part in header.removeprefix("vapid ").split(", "))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key))
    told, _, signature = token.rpartition(".")
    raw = _bytes(signature)
    first, second = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    point.verify(encode_dss_signature(first, second), told.encode(), ec.ECDSA(SHA256()))
    claims: dict[str, Any] = json.loads(_bytes(told.partition(".")[2]))
    return claims


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
