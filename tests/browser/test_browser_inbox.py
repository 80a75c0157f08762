"""The left side of the desk before two operators: order, search, and a list longer than a page."""

import asyncio
import hmac
import re
import zipfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from sportello.rules.sweeping import BATCH
from sportello.schema.models import (
    Attendance,
    Conversation,
    Folder,
    Gist,
    Label,
    LanguageModel,
    Membership,
    Reminder,
    User,
    Workspace,
)
from sportello.workers import tend_desk
from sportello.workers.fold import fold_batch
from sportello.workers.outward import Outward
from tests.browser.conftest import Desk
from tests.pages.shop import chat, said
from tests.workers import desk as counter
from tests.workers.desk import message, value_of, webhook
from tests.workers.meta import Meta, outward

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


def test_a_chat_is_handed_on_remembered_and_left_unread(ordered: Desk) -> None:
    bruno = ordered.shop.chats["Bruno Verdi"]
    one = _live(ordered, f"/conversations/{bruno.pk}/")
    other = _live(ordered, "/conversations/?folder=mine", "marta@example.org")
    expect(other.locator(f"#row-{bruno.pk}")).to_have_count(0)

    one.locator("#thread").focus()
    one.keyboard.press("a")
    one.locator("#head-who").select_option(label="Marta Riva")
    one.keyboard.press("Enter")
    expect(one.locator("#footer")).to_contain_text("Marta Riva sta gestendo")
    expect(other.locator(f"#row-{bruno.pk}")).to_be_visible()
    expect(other.locator("#folder-mine .num")).to_have_text("1")

    one.locator("#thread").focus()
    one.keyboard.press("s")
    one.keyboard.press("Enter")
    expect(one.get_by_role("button", name="Fatto", exact=True)).to_be_attached()
    # As the worker does when it is time.
    Reminder.objects.using("owner").update(rung_at=ordered.shop.now)
    Conversation.objects.using("owner").filter(pk=bruno.pk).update(unread_count=1)
    expect(one.locator(f"#row-{bruno.pk} .has-bell")).to_be_visible()
    expect(one.locator("#rows li[data-cursor]").first).to_have_id(f"row-{bruno.pk}")

    one.locator("#thread").focus()
    one.keyboard.press("u")
    expect(one.locator(f"#row-{bruno.pk} .is-unread")).to_be_visible()
    expect(one.get_by_role("heading", name="Scegli una conversazione")).to_be_visible()


def test_one_chat_and_all_of_a_list_are_taken_along(ordered: Desk, tmp_path: Path) -> None:
    anna = ordered.shop.chats["Anna Bianchi"]
    page = ordered.page()
    page.goto(f"/conversations/{anna.pk}/?folder=unread")

    page.locator("#chat-more summary").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="Testo (.txt)").click()
    told.value.save_as(tmp_path / "one.txt")
    page.locator("#bulk summary").click()
    page.locator("#bulk [name=format]").select_option("csv")
    with page.expect_download() as told:
        page.locator("#bulk").get_by_role("button", name="Salva").click()
    told.value.save_as(tmp_path / "all.zip")

    assert "Quando arriva il mio ordine?" in (tmp_path / "one.txt").read_text()
    unread = Conversation.objects.using("owner").filter(unread_count__gt=0)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = {f"chat-{one}.csv" for one in unread.values_list("pk", flat=True)}
        assert set(archive.namelist()) == names | {"chats.csv"}


def test_what_a_model_writes_for_an_operator_comes_without_reloading(ordered: Desk) -> None:
    LanguageModel.objects.using("owner").create(
        workspace=ordered.shop.workspace, provider="mistral", model="small"
    )
    page = _live(ordered, f"/conversations/{ordered.shop.chats['Anna Bianchi'].pk}/")
    gists = Gist.objects.using("owner")

    page.get_by_role("button", name="Riassumi questa chat").click()
    expect(page.locator("#gist-place")).to_contain_text("Un modello sta scrivendo")
    gists.filter(kind="summary").update(state="done", text="Aspetta il suo ordine.")
    expect(page.locator("#gist-place")).to_contain_text("Aspetta il suo ordine.")

    last = page.locator("#thread .said:not(.is-ours)").last
    last.get_by_role("button", name="Traduci").click()
    expect(last).to_contain_text("Un modello sta scrivendo")
    gists.filter(kind="translation").update(state="done", text="Perfect, thank you!")
    expect(last.locator(".translated")).to_contain_text("Perfect, thank you!")
    said(ordered.shop, _fresh(ordered, "Anna Bianchi"), timedelta(0), "customer", text="Ecco")
    expect(page.locator("#thread .said").last).to_contain_text("Ecco")
    expect(page.locator("#thread")).to_contain_text("Perfect, thank you!")


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
    _scrolled(page, "#thread", "1e6")
    expect(page.locator("#thread .said", has_text="riga 60")).to_have_count(1)
    expect(page.locator("#thread .said", has_text="riga 30")).not_to_be_in_viewport()
    _scrolled(page, "#thread", "1e6")
    expect(page.locator("#newest")).to_have_count(0)
    expect(page.locator("#thread .said", has_text="riga 89")).to_have_count(1)
    expect(page).not_to_have_url(re.compile("before="))
    page.go_back()
    expect(page.get_by_role("heading", name="Scegli una conversazione")).to_be_visible()


