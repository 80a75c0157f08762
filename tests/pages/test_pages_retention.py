"""What is kept for some days only: previewed, taken at night in portions, and what proves stays."""

import asyncio
import hashlib
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.conf import settings
from django.test import Client
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from sportello.console.settings.retention import going
from sportello.rules.retention import Kind
from sportello.schema.models import (
    Action,
    ActionRun,
    AuditEntry,
    Campaign,
    ConsentEvent,
    Contact,
    ContactImport,
    Conversation,
    Enclosure,
    File,
    ImportFlaw,
    Media,
    Membership,
    Message,
    Recipient,
    Retention,
    RetentionRun,
    Send,
    Turn,
)
from sportello.workers import tend_retention
from sportello.workers.context import Context
from tests.pages.conftest import NOW
from tests.pages.shop import PIXEL, RECEIPT, Shop, chat, file, said

_PDF = "application/pdf"
_AGO = timedelta(days=100)
_TONIGHT = datetime.fromisoformat("2026-11-23T03:00:00+01:00")
_DAYS = {kind.value: "90" for kind in Kind} | {"audit_days": "730"}
_SURE = {"sure": ",".join(f"{kind}:90" for kind in Kind)}


@pytest.fixture
def old(shop: Shop) -> Conversation:
    """A chat of a hundred days ago, closed then, with one of everything that can go."""
    gina = chat(shop, "Gina Vecchi", "393478888888")
    words = said(shop, gina, _AGO, "customer", text="Il mio indirizzo è Via Roma 1")
    file(shop, words, "image/png", "carta.png", PIXEL)
    answer = said(shop, gina, _AGO, "operator", text="Grazie, Gina", receipt=RECEIPT)
    rows: Any = Send.objects.using("owner")
    rows.create(
        workspace=shop.workspace, number=shop.number, conversation=gina, message=answer,
        kind="message", state="accepted", priority=0, origin="operator", body={"text": "Grazie"},
        due_at=NOW - _AGO,
    )  # fmt: skip
    Conversation.objects.using("owner").filter(pk=gina.pk).update(
        holder="closed", held_since=NOW - _AGO
    )
    _consent(shop, gina.contact)
    _lookup(shop, gina)
    _mailing(shop, gina.contact)
    # Nothing was said to it: no message leads there.
    Turn.objects.using("owner").create(
        workspace=shop.workspace, conversation=gina, question="E in Via Roma?", at=NOW - _AGO
    )
    brought = ContactImport.objects.using("owner").create(
        workspace=shop.workspace, filename="clienti.csv", size=1, state="done",
        provenance="Modulo in negozio", created_at=NOW - _AGO,
    )  # fmt: skip
    ImportFlaw.objects.using("owner").create(
        workspace=shop.workspace, upload=brought, line=2, code="wrong_phone", cells=["Gina", "12"]
    )
    return gina


def _consent(shop: Shop, contact: Contact) -> None:
    ConsentEvent.objects.using("owner").create(
        workspace=shop.workspace, contact=contact, action="grant", source="operator",
        text="Sì alle offerte", at=NOW - _AGO,
    )  # fmt: skip


def _lookup(shop: Shop, conversation: Conversation) -> None:
    action = Action.objects.using("owner").create(
        workspace=shop.workspace, name="Ordini", url="https://ordini.example", reply="x"
    )
    ActionRun.objects.using("owner").create(
        workspace=shop.workspace, action=action, conversation=conversation, key="1", state="done",
        said="MV-1042: spedito", at=NOW - _AGO,
    )  # fmt: skip


