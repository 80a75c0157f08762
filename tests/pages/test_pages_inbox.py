"""The desk's pages."""

from django.test import Client

from tests.pages.shop import Shop


def test_the_desk_lists_conversations(client: Client, shop: Shop) -> None:
    page = client.get("/conversations/")
    assert page.status_code == 200
    assert "Anna Bianchi" in page.content.decode()


def test_a_chat(client: Client, shop: Shop) -> None:
    for chat in shop.chats.values():
        page = client.get(f"/conversations/{chat.pk}/")
        assert page.status_code == 200
