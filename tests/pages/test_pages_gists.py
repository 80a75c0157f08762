"""What an operator asks a model for: offered only where there is one, and marked as a machine's."""

import pytest
from django.test import Client

from sportello.schema.models import Gist, LanguageModel, Media, Membership, Message
from tests.pages.shop import Shop

_HTMX = {"HX-Request": "true"}


@pytest.fixture
def model(shop: Shop) -> LanguageModel:
    return LanguageModel.objects.using("owner").create(
        workspace=shop.workspace, provider="mistral", model="small"
    )


def _summary(shop: Shop) -> str:
    return f"/conversations/{shop.chats['Anna Bianchi'].pk}/summary"


def _translation(shop: Shop) -> str:
    said = Message.objects.using("owner").filter(
        conversation=shop.chats["Anna Bianchi"], origin="customer"
    )
    return f"/conversations/messages/{said.latest('pk').pk}/translation"


def test_without_a_model_nothing_is_offered_and_nothing_can_be_asked(
    client: Client, shop: Shop
) -> None:
    page = client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").content.decode()

    assert "Riassumi questa chat" not in page
    assert "Traduci" not in page
    assert client.post(_summary(shop)).status_code == 404
    assert client.post(_translation(shop)).status_code == 404


def test_a_summary_is_asked_for_once_and_anew_when_the_chat_went_on(
    client: Client, shop: Shop, model: LanguageModel
) -> None:
    page = client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").content.decode()
    assert _summary(shop) in page
    assert _translation(shop) in page

    waits = client.post(_summary(shop), headers=_HTMX).content.decode()
    client.post(_summary(shop), headers=_HTMX)

    made = Gist.objects.using("owner").get()
    assert "Un modello sta scrivendo" in waits
    Gist.objects.using("owner").update(state="done", text="Chiede <b>dove</b> sia l'ordine")
    shown = client.get(f"/conversations/gists/{made.pk}", headers=_HTMX).content.decode()
    assert "Chiede &lt;b&gt;dove&lt;/b&gt; sia l&#x27;ordine" in shown
    assert "Riassunto da una macchina" in shown
    assert "hx-get" not in shown
    assert "dove" in client.post(_summary(shop), headers=_HTMX).content.decode()
    client.post(
        f"/conversations/{shop.chats['Anna Bianchi'].pk}/messages",
        {"text": "Nota", "kind": "note"},
    )
    assert "Un modello sta scrivendo" in client.post(_summary(shop), headers=_HTMX).content.decode()
    assert Gist.objects.using("owner").count() == 1


def test_a_translation_failed_says_why_and_can_be_asked_for_again(
    client: Client, shop: Shop, model: LanguageModel
) -> None:
    page = client.post(_translation(shop), follow=True).content.decode()
    assert "<html" in page
    Gist.objects.using("owner").update(state="failed", why="no_room")
    made = Gist.objects.using("owner").get()

    shown = client.get(f"/conversations/gists/{made.pk}", headers=_HTMX).content.decode()
    assert "il budget è finito" in shown

    client.post(_translation(shop), headers=_HTMX)
    made.refresh_from_db(using="owner")
    assert made.state == "waiting"


def test_who_only_reads_asks_no_model(client: Client, shop: Shop, model: LanguageModel) -> None:
    Membership.objects.using("owner").update(role="reader")

    page = client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").content.decode()

    assert "Riassumi questa chat" not in page
    assert client.post(_summary(shop)).status_code == 403


def test_a_chat_that_came_back_says_what_the_assistant_knows_and_whose_words_these_are(
    client: Client, shop: Shop
) -> None:
    chat = shop.chats["Anna Bianchi"]
    row = Message.objects.using("owner").create(
        workspace=shop.workspace, conversation=chat, origin="note", type="recap", status="noted",
        payload={"recap": {"text": "Chiede <b>un vaso</b>", "lines": [["customer", "Un vaso?"]]}},
        at=shop.now,
    )  # fmt: skip
    address = f"/conversations/{chat.pk}/"

    summed_up = client.get(address).content.decode()
    Message.objects.using("owner").filter(pk=row.pk).update(
        payload={"recap": {"text": "", "lines": [["customer", "Un vaso?"], ["operator", "<Sì>"]]}}
    )
    as_it_was = client.get(address).content.decode()

    assert "riassunto da una macchina: Chiede &lt;b&gt;un vaso&lt;/b&gt;" in summed_up
    assert "che non sono un riassunto: cliente: Un vaso? · persona: &lt;Sì&gt;" in as_it_was
    export = client.get(f"{address}export?format=json&notes=1")
    assert export.status_code == 200
    assert "recap" not in export.content.decode()


def test_what_a_machine_made_of_a_file_is_marked_found_and_handed_out(
    client: Client, shop: Shop
) -> None:
    chat = shop.chats["Anna Bianchi"]
    said = Message.objects.using("owner").create(
        workspace=shop.workspace, conversation=chat, origin="customer", type="audio",
        status="received", payload={"audio": {"id": "9"}}, at=shop.now,
    )  # fmt: skip
    file = Media.objects.using("owner").create(
        workspace=shop.workspace, message=said, media_id="9", mime_type="audio/ogg", state="kept",
        due_at=shop.now, reading="done", words="Vorrei un <b>centrotavola</b> quadrangolare",
    )  # fmt: skip
    address = f"/conversations/{chat.pk}/"

    page = client.get(address).content.decode()
    found = client.get("/conversations/?q=quadrangolare").content.decode()
    text = client.get(f"{address}export?format=txt").content.decode()
    Media.objects.using("owner").filter(pk=file.pk).update(
        words="", reading="failed", unread_why="too_long"
    )
    unread = client.get(address).content.decode()

    assert "Trascrizione" in page
    assert "Vorrei un &lt;b&gt;centrotavola&lt;/b&gt; quadrangolare" in page
    assert "Anna Bianchi" in found
    assert f"/conversations/{chat.pk}/" in found
    assert "[Trascrizione] Vorrei un <b>centrotavola</b> quadrangolare" in text
    assert "dura più di cinque minuti" in unread