def _mailing(shop: Shop, contact: Contact) -> None:
    campaign = Campaign.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, name="Saldi", state="completed",
        planned=True, content={}, ended_at=NOW - _AGO,
    )  # fmt: skip
    Recipient.objects.using("owner").create(
        workspace=shop.workspace, campaign=campaign, contact=contact, filled={"1": "Gina"},
        released_at=NOW - _AGO,
    )  # fmt: skip
    for name, mine in (("biglietto.pdf", True), ("listino.pdf", False)):
        kept = File.objects.using("owner").create(
            workspace=shop.workspace, sha256=hashlib.sha256(name.encode()).hexdigest(),
            mime_type="application/pdf", filename=name, size=3, content=b"pdf",
        )  # fmt: skip
        Enclosure.objects.using("owner").create(
            workspace=shop.workspace, campaign=campaign, key=name, reference=name, state="kept",
            settled=True, file=kept,
        )  # fmt: skip
        if not mine:
            Campaign.objects.using("owner").filter(pk=campaign.pk).update(file=kept)


def _night(url: str, now: datetime = _TONIGHT) -> int:
    async def run() -> int:
        pool: Any = AsyncConnectionPool(
            url, min_size=1, max_size=2, open=False, kwargs={"row_factory": dict_row}
        )
        async with pool:
            folder = Path(settings.MEDIA_ROOT).parent
            told = SimpleNamespace(pool=pool, clock=lambda: now, data=folder)
            return await tend_retention.forget(cast("Context", told))

    work: Coroutine[Any, Any, int] = run()
    return asyncio.run(work)


def test_what_would_go_is_shown_before_it_is_saved(
    client: Client, shop: Shop, old: Conversation
) -> None:
    asked = client.post("/settings/retention", _DAYS)

    page = asked.content.decode()
    assert asked.status_code == 200
    assert "Salva: cancella stanotte" in page
    assert not Retention.objects.using("owner").exists()
    # Yes to ninety days is no yes to eight.
    assert client.post("/settings/retention", _DAYS | _SURE | {"media": "8"}).status_code == 200
    assert client.post("/settings/retention", _DAYS | _SURE).status_code == 302
    assert Retention.objects.using("owner").count() == len(Kind)


def test_the_night_takes_what_was_previewed_and_leaves_what_proves(
    client: Client, shop: Shop, stranger: Shop, old: Conversation, worker_url: str
) -> None:
    said(stranger, stranger.chats["Anna Bianchi"], _AGO, "customer", text="Di altri")
    with_days = _DAYS | {"closed": ""}
    client.post("/settings/retention", with_days | {"sure": _sure_without_closed()})
    foreseen = _foreseen(shop)

    assert _night(worker_url, NOW) == 0, "not before the night"
    _night(worker_url)

    taken = {run.kind: run.gone for run in RetentionRun.objects.using("owner").all()}
    assert taken == {kind: count for kind, count in foreseen.items() if count}
    assert set(taken) == {"messages", "media", "answers", "filled", "flaws"}
    gone = Message.objects.using("owner").filter(conversation=old)
    assert set(gone.values_list("text", flat=True)) == {""}
    assert gone.get(origin="operator").receipt == RECEIPT
    assert set(Enclosure.objects.using("owner").values_list("why", "reference", "file")) == {
        ("expired", "", None)
    }
    assert [one.filename for one in File.objects.using("owner").filter(mime_type=_PDF)] == [
        "listino.pdf"
    ], "the campaign itself still names it"
    assert Send.objects.using("owner").get(conversation=old).body == {}
    assert Turn.objects.using("owner").get(conversation=old).question == ""
    kept = Media.objects.using("owner").get(message__conversation=old)
    assert (kept.state, kept.filename) == ("gone", "")
    assert not (Path(settings.MEDIA_ROOT) / str(shop.workspace.pk) / str(kept.pk)).exists()
    assert ConsentEvent.objects.using("owner").get(contact=old.contact).text == "Sì alle offerte"
    assert Message.objects.using("owner").filter(text="Di altri").exists()
    assert Message.objects.using("owner").filter(text="Perfetto, grazie mille!").count() == 2
    page = client.get(f"/conversations/{old.pk}/").content.decode()
    assert "Non più conservato" in page
    assert "Via Roma" not in page


def _sure_without_closed() -> str:
    return ",".join(f"{kind}:90" for kind in Kind if kind != Kind.CLOSED)