def _scrolled(page: Page, box: str, place: str) -> None:
    page.evaluate(f"document.querySelector('{box}').scrollTop = {place}")


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


def test_a_deed_for_all_reaches_beyond_the_page_and_can_be_undone(
    ordered: Desk, worker_url: str, picture: Callable[[Page, str], None]
) -> None:
    for place in range(BATCH):
        chat(
            ordered.shop, f"Cliente {place}", f"39331{place:07}", unread_count=1,
            last_message_at=ordered.shop.now - timedelta(days=1, minutes=place),
            last_message_origin="customer", last_message_text="Ciao",
        )  # fmt: skip
    page = _live(ordered, "/conversations/?folder=unread")
    rows = page.locator("#rows li[data-cursor]")
    expect(rows).to_have_count(50)
    page.locator("#bulk summary").click()
    picture(page, "bulk")
    page.locator("#bulk [name=deed]").select_option("read")
    page.get_by_role("button", name="Esegui").click()

    unread = Conversation.objects.using("owner").filter(unread_count__gt=0)
    total = unread.count()
    assert total > BATCH, "the worker does it in two portions"
    expect(page.locator("#sweep")).to_contain_text(f"Segna come letta: 0 / {total}")
    _by_worker(ordered, worker_url, tend_desk.sweep)
    expect(page.locator("#sweep")).to_contain_text(f"{total} conversazioni cambiate")
    expect(rows).to_have_count(0)
    assert not unread.exists()

    page.get_by_role("button", name="Annulla").click()
    expect(page.locator("#sweep")).to_contain_text("si sta annullando")
    _by_worker(ordered, worker_url, tend_desk.sweep)
    expect(rows).to_have_count(50)
    expect(page.locator("#sweep")).to_be_hidden()
    assert unread.count() == total


def test_a_closed_chat_is_open_again_once_the_customer_answers(
    ordered: Desk, worker_url: str
) -> None:
    anna = ordered.shop.chats["Anna Bianchi"]
    one = _live(ordered, f"/conversations/{anna.pk}/")
    other = _live(ordered, "/conversations/", "marta@example.org")
    row = other.locator(f"#row-{anna.pk}")
    one.locator("#closure button").click()
    expect(one.locator("#reopening")).to_be_visible()
    expect(row).to_have_count(0)

    _writes(one, ordered, "393471234567", "Anna Bianchi", "Ancora una cosa")
    _by_worker(ordered, worker_url, fold_batch)

    expect(one.locator("#thread .said").last).to_contain_text("Ancora una cosa")
    expect(one.locator("#closure")).to_be_visible()
    expect(one.locator("#footer")).to_contain_text("L'assistente sta gestendo")
    expect(row).to_contain_text("Ancora una cosa")


def test_new_chats_go_in_turn_to_those_at_the_desk(ordered: Desk, worker_url: str) -> None:
    page = ordered.page()
    page.goto("/conversations/order/")
    page.get_by_role("button", name="Distribuisci la coda a turno").click()
    expect(page.get_by_role("button", name="Non distribuire più la coda")).to_be_visible()
    # Who writes waits for a person, and nobody waits yet.
    Workspace.objects.using("owner").update(assistant_on=False)
    chats = Conversation.objects.using("owner")
    chats.filter(holder="queue").update(holder="closed", handover_reason="")
    people = ("giulia@example.org", "marta@example.org")
    desks = {email: _live(ordered, "/conversations/?folder=mine", email) for email in people}

    new = ("393330000001", "393330000002")
    for wa_id in new:
        _writes(page, ordered, wa_id, f"Cliente {wa_id}", "Buongiorno")
        for duty in (fold_batch, tend_desk.share_queues):
            _by_worker(ordered, worker_url, duty)

    held = chats.filter(contact__wa_id__in=new, holder="operator")
    got = dict(held.values_list("operator__email", "pk"))
    assert set(got) == set(people)
    for email, theirs in desks.items():
        expect(theirs.locator(f"#row-{got[email]}")).to_be_visible()
        for another in set(got.values()) - {got[email]}:
            expect(theirs.locator(f"#row-{another}")).to_have_count(0)


def _writes(page: Page, desk: Desk, wa_id: str, name: str, words: str) -> None:
    """A customer, by the webhook that Meta sends."""
    number = desk.shop.number
    person = {"wa_id": wa_id, "profile": {"name": name}}
    said_so = message(
        f"wamid.of.{wa_id}", desk.shop.now, wa_id=wa_id, type="text", text={"body": words}
    )
    told = value_of(number.phone_number_id, contacts=[person], messages=[said_so])
    body = webhook(told, id=number.waba_id)
    signature = hmac.new(b"secret", body, "sha256").hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    assert page.request.post("/webhooks/whatsapp", data=body, headers=headers).ok


def _by_worker(desk: Desk, url: str, duty: Callable[[Outward], Awaitable[object]]) -> None:
    """As a worker does it; in a thread of its own, for Playwright's loop has this one."""
    there = counter.Desk(url, desk.shop.workspace.pk, desk.shop.number.pk)

    async def work() -> None:
        async with asyncio.timeout(60), outward(there, Meta()) as context:
            await duty(counter.at(context, desk.shop.now))

    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, work()).result()


def _fresh(desk: Desk, name: str) -> Conversation:
    return Conversation.objects.using("owner").get(pk=desk.shop.chats[name].pk)
