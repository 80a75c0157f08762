"""Writing first on the pages: the picker, a new conversation, the template's bubble, the rules."""

from datetime import time, timedelta
from typing import Any, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.schema.models import (
    ConsentEvent,
    Contact,
    Conversation,
    File,
    Membership,
    Message,
    Number,
    Send,
    Upload,
    Workspace,
)
from tests.pages.conftest import NOW
from tests.pages.shop import Shop
from tests.pages.shop_templates import picture

_VALUES = {"v.nome": "Bruna", "v.ordine": "A-7", "v.button.1": "1042"}


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _dario(shop: Shop) -> str:
    return f"/conversations/{shop.chats['Dario Galli'].pk}/"


def _ready(shop: Shop, **more: Any) -> dict[str, Any]:
    assert shop.picture is not None
    template = shop.templates["ordine_pronto"].pk
    return {"template": template, "file": shop.picture.pk, **_VALUES, **more}


class TestPicker:
    def test_a_shut_chat_offers_templates(self, client: Client, shop: Shop) -> None:
        assert "Scegli un modello" in _text(client.get(_dario(shop)))

    def test_an_open_or_awaiting_one_does_not(self, client: Client, shop: Shop) -> None:
        for name in ("Bruno Verdi", "Elena Ricci"):
            page = _text(client.get(f"/conversations/{shop.chats[name].pk}/"))
            assert 'id="template-button"' not in page

    def test_with_the_rule_relaxed_an_awaiting_one_does(self, client: Client, shop: Shop) -> None:
        Workspace.objects.using("owner").update(one_template_until_they_answer=False)

        page = _text(client.get(f"/conversations/{shop.chats['Elena Ricci'].pk}/"))

        assert 'id="template-button"' in page

    def test_only_approved_templates_are_offered_with_their_price(
        self, client: Client, shop: Shop
    ) -> None:
        page = _text(client.get(f"{_dario(shop)}template"))

        assert "ordine_pronto" in page
        assert "novita_autunno" in page
        assert "in_revisione" not in page
        assert "2,5 cent" in page
        assert "6,6 cent" in page

    @pytest.mark.parametrize(
        ("q", "found"),
        [("novita", {"novita_autunno"}), ("negozio", {"novita_autunno", "ordine_pronto"}),
         ("ordine pronto", {"ordine_pronto"}), ("zzz", set())],
    )  # fmt: skip
    def test_a_search_looks_at_name_and_words(
        self, client: Client, shop: Shop, q: str, found: set[str]
    ) -> None:
        page = _text(client.post(f"{_dario(shop)}template/draft", {"q": q}))

        assert {name for name in shop.templates if name in page} == found

    def test_the_preview_shows_what_was_typed_and_the_button_its_price(
        self, client: Client, shop: Shop
    ) -> None:
        page = _text(client.post(f"{_dario(shop)}template/draft", _ready(shop)))

        assert "Buongiorno Bruna, il suo ordine A-7 è pronto" in page
        assert "Invia modello · 2,5 cent" in page
        assert f'value="{shop.picture.pk if shop.picture else ""}"' in page
        assert Send.objects.using("owner").filter(template__isnull=False).count() == 0

    def test_another_account_s_template_is_not_there(
        self, client: Client, shop: Shop, stranger: Shop
    ) -> None:
        theirs = stranger.templates["ordine_pronto"].pk

        page = _text(client.post(f"{_dario(shop)}template/draft", {"template": theirs}))

        assert "non ha un modello con questo nome" in page

    def test_sending_puts_it_into_the_outbox_and_the_chat_awaits(
        self, client: Client, shop: Shop
    ) -> None:
        answer = client.post(f"{_dario(shop)}template", _ready(shop), follow=True)

        page = _text(answer)
        assert "In attesa della risposta di Dario" in page
        assert "Passo oggi" in page
        send = Send.objects.using("owner").get(template__isnull=False)
        assert send.body["template"]["components"][0]["type"] == "header"
        assert Upload.objects.using("owner").get().state == "wanted"

    def test_in_the_desk_the_regions_come_back(self, client: Client, shop: Shop) -> None:
        answer = client.post(
            f"{_dario(shop)}template", _ready(shop), headers={"hx-request": "true"}
        )

        assert answer.headers["HX-Retarget"] == "#desk"
        assert "In attesa della risposta di Dario" in _text(answer)

    def test_what_lacks_is_told_beside_its_field_and_nothing_typed_is_lost(
        self, client: Client, shop: Shop
    ) -> None:
        given = _ready(shop) | {"v.ordine": " ", "file": ""}

        answer = client.post(f"{_dario(shop)}template", given)

        page = _text(answer)
        assert answer.status_code == 422
        assert "Manca un valore per ordine." in page
        assert "L&#x27;intestazione richiede un suo file: un&#x27;immagine." in page
        assert 'value="Bruna"' in page

    def test_a_draft_does_not_scold(self, client: Client, shop: Shop) -> None:
        template = shop.templates["ordine_pronto"].pk

        page = _text(client.post(f"{_dario(shop)}template/draft", {"template": template}))

        assert "Manca un valore" not in page

    def test_marketing_without_consent_says_so_before_and_at_sending(
        self, client: Client, shop: Shop
    ) -> None:
        given = {"template": shop.templates["novita_autunno"].pk, "v.1": "Dario"}

        before = client.post(f"{_dario(shop)}template/draft", given)
        sent = client.post(f"{_dario(shop)}template", given)

        for answer in (before, sent):
            assert "Manca il consenso del cliente" in _text(answer)
        assert (before.status_code, sent.status_code) == (200, 409)
        assert 'value="Dario"' in _text(sent)
        assert Send.objects.using("owner").filter(template__isnull=False).count() == 0

    def test_who_wants_no_marketing_can_still_be_told_of_an_order(
        self, client: Client, shop: Shop
    ) -> None:
        ConsentEvent.objects.using("owner").create(
            workspace=shop.workspace,
            contact=shop.chats["Dario Galli"].contact,
            action="withdraw",
            source="keyword",
            at=NOW - timedelta(days=3),
        )

        assert "template-button" in _text(client.get(_dario(shop)))
        assert client.post(f"{_dario(shop)}template", _ready(shop)).status_code == 302


