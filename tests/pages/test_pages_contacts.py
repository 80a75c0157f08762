"""The contacts' pages: found, consents recorded and taken back, files brought in step by step."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from sportello.schema.people import ConsentEvent, Contact
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop

_FORM = {
    "topic": "marketing",
    "text": "Acconsento a ricevere offerte",
    "given_by": "modulo alla cassa",
    "at": (NOW - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
}


@pytest.fixture
def bea(shop: Shop) -> Contact:
    return Contact.objects.using("owner").create(
        workspace=shop.workspace, wa_id="393470009999", name="Bea <b>Nera</b>"
    )


def _text(client: Client, path: str, **query: str) -> str:
    answered = client.get(path, query)
    assert answered.status_code == 200
    return answered.content.decode()


def _lines(contact: Contact) -> list[ConsentEvent]:
    return list(ConsentEvent.objects.using("owner").filter(contact=contact).order_by("pk"))


@pytest.mark.parametrize("search", ["nera", "0009999", "347 000 9999"])
def test_a_contact_is_found_by_name_and_number(client: Client, bea: Contact, search: str) -> None:
    page = _text(client, "/contacts/", q=search)

    assert "Bea &lt;b&gt;Nera&lt;/b&gt;" in page
    assert page.count('<th scope="row">') == 1


def test_the_table_has_pages_that_lose_and_repeat_nobody(client: Client, shop: Shop) -> None:
    Contact.objects.using("owner").bulk_create(
        Contact(workspace=shop.workspace, wa_id=f"39347100{n:04}", name=f"Cliente {n}")
        for n in range(70)
    )
    total = Contact.objects.using("owner").filter(workspace=shop.workspace).count()

    seen, path = [], "/contacts/"
    for _ in range(3):
        page = _text(client, path)
        seen += re.findall(r'href="/contacts/(\d+)/"', page)
        more = re.search(r'href="(\?after=\d+)"', page)
        if more is None:
            break
        path = f"/contacts/{more[1]}"

    assert len(seen) == len(set(seen)) == total


def test_a_recorded_consent_shows_with_all_that_proves_it(client: Client, bea: Contact) -> None:
    answered = client.post(f"/contacts/{bea.pk}/consents", _FORM | {"note": "modulo n. 12"})

    assert answered.status_code == 302
    page = _text(client, f"/contacts/{bea.pk}/")
    for shown in ("Acconsento a ricevere offerte", "modulo alla cassa", "modulo n. 12"):
        assert shown in page
    (line,) = _lines(bea)
    assert (line.source, line.by_id is not None) == ("operator", True)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("text", ""),
        ("given_by", ""),
        ("at", ""),
        ("at", (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")),
        ("topic", "everything"),
        ("text", "a\0b"),
    ],
)
def test_half_a_consent_comes_back_with_the_reason(
    client: Client, bea: Contact, part: str, value: str
) -> None:
    answered = client.post(f"/contacts/{bea.pk}/consents", _FORM | {part: value})

    assert answered.status_code == 422
    assert 'aria-invalid="true"' in answered.content.decode()
    assert _lines(bea) == []


def test_a_withdrawal_asks_once_more_and_then_stands(client: Client, bea: Contact) -> None:
    assert "Niente più promozioni?" in _text(client, f"/contacts/{bea.pk}/withdrawal")
    assert _lines(bea) == []

    client.post(f"/contacts/{bea.pk}/withdrawal", {"text": "non ne voglio più"})

    (line,) = _lines(bea)
    assert (line.action, line.text) == ("withdraw", "non ne voglio più")
    page = _text(client, f"/contacts/{bea.pk}/")
    assert "RIATTIVA" in page
    assert f"/contacts/{bea.pk}/withdrawal" not in page


def test_who_said_no_comes_back_only_with_proof(client: Client, bea: Contact) -> None:
    client.post(f"/contacts/{bea.pk}/withdrawal")

    refused = client.post(f"/contacts/{bea.pk}/consents", _FORM)

    assert refused.status_code == 422
    assert len(_lines(bea)) == 1


def test_a_stranger_sees_no_contact(client: Client, bea: Contact, stranger: Shop) -> None:
    other = signed_in(stranger)

    paths = [f"/contacts/{bea.pk}/", f"/contacts/{bea.pk}/withdrawal"]
    assert {other.get(one).status_code for one in paths} == {404}
    assert {client.get(one).status_code for one in paths} == {200}
    assert "Nera" not in _text(other, "/contacts/")
