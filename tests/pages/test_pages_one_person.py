"""One person under two numbers, and a person who is erased: what goes, what stays."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from psycopg import sql

from sportello.schema.actions import Action, ActionRun
from sportello.schema.assistant import Turn
from sportello.schema.campaigns import Campaign, Enclosure, Recipient
from sportello.schema.channel import JournalEntry
from sportello.schema.compose import Draft
from sportello.schema.erasure import Erasure
from sportello.schema.files import File
from sportello.schema.imports import ContactImport
from sportello.schema.inbox import Conversation, Media, Message
from sportello.schema.people import ConsentEvent, Contact, ContactList, ListMember
from sportello.schema.sends import Send
from sportello.schema.team import IdempotentReply, Membership, User
from sportello.store.pool import open_pool
from sportello.store.vault import key_of
from sportello.workers import tend_erasures
from sportello.workers.context import Context
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop

_FORM = {
    "topic": "marketing",
    "text": "Acconsento a ricevere offerte",
    "given_by": "modulo alla cassa",
    "at": (NOW - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
}


def _anna(shop: Shop) -> Contact:
    return Contact.objects.using("owner").get(workspace=shop.workspace, wa_id="393471234567")


def _again(contact: Contact) -> Contact:
    return Contact.objects.using("owner").get(pk=contact.pk)


def _standing(contact: Contact, topic: str = "marketing") -> str | None:
    lines = ConsentEvent.objects.using("owner").filter(contact=contact, category=topic)
    return lines.order_by("-at", "-action").values_list("action", flat=True).first()


@pytest.fixture
def other(shop: Shop) -> Contact:
    """Anna's second number, on a list."""
    made = Contact.objects.using("owner").create(
        workspace=shop.workspace,
        wa_id="393899990000",
        name="Anna B.",
        language="en",
        properties={"Città": "Bari", "Taglia": "M"},
    )
    listed = ContactList.objects.using("owner").create(workspace=shop.workspace, name="Amici")
    ListMember.objects.using("owner").create(workspace=shop.workspace, list=listed, contact=made)
    return made


def test_two_contacts_become_one_and_two_again_but_a_no_stays(
    client: Client, shop: Shop, other: Contact
) -> None:
    anna = _anna(shop)
    Contact.objects.using("owner").filter(pk=anna.pk).update(properties={"Città": "Roma"})
    client.post(f"/contacts/{anna.pk}/consents", _FORM)
    client.post(f"/contacts/{other.pk}/withdrawal", {"text": "basta"})
    granted = _standing(anna)

    preview = client.get(f"/contacts/{anna.pk}/merge?with={other.pk}").content.decode()
    done = client.post(f"/contacts/{anna.pk}/merge", {"with": other.pk})

    assert (granted, done.status_code) == ("grant", 302)
    assert "Roma" in preview
    assert "Bari" in preview
    assert _again(anna).properties == {"Città": "Roma", "Taglia": "M"}
    assert _standing(anna) == "withdraw"
    assert _again(other).merged_into_id == anna.pk
    assert ListMember.objects.using("owner").filter(contact=anna).count() == 1
    found = client.get("/contacts/?q=3899990000").content.decode()
    assert '<th scope="row">' not in found
    assert "+39 389 999 0000" in client.get(f"/contacts/{anna.pk}/").content.decode()

    client.post(f"/contacts/{other.pk}/separation")

    assert _again(other).merged_into_id is None
    assert (_standing(anna), _standing(other)) == ("withdraw", "withdraw")


def test_a_later_no_of_one_number_is_the_persons(
    client: Client, shop: Shop, other: Contact
) -> None:
    anna = _anna(shop)
    client.post(f"/contacts/{other.pk}/consents", _FORM)
    client.post(f"/contacts/{anna.pk}/merge", {"with": other.pk})
    before = _standing(other)

    client.post(f"/contacts/{anna.pk}/withdrawal", {"text": "basta"})

    assert (before, _standing(other)) == ("grant", "withdraw")


def test_nobody_is_joined_with_themselves_or_with_a_stranger(
    client: Client, shop: Shop, stranger: Shop
) -> None:
    anna = _anna(shop)

    for given in (anna.pk, _anna(stranger).pk, "x", 0):
        assert client.post(f"/contacts/{anna.pk}/merge", {"with": given}).status_code == 404, given


def _erase_all(database: str, folder: Path) -> int:
    """As the worker does, until nothing is left to do."""

    async def work() -> int:
        async with open_pool(database, 2) as pool:
            context = Context(pool, database, key_of("k" * 32), lambda: NOW, folder)
            return await tend_erasures.erase(context)

    return asyncio.run(work())