class TestFile:
    def test_a_picture_is_kept_at_once_and_shown(self, client: Client, shop: Shop) -> None:
        other = picture() + b"x"
        given = _ready(shop, media=SimpleUploadedFile("foto.png", other, "image/png"))

        page = _text(client.post(f"{_dario(shop)}template/draft", given))

        kept = File.objects.using("owner").get(filename="foto.png")
        assert bytes(kept.content) == other
        assert f"/conversations/files/{kept.pk}" in page

    def test_what_meta_does_not_take_is_refused_in_words(self, client: Client, shop: Shop) -> None:
        given = _ready(shop, media=SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 40, "image/png"))

        page = _text(client.post(f"{_dario(shop)}template/draft", given))

        assert "WhatsApp non accetta file di questo tipo" in page
        assert File.objects.using("owner").count() == 1

    def test_a_file_leaves_under_its_own_type_and_cannot_run(
        self, client: Client, shop: Shop
    ) -> None:
        assert shop.picture is not None
        answer = client.get(f"/conversations/files/{shop.picture.pk}")

        assert answer.headers["Content-Type"] == "image/png"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestNewConversation:
    def test_it_starts_with_a_number_that_nobody_knew(self, client: Client, shop: Shop) -> None:
        answer = client.post(
            "/conversations/new", _ready(shop, to="333 765 43 21", name="Bruna"), follow=True
        )

        contact = Contact.objects.using("owner").get(wa_id="393337654321")
        assert contact.name == "Bruna"
        assert "In attesa della risposta di Bruna" in _text(answer)

    def test_a_number_that_we_know_gets_into_its_conversation(
        self, client: Client, shop: Shop
    ) -> None:
        before = Conversation.objects.using("owner").count()

        client.post("/conversations/new", _ready(shop, to="+39 340 123 9876"))

        assert Conversation.objects.using("owner").count() == before
        said = Message.objects.using("owner").filter(type="template").latest("pk")
        assert said.conversation_id == shop.chats["Dario Galli"].pk

    def test_what_is_no_number_is_told_and_nothing_is_lost(
        self, client: Client, shop: Shop
    ) -> None:
        answer = client.post("/conversations/new", _ready(shop, to="trecento"))

        page = _text(answer)
        assert answer.status_code == 422
        assert "Non è un numero di telefono" in page or "numero" in page
        assert 'value="trecento"' in page
        assert 'value="Bruna"' in page

    def test_of_several_numbers_one_is_chosen(self, client: Client, shop: Shop) -> None:
        other = Number.objects.using("owner").create(
            workspace=shop.workspace,
            phone_number_id="77",
            waba_id=shop.number.waba_id,
            verified_name="Bottega Due",
        )
        assert "Bottega Due" in _text(client.get("/conversations/new"))

        client.post("/conversations/new", _ready(shop, to="3337654321", number=other.pk))

        assert Send.objects.using("owner").get(template__isnull=False).number_id == other.pk

    def test_the_list_leads_there(self, client: Client) -> None:
        assert 'href="/conversations/new"' in _text(client.get("/conversations/"))

    def test_a_reader_is_not_led_there(self, client: Client, shop: Shop) -> None:
        Membership.objects.using("owner").update(role="reader")

        assert 'href="/conversations/new"' not in _text(client.get("/conversations/"))
        assert client.get("/conversations/new").status_code == 404


