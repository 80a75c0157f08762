"""The desk's pages as they are drawn."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from sportello.schema.models import Conversation, Label, Membership, Message, Number, Send
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop, chat, said

_HTMX = {"HX-Request": "true"}


def _page(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def _chat(client: Client, shop: Shop, name: str) -> str:
    return _page(client, f"/conversations/{shop.chats[name].pk}/")


def _names(page: str) -> list[str]:
    names = re.findall(r'<bdi class="row-name">(.*?)</bdi>', page)
    return [re.sub("</?mark>", "", name) for name in names]


def test_the_list_shows_what_is_open_newest_first(client: Client) -> None:
    names = _names(_page(client, "/conversations/"))

    assert names[:3] == ["Bruno Verdi", "Anna Bianchi", "@giada.m"]
    assert "Franco De Luca" not in names


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("mine", ["Bruno Verdi"]),
        ("waiting", ["Carla Neri"]),
        ("closing", ["Carla Neri", "&lt;script&gt;alert(1)&lt;/script&gt;"]),
        ("closed", ["Franco De Luca"]),
    ],
)
def test_a_folder_holds_what_its_name_says(client: Client, folder: str, names: list[str]) -> None:
    assert _names(_page(client, f"/conversations/?folder={folder}")) == names


def test_folders_of_what_is_to_be_done_are_counted_and_the_closed_ones_are_not(
    client: Client,
) -> None:
    page = _page(client, "/conversations/")

    folders = re.findall(r'id="folder-(\w+)".*?</a>', page)
    counted = re.findall(r'id="folder-(\w+)"(?:(?!</a>).)*<span class="num">\d', page)
    assert folders == [*counted, "closed"]


@pytest.mark.parametrize("search", ["", "ordin"])
def test_a_row_says_the_words_without_the_marks_of_how_they_look(
    client: Client, search: str
) -> None:
    rows = re.sub(r"</?mark>", "", _page(client, f"/conversations/?q={search}"))

    assert "ordine A-1042 è pronto" in rows
    assert "*A-1042*" not in rows


@pytest.mark.parametrize("search", ["bianchi", "347 123", "grazie mille"])
def test_a_search_finds_names_numbers_and_words(client: Client, search: str) -> None:
    assert _names(_page(client, f"/conversations/?q={search}")) == ["Anna Bianchi"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("folder=unread", "Tutto letto"),
        ("folder=unassigned", "Ogni conversazione aperta ha qualcuno"),
        ("folder=waiting", "Nessuno aspetta"),
        ("folder=waiting&label=7", "Niente con questi filtri"),
        ("q=nessuno", "Nessun risultato"),
    ],
)
def test_an_empty_list_says_what_it_would_hold(
    client: Client, shop: Shop, asked: str, words: str
) -> None:
    Conversation.objects.using("owner").update(unread_count=0, holder="closed", operator=None)
    Label.objects.using("owner").create(pk=7, workspace=shop.workspace, name="Reso")

    page = client.get(f"/conversations/?{asked}").content.decode()

    assert f"<h2>{words}</h2>" in page
    assert 'id="bulk"' not in page, "nothing can be done to none"


def test_a_search_looks_into_closed_conversations_too(client: Client) -> None:
    assert _names(_page(client, "/conversations/?q=de luca")) == ["Franco De Luca"]


@pytest.mark.parametrize(
    "odd", ["?folder=x&rows=-4", "?rows=99999999999", "?q=%00", "?q=%EF%BF%BF"]
)
def test_an_odd_address_is_no_error(client: Client, odd: str) -> None:
    _page(client, f"/conversations/{odd}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna Bianchi", "L&#x27;assistente sta gestendo questa conversazione"),
        ("Bruno Verdi", "Scrivi a Bruno Verdi"),
        ("Carla Neri", "L&#x27;assistente non sa la risposta"),
        ("Dario Galli", "Finestra chiusa da 6 h"),
        ("Elena Ricci", "In attesa della risposta di Elena"),
        ("Franco De Luca", "Questa conversazione è chiusa"),
    ],
)
def test_the_footer_tells_the_whole_truth(
    client: Client, shop: Shop, name: str, words: str
) -> None:
    assert words in _chat(client, shop, name)


def test_a_stopped_number_says_so_in_the_footer(client: Client, shop: Shop) -> None:
    Number.objects.using("owner").update(status="banned")

    page = _chat(client, shop, "Bruno Verdi")

    assert "Meta ha bloccato questo account WhatsApp" in page
    assert 'id="composer"' in page
    assert 'name="kind" value="note"' in page


def test_who_opens_a_conversation_has_read_it(client: Client, shop: Shop) -> None:
    path = f"/conversations/{shop.chats['Carla Neri'].pk}/"

    _page(client, path, **_HTMX, **{"HX-Trigger": "desk"})
    assert _stored(shop, "Carla Neri").unread_count == 2
    _page(client, path)
    assert _stored(shop, "Carla Neri").unread_count == 0


def _stored(shop: Shop, name: str) -> Conversation:
    return Conversation.objects.using("owner").get(pk=shop.chats[name].pk)


def test_htmx_gets_the_regions_alone(client: Client, shop: Shop) -> None:
    page = _page(client, f"/conversations/{shop.chats['Anna Bianchi'].pk}/", **_HTMX)

    assert "<html" not in page
    ids = re.findall(r'<(?:nav|section|aside|footer) id="([a-z-]+)"', page)
    assert [one for one in ids if one != "list-narrow"] == [
        "folders",
        "list",
        "chat",
        "footer",
        "contact",
    ]


def test_a_look_ahead_brings_the_chat_alone_and_reads_nothing(client: Client, shop: Shop) -> None:
    """What the next page will show; the columns stand there already."""
    chat = shop.chats["Anna Bianchi"]
    Conversation.objects.using("owner").filter(pk=chat.pk).update(unread_count=2)
    path = f"/conversations/{chat.pk}/?folder=mine"
    asked = {"HX-Request": "true", "HX-Trigger": "ahead", "HX-Target": "chat"}

    ahead = client.get(path, headers=asked).content.decode()

    whole = client.get(path, headers={"HX-Request": "true", "HX-Trigger": "desk"}).content.decode()
    known = Conversation.objects.using("owner").get(pk=chat.pk)
    assert known.unread_count == 2
    assert 'id="folders"' not in ahead
    assert 'id="list"' not in ahead
    begun = whole.index('<section id="chat"')
    assert _still(ahead) == _still(whole[begun:])


def _still(text: str) -> str:
    """Without what differs from page to page: the tokens against forged requests."""
    return " ".join(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text).split())


def test_a_key_changes_with_what_is_shown_and_with_nothing_else(client: Client, shop: Shop) -> None:
    message = shop.messages["answer"]

    def key() -> str:
        page = _chat(client, shop, "Anna Bianchi")
        found = re.search(rf'id="message-{message.pk}" data-key="(\w+)"', page)
        assert found is not None
        return found[1]

    first = key()
    assert key() == first
    Message.objects.using("owner").filter(pk=message.pk).update(status="read")
    assert key() != first


def test_a_message_is_written_without_htmx_and_leads_back(client: Client, shop: Shop) -> None:
    path = f"/conversations/{shop.chats['Bruno Verdi'].pk}/"

    answer = client.post(
        f"{path}messages?folder=mine", {"text": "Arriva domani", "kind": "message"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{path}?folder=mine")
    assert Send.objects.using("owner").get().body["text"]["body"] == "Arriva domani"


@pytest.mark.parametrize(
    ("text", "words"), [("   ", "Prima scrivi qualcosa."), ("x" * 5000, "Il testo è troppo lungo.")]
)
def test_an_unfit_text_comes_back_with_the_reason(
    client: Client, shop: Shop, text: str, words: str
) -> None:
    answer = client.post(f"/conversations/{shop.chats['Bruno Verdi'].pk}/messages", {"text": text})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Send.objects.using("owner").exists()


def test_what_the_guard_refuses_comes_back_with_reason_and_text(client: Client, shop: Shop) -> None:
    answer = client.post(
        f"/conversations/{shop.chats['Anna Bianchi'].pk}/messages", {"text": "Ci penso io"}
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Questa conversazione non è nelle tue mani" in page
    assert "Ci penso io" in page
    assert not Send.objects.using("owner").exists()


def test_nobody_takes_a_chat_that_we_began_until_it_is_answered(client: Client, shop: Shop) -> None:
    answer = client.post(f"/conversations/{shop.chats['Elena Ricci'].pk}/control")

    assert answer.status_code == 409
    assert _stored(shop, "Elena Ricci").holder == "assistant"


def test_a_reader_sees_everything_and_changes_nothing(client: Client, shop: Shop) -> None:
    Membership.objects.using("owner").update(role="reader")

    page = _chat(client, shop, "Carla Neri")

    assert "In attesa di una persona" in page
    assert "Prendi il controllo</button>" not in page
    assert client.post(f"/conversations/{shop.chats['Carla Neri'].pk}/control").status_code == 403
    assert _stored(shop, "Carla Neri").unread_count == 2


def test_a_deleted_message_shows_none_of_its_words(client: Client, shop: Shop) -> None:
    page = _chat(client, shop, "Bruno Verdi")

    assert "Il cliente ha eliminato questo messaggio" in page
    assert "Ignori" not in page


def test_a_reaction_is_seen_on_its_message_and_not_as_a_bubble(client: Client, shop: Shop) -> None:
    conversation = _stored(shop, "Dario Galli")
    target = Message.objects.using("owner").get(conversation=conversation)
    for wamid in (target.wamid, "wamid.of.long.ago"):
        said(
            shop,
            conversation,
            timedelta(hours=1),
            "customer",
            type="reaction",
            text="👍",
            payload={"reaction": {"message_id": wamid, "emoji": "👍"}},
        )

    page = _chat(client, shop, "Dario Galli")

    assert page.count("Reazione a un messaggio precedente") == 1
    shown, _, going = page.partition('<template id="going-bubble">')
    assert (
        shown.count('class="bubble"') + going.partition("</template>")[2].count('class="bubble"')
        == 1
    )


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("location", {"location": "nowhere"}),
        ("location", {"location": {"latitude": "45", "longitude": None}}),
        ("contacts", {"contacts": [None, {"name": 3, "phones": {}}, {"phones": [1]}]}),
        ("interactive", {"interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow"}}}),
        ("button", {"button": {"text": "Sì, confermo"}}),
        ("reaction", {"reaction": None}),
        ("system", {}),
        ("order", {"order": {}}),
        ("image", {}),
        ("never_seen_before", {"never_seen_before": [1, 2]}),
    ],
)
def test_every_shape_of_message_is_shown(
    client: Client, shop: Shop, kind: str, payload: dict[str, object]
) -> None:
    odd = chat(shop, "Strano", "393470000001")
    message = said(shop, odd, timedelta(0), "customer", type=kind, payload=payload)

    page = _chat(client, shop, "Strano")

    assert f'id="message-{message.pk}"' in page


@pytest.mark.parametrize(
    "status",
    ["queued", "held", "accepted", "refused", "cancelled", "in_doubt", "unknown"],
)
def test_every_state_of_a_message_has_words(client: Client, shop: Shop, status: str) -> None:
    message = shop.messages["answer"]
    Message.objects.using("owner").filter(pk=message.pk).update(
        status=status, receipt={"verdict": "refused", "code": "taken_over", "reasons": "odd"}
    )

    page = _chat(client, shop, "Anna Bianchi")

    ticks = re.search(
        rf'id="message-{message.pk}".*?class="ticks[^>]*title="([^"]+)"', page, re.DOTALL
    )
    assert ticks is not None
    assert client.get(f"/conversations/messages/{message.pk}/receipt").status_code == 200


def test_more_than_a_page_of_messages_can_be_reached(client: Client, shop: Shop) -> None:
    long = chat(shop, "Lunga", "393470000002")
    Message.objects.using("owner").bulk_create(
        Message(
            workspace=shop.workspace,
            conversation=long,
            origin="customer",
            status="received",
            type="text",
            text=f"messaggio {n}.",
            at=NOW - timedelta(minutes=300 - n),
        )
        for n in range(300)
    )
    path = f"/conversations/{long.pk}/"
    page, seen = _page(client, path), 1
    while "messaggio 0." not in page:
        earlier = re.search(r'id="earlier".*?href="\?([^"]+)"', page, re.DOTALL)
        assert earlier is not None
        page = _page(client, f"{path}?{earlier[1]}".replace("&amp;", "&"))
        seen += 1
        assert seen < 10

    assert "messaggio 299." not in page
    assert "Ai messaggi più recenti" in page


def test_the_ticket_opens_the_stream_of_this_person_alone(client: Client, shop: Shop) -> None:
    from urllib.parse import parse_qs, urlsplit

    from django.conf import settings

    from sportello.rules import ticket

    url = client.post("/conversations/ticket").json()["url"]

    written = parse_qs(urlsplit(url).query)["ticket"][0]
    read = ticket.read(settings.SECRET_KEY.encode(), written, NOW)
    assert read is not None
    assert (read.user, read.workspace) == (shop.user.pk, shop.workspace.pk)
    assert NOW < read.expires_at <= NOW + timedelta(minutes=10)


def test_another_company_sees_none_of_it(stranger: Shop, shop: Shop) -> None:
    client = signed_in(stranger)

    assert client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").status_code == 404
    assert client.get(f"/conversations/{stranger.chats['Anna Bianchi'].pk}/").status_code == 200


def test_a_fragment_asked_for_after_the_session_ended_leads_to_the_door(shop: Shop) -> None:
    answer = Client(SERVER_NAME="localhost").get("/conversations/", headers=_HTMX)

    assert answer.headers["HX-Redirect"] == "/accounts/login/"
    assert "Anna" not in answer.content.decode()