def _holds(database: str, needle: str) -> list[str]:
    """Every table in which any row, as text, holds it."""
    found = []
    with psycopg.connect(database, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'sportello%'"
        ).fetchall()
        for (name,) in tables:
            told = sql.SQL("SELECT count(*) FROM {} AS t WHERE strpos(t::text, %s) > 0")
            row = connection.execute(told.format(sql.Identifier(name)), [needle]).fetchone()
            if row and row[0]:
                found.append(name)
    return found


def _leave_elsewhere(shop: Shop, message: Message, words: str) -> None:
    """A colleague's draft to them, what was looked up for them in another system, what they asked
    and where it led in the space of meanings, and what the API answered to somebody's program.
    """
    Draft.objects.using("owner").create(
        workspace=shop.workspace,
        conversation_id=message.conversation_id,
        user=User.objects.using("owner").order_by("pk")[0],
        kind="note",
        text=words,
    )
    action = Action.objects.using("owner").create(
        workspace=shop.workspace, name="Ordine", url="https://shop.example/order", reply="{state}"
    )
    ActionRun.objects.using("owner").create(
        workspace=shop.workspace,
        action=action,
        conversation_id=message.conversation_id,
        key="1",
        state="done",
        wa_id="393471234567",
        values={"name": words},
        said=words,
    )
    Turn.objects.using("owner").create(
        workspace=shop.workspace, conversation_id=message.conversation_id, question=words,
        embedding=[0.0123] * 384, at=NOW,
    )  # fmt: skip
    IdempotentReply.objects.using("owner").create(
        workspace=shop.workspace, key="1", request_sha256="0" * 64, status=201,
        body={"conversation_id": message.conversation_id, "text": words},
    )  # fmt: skip


def _enclose(shop: Shop, person: Contact, words: str, **more: Any) -> None:
    """A file behind a link that bears their words, which campaigns sent to them alone or not."""
    workspace = shop.workspace
    file = File.objects.using("owner").create(
        workspace=workspace, sha256=words, mime_type="application/pdf", filename=f"{words}.pdf",
        size=9, content=b"a receipt",
    )  # fmt: skip
    campaign = Campaign.objects.using("owner").create(
        workspace=workspace, number=shop.number, name="Ricevute", media_column="ricevuta", **more
    )
    enclosure = Enclosure.objects.using("owner").create(
        workspace=workspace, campaign=campaign, key=words, file=file, state="kept", settled=True,
        reference=f"https://negozio.example/{words}.pdf",
    )  # fmt: skip
    Recipient.objects.using("owner").create(
        workspace=workspace, campaign=campaign, contact=person, enclosure=enclosure
    )


def test_a_file_that_was_for_them_alone_goes_and_what_others_got_too_stays(
    client: Client, shop: Shop, database: str, tmp_path: Path
) -> None:
    anna, other = _anna(shop), Contact.objects.using("owner").exclude(pk=_anna(shop).pk)[0]
    _enclose(shop, anna, "ricevuta-di-anna")
    _enclose(shop, anna, "catalogo")
    shared = Enclosure.objects.using("owner").get(key="catalogo")
    Recipient.objects.using("owner").create(
        workspace=shop.workspace, campaign=shared.campaign, contact=other, enclosure=shared
    )

    client.post(f"/contacts/{anna.pk}/erasure", {"sure": "on"})
    _erase_all(database, tmp_path)

    assert _holds(database, "ricevuta-di-anna") == []
    assert set(_holds(database, "catalogo")) == {"sportello_enclosure", "sportello_file"}
    assert Recipient.objects.using("owner").filter(contact=anna).count() == 2


def _sent(shop: Shop, name: str, file: File) -> None:
    """A colleague sent it to them by hand."""
    chat = shop.chats[name]
    message = Message.objects.using("owner").create(
        workspace=shop.workspace, conversation=chat, origin="operator", type="document",
        payload={"document": {"file": file.pk, "filename": file.filename}}, status="read", at=NOW,
    )  # fmt: skip
    Send.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, conversation=chat, message=message,
        origin="operator", body={"type": "document"}, file=file, state="accepted", due_at=NOW,
    )  # fmt: skip


def test_a_file_that_a_colleague_sent_to_them_alone_goes_too(
    client: Client, shop: Shop, database: str, tmp_path: Path
) -> None:
    both = ["Anna Bianchi", "Bruno Verdi"]
    for words, names in (("referto", both[:1]), ("listino", both)):
        file = File.objects.using("owner").create(
            workspace=shop.workspace, sha256=words, mime_type="application/pdf",
            filename=f"{words}-anna.pdf", size=9, content=b"a document",
        )  # fmt: skip
        for name in names:
            _sent(shop, name, file)

    client.post(f"/contacts/{_anna(shop).pk}/erasure", {"sure": "on"})
    _erase_all(database, tmp_path)

    assert _holds(database, "referto-anna") == []
    assert set(_holds(database, "listino-anna")) == {"sportello_file", "sportello_message"}
    assert (
        not Send.objects.using("owner")
        .filter(conversation=shop.chats["Anna Bianchi"], file__isnull=False)
        .exists()
    )


