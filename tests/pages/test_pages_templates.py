"""The pages of templates without a browser: what they show, what they do, what they refuse."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sportello.schema.models import (
    File,
    Membership,
    Number,
    Prefix,
    Rate,
    RateCard,
    Send,
    Template,
    TemplateChange,
    TemplateDraft,
)
from tests.pages.conftest import NOW
from tests.pages.shop import PIXEL, Shop
from tests.pages.templates_drawer import change, empty_drawer, fill_drawer, template

_OWNER = "owner"
_FORM = {
    "name": "ordine_in_arrivo",
    "language": "it",
    "category": "UTILITY",
    "body": "Buongiorno {{1}}, il suo ordine è partito stamattina.",
    "example-body.1": "Anna",
}


@pytest.fixture(autouse=True)
def bare(shop: Shop) -> None:
    empty_drawer(shop)


@pytest.fixture
def drawer(shop: Shop) -> dict[str, Template]:
    return fill_drawer(shop)


def _text(client: Client, path: str, **headers: Any) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def _write_on(client: Client, made: Template, body: str, **more: str) -> None:
    client.post(f"/templates/{made.pk}/edit", {"category": "UTILITY", "body": body, **more})


def _now(name: str) -> Template:
    return Template.objects.using(_OWNER).get(name=name)


class TestList:
    def test_alarms_stand_first(self, client: Client, drawer: dict[str, Template]) -> None:
        page = _text(client, "/templates/")

        positions = {name: page.index(f"<strong>{name}</strong>") for name in drawer}
        assert min(positions, key=lambda name: positions[name]) == "promemoria_ritiro"

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("status=REJECTED", {"saldi_estate"}),
            ("language=en_US", {"reminder_visit"}),
            ("category=MARKETING&status=PENDING", {"invito_autunno"}),
            ("q=ORDINE", {"ordine_pronto"}),
            ("account=1", set()),
        ],
    )
    def test_it_is_narrowed(
        self, client: Client, drawer: dict[str, Template], query: str, names: set[str]
    ) -> None:
        page = _text(client, f"/templates/?{query}")

        assert {name for name in drawer if f"<strong>{name}</strong>" in page} == names
        assert names or "Nessun modello è così." in page

    def test_the_last_message_is_told(self, client: Client, shop: Shop, drawer: Any) -> None:
        message = shop.messages["answer"]
        Send.objects.using(_OWNER).create(
            workspace=shop.workspace, number=shop.number, conversation=message.conversation,
            message=message, origin="operator", body={}, state="accepted", due_at=NOW,
            settled_at=NOW, template=drawer["ordine_pronto"],
        )  # fmt: skip

        assert "10:33" in _text(client, "/templates/?q=ordine_pronto")

    def test_a_refresh_brings_the_regions_alone(self, client: Client, drawer: Any) -> None:
        page = _text(client, "/templates/", HX_Request="true")

        assert "<html" not in page
        assert 'id="rows"' in page

    def test_an_empty_list_says_what_to_do_next(self, client: Client, shop: Shop) -> None:
        assert "Scrivi il primo modello" in _text(client, "/templates/")

    def test_the_time_of_the_last_fetch_is_told_and_another_can_be_asked_for(
        self, client: Client, shop: Shop, drawer: Any
    ) -> None:
        at = NOW - timedelta(minutes=3)
        Number.objects.using(_OWNER).update(templates_synchronised_at=at)
        assert "aggiornato 3 min fa" in _text(client, "/templates/")

        answer = client.post("/templates/synchronisation", {"query": "status=REJECTED"})

        assert answer.headers["Location"] == "/templates/?status=REJECTED"
        assert Number.objects.using(_OWNER).get().templates_synchronised_at is None


class TestStory:
    def test_a_rejection_says_why_and_what_to_do(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        page = _text(client, f"/templates/{drawer['saldi_estate'].pk}/")

        assert "Lingua o categoria non sono quelle del testo" in page
        assert "The language does not match the text." in page
        assert "Trova la strada" in page

    def test_metas_no_is_told_in_words_with_its_codes(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        page = _text(client, f"/templates/{drawer['avviso_chiusura'].pk}/")

        assert "Esiste già un modello con questo nome e questa lingua." in page
        assert "100/2388024" in page

    def test_the_steps_of_a_submission_are_told(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        page = _text(client, f"/templates/{drawer['conferma_appuntamento'].pk}/")

        assert page.index("In attesa del proprio turno") < page.index("Consegna a Meta")
        assert "is-now" in page.partition("Consegna a Meta")[0].rpartition("<li")[2]

    def test_a_change_of_category_tells_price_and_consent(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        card = RateCard.objects.using(_OWNER).create(
            source="test", currency="EUR", checked_on=NOW.date(), sha256="0" * 64
        )
        Prefix.objects.using(_OWNER).update_or_create(
            calling_code="39",
            defaults={"country": "IT", "market_before": "Italy", "market_since": "Prova"},
        )
        for category, micros in (("utility", 24_800), ("marketing", 57_200)):
            Rate.objects.using(_OWNER).create(
                card=card, market="Prova", category=category, micros=micros
            )

        page = _text(client, f"/templates/{drawer['promemoria_ritiro'].pk}/")

        assert "0,0248 € → 0,0572 €" in page
        assert "consenso ai messaggi promozionali" in page

    def test_an_announced_category_is_measured_against_the_present_one(
        self, client: Client, shop: Shop
    ) -> None:
        made = template(shop, "orari", coming_category="MARKETING")
        change(made, "coming_category", "", "MARKETING", at=NOW, is_alarm=True)

        page = _text(client, f"/templates/{made.pk}/")

        assert "Categoria annunciata: Utility → Marketing" in page
        assert "consenso ai messaggi promozionali" in page

    def test_what_meta_deleted_unasked_stays_until_it_was_seen(
        self, client: Client, shop: Shop
    ) -> None:
        gone = template(shop, "orari", "DELETED", deleted_at=NOW)
        change(gone, "status", "APPROVED", "DELETED", at=NOW, is_alarm=True)
        assert "<strong>orari</strong>" in _text(client, "/templates/")
        assert "APPROVED" not in _text(client, f"/templates/{gone.pk}/").partition("</main>")[0]

        client.post(f"/templates/{gone.pk}/seen")

        assert "<strong>orari</strong>" not in _text(client, "/templates/")

    def test_seen_alarms_stand_in_the_history_alone(
        self, client: Client, shop: Shop, drawer: dict[str, Template]
    ) -> None:
        where = f"/templates/{drawer['promemoria_ritiro'].pk}"

        page = client.post(f"{where}/seen", follow=True).content.decode()

        assert "Meta ha cambiato qualcosa" not in page
        assert "da Giulia Ferri" in page
        assert TemplateChange.objects.using(_OWNER).get(is_alarm=True).seen_by == shop.user

    def test_an_edit_that_failed_is_given_up(self, client: Client, shop: Shop) -> None:
        made = template(
            shop, "orari", error={"kind": "rejected", "code": 100, "subcode": 2388072},
            wished={"components": [{"type": "BODY", "text": "Nuovi orari."}]},
        )  # fmt: skip
        assert "Lascia com'era" in _text(client, f"/templates/{made.pk}/")

        client.post(f"/templates/{made.pk}/forgetting")

        assert (_now("orari").wished, _now("orari").error) == (None, None)

    def test_what_failed_is_submitted_again(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        client.post(f"/templates/{drawer['avviso_chiusura'].pk}/submission")

        assert (_now("avviso_chiusura").status, _now("avviso_chiusura").wish) == (
            "submitting",
            "create",
        )

    def test_what_is_made_elsewhere_is_shown_and_not_edited(
        self, client: Client, shop: Shop
    ) -> None:
        made = template(
            shop, "carosello", components=[{"type": "CAROUSEL", "cards": [{"components": []}] * 2}]
        )

        assert "WhatsApp Manager" in _text(client, f"/templates/{made.pk}/")
        assert client.get(f"/templates/{made.pk}/edit").status_code == 302

    def test_cards_and_an_offer_are_shown_as_the_phone_shows_them(
        self, client: Client, shop: Shop
    ) -> None:
        offer = {
            "type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "Fino a domani", "has_expiration": True},
        }
        cards = [{"components": [{"type": "BODY", "text": f"Borsa {n}"}]} for n in ("uno", "due")]
        made = template(
            shop,
            "carosello",
            category="MARKETING",
            components=[
                {"type": "BODY", "text": "Le novità"},
                offer,
                {"type": "CAROUSEL", "cards": cards},
            ],
        )

        page = _text(client, f"/templates/{made.pk}/")

        assert all(words in page for words in ("Fino a domani", "Borsa uno", "Borsa due"))
        assert "non inviare" in page


class TestDeletion:
    def test_it_warns_of_the_name_and_of_what_waits(
        self, client: Client, shop: Shop, drawer: dict[str, Template]
    ) -> None:
        message = shop.messages["answer"]
        Send.objects.using(_OWNER).create(
            workspace=shop.workspace, number=shop.number, conversation=message.conversation,
            message=message, origin="operator", body={}, due_at=NOW,
            template=drawer["ordine_pronto"],
        )  # fmt: skip

        page = _text(client, f"/templates/{drawer['ordine_pronto'].pk}/deletion")

        assert "Meta blocca il nome per 30 giorni." in page
        assert "22 dic" in page
        assert "1 messaggio con questo modello aspetta di partire" in page

    def test_a_draft_goes_at_once(self, client: Client, drawer: dict[str, Template]) -> None:
        where = f"/templates/{drawer['reminder_visit'].pk}/deletion"
        assert "Meta non l'ha mai avuta" in _text(client, where)

        client.post(where)

        assert not Template.objects.using(_OWNER).filter(name="reminder_visit").exists()

    def test_what_meta_has_becomes_a_wish(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        client.post(f"/templates/{drawer['ordine_pronto'].pk}/deletion")

        assert _now("ordine_pronto").wish == "delete"


class TestEditor:
    def test_a_draft_is_kept_and_written_on(self, client: Client, shop: Shop) -> None:
        kept = client.post("/templates/new", _FORM | {"act": "save"})

        draft = _now("ordine_in_arrivo")
        assert kept.headers["Location"] == f"/templates/{draft.pk}/edit"
        assert (draft.status, draft.by_id) == ("draft", shop.user.pk)
        assert draft.components[0]["example"] == {"body_text": [["Anna"]]}
        client.post(f"/templates/{draft.pk}/edit", _FORM | {"body": "Altro.", "act": "save"})
        assert _now("ordine_in_arrivo").components[0]["text"] == "Altro."

    def test_it_is_submitted(self, client: Client, shop: Shop) -> None:
        answer = client.post("/templates/new", _FORM | {"act": "submit"})

        sent = _now("ordine_in_arrivo")
        assert answer.headers["Location"] == f"/templates/{sent.pk}/"
        assert (sent.status, sent.wish) == ("submitting", "create")

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"name": ""}, "Manca il nome."),
            ({"name": "Ordine!"}, "lettere minuscole"),
            ({"body": "Buongiorno {{1}}", "footer": "{{2}}"}, "non può finire con una variabile"),
            ({"example-body.1": ""}, "Meta vuole un esempio per {{1}}"),
            ({"header": "IMAGE"}, "chiede un file di esempio"),
        ],
    )
    def test_errors_stop_it_and_nothing_typed_is_lost(
        self, client: Client, shop: Shop, wrong: dict[str, str], said: str
    ) -> None:
        answer = client.post("/templates/new", _FORM | wrong | {"act": "submit"})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert (_FORM | wrong)["body"] in page
        assert not Template.objects.using(_OWNER).exists()

    def test_warnings_ask_and_are_overruled(self, client: Client, shop: Shop) -> None:
        loud = _FORM | {"body": "Gentile {{1}}, sconto del 20% su tutta la collezione di oggi."}

        asked = client.post("/templates/new", loud | {"act": "submit"})
        assert asked.status_code == 422
        assert "Inviare lo stesso?" in asked.content.decode()
        assert not Template.objects.using(_OWNER).exists()

        sent = client.post("/templates/new", loud | {"act": "submit-anyway"})
        assert sent.status_code == 302

    def test_a_name_that_is_taken_is_refused_in_words(self, client: Client, shop: Shop) -> None:
        template(shop, "ordine_in_arrivo", "draft")

        answer = client.post("/templates/new", _FORM | {"act": "save"})

        assert answer.status_code == 422
        assert "Esiste già un modello" in answer.content.decode()

    def test_an_approved_one_keeps_name_language_and_category(
        self, client: Client, shop: Shop
    ) -> None:
        made = template(shop, "orari")

        client.post(
            f"/templates/{made.pk}/edit",
            {"name": "altro", "language": "en", "category": "UTILITY",
             "body": "Da lunedì apriamo alle nove.", "act": "submit"},
        )  # fmt: skip

        wished = _now("orari")
        assert wished.wish == "edit"
        assert wished.wished["components"][0]["text"] == "Da lunedì apriamo alle nove."
        assert wished.components[0]["text"] == "Il suo ordine è pronto in negozio."

    def test_an_unfinished_change_is_kept_with_who_and_when(
        self, client: Client, shop: Shop
    ) -> None:
        made = template(shop, "orari")

        _write_on(client, made, "Da lunedì apriamo alle nove.")

        kept = TemplateDraft.objects.using(_OWNER).get(template=made)
        assert (kept.by_id, kept.at) == (shop.user.pk, NOW)
        page = _text(client, f"/templates/{made.pk}/edit")
        assert "ha iniziato una modifica" in page
        assert "Da lunedì apriamo alle nove." not in page
        assert "Da lunedì apriamo alle nove." in _text(client, f"/templates/{made.pk}/edit?draft=1")

    def test_what_is_offered_is_not_written_over_until_it_is_dropped(
        self, client: Client, shop: Shop
    ) -> None:
        made = template(shop, "orari")
        _write_on(client, made, "Da lunedì apriamo alle nove.")

        _write_on(client, made, "Altro.", offered="1")
        assert "nove" in TemplateDraft.objects.using(_OWNER).get(template=made).sheet

        client.post(f"/templates/{made.pk}/edit", {"act": "discard"})
        assert not TemplateDraft.objects.using(_OWNER).exists()

    def test_a_change_handed_over_or_taken_back_leaves_no_draft(
        self, client: Client, shop: Shop
    ) -> None:
        made, other = template(shop, "orari"), template(shop, "chiusura")
        for one in (made, other):
            _write_on(client, one, "Da lunedì apriamo alle nove.")

        _write_on(client, made, "Da lunedì apriamo alle nove.", act="submit")
        _write_on(client, other, other.components[0]["text"])

        assert not TemplateDraft.objects.using(_OWNER).exists()

    def test_the_sample_that_meta_has_is_the_files_of_ours(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        made = drawer["ordine_pronto"]
        form = {
            "category": "UTILITY", "header": "IMAGE", "sample": str(made.sample_id),
            "body": "Buongiorno {{1}}, il suo ordine è pronto in negozio.",
            "example-body.1": "Anna", "act": "submit",
        }  # fmt: skip

        client.post(f"/templates/{made.pk}/edit", form)

        header = _now("ordine_pronto").wished["components"][0]
        assert header["example"] == {"header_handle": [f"file:{made.sample_id}"]}

    def test_htmx_gets_the_regions_and_no_row_is_written(self, client: Client, shop: Shop) -> None:
        answer = client.post("/templates/new", _FORM, headers={"HX-Request": "true"})

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<html" not in page
        assert "Buongiorno Anna" in page
        assert not Template.objects.using(_OWNER).exists()

    def test_what_is_typed_is_never_markup(self, client: Client, shop: Shop) -> None:
        hostile = "<script>alert(1)</script>"
        form = _FORM | {"name": hostile, "body": hostile, "footer": hostile, "past": hostile}

        page = client.post("/templates/new", form | {"act": "check"}).content.decode()

        assert hostile not in page
        assert "&lt;script&gt;" in page

    def test_a_copy_begins_with_the_same_words(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        page = _text(client, f"/templates/new?from={drawer['saldi_estate'].pk}")

        assert "saldi_estate_2" in page
        assert "tutte le borse a metà prezzo" in page


class TestWayBack:
    def test_the_same_name_with_capitals_is_refused(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        where = f"/templates/{drawer['saldi_estate'].pk}/retry"
        form = {
            "name": "saldi__estate", "language": "it", "category": "MARKETING",
            "body": "Sabato la aspettiamo in bottega per un brindisi con noi.",
        }  # fmt: skip

        answer = client.post(where, form | {"act": "submit-anyway"})

        assert answer.status_code == 422
        assert Template.objects.using(_OWNER).filter(status="submitting").count() == 1

    def test_too_much_alike_is_refused_and_another_text_goes(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        where = f"/templates/{drawer['saldi_estate'].pk}/retry"
        form = {"name": "borse_sabato", "language": "it", "category": "MARKETING"}
        alike = {"body": "Da domani i saldi: tutte le borse a metà prezzo fino a domenica sera."}
        other = {"body": "Sabato la aspettiamo in bottega per un brindisi con noi."}

        refused = client.post(where, form | alike | {"act": "submit-anyway"})
        gone = client.post(where, form | other | {"act": "submit-anyway"})

        assert refused.status_code == 422
        assert gone.status_code == 302
        assert _now("borse_sabato").wish == "create"

    def test_it_lists_what_the_profile_lacks(
        self, client: Client, drawer: dict[str, Template]
    ) -> None:
        Number.objects.using(_OWNER).update(profile={"description": "Borse", "email": "a@b.it"})

        page = _text(client, f"/templates/{drawer['saldi_estate'].pk}/retry")

        lacking = page.partition("Mancano ancora:")[2].partition("</ul>")[0]
        assert "foto" in lacking
        assert "sito web" in lacking
        assert "descrizione" not in lacking

    def test_only_a_rejected_one_has_it(self, client: Client, drawer: dict[str, Template]) -> None:
        assert client.get(f"/templates/{drawer['ordine_pronto'].pk}/retry").status_code == 404


class TestSamples:
    def _sent(self, client: Client, content: bytes, name: str, header: str = "IMAGE") -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile(name, content)
        return client.post("/templates/samples", {"file": file, "header": header})

    def test_a_picture_is_kept_and_shown_without_power(self, client: Client, shop: Shop) -> None:
        answer = self._sent(client, PIXEL, "borsa.png")

        shown = client.get(f"/templates/samples/{answer.json()['id']}")
        assert (shown.content, shown.headers["Content-Type"]) == (PIXEL, "image/png")
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert shown.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        ("content", "name", "header"),
        [
            (b"", "a.png", "IMAGE"),
            (b"%PDF-1.4 x", "a.pdf", "IMAGE"),
            (PIXEL, "a.png", "VIDEO"),
            (b"<svg onload=alert(1)>", "a.svg", "IMAGE"),
            (PIXEL + bytes(6 * 2**20), "a.png", "IMAGE"),
            (PIXEL + bytes(17 * 2**20), "a.png", "IMAGE"),
        ],
    )
    def test_what_is_no_sample_is_refused_in_words(
        self, client: Client, shop: Shop, content: bytes, name: str, header: str
    ) -> None:
        answer = self._sent(client, content, name, header)

        assert answer.status_code == 422
        assert json.loads(answer.content)["refused"]

    def test_a_strangers_sample_is_no_sample(
        self, client: Client, shop: Shop, stranger: Shop
    ) -> None:
        theirs = File.objects.using(_OWNER).create(
            workspace=stranger.workspace, sha256="1" * 64, mime_type="image/png", size=1,
            content=b"x",
        )  # fmt: skip
        form = _FORM | {"header": "IMAGE", "sample": str(theirs.pk), "act": "submit"}

        answer = client.post("/templates/new", form)

        assert client.get(f"/templates/samples/{theirs.pk}").status_code == 404
        assert answer.status_code == 422
        assert not Template.objects.using(_OWNER).filter(workspace=shop.workspace).exists()


def test_a_reader_sees_and_does_nothing(client: Client, drawer: dict[str, Template]) -> None:
    Membership.objects.using(_OWNER).update(role="reader")
    alarmed = drawer["promemoria_ritiro"]

    page = _text(client, f"/templates/{alarmed.pk}/")

    assert "Ho visto" not in page
    assert "/edit" not in page
    assert "Nuovo modello" not in _text(client, "/templates/")
    assert client.get("/templates/new").status_code == 403
    assert client.get(f"/templates/{alarmed.pk}/edit").status_code == 403
    assert client.post(f"/templates/{alarmed.pk}/seen").status_code == 403


def test_a_strangers_template_is_not_there(client: Client, shop: Shop, stranger: Shop) -> None:
    theirs = template(stranger, "loro", "REJECTED")
    change(theirs, "status", "PENDING", "REJECTED", at=NOW, is_alarm=True)

    assert "loro" not in _text(client, "/templates/")
    for where in ("", "edit", "retry", "deletion"):
        assert client.get(f"/templates/{theirs.pk}/{where}").status_code == 404
    for where in ("seen", "forgetting", "submission", "deletion"):
        assert client.post(f"/templates/{theirs.pk}/{where}").status_code == 404
    assert "loro_2" not in _text(client, f"/templates/new?from={theirs.pk}")
