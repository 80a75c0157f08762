"""The left side of the desk before two operators: order, search, and a list longer than a page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from sportello.schema.models import (
    Attendance,
    Conversation,
    Folder,
    Label,
    Membership,
    Sweep,
    Swept,
    User,
)
from tests.browser.conftest import Desk
from tests.pages.shop import chat, said

_SCROLLS_MAX = 12


@pytest.fixture
def ordered(desk: Desk) -> Desk:
    shop = desk.shop
    Label.objects.using("owner").create(workspace=shop.workspace, name="Reso", colour="red")
    Folder.objects.using("owner").create(workspace=shop.workspace, name="Ingrosso")
    colleague = User(email="marta@example.org", name="Marta Riva")
    colleague.save(using="owner")
    Membership.objects.using("owner").create(
        workspace=shop.workspace, user=colleague, role="operator"
    )
    return desk


def _live(desk: Desk, path: str, email: str = "giulia@example.org") -> Page:
    page = desk.page(signed=False)
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.using("owner").get(email=email),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": desk.base}])
    with page.expect_response(lambda answer: answer.request.headers.get("hx-trigger") == "desk"):
        page.goto(path)
    return page


def test_what_one_orders_the_other_sees(
    ordered: Desk, picture: Callable[[Page, str], None]
) -> None:
    anna = f"/conversations/{ordered.shop.chats['Anna Bianchi'].pk}/"
    one, other = _live(ordered, anna), _live(ordered, "/conversations/", "marta@example.org")
    row = other.locator(f"#row-{ordered.shop.chats['Anna Bianchi'].pk}")

    one.locator("#head-tools summary").click()
    picture(one, "head-tools")
    one.get_by_role("button", name="Metti", exact=True).click()
    expect(row.locator(".tag-red")).to_have_text("Reso")
    one.locator("#head-folder").select_option(label="Ingrosso")
    one.get_by_role("button", name="Sposta").click()
    expect(other.locator("#folders a", has_text="Ingrosso").locator(".num")).to_have_text("1")

    other.locator("#folders a", has_text="Reso").click()
    expect(other.locator("#rows li[data-cursor]")).to_have_count(1)
    other.locator("#folders a", has_text="Ingrosso").click()
    expect(other.locator("#chips .chip")).to_have_count(2)
    picture(other, "narrowed")
    other.go_back()
    expect(other.locator("#chips .chip")).to_have_count(1)
    assert Attendance.objects.using("owner").count() == 2


def test_a_search_leads_to_its_message(ordered: Desk, picture: Callable[[Page, str], None]) -> None:
    anna = ordered.shop.chats["Anna Bianchi"]
    old = said(ordered.shop, anna, timedelta(days=40), "customer", text="Lo zafferano è finito?")
    for place in range(90):
        said(ordered.shop, anna, timedelta(hours=90 - place), "customer", text=f"riga {place}")
    page = _live(ordered, "/conversations/")

    page.locator("#q").fill("ZÀFFER")
    page.locator("#q").press("Enter")
    expect(page.locator("#rows mark")).to_have_text("zaffer")
    picture(page, "found")
    page.locator(f"#open-{anna.pk}").click()

    expect(page.locator(f"#message-{old.pk}")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"message={old.pk}"))


def test_a_long_list_loads_as_one_scrolls_and_keeps_its_place(ordered: Desk) -> None:
    for place in range(330):
        chat(
            ordered.shop, f"Cliente {place}", f"39331{place:07}",
            last_message_at=ordered.shop.now - timedelta(days=1, minutes=place),
            last_message_origin="customer", last_message_text="Ciao", holder="queue",
        )  # fmt: skip
    page = _live(ordered, "/conversations/?folder=waiting")
    rows = page.locator("#rows")
    expect(page.locator("#rows li[data-cursor]")).to_have_count(50)

    for name in ("Cliente 90", "Cliente 190", "Cliente 280"):
        line = page.locator("#rows .row-name", has_text=re.compile(f"^{name}$"))
        for _ in range(_SCROLLS_MAX):
            if line.count():
                break
            with page.expect_response(lambda told: told.request.headers.get("hx-target") == "list"):
                rows.evaluate("box => { box.scrollTop -= 1; box.scrollTop = box.scrollHeight; }")
        expect(line).to_be_attached()
    assert page.locator("#rows li[data-cursor]").count() <= 200
    line.scroll_into_view_if_needed()
    before = line.bounding_box()

    said(ordered.shop, _fresh(ordered, "Carla Neri"), timedelta(0), "customer", text="Nuovo")
    with page.expect_response(lambda told: told.request.headers.get("hx-trigger") == "desk"):
        page.evaluate("document.dispatchEvent(new Event('sportello:shut'))")

    expect(line).to_be_in_viewport()
    after = line.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 60


def test_a_deed_for_all_shows_how_far_it_is(
    ordered: Desk, picture: Callable[[Page, str], None]
) -> None:
    page = _live(ordered, "/conversations/?folder=unread")
    page.locator("#bulk summary").click()
    picture(page, "bulk")
    page.locator("#bulk select").select_option("read")
    page.get_by_role("button", name="Esegui").click()

    expect(page.locator("#sweep")).to_contain_text("Segna come letta")
    sweep = Sweep.objects.using("owner").get()
    assert sweep.total == sum(len(one.conversations) for one in Swept.objects.using("owner").all())
    page.get_by_role("button", name="Annulla").click()
    expect(page.locator("#sweep")).to_contain_text("si sta annullando")


def _fresh(desk: Desk, name: str) -> Conversation:
    return Conversation.objects.using("owner").get(pk=desk.shop.chats[name].pk)
