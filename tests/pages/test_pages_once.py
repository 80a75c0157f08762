"""What leaves once, whatever a browser sends twice; and who signs in comes back."""

from typing import Any

import pytest
from django.test import Client

from sportello.schema.models import Message, Send
from tests.pages.conftest import signed_in
from tests.pages.shop import Shop

_MARK = "0123456789abcdef" * 2


@pytest.fixture
def send(shop: Shop) -> Any:
    client = signed_in(shop)

    def write(name: str = "Bruno Verdi", **given: Any) -> int:
        address = f"/conversations/{shop.chats[name].pk}/messages"
        return int(client.post(address, {"kind": "message"} | given).status_code)

    return write


def test_the_same_writing_twice_is_written_once(shop: Shop, send: Any) -> None:
    for _ in range(2):
        assert send(text="Domani", once=_MARK) == 302
        assert send(text="Un appunto", kind="note", once="f" * 32) == 302

    assert Send.objects.using("owner").count() == 1
    assert Message.objects.using("owner").filter(text="Un appunto").count() == 1


@pytest.mark.parametrize("mark", ["", "nonsense", "A" * 32])
def test_without_a_mark_each_writing_counts(shop: Shop, send: Any, mark: str) -> None:
    for _ in range(2):
        assert send(text="ok", once=mark) == 302

    assert Send.objects.using("owner").count() == 2


def test_what_was_refused_may_be_written_later(shop: Shop, send: Any) -> None:
    chat = shop.chats["Bruno Verdi"]
    held = {"holder": chat.holder, "operator": chat.operator}
    rows = type(chat).objects.using("owner").filter(pk=chat.pk)
    rows.update(holder="assistant", operator=None)
    assert send(text="Domani", once=_MARK) == 409
    rows.update(**held)

    assert send(text="Domani", once=_MARK) == 302
    assert Send.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    ("at", "back"),
    [
        (
            "http://localhost/conversations/7/?folder=mine",
            "?next=/conversations/7/%3Ffolder%3Dmine",
        ),
        ("http://evil.example/conversations/", ""),
        ("//evil.example//x", ""),
        ("nonsense", ""),
    ],
)
def test_who_signs_in_again_comes_back_to_the_page(shop: Shop, at: str, back: str) -> None:
    client = Client(SERVER_NAME="localhost")

    told = client.get("/conversations/", headers={"HX-Request": "true", "HX-Current-URL": at})
    sent = client.post("/conversations/7/control", headers={"Referer": at})

    assert told.headers["HX-Redirect"] == f"/accounts/login/{back}"
    assert sent.headers["Location"] == f"/accounts/login/{back}"
