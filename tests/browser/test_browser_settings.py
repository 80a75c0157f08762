"""The company's settings and its figures, by hand in a real browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sportello.schema.models import (
    ApiKey,
    ConversationEvent,
    Delivery,
    Endpoint,
    User,
    Workspace,
)
from tests.browser.campaigns import campaign_pages
from tests.browser.conftest import NOW, Desk


def _saves(page: Page, button: str = "Salva") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Salvato")).to_be_visible()


def _tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Impostazioni").get_by_role("link", name=name).click()


def test_the_companys_settings_are_kept_each_on_its_page(desk: Desk) -> None:
    page = desk.page()
    page.goto("/settings/")
    page.get_by_label("Nome").fill("Bottega Aurora e figli")
    page.get_by_label("Lingua").select_option("en")
    _saves(page)

    _tab(page, "Orari di apertura")
    page.get_by_label("Fuso orario").fill("Europe/London")
    page.get_by_label("Abbiamo orari di apertura").check()
    page.get_by_label("Altri giorni di chiusura").fill("24/12/2026")
    _saves(page)
    expect(page.locator("#turns")).to_contain_text("Chiuso ora")

    _tab(page, "Conservazione")
    page.get_by_label("Testi dei messaggi e delle note").fill("30")
    _saves(page)
    expect(page.get_by_role("region", name="Che cosa se ne va stanotte")).to_contain_text(
        "30 giorni"
    )

    _tab(page, "Registro")
    page.get_by_label("Cosa").select_option("workspace")
    page.get_by_role("button", name="Filtra").click()
    page.get_by_text("Azienda: modifica").last.click()
    expect(page.get_by_text("Bottega Aurora e figli")).to_be_visible()
    kept = Workspace.objects.using("owner").get(pk=desk.shop.workspace.pk)
    assert (kept.name, kept.language, kept.time_zone) == (
        "Bottega Aurora e figli", "en", "Europe/London",
    )  # fmt: skip
    assert kept.opening is not None
    assert kept.opening["holidays"] == ["2026-12-24"]


def test_a_key_is_shown_once_and_a_webhook_tried_and_told_again(desk: Desk) -> None:
    page = desk.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/keys")
    page.get_by_label("Nome").fill("Negozio in rete")
    page.get_by_role("button", name="Crea una chiave").click()
    key = page.locator("#made").inner_text()
    page.get_by_role("button", name="Copia").click()
    expect(page.get_by_text("Copiato")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.goto("/settings/keys")
    expect(page.get_by_text(key)).to_have_count(0)
    page.get_by_role("button", name="Revoca Negozio in rete").click()
    expect(page.get_by_text("revocata")).to_be_visible()
    assert ApiKey.objects.using("owner").get(name="Negozio in rete").revoked_at is not None

    _tab(page, "Webhook")
    page.get_by_role("link", name="Nuova destinazione").click()
    page.get_by_label("Indirizzo").fill("https://crm.example/sportello")
    page.get_by_label("message.received").check()
    page.get_by_role("button", name="Crea e mostra il segreto").click()
    expect(page.locator("#made")).to_contain_text("whsec_")
    page.get_by_role("button", name="Invia una prova").click()
    deliveries = page.locator("#deliveries")
    expect(deliveries).to_contain_text("In attesa")
    Delivery.objects.using("owner").update(
        state="failed", status=503, why="failed_there", attempts=10, settled_at=NOW
    )
    # The list looks again by itself.
    expect(deliveries).to_contain_text("503")
    deliveries.get_by_text("503").click()
    deliveries.get_by_role("button", name="Invia di nuovo", exact=True).click()
    expect(page.locator("#deliveries")).to_contain_text("In attesa")
    page.get_by_label("Tutto ciò che non è riuscito dal").fill("2026-11-20T08:00")
    page.get_by_role("button", name="Invia di nuovo ciò che non è riuscito").click()
    expect(page.get_by_text("tornando in coda")).to_be_visible()
    assert Endpoint.objects.using("owner").get().replay_since is not None


def _last_week(desk: Desk) -> None:
    """Lines of the range before."""
    chat = desk.shop.chats["Anna Bianchi"]
    for kind, detail in (("asked", ""), ("handed_over", "asked")):
        ConversationEvent.objects.using("owner").create(
            workspace=desk.shop.workspace, conversation=chat, number=desk.shop.number, kind=kind,
            holder="queue", detail=detail, at=NOW - timedelta(days=9),
        )  # fmt: skip


_FILLED = """(one) => getComputedStyle(one).fill !== "none" """


def test_figures_of_a_range_are_read_without_colour_and_taken_along(desk: Desk) -> None:
    campaign_pages(desk)
    _last_week(desk)
    page = desk.page()
    page.goto("/analytics/")
    page.get_by_role("link", name="7 giorni").click()
    expect(page.get_by_role("link", name="7 giorni")).to_have_attribute("aria-current", "true")
    expect(page.locator("#figure-asked")).to_contain_text("prima: 1")

    # What was before is hollow, and beside each bar stands its number.
    assert page.locator(".upright .bar-own").first.evaluate(_FILLED)
    assert not page.locator(".upright .bar-ghost").first.evaluate(_FILLED)
    charts = page.get_by_role("img")
    for place in range(charts.count()):
        chart = charts.nth(place)
        assert chart.locator(".bar-own").count() == chart.locator("text:not(.axis)").count()
        assert re.search(r": \d+$", chart.get_attribute("aria-label") or "")
    page.get_by_text("Come tabella").first.click()
    expect(page.get_by_role("region", name="Giorno per giorno")).to_be_visible()
    with page.expect_download() as taken:
        page.locator('a[href^="/analytics/people.csv"]').click()
    assert "Assistente;" in Path(taken.value.path()).read_text("utf-8-sig")

    page.get_by_label("Primo giorno").fill("2026-11-20")
    page.get_by_label("Ultimo giorno").fill("2026-11-10")
    desk.expects("422")
    page.get_by_role("button", name="Mostra").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("navigation", name="Analisi").get_by_role("link", name="Campagne").click()
    funnel = page.get_by_role("main").locator(".card").filter(has_text="Autunno")
    expect(funnel.get_by_role("listitem").filter(has_text="Consegnati")).to_contain_text("2")


@pytest.mark.parametrize(
    ("language", "browser", "label", "words", "hour"),
    [
        ("it", "en-US", "Dal giorno", "martedì 24 novembre 2026", "Giorno e ora"),
        ("en", "it-IT", "From the day", "Tuesday,? 24 November 2026", "Day and hour"),
    ],
)
def test_a_chosen_day_is_said_in_the_language_of_the_page(
    desk: Desk, language: str, browser: str, label: str, words: str, hour: str
) -> None:
    User.objects.using("owner").update(language=language)
    page = desk.page(locale=browser)
    page.goto("/settings/audit?since=2026-11-23")
    since = page.get_by_label(label)
    expect(since).to_have_accessible_description(re.compile("23"))
    since.fill("2026-11-24")
    expect(since).to_have_accessible_description(re.compile(f"^{words}$"))
    since.fill("")
    expect(since).to_have_accessible_description("")

    page.goto(f"/conversations/{desk.shop.chats['Anna Bianchi'].pk}/")
    page.locator("#head-tools > summary").click()
    at = page.get_by_label(hour)
    at.fill("2026-11-24T09:30")
    expect(at).to_have_accessible_description(re.compile(f"{words}.* 0?9:30"))
