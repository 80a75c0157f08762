"""Templates in a real browser: written, mended, kept; every page in every look."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sportello.schema.models import Template, User
from tests.browser.conftest import Desk
from tests.browser.test_browser_looks import _looks
from tests.pages.shop import PIXEL
from tests.pages.templates_drawer import empty_drawer, fill_drawer

_PAGES: dict[str, str] = {
    "templates": "/templates/",
    "template-approved": "/templates/{ordine_pronto}/",
    "template-alarm": "/templates/{promemoria_ritiro}/",
    "template-rejected": "/templates/{saldi_estate}/",
    "template-progress": "/templates/{conferma_appuntamento}/",
    "template-failed": "/templates/{avviso_chiusura}/",
    "template-new": "/templates/new",
    "template-edit": "/templates/{ordine_pronto}/edit",
    "template-draft": "/templates/{reminder_visit}/edit",
    "template-retry": "/templates/{saldi_estate}/retry",
    "template-deletion": "/templates/{ordine_pronto}/deletion",
    "template-approval": "/templates/approval",
}


@pytest.fixture
def drawer(desk: Desk) -> dict[str, Template]:
    return fill_drawer(desk.shop)


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_is_accessible_and_fits(
    desk: Desk, drawer: dict[str, Template], picture: Callable[[Page, str], None], language: str
) -> None:
    User.objects.using("owner").update(language=language, theme="auto")
    page = desk.page(reduced_motion="reduce")
    wrong: list[str] = []
    for name, where in _PAGES.items():
        page.goto(where.format(**{key: one.pk for key, one in drawer.items()}))
        wrong += _looks(page, name, language, picture)
    empty_drawer(desk.shop)
    page.goto("/templates/")
    wrong += _looks(page, "templates-none", language, picture)

    assert not wrong, "\n".join(wrong)


def _new(desk: Desk) -> Page:
    empty_drawer(desk.shop)
    page = desk.page()
    page.goto("/templates/new")
    return page


def test_findings_examples_and_the_phone_follow_the_hand(desk: Desk) -> None:
    page = _new(desk)
    page.get_by_label("Nome", exact=True).fill("Ordine Pronto")
    body = page.locator("#body")

    body.press_sequentially("{{nome}}, il suo ordine *{{codice}}* è pronto in negozio")

    expect(page.locator("#found-name")).to_contain_text("lettere minuscole")
    expect(page.locator("#found-body")).to_contain_text("non può cominciare con una variabile")
    expect(page.get_by_label("{{codice}}")).to_be_visible()
    page.get_by_label("{{codice}}").fill("A-2041")
    expect(page.locator("#phone-screen strong")).to_have_text("A-2041")
    expect(body).to_have_value("{{nome}}, il suo ordine *{{codice}}* è pronto in negozio")


def test_a_cure_is_applied_and_undone(desk: Desk) -> None:
    page = _new(desk)
    page.get_by_label("Nome", exact=True).fill("Ordine Pronto")

    page.locator("#found-name").get_by_role("button", name="Correggi").click()

    expect(page.get_by_label("Nome", exact=True)).to_have_value("ordine_pronto")
    expect(page.locator("#found-name .is-error")).to_have_count(0)
    page.get_by_role("button", name="Annulla la correzione").click()
    expect(page.get_by_label("Nome", exact=True)).to_have_value("Ordine Pronto")
    expect(page.get_by_role("button", name="Annulla la correzione")).to_have_count(0)


def test_buttons_are_added_ordered_and_taken_away_by_keys_alone(desk: Desk) -> None:
    page = _new(desk)
    page.locator("#add-QUICK_REPLY").press("Enter")
    expect(page.locator("#button-0-text")).to_be_focused()
    page.keyboard.type("Passo oggi")
    page.locator("#add-URL").press("Enter")
    expect(page.locator("#button-1-text")).to_be_focused()
    page.keyboard.type("Segui")
    page.locator("#button-1-target").fill("https://example.org/o/{{1}}")
    page.locator("#button-1-example").fill("https://example.org/o/A1")

    page.locator("#button-1-up").press("Enter")

    expect(page.locator("#button-0-target")).to_have_value("https://example.org/o/{{1}}")
    expect(page.locator("#button-0-example")).to_have_value("https://example.org/o/A1")
    expect(page.locator("#button-1-text")).to_have_value("Passo oggi")
    page.locator("#button-0-remove").press("Enter")
    expect(page.locator(".button-row")).to_have_count(1)
    expect(page.locator(".phone-taps li")).to_have_text(["Passo oggi"])


def test_a_picture_goes_up_as_soon_as_it_is_chosen(desk: Desk) -> None:
    page = _new(desk)
    page.get_by_text("Immagine", exact=True).click()
    chooser = page.locator("#sample-file")

    chooser.set_input_files({"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    expect(page.locator("#sample-refused")).to_contain_text("JPEG o PNG")
    desk.expects("422")  # The browser remarks on the refusal, which is what was asked for.
    chooser.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": PIXEL})

    expect(page.locator("#phone-screen img")).to_be_visible()
    expect(page.locator("#found-header .finding")).to_have_count(0)


def test_what_was_typed_survives_a_shut_window(desk: Desk) -> None:
    page = _new(desk)
    page.locator("#body").fill("Il suo ordine è pronto, lo teniamo da parte fino a sabato.")
    expect(page.locator("#phone-screen")).to_contain_text("da parte")

    page.goto("/templates/")
    page.goto("/templates/new")
    expect(page.locator("#body")).to_have_value("")
    page.get_by_role("button", name="Riprendi il testo").click()

    expect(page.locator("#body")).to_have_value(
        "Il suo ordine è pronto, lo teniamo da parte fino a sabato."
    )
    expect(page.locator("#kept-draft")).to_be_hidden()


def test_errors_stop_a_submission_and_warnings_ask_once(desk: Desk) -> None:
    page = _new(desk)
    page.get_by_label("Nome", exact=True).fill("ordine_pronto")
    page.get_by_role("button", name="Invia a Meta").click()
    expect(page.get_by_role("alert").first).to_contain_text("prima va corretto qualcosa")
    desk.expects("422")
    page.locator("#body").fill(
        "Il suo ordine è pronto: oggi sconto del 20% su tutta la collezione."
    )
    page.get_by_role("button", name="Invia a Meta").click()
    expect(page.get_by_role("alert").first).to_contain_text("Inviare lo stesso?")

    page.get_by_role("button", name="Invia lo stesso").click()

    expect(page.locator(".paces .is-now")).to_contain_text("In attesa del proprio turno")
    sent = Template.objects.using("owner").get(name="ordine_pronto")
    assert (sent.status, sent.wish) == ("submitting", "create")
    page.goto("/templates/new")
    expect(page.locator("#kept-draft")).to_be_hidden()


def test_the_page_of_a_template_follows_meta_without_reloading(
    desk: Desk, drawer: dict[str, Template]
) -> None:
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(f"/templates/{drawer['conferma_appuntamento'].pk}/")
    page.evaluate("window.notReloaded = true")

    Template.objects.using("owner").filter(name="conferma_appuntamento").update(
        status="APPROVED", wish="", step="", due_at=None, meta_id="301"
    )

    expect(page.locator("[data-status]")).to_contain_text("approvato")
    expect(page.locator(".paces")).to_have_count(0)
    assert page.evaluate("window.notReloaded")


def test_the_list_follows_too(desk: Desk, drawer: dict[str, Template]) -> None:
    page = desk.page()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto("/templates/")

    Template.objects.using("owner").filter(name="invito_autunno").update(status="REJECTED")

    expect(page.locator(f"#template-{drawer['invito_autunno'].pk}")).to_contain_text("rifiutato")


def test_the_way_back_measures_while_one_writes(desk: Desk, drawer: dict[str, Template]) -> None:
    page = desk.page()
    page.goto(f"/templates/{drawer['saldi_estate'].pk}/retry")
    expect(page.locator("#way-alike")).to_contain_text("Troppo simile")
    page.get_by_label("Nome", exact=True).fill("Saldi_Estate")
    expect(page.locator("#way-name")).to_contain_text("ancora il nome rifiutato")

    page.get_by_label("Nome", exact=True).fill("borse_meta_prezzo")
    page.locator("#body").fill("Cara cliente, sabato la aspettiamo in bottega per un brindisi.")

    expect(page.locator("#way-alike")).to_contain_text("Abbastanza diverso")
    expect(page.locator("#way-name")).to_contain_text("Un nome nuovo.")
