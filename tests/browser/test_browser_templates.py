"""Templates in a real browser: written, mended, kept; every page in every look."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from sportello.schema.models import Template, User
from tests.browser.conftest import NARROW, WIDE, Desk
from tests.pages.templates_drawer import fill_drawer

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


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize(("language", "theme"), [("it", "light"), ("en", "dark")])
def test_every_page_is_accessible_and_fits(
    desk: Desk,
    drawer: dict[str, Template],
    picture: Callable[[Page, str], None],
    language: str,
    theme: str,
    width: dict[str, int],
) -> None:
    User.objects.using("owner").update(language=language, theme=theme)
    page = desk.page(viewport=width, color_scheme=theme)
    wrong: list[str] = []
    for name, where in _PAGES.items():
        page.goto(where.format(**{key: one.pk for key, one in drawer.items()}))
        picture(page, f"{name}-{language}-{theme}-{width['width']}")
        wrong += _wrong(page, name)

    assert not wrong, "\n".join(wrong)


def _wrong(page: Page, name: str) -> list[str]:
    found = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    sticking = [f"{name}: sticks out sideways"] if wide else []
    return sticking + [
        f"{name}: {one['id']}: {one['nodes'][0]['html'][:160]} "
        f"{one['nodes'][0]['failureSummary'][:300]}"
        for one in found.response["violations"]
    ]
