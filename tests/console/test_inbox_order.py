"""Labels, folders, reminders, search and deeds done to many, on real PostgreSQL, page by page."""

import asyncio
import re
from collections.abc import Coroutine
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, LiteralString, cast

import psycopg
import pytest
from django.test import Client
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from sportello.console.inbox import listing
from sportello.console.inbox.listing import Filter, listed
from sportello.console.inbox.queries import Narrowing
from sportello.rules.searching import fold
from sportello.schema.models import (
    Attendance,
    Conversation,
    Folder,
    Label,
    Labelling,
    Message,
    Reminder,
    Sweep,
    Workspace,
)
from sportello.schema.team import Role
from sportello.workers import tend_desk
from sportello.workers.outward import Outward
from tests.console.conftest import (
    NOW,
    ApiClient,
    Clock,
    Company,
    make_contact,
    make_conversation,
    new_client,
)


@pytest.fixture
def client(acme: Company, at: Clock) -> Client:
    signed = new_client()
    signed.force_login(acme.person(Role.OPERATOR))
    return signed


def _fresh(company: Company) -> Conversation:
    return Conversation.objects.using("owner").get(pk=company.conversation.pk)


def _tend(url: str, duty: Any, now: datetime = NOW) -> Any:
    async def run() -> Any:
        pool: Any = AsyncConnectionPool(
            url, min_size=1, max_size=2, open=False, kwargs={"row_factory": dict_row}
        )
        async with pool:
            return await duty(cast("Outward", SimpleNamespace(pool=pool, clock=lambda: now)))

    work: Coroutine[Any, Any, Any] = run()
    return asyncio.run(work)


def _say(company: Company, chat: Conversation, text: str, at: datetime = NOW) -> Message:
    return Message.objects.using("owner").create(
        workspace=company.workspace, conversation=chat, origin="customer", status="received",
        type="text", text=text, at=at,
    )  # fmt: skip


def _found(company: Company, q: str) -> list[tuple[str, int | None]]:
    with company.inside():
        entries = listed(Filter(q=q), None, NOW).entries
        return [(one.conversation.contact.name, one.message) for one in entries]


@pytest.mark.parametrize("q", ["spediz", "SPEDIZION", "perche", "perché spediz", "Pérche"])
def test_a_message_is_found_by_beginnings_of_its_words(
    acme: Company, rival: Company, q: str
) -> None:
    _say(acme, acme.conversation, "Perché la spedizione…", NOW - timedelta(minutes=2))
    newest = _say(acme, acme.conversation, "PERCHÉ spedizioni?")
    _say(rival, rival.conversation, "Perché la spedizione?")

    assert _found(acme, q) == [("Anna Bianchi", newest.pk)]


def test_what_was_taken_back_is_not_found(acme: Company) -> None:
    gone = _say(acme, acme.conversation, "segretissimo")
    Message.objects.using("owner").filter(pk=gone.pk).update(revoked_at=NOW)

    assert _found(acme, "segretissimo") == []


def test_pages_of_a_search_neither_repeat_nor_lose_a_conversation(acme: Company) -> None:
    chats = []
    for place in range(7):
        contact = make_contact(acme.workspace, wa_id=f"3933300{place:05}", name=f"N{place}")
        chats.append(make_conversation(acme.number, contact))
    for _ in range(2):
        for chat in chats:
            _say(acme, chat, "parolachiave")
    seen, cursor = [], ""

    with acme.inside():
        for _ in range(10):
            page = listed(Filter(q="parolachiave"), None, NOW, cursor=cursor, limit=2)
            seen += [row.pk for row in page.items]
            cursor = page.next_cursor
            if not cursor:
                break

    assert sorted(seen) == sorted(chat.pk for chat in chats)


