"""What stands beside a chat, part by part."""

from datetime import timedelta

import pytest
from django.test import Client

from sportello.schema.models import (
    Action,
    ActionRun,
    Campaign,
    ConsentEvent,
    Contact,
    Message,
    Recipient,
)
from tests.pages.shop import Shop, chat, said

_HTMX = {"HX-Request": "true"}


def _part(client: Client, shop: Shop, part: str, name: str = "Anna Bianchi") -> str:
    path = f"/conversations/{shop.chats[name].pk}/about/{part}"
    answer = client.get(path, headers=_HTMX)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_panel_offers_five_parts_and_draws_none_of_them(client: Client, shop: Shop) -> None:
    said(shop, shop.chats["Anna Bianchi"], timedelta(minutes=3), "note", text="Chiede un gemello")

    page = client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").content.decode()

    panel = page[page.index('id="contact-parts"') :]
    assert panel.count("<details") == 5
    assert "Chiede un gemello" not in panel


def test_history_tells_who_had_the_chat_and_leads_to_the_persons_other_numbers(
    client: Client, shop: Shop
) -> None:
    anna, bruno = shop.chats["Anna Bianchi"], shop.chats["Bruno Verdi"]
    Contact.objects.using("owner").filter(pk=bruno.contact_id).update(merged_into=anna.contact_id)
    client.post(f"/conversations/{anna.pk}/control")

    for one, other in ((anna, bruno), (bruno, anna)):
        page = _part(client, shop, "history", one.contact.profile_name)
        assert f'href="/conversations/{other.pk}/"' in page
    assert "Presa in carico" in _part(client, shop, "history")


def test_consents_show_their_words_and_their_proof(client: Client, shop: Shop) -> None:
    ConsentEvent.objects.using("owner").create(
        workspace=shop.workspace,
        contact=shop.chats["Bruno Verdi"].contact,
        category="marketing",
        action="grant",
        source="operator",
        text="Voglio le <b>offerte</b>",
        proof={"note": "Modulo del 3 maggio"},
        at=shop.now,
    )

    page = _part(client, shop, "consents", "Bruno Verdi")

    assert "Voglio le &lt;b&gt;offerte&lt;/b&gt;" in page
    assert "Modulo del 3 maggio" in page


@pytest.mark.parametrize(
    ("skipped", "status", "words"),
    [("opted_out", None, "Saltato"), ("", "read", "Letto"), ("", "failed", "Non riuscito")],
)
def test_campaigns_say_what_became_of_each(
    client: Client, shop: Shop, skipped: str, status: str | None, words: str
) -> None:
    anna = shop.chats["Anna Bianchi"]
    campaign = Campaign.objects.using("owner").create(
        workspace=shop.workspace,
        number=shop.number,
        name="Saldi <i>d'inverno</i>",
        state="running",
        planned=True,
        content={},
    )
    sent = None
    if status:
        sent = said(shop, anna, timedelta(minutes=4), "campaign", text="Saldi", status=status)
    Recipient.objects.using("owner").create(
        workspace=shop.workspace,
        campaign=campaign,
        contact=anna.contact,
        skipped_why=skipped,
        message=sent,
        released_at=None if skipped else shop.now,
    )

    page = _part(client, shop, "campaigns")

    assert "Saldi &lt;i&gt;d&#x27;inverno&lt;/i&gt;" in page
    assert words in page


def test_orders_show_what_the_order_system_answered_and_what_is_noted(
    client: Client, shop: Shop
) -> None:
    anna = shop.chats["Anna Bianchi"]
    Contact.objects.using("owner").filter(pk=anna.contact_id).update(properties={"Taglia": "M"})
    action = Action.objects.using("owner").create(
        workspace=shop.workspace, name="Stato dell'ordine", url="https://ordini.example", reply="x"
    )
    for key, state, told in (("1", "done", "MV-1042: spedito"), ("2", "waiting", "prova")):
        ActionRun.objects.using("owner").create(
            workspace=shop.workspace, action=action, conversation=anna, key=key, state=state,
            said=told, values={"order": "MV-1042"},
        )  # fmt: skip

    page = _part(client, shop, "orders")

    assert "MV-1042: spedito" in page
    assert "prova" not in page
    assert "Taglia" in page


def test_notes_come_from_all_chats_of_the_person_and_lead_to_their_place(
    client: Client, shop: Shop
) -> None:
    anna = shop.chats["Anna Bianchi"]
    other = chat(shop, "Anna B.", "393470000001")
    Contact.objects.using("owner").filter(pk=other.contact_id).update(merged_into=anna.contact_id)
    said(shop, other, timedelta(days=2), "note", text="Preferisce il <b>mattino</b>")

    page = _part(client, shop, "notes")

    note = Message.objects.using("owner").get(conversation=other, origin="note")
    assert "Preferisce il &lt;b&gt;mattino&lt;/b&gt;" in page
    assert f'href="/conversations/{other.pk}/?message={note.pk}"' in page


@pytest.mark.parametrize("part", ["history", "consents", "campaigns", "orders", "notes"])
def test_a_part_is_a_page_of_its_own_without_htmx_and_says_what_is_missing(
    client: Client, shop: Shop, part: str
) -> None:
    path = f"/conversations/{shop.chats['Elena Ricci'].pk}/about/{part}"

    page = client.get(path).content.decode()

    assert "<html" in page
    assert "Elena Ricci" in page