def _foreseen(shop: Shop) -> dict[str, int]:
    from sportello.console.access import workspace_transaction

    with workspace_transaction(shop.workspace.pk):
        return {
            kind.value: going({kind: 90}, _TONIGHT)[0].count for kind in Kind if kind != Kind.CLOSED
        }


def test_a_closed_chat_goes_whole_and_an_open_one_stays(
    client: Client, shop: Shop, old: Conversation, worker_url: str
) -> None:
    ugo = chat(shop, "Ugo Aperto", "393477777777")
    said(shop, ugo, _AGO, "customer", text="Ancora aperta")
    only = {"closed": "90", "audit_days": "730", "sure": "closed:90"}
    client.post("/settings/retention", only)

    _night(worker_url)

    gone = Message.objects.using("owner").filter(conversation=old)
    assert set(gone.values_list("text", flat=True)) == {""}
    assert Media.objects.using("owner").get(message__conversation=old).state == "gone"
    old.refresh_from_db(using="owner")
    assert old.last_message_text == ""
    assert Message.objects.using("owner").get(conversation=ugo).text == "Ancora aperta"
    assert RetentionRun.objects.using("owner").get().gone == 2
    assert "Le notti passate" in client.get("/settings/retention").content.decode()


def test_what_waits_to_leave_is_left_and_goes_in_a_later_night(
    client: Client, shop: Shop, worker_url: str
) -> None:
    gina = chat(shop, "Gina", "393478888888")
    waits = said(shop, gina, _AGO, "operator", text="Ancora da mandare", status="held")
    client.post("/settings/retention", {"messages": "90", "audit_days": "730"})

    _night(worker_url)
    waits.refresh_from_db(using="owner")
    assert waits.text == "Ancora da mandare"
    Message.objects.using("owner").filter(pk=waits.pk).update(status="cancelled")
    _night(worker_url, _TONIGHT + timedelta(days=1))

    waits.refresh_from_db(using="owner")
    assert waits.text == ""


def test_many_rows_go_in_portions(
    client: Client, shop: Shop, worker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gina = chat(shop, "Gina", "393478888888")
    for count in range(7):
        said(shop, gina, _AGO, "customer", text=f"Parole {count}")
    client.post("/settings/retention", {"messages": "90", "audit_days": "730"})
    client.post(
        "/settings/retention", {"messages": "90", "audit_days": "730", "sure": "messages:90"}
    )
    monkeypatch.setattr("sportello.store.retention.PORTION", 3)

    assert _night(worker_url) > 3
    assert _night(worker_url) == 0

    assert RetentionRun.objects.using("owner").get().gone == 7
    assert Retention.objects.using("owner").get().due_at == _TONIGHT + timedelta(days=1)


def test_the_change_stands_in_the_audit_log_and_can_be_taken_back(
    client: Client, shop: Shop, old: Conversation, worker_url: str
) -> None:
    client.post("/settings/retention", _DAYS | _SURE)
    client.post("/settings/retention", {"audit_days": "90"})

    _night(worker_url)

    assert Message.objects.using("owner").filter(text__contains="Via Roma").exists()
    noted = AuditEntry.objects.using("owner").filter(thing="retention")
    assert set(noted.values_list("verb", flat=True)) == {"insert", "delete"}
    assert noted.filter(verb="insert", after__kind="media", after__days="90").exists()
    shop.workspace.refresh_from_db(using="owner")
    assert shop.workspace.audit_days == 90


@pytest.mark.parametrize("wrong", [{"messages": "6"}, {"media": "9999"}, {"audit_days": "5"}])
def test_days_that_cannot_be_come_back(client: Client, shop: Shop, wrong: dict[str, str]) -> None:
    assert client.post("/settings/retention", _DAYS | _SURE | wrong).status_code == 422
    assert not Retention.objects.using("owner").exists()


def test_an_operator_decides_nothing_of_it(client: Client, shop: Shop) -> None:
    Membership.objects.using("owner").update(role="operator")

    assert client.post("/settings/retention", _DAYS | _SURE).status_code == 403