@pytest.fixture
def buried(acme: Company) -> Conversation:
    """A chat in which the word was said before it was said in seven others."""
    chats = []
    for place in range(8):
        contact = make_contact(acme.workspace, wa_id=f"3933300{place:05}", name=f"N{place}")
        chats.append(make_conversation(acme.number, contact))
        _say(acme, chats[-1], "parolachiave")
    label = Label.objects.using("owner").create(workspace=acme.workspace, name="VIP")
    Labelling.objects.using("owner").create(
        workspace=acme.workspace, conversation=chats[0], label=label
    )
    return chats[0]


def _narrowed() -> Filter:
    label = Label.objects.using("owner").get()
    return Filter(q="parolachiave", narrowing=Narrowing(label_ids=(label.pk,)))


def test_a_search_narrowed_to_few_chats_finds_what_was_said_long_ago(
    acme: Company, buried: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKS", (2, 2))

    with acme.inside():
        page = listed(_narrowed(), None, NOW)

    assert [row.pk for row in page.items] == [buried.pk]
    assert (page.next_cursor, page.is_cut) == ("", False)


def test_a_search_that_stops_says_so_and_goes_on_from_there(
    acme: Company, buried: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKS", (2, 3))
    monkeypatch.setattr(listing, "FEW", 0)
    with acme.inside():
        first = listed(_narrowed(), None, NOW)
        second = listed(_narrowed(), None, NOW, cursor=first.next_cursor)

    assert (first.items, first.is_cut) == ([], True)
    assert [row.pk for row in second.items] == [buried.pk]
    assert (second.next_cursor, second.is_cut) == ("", False)


def test_the_page_of_a_search_that_stopped_leads_further_back(
    acme: Company, client: Client, buried: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKS", (2, 3))
    monkeypatch.setattr(listing, "FEW", 0)
    label = Label.objects.using("owner").get()
    page = client.get(f"/conversations/?q=parolachiave&label={label.pk}").content.decode()

    assert "Nothing found so far" in page
    assert 'data-next=""' in page
    way = re.findall(r'id="row-more"><a [^>]*href="([^"]+)"', page)
    found = client.get(way[0].replace("&amp;", "&")).content.decode()
    assert f'id="row-{buried.pk}"' in found
    assert 'id="row-more"' not in found


def test_sql_folds_as_the_rules_do(database: str) -> None:
    texts = ["Perché", "ÀÈÌÒÙ", "Straße", "Ångström", "ﬁne", "Čeština", "plain", "Ñandú 12"]
    with psycopg.connect(database) as connection:
        for text in texts:
            row = connection.execute("SELECT sportello_fold(%s)", [text]).fetchone()
            assert row == (fold(text),)


@pytest.mark.parametrize(
    "asks",
    [
        "SELECT FROM sportello_find_messages('{quando}', 999999, 9)",
        "SELECT FROM sportello_find_contacts('{anna}', 9)",
    ],
)
def test_a_search_without_a_company_finds_nothing(
    acme: Company, console_url: str, asks: LiteralString
) -> None:
    with psycopg.connect(console_url) as connection:
        found = connection.execute(asks).fetchall()

    assert found == []


def test_a_search_leads_to_the_message_and_escapes_what_it_shows(
    acme: Company, client: Client
) -> None:
    old = _say(acme, acme.conversation, "<b>zafferano</b>", NOW - timedelta(days=9))
    for place in range(100):
        _say(acme, acme.conversation, "altro", NOW - timedelta(minutes=place))

    page = client.get("/conversations/?q=zaffe").content.decode()

    assert f"message={old.pk}" in page
    assert "&lt;b&gt;<mark>zaffe</mark>rano&lt;/b&gt;" in page
    chat = client.get(f"/conversations/{acme.conversation.pk}/?message={old.pk}").content.decode()
    assert f'id="message-{old.pk}"' in chat


def test_a_campaigns_words_are_found_once_it_has_left(acme: Company, client: Client) -> None:
    waits = _say(acme, acme.conversation, "saldi d'autunno", NOW)
    Message.objects.using("owner").filter(pk=waits.pk).update(
        origin="campaign", type="template", status="queued", wamid=None
    )
    assert f"message={waits.pk}" not in client.get("/conversations/?q=autunno").content.decode()

    Message.objects.using("owner").filter(pk=waits.pk).update(status="accepted", wamid="wamid.9")
    assert f"message={waits.pk}" in client.get("/conversations/?q=autunno").content.decode()


def test_a_label_and_a_folder_narrow_the_list_together(acme: Company, client: Client) -> None:
    client.post("/conversations/order/", {"kind": "label", "name": "Reso", "colour": "red"})
    client.post("/conversations/order/", {"kind": "folder", "name": "Ingrosso"})
    label, folder = Label.objects.using("owner").get(), Folder.objects.using("owner").get()
    chat = f"/conversations/{acme.conversation.pk}"

    client.post(f"{chat}/label", {"label": label.pk})
    client.post(f"{chat}/folder", {"in": folder.pk})

    both = client.get(f"/conversations/?label={label.pk}&in={folder.pk}").content.decode()
    other = client.get(f"/conversations/?label={label.pk}&in={folder.pk + 1}").content.decode()
    assert f'id="open-{acme.conversation.pk}"' in both
    assert f'id="open-{acme.conversation.pk}"' not in other
    client.post(f"{chat}/label", {"label": label.pk, "off": "1"})
    assert not Labelling.objects.using("owner").exists()


def test_a_deleted_label_comes_back_with_all_that_carried_it(acme: Company, client: Client) -> None:
    label = Label.objects.using("owner").create(workspace=acme.workspace, name="Reso")
    client.post(f"/conversations/{acme.conversation.pk}/label", {"label": label.pk})
    wish = {"kind": "label", "id": label.pk}

    client.post("/conversations/order/", wish | {"delete": "1"})
    assert 'class="tag' not in client.get("/conversations/").content.decode()
    client.post("/conversations/order/undoing", wish)

    assert 'class="tag tag-grey">Reso' in client.get("/conversations/").content.decode()


def test_a_name_is_given_once(acme: Company, client: Client) -> None:
    for status in (302, 422):
        answered = client.post("/conversations/order/", {"kind": "folder", "name": "Resi"})
        assert answered.status_code == status


def test_a_colleague_gets_the_chat_and_a_reader_does_not(acme: Company, client: Client) -> None:
    path = f"/conversations/{acme.conversation.pk}/assignment"
    owner = acme.person(Role.OWNER)

    assert client.post(path, {"who": acme.person(Role.READER).pk}).status_code == 404
    client.post(path, {"who": owner.pk})

    chat = _fresh(acme)
    assert (chat.holder, chat.operator_id, chat.control_epoch) == ("operator", owner.pk, 1)


def test_a_reminder_brings_the_chat_back_on_top_and_unread(
    acme: Company, client: Client, worker_url: str
) -> None:
    newer = make_contact(acme.workspace, wa_id="393330000001", name="Nuova")
    make_conversation(acme.number, newer, last_message_at=NOW)
    path = f"/conversations/{acme.conversation.pk}/"
    client.post(f"{path}reminder", {"when": "tomorrow"})
    client.get(path)
    nine = datetime.fromisoformat("2026-11-22T09:00:00+01:00")
    assert Reminder.objects.using("owner").get().due_at == nine

    assert _tend(worker_url, tend_desk.ring, nine - timedelta(seconds=1)) == 0
    assert _tend(worker_url, tend_desk.ring, nine) == 1
    assert _tend(worker_url, tend_desk.ring, nine) == 0

    page = client.get("/conversations/").content.decode()
    assert _fresh(acme).unread_count == 1
    assert page.index("Anna Bianchi</bdi>") < page.index("Nuova</bdi>")
    client.post(f"{path}reminder", {"when": "done"})
    page = client.get("/conversations/").content.decode()
    assert page.index("Nuova</bdi>") < page.index("Anna Bianchi</bdi>")


def test_a_shared_queue_goes_to_who_is_at_the_desk(
    acme: Company, rival: Company, worker_url: str
) -> None:
    Conversation.objects.using("owner").update(holder="queue")
    here = acme.person(Role.OPERATOR)
    for company in (acme, rival):
        Attendance.objects.using("owner").create(
            workspace=company.workspace, user=company.person(Role.OPERATOR)
        )
    Attendance.objects.using("owner").create(
        workspace=acme.workspace, user=acme.person(Role.OWNER), is_away=True
    )
    assert _tend(worker_url, tend_desk.share_queues) == 0
    ours = Workspace.objects.using("owner").filter(pk=acme.workspace.pk)
    ours.update(shares_queue=True, opening={"days": {"0": [["09:00", "18:00"]]}, "holidays": []})
    assert _tend(worker_url, tend_desk.share_queues) == 0, "it is Saturday"
    ours.update(opening={"days": {"5": [["09:00", "18:00"]]}, "holidays": []})

    assert _tend(worker_url, tend_desk.share_queues) == 1

    chat = _fresh(acme)
    assert (chat.holder, chat.operator_id, chat.control_epoch) == ("operator", here.pk, 1)


def test_a_deed_is_done_to_all_of_the_filter_and_undone(
    acme: Company, rival: Company, client: Client, worker_url: str
) -> None:
    for place in range(450):
        contact = make_contact(acme.workspace, wa_id=f"3933300{place:05}")
        Conversation.objects.using("owner").create(
            workspace=acme.workspace, number=acme.number, contact=contact,
            last_message_at=NOW, holder="assistant" if place else "operator",
        )  # fmt: skip
    closed = Conversation.objects.using("owner").filter(holder="closed")

    client.post("/conversations/sweep", {"deed": "close"})
    assert _tend(worker_url, tend_desk.sweep) == 3
    assert closed.count() == 451
    sweep = Sweep.objects.using("owner").get()
    assert (sweep.state, sweep.total, sweep.looked, sweep.changed) == ("done", 451, 451, 451)

    client.post(f"/conversations/sweeps/{sweep.pk}/undoing")
    _tend(worker_url, tend_desk.sweep)
    assert closed.count() == 0
    assert Sweep.objects.using("owner").get().state == "undone"
    holders = Conversation.objects.using("owner").filter(workspace=acme.workspace)
    assert holders.filter(holder="operator").count() == 1


def test_a_deed_to_a_strangers_label_is_not_taken(
    acme: Company, rival: Company, client: Client
) -> None:
    theirs = Label.objects.using("owner").create(workspace=rival.workspace, name="Loro")

    answered = client.post("/conversations/sweep", {"deed": f"label:{theirs.pk}"})

    assert answered.status_code == 404
    assert not Sweep.objects.using("owner").exists()


def test_a_chat_is_marked_unread_and_left(acme: Company, client: Client) -> None:
    path = f"/conversations/{acme.conversation.pk}/"
    client.get(path)

    answered = client.post(f"{path}unreading?folder=mine")

    assert answered.headers["Location"] == "/conversations/?folder=mine"
    assert _fresh(acme).unread_count == 1


def test_the_api_orders_conversations(api: ApiClient, acme: Company) -> None:
    label = api.post("/labels", {"name": "VIP", "colour": "blue"}).json()
    folder = api.post("/folders", {"name": "Ingrosso"}).json()
    path = f"/conversations/{acme.conversation.pk}"

    api.post(f"{path}/labels", {"add": [label["id"]]})
    api.post(f"{path}/folder", {"folder": folder["id"]})
    told = api.post(f"{path}/assignment", {"operator": acme.person(Role.OPERATOR).pk}).json()

    assert told["labels"] == [label]
    assert told["folder"] == folder
    assert told["holder"] == "operator"
    found = api.get("/conversations", label=str(label["id"]), q="ordin").json()["items"]
    assert [one["id"] for one in found] == [acme.conversation.pk]
    assert api.get("/conversations", folder=str(folder["id"] + 1)).json()["items"] == []