def test_an_erased_person_is_nowhere_and_their_no_is_remembered(
    client: Client, shop: Shop, database: str, tmp_path: Path
) -> None:
    anna = _anna(shop)
    message = Message.objects.using("owner").filter(conversation__contact=anna).first()
    assert message is not None
    Message.objects.using("owner").filter(pk=message.pk).update(text="Segreto di Anna")
    media = Media.objects.using("owner").create(
        workspace=shop.workspace, message=message, media_id="9", state="kept", due_at=NOW
    )
    _leave_elsewhere(shop, message, "Segreto di Anna")
    file = tmp_path / "media" / str(shop.workspace.pk) / str(media.pk)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"a picture")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sportello_journalentry (body, folded_at)"
            ' VALUES (\'{"from": "393471234567"}\', now()), (\'{"from": "39"}\', now())'
        )
    said = Message.objects.using("owner").filter(conversation__contact=anna).count()

    unsure = client.post(f"/contacts/{anna.pk}/erasure")
    client.post(f"/contacts/{anna.pk}/erasure", {"sure": "on"})
    gone_at_once = _again(anna)
    _erase_all(database, tmp_path)

    assert unsure.status_code == 422
    assert (gone_at_once.wa_id, gone_at_once.name) == (None, "")
    job = Erasure.objects.using("owner").get()
    assert (job.state, job.wa_id) == ("done", "")
    assert not file.exists()
    assert _holds(database, "393471234567") == []
    assert [bytes(one.body) for one in JournalEntry.objects.using("owner").all()] == [
        b'{"from": "39"}'
    ]
    assert _holds(database, "Segreto di Anna") == []
    assert _holds(database, "0.0123,") == []
    assert _holds(database, "Anna Bianchi") == []
    assert Message.objects.using("owner").filter(conversation__contact=anna).count() == said
    assert (
        not Send.objects.using("owner").filter(conversation__contact=anna, state="queued").exists()
    )
    assert (_standing(anna), _standing(anna, "utility")) == ("withdraw", "withdraw")
    page = client.get(f"/contacts/{anna.pk}/").content.decode()
    assert "<h1><bdi>Contatto cancellato</bdi></h1>" in page
    assert Conversation.objects.using("owner").filter(contact=anna).exists()
    _comes_again(client, shop, database)


def _comes_again(client: Client, shop: Shop, database: str) -> None:
    """By an import that claims a consent: the no is there before, and the file does not undo it."""
    fit = [
        {"line": 2, "wa_id": "393471234567", "name": "Anna", "language": "", "properties": {},
         "topic": "marketing", "source": "fiera", "text": "sì", "at": NOW.isoformat()}
    ]  # fmt: skip
    brought = ContactImport.objects.using("owner").create(
        workspace=shop.workspace, provenance="fiera di Bari", state="done"
    )
    with psycopg.connect(database, autocommit=True) as connection:
        row = connection.execute(
            "SELECT sportello_take_in(%s, %s, %s::jsonb)",
            [shop.workspace.pk, brought.pk, json.dumps(fit)],
        ).fetchone()
    assert row is not None
    assert row[0]["opted_out"] == 1
    new = _anna(shop)
    assert (_standing(new), _standing(new, "utility")) == ("withdraw", "withdraw")


def test_neither_role_reads_the_key_of_the_marks(
    shop: Shop, console_url: str, worker_url: str
) -> None:
    for url in (console_url, worker_url):
        with (
            psycopg.connect(url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SELECT secret FROM sportello_suppressionkey")


def test_only_an_administrator_erases(client: Client, shop: Shop) -> None:
    Membership.objects.using("owner").filter(user=shop.user).update(role="operator")

    answered = signed_in(shop).post(f"/contacts/{_anna(shop).pk}/erasure", {"sure": "on"})

    assert answered.status_code == 403
    assert not Erasure.objects.using("owner").exists()


def test_everything_about_a_person_is_handed_out(
    client: Client, shop: Shop, other: Contact
) -> None:
    anna = _anna(shop)
    client.post(f"/contacts/{anna.pk}/merge", {"with": other.pk})

    told = json.loads(b"".join(client.get(f"/contacts/{anna.pk}/everything.json")))  # type: ignore[arg-type]  # it streams

    count = Message.objects.using("owner").filter(conversation__contact=anna).count()
    assert [one["wa_id"] for one in told["contacts"]] == ["393471234567", "393899990000"]
    assert len(told["messages"]) == count > 0
    assert told["lists"][0]["list__name"] == "Amici"