class TestBubble:
    def test_it_shows_picture_words_footer_and_buttons(self, client: Client, shop: Shop) -> None:
        page = _text(client.get(f"/conversations/{shop.chats['Elena Ricci'].pk}/"))

        assert f"/conversations/files/{shop.picture.pk if shop.picture else ''}" in page
        assert "<strong>A-1042</strong>" in page
        for words in ("Bottega Aurora", "Passo oggi", "Chiama", "Copia il codice"):
            assert words in page

    def test_its_receipt_says_every_fact_in_words(self, client: Client, shop: Shop) -> None:
        message = shop.messages["template"].pk

        page = _text(client.get(f"/conversations/messages/{message}/receipt"))

        for words in ("utility", "approvato", "2,5 cent", "41,30 €", "1.986", "pronto"):
            assert words in page, words
        assert "_" not in "".join(part.split("<")[0] for part in page.split("<dt>")[1:]), (
            "a fact without words"
        )


class TestRules:
    _FILLED: ClassVar = {
        "one_template": "on",
        "quiet_from": "21:00",
        "quiet_until": "9:00",
        "budget": "50",
    }

    def test_an_administrator_sets_them(self, client: Client, shop: Shop) -> None:
        answer = client.post("/policy/", self._FILLED)

        assert answer.status_code == 302
        kept = Workspace.objects.using("owner").get(pk=shop.workspace.pk)
        assert kept.one_template_until_they_answer
        assert (kept.quiet_from, kept.quiet_until) == (time(21), time(9))
        assert kept.monthly_budget_micros == 50_000_000
        page = _text(client.get("/policy/"))
        assert 'value="21:00"' in page
        assert "Restano questo mese: 50,00 EUR" in page

    def test_all_may_be_left_away(self, client: Client, shop: Shop) -> None:
        client.post("/policy/", self._FILLED)

        client.post("/policy/", {})

        kept = Workspace.objects.using("owner").get(pk=shop.workspace.pk)
        assert not kept.one_template_until_they_answer
        assert (kept.quiet_from, kept.quiet_until) == (None, None)
        assert kept.monthly_budget_micros is None

    @pytest.mark.parametrize(
        "wrong",
        [{"quiet_until": ""}, {"quiet_until": "21:00"}, {"budget": "-1"}, {"quiet_from": "x"}],
    )
    def test_what_makes_no_sense_comes_back(self, client: Client, wrong: dict[str, str]) -> None:
        answer = client.post("/policy/", self._FILLED | wrong)

        assert answer.status_code == 422
        assert "aria-invalid" in _text(answer)

    def test_an_operator_looks_and_does_not_touch(self, client: Client, shop: Shop) -> None:
        Membership.objects.using("owner").update(role="operator")

        assert 'fieldset class="bare" disabled' in _text(client.get("/policy/"))
        assert client.post("/policy/", self._FILLED).status_code == 403

    def test_the_risk_of_relaxing_is_told(self, client: Client) -> None:
        assert "bloccano e segnalano il numero" in _text(client.get("/policy/"))
