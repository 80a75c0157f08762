"""Contacts in a real browser: what one does with them from the first to the last; pages fit."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from sportello.schema.models import (
    ConsentEvent,
    Contact,
    ContactImport,
    ContactList,
    Erasure,
    ListMember,
    PropertyName,
    Retention,
    Segment,
    User,
)
from tests.browser.conftest import NOW, Desk
from tests.browser.test_browser_looks import _looks
from tests.pages.shop import said
from tests.workers.taking import work


def test_a_consent_is_taken_back(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/?q=Anna")
    page.get_by_role("link", name="Anna Bianchi", exact=True).click()

    page.get_by_role("link", name="Non vuole più promozioni").click()
    page.get_by_role("button", name="Sì, niente più promozioni").click()

    expect(page.get_by_text("non ne vuole", exact=True)).to_be_visible()


def test_a_consent_is_recorded_with_what_proves_it(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/?q=Bruno")
    page.get_by_role("link", name="Bruno Verdi", exact=True).click()
    promotions = page.locator("dl.facts").first.locator("dd").first
    expect(promotions).to_have_text("mai chiesto")

    page.get_by_label("Il testo che ha accettato").fill("Sì, mandatemi le offerte")
    page.get_by_label("Come ha acconsentito").fill("modulo alla cassa")
    page.get_by_label("Quando", exact=True).fill("2026-11-23T18:30")
    page.get_by_label("Che cosa lo prova").fill("Raccoglitore 4, foglio 12")
    desk.expects("422")
    page.get_by_role("button", name="Registra", exact=True).click()
    expect(page.locator("#consent")).to_contain_text("È nel futuro")
    page.get_by_label("Quando", exact=True).fill("2026-11-20T18:30")
    page.get_by_role("button", name="Registra", exact=True).click()

    expect(promotions).to_have_text("acconsente")
    line = page.locator(".ledger li")
    expect(line).to_have_count(1)
    expect(line.locator("blockquote")).to_have_text("Sì, mandatemi le offerte")
    for proof in ("modulo alla cassa", "Raccoglitore 4, foglio 12", "Giulia Ferri"):
        expect(line.locator(".proofs")).to_contain_text(proof)
    kept = ConsentEvent.objects.using("owner").get(contact__wa_id="393289876543")
    said = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # half past six in the evening in Rome
    assert (kept.action, kept.source, kept.category, kept.at) == (
        "grant", "operator", "marketing", said,
    )  # fmt: skip


def _sorted_out(desk: Desk) -> PropertyName:
    """A choice with two options, and Anna in the first of them."""
    made = PropertyName.objects.using("owner").create(
        workspace=desk.shop.workspace, name="Fase", kind="choice", choices=["Nuovo", "Perso"]
    )
    Contact.objects.using("owner").filter(wa_id="393471234567").update(properties={"Fase": "Nuovo"})
    return made


def test_a_card_is_dragged_and_moved_by_keyboard_before_everybodys_eyes(desk: Desk) -> None:
    _sorted_out(desk)
    page, beside = desk.page(), desk.page()
    for one in (page, beside):
        one.goto("/contacts/board")
    lost = beside.get_by_role("region", name="Perso")
    card = page.locator(".board-card", has_text="Anna Bianchi")
    # What the server says to the first comes so late that the card is back where it was.
    late: list[Route] = []
    page.route("**/contacts/board", lambda route: late.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it is given

    card.drag_to(page.get_by_role("heading", name="Perso"))

    expect(lost.get_by_role("link", name="Anna Bianchi", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Perso").get_by_text("Anna Bianchi")).to_be_visible()

    beside.get_by_label("Sposta Anna Bianchi in").select_option("Nuovo")
    lost.get_by_role("button", name="Sposta").press("Enter")

    for one in (beside, page):
        new = one.get_by_role("region", name="Nuovo")
        expect(new.get_by_role("link", name="Anna Bianchi", exact=True)).to_be_visible()
        while late:
            late.pop().continue_()


def test_properties_of_all_kinds_are_defined_filled_in_and_shown(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/properties/")
    expect(page.locator("[name=options]")).to_be_hidden()
    for name, kind in (("Città", "text"), ("Punti", "number"), ("Nascita", "date")):
        page.locator("[name=name]").fill(name)
        page.locator("[name=kind]").select_option(kind)
        page.get_by_role("button", name="Crea la proprietà").click()
        expect(page.locator(".definitions")).to_contain_text(name)
    page.locator("[name=name]").fill("Taglia")
    page.locator("[name=kind]").select_option("choice")
    page.locator("[name=options]").fill("S\nM\nL")
    page.get_by_role("button", name="Crea la proprietà").click()
    expect(page.locator(".definitions")).to_contain_text("S · M · L")

    page.goto("/contacts/?q=Anna")
    page.get_by_role("link", name="Anna Bianchi", exact=True).click()
    page.get_by_role("link", name="Modifica").click()
    page.get_by_label("Città").fill("Bari")
    page.get_by_label("Punti").fill("molti")
    page.get_by_label("Nascita").fill("1990-05-31")
    page.get_by_label("Taglia").select_option("M")
    desk.expects("422")
    page.get_by_role("button", name="Salva").click()
    expect(page.locator(".problem").first).to_contain_text("Non è un numero")
    page.get_by_label("Punti").fill("1.234,50")
    page.get_by_role("button", name="Salva").click()

    facts = page.locator("dl.facts").first
    for value in ("Bari", "1234,50", "31/05/1990", "M"):
        expect(facts.locator("dd").get_by_text(value, exact=True)).to_be_visible()


def test_people_are_put_on_a_list_and_handed_out(desk: Desk, tmp_path: Path) -> None:
    page = desk.page()
    page.goto("/contacts/lists/")
    page.locator("[name=name]").fill("Amici")
    page.get_by_role("button", name="Crea la lista").click()
    page.goto("/contacts/")
    put = page.get_by_role("button", name="Metti in lista")
    expect(put).to_be_disabled()
    page.get_by_label("Scegli Anna Bianchi").check()
    page.get_by_label("Scegli Bruno Verdi").check()
    put.click()
    expect(page.locator("#told")).to_contain_text("2 persone")
    page.locator("[name=list]").select_option(label="Amici")
    page.get_by_role("button", name="Cerca").click()
    expect(page.locator("tbody tr")).to_have_count(2)

    with page.expect_download() as told:
        page.get_by_role("link", name="CSV").click()
    told.value.save_as(tmp_path / "amici.csv")

    rows = (tmp_path / "amici.csv").read_text("utf-8-sig").splitlines()
    assert [row.partition(";")[0] for row in rows[1:]] == ["Anna Bianchi", "Bruno Verdi"]
    page.get_by_role("link", name="Liste", exact=True).click()
    page.get_by_role("link", name="Amici", exact=True).click()
    page.get_by_role("button", name="Togli Bruno Verdi").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert ListMember.objects.using("owner").get().contact.profile_name == "Anna Bianchi"


def test_two_become_one_and_two_again_and_one_is_erased(desk: Desk) -> None:
    page = desk.page()
    page.goto("/contacts/?q=Anna")
    page.get_by_role("link", name="Anna Bianchi", exact=True).click()
    page.get_by_role("link", name="Unisci con un altro").click()
    page.get_by_role("searchbox").fill("Bruno")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Scegli Bruno Verdi").click()
    page.get_by_role("button", name="Unisci i due").click()
    page.get_by_role("link", name="+39 328 987 6543").click()
    page.get_by_role("button", name="Separa di nuovo").click()
    expect(page.get_by_role("heading", name="Bruno Verdi", level=1)).to_be_visible()
    assert not Contact.objects.using("owner").exclude(merged_into=None).exists()

    page.get_by_role("link", name="Cancella", exact=True).click()
    page.locator("[name=sure]").check()
    page.get_by_role("button", name="Cancella per sempre").click()
    expect(page.locator(".health[role=status]")).to_contain_text("si stanno togliendo")
    # As the worker does when it is through.
    Erasure.objects.using("owner").update(
        state="done", wa_id="", user_id="", finished_at=NOW, counts={"messages": 12}
    )
    expect(page.locator(".health[role=status]")).to_contain_text("12 messaggi")
    page.goto("/contacts/?q=Bruno")
    expect(page.locator("main")).to_contain_text("Nessuno trovato")


def test_a_file_comes_in_step_by_step(desk: Desk, database: str, tmp_path: Path) -> None:
    page = desk.page()
    page.goto("/contacts/")
    page.get_by_role("link", name="Importa un file").first.click()
    rows = "Nome;Cellulare;Città\nAda;347 000 1111;Bari\nIvo;347 000;Bari\n"
    file = {"name": "clienti.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.set_input_files("[name=file]", file)  # type: ignore[arg-type]  # a plain dict of a file
    page.locator("[name=provenance]").fill("Modulo alla cassa del negozio di Bari")
    page.locator("[name=list_name]").fill("Bari")
    page.get_by_role("button", name="Continua").click()
    expect(page.locator("#progress")).to_be_visible()

    _worked(database, tmp_path)
    page.get_by_role("button", name="Controlla le righe").click()
    expect(page.locator("main")).to_contain_text("Non è un numero di telefono valido")
    page.get_by_role("button", name="Importa 2 righe").click()
    _worked(database, tmp_path)

    expect(page.locator("main")).to_contain_text("L'importazione è finita")
    page.get_by_role("link", name="Bari", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("+39 347 000 1111")


def _worked(database: str, folder: Path) -> None:
    """A worker takes in what waits; in a thread of its own, for Playwright's loop has this one."""
    thread = threading.Thread(target=lambda: asyncio.run(work(database, folder)))
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_what_retention_would_take_is_seen_before_it_is_kept(desk: Desk) -> None:
    anna = desk.shop.chats["Anna Bianchi"]
    said(desk.shop, anna, timedelta(days=90), "customer", text="Un tempo")
    page = desk.page()
    page.goto("/settings/retention")
    expect(page.get_by_role("region", name="Che cosa se ne va stanotte")).to_contain_text("Nulla")
    page.locator("#retention [name=messages]").fill("60")
    page.get_by_role("button", name="Salva").click()

    tonight = page.get_by_role("region", name="Che cosa se ne va stanotte")
    expect(tonight.locator("tbody tr")).to_have_count(1)
    assert not Retention.objects.using("owner").filter(days=60).exists()
    page.get_by_role("button", name="Salva: cancella stanotte").click()
    expect(page.get_by_role("button", name="Salva", exact=True)).to_be_visible()
    assert Retention.objects.using("owner").filter(days=60).exists()


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_is_accessible_and_fits(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    User.objects.using("owner").update(theme="auto", language=language)
    fase = _sorted_out(desk)
    shop = desk.shop.workspace
    friends = ContactList.objects.using("owner").create(workspace=shop, name="Amici")
    kept = Segment.objects.using("owner").create(
        workspace=shop,
        name="Nuovi",
        condition={"all": [{"all": [{"property": "Fase", "op": "is", "value": "Nuovo"}]}]},
    )
    brought = ContactImport.objects.using("owner").create(
        workspace=shop,
        provenance="modulo alla cassa",
        filename="clienti.csv",
        state="mapping",
        total=1,
        sample={"headers": ["Telefono", "Fase"], "rows": [["3470001111", "Nuovo"]], "lines": [2]},
        mapping=[
            {"part": "phone", "name": "Telefono", "kind": "text"},
            {"part": "property", "name": "Fase", "kind": "choice"},
        ],
    )
    rows = [["3470001111", "Nuovo"], ["347", "Nuovo"]]
    tried, done = (
        ContactImport.objects.using("owner").create(
            workspace=shop,
            provenance="modulo alla cassa",
            filename="clienti.csv",
            state=state,
            total=2,
            done=2,
            counts={"created": 1, "rejected": 1},
            sample=brought.sample | {"rows": rows, "lines": [2, 3]},
            mapping=brought.mapping,
        )
        for state in ("ready", "done")
    )
    page = desk.page(reduced_motion="reduce")
    people = Contact.objects.using("owner").filter(workspace=desk.shop.workspace)
    anna, bruno = (people.get(wa_id=number) for number in ("393471234567", "393289876543"))
    ListMember.objects.using("owner").create(workspace=shop, list=friends, contact=anna)

    paths = {
        "contacts": "/contacts/",
        "contact": f"/contacts/{anna.pk}/",
        "contact-withdrawal": f"/contacts/{anna.pk}/withdrawal",
        "contacts-import": "/contacts/imports/",
        "contact-edit": f"/contacts/{anna.pk}/edit",
        "contact-merge": f"/contacts/{anna.pk}/merge?q=a",
        "contact-merging": f"/contacts/{anna.pk}/merge?with={bruno.pk}",
        "contact-erase": f"/contacts/{anna.pk}/erasure",
        "board": "/contacts/board",
        "properties": "/contacts/properties/",
        "property": f"/contacts/properties/{fase.pk}/",
        "contacts-mapping": f"/contacts/imports/{brought.pk}/",
        "contacts-import-ready": f"/contacts/imports/{tried.pk}/",
        "contacts-import-done": f"/contacts/imports/{done.pk}/",
        "list": f"/contacts/lists/{friends.pk}/",
        "segment": f"/contacts/segments/{kept.pk}/",
        "segment-new": "/contacts/segments/new",
        "lists": "/contacts/lists/",
        "segments": "/contacts/segments/",
    }
    wrong: list[str] = []
    for name, path in paths.items():
        page.goto(path)
        wrong += _looks(page, name, language, picture)
    Erasure.objects.using("owner").create(
        workspace=shop,
        contact=bruno,
        state="done",
        asked_at=NOW,
        finished_at=NOW,
        counts={"messages": 12},
    )
    people.filter(pk=bruno.pk).update(
        erased_at=NOW, profile_name="", wa_id=None, user_id="erased:1"
    )
    page.goto(f"/contacts/{bruno.pk}/")
    wrong += _looks(page, "contact-erased", language, picture)

    assert not wrong, "\n".join(wrong)
