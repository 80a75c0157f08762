"""A first campaign in the running demo, as somebody new to it would make it: list to report."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from sportello.ops import demo_campaign, demo_content
from tests.flow.running import until
from tests.flow.test_browser import (  # fixtures are found by name
    _CHROMIUM,
    Windows,
    windows,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(_CHROMIUM is None, reason="no chromium (apt install chromium)"),
]
__all__ = ["windows"]

_AGREED = [one for one in demo_content.people() if one.agreed]
_PICTURE = Path(demo_content.__file__).parent / "piatti.png"


def _on(desk: Page, step: str) -> None:
    desk.get_by_role("button", name="Avanti").click()
    desk.wait_for_url(f"**/{step}")


def _written(desk: Page, base: str) -> None:
    """Who, what and when; a slow pace, so that there is time to stop it."""
    desk.goto(f"{base}/campaigns/")
    desk.get_by_role("button", name="Scrivi la prima campagna").click()
    desk.get_by_label("Nome della campagna").fill("Corsi di gennaio")
    desk.get_by_text(demo_campaign.NAME).click()
    _on(desk, "what")
    desk.get_by_role("button", name="corsi_di_tornio").click()
    desk.locator("#media").set_input_files(_PICTURE)
    desk.locator("[name='from.2']").select_option("=")
    desk.locator("[name='words.2']").fill("martedì 12 gennaio")
    expect(desk.locator("#preview")).to_contain_text("Alessia, da martedì 12 gennaio")
    _on(desk, "when")
    desk.get_by_label("Al massimo tanti al minuto").check()
    desk.get_by_label("Messaggi al minuto").fill("120")
    _on(desk, "checks")
    expect(desk.locator("#receive")).to_have_text(str(len(_AGREED)))
    desk.get_by_role("link", name="Avanti").click()


def _received() -> str:
    return f"Avvia: {len(_AGREED)} messaggi, massimo 3,09 €"


def _sent(desk: Page) -> int:
    return int(desk.locator("#funnel .funnel li:nth-child(2) strong").inner_text())


def test_from_a_list_to_a_report_that_is_stopped_goes_on_and_is_taken_away(
    windows: Windows, tmp_path: Path
) -> None:
    desk, demo = windows.desk, windows.demo
    _written(desk, demo.block["console_url"])
    expect(desk.locator("#start")).to_have_text(_received())
    desk.locator("#start").click()

    expect(desk.locator("#state")).to_contain_text("in corso")
    desk.evaluate("window.notReloaded = true")
    until(lambda: _sent(desk) >= 3, 60)
    assert desk.evaluate("window.notReloaded")
    desk.locator("#pause").click()
    expect(desk.locator("#state")).to_contain_text("in pausa")
    desk.locator("#resume").click()
    expect(desk.locator("#state")).to_contain_text("in corso")

    until(lambda: "conclusa" in desk.locator("#state").inner_text(), 240)
    expect(desk.locator("#sum")).to_have_text("50")
    for one in (_AGREED[0], _AGREED[-1]):
        shown = [message for message in demo.phone(one.wa_id) if message["type"] == "template"]
        assert len(shown) == 1
    _check_files(desk, tmp_path)
    assert windows.complaints == []


def _check_files(desk: Page, folder: Path) -> None:
    """Both hold the whole audience under one head."""
    for name, ending in (("CSV", "csv"), ("Excel", "xlsx")):
        with desk.expect_download() as downloading:
            desk.get_by_role("link", name=name).click()
        downloading.value.save_as(folder / f"report.{ending}")
    rows = list(csv.reader((folder / "report.csv").read_text("utf-8-sig").splitlines()))
    book = io.BytesIO((folder / "report.xlsx").read_bytes())
    sheet = openpyxl.load_workbook(book, read_only=True).active
    assert [len(rows), sheet.max_row or len(list(sheet.iter_rows()))] == [51, 51]
    assert all(not row[0].startswith(("=", "+", "-", "@")) for row in rows)
