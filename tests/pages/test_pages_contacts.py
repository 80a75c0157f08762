"""The contacts' pages: found, consents recorded and taken back, files brought in step by step."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.schema.imports import ContactImport
from sportello.schema.people import ConsentEvent, Contact, ContactList
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop

_WHERE = "Clienti del negozio di Bari, modulo alla cassa"
_FORM = {
    "topic": "marketing",
    "text": "Acconsento a ricevere offerte",
    "given_by": "modulo alla cassa",
    "at": (NOW - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
}
_ROWS = (
    "Nome;Cellulare;Città;Testo consenso;Data consenso\n"
    "Ada;347 000 1111;Bari;Sì alle offerte;20/11/2026\n"
    "Ada B.;+39 347 0001111;;;\n"
    "Ivo;347 000 2222;Bari;;\n"
    "Eva;3,9E+11;Bari;Sì alle offerte;20/11/2026\n"
)


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


def _upload(client: Client, content: str = _ROWS, **fields: Any) -> Any:
    file = SimpleUploadedFile("clienti.csv", content.encode("cp1252"), "text/csv")
    return client.post("/contacts/imports/", {"file": file, "provenance": _WHERE, **fields})


def _the_import() -> ContactImport:
    return ContactImport.objects.using("owner").latest("pk")


def _columns(found: ContactImport, **changed: str) -> dict[str, str]:
    named = {f"column-{place}": part for place, part in enumerate(found.mapping)}
    return named | {name.replace("_", "-"): part for name, part in changed.items()}


def test_a_file_goes_in_by_steps(client: Client, shop: Shop) -> None:
    path = _upload(client, list_name="Bari").headers["Location"]
    assert "Cellulare" in _text(client, path)
    before = Contact.objects.using("owner").count()

    client.post(path, _columns(_the_import()))
    ready = _text(client, path)
    assert "Importa 2 contatti" in ready
    assert "le cifre sono perse" in ready
    assert Contact.objects.using("owner").count() == before
    client.post(f"{path}progress")

    found = _the_import()
    assert (found.state, found.table, found.fits) == ("done", {}, [])
    counts = {name: found.counts.get(name) for name in ("created", "merged", "rejected", "granted")}
    assert counts == {"created": 2, "merged": 1, "rejected": 1, "granted": 1}
    ada = Contact.objects.using("owner").get(wa_id="393470001111")
    assert (ada.name, ada.properties) == ("Ada", {"Città": "Bari"})
    (line,) = _lines(ada)
    assert (line.source, line.proof["import"], line.proof["row"]) == ("import", found.pk, 2)
    assert ContactList.objects.using("owner").get().listmember_set.using("owner").count() == 2
    assert "importazione è finita" in _text(client, path)


def test_a_long_file_goes_in_by_chunks(
    client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sportello.console.contacts.running.AT_ONCE", 2)
    rows = "Tel\n" + "".join(f"347000{n:04}\n" for n in range(5))
    path = _upload(client, rows).headers["Location"]
    client.post(path, _columns(_the_import()))

    steps = [client.post(f"{path}progress", headers={"hx-request": "true"}) for _ in range(3)]

    assert ["2 contatti" in one.content.decode() for one in steps[:1]] == [True]
    assert steps[2].headers["HX-Redirect"] == path
    assert _the_import().counts["created"] == 5


@pytest.mark.parametrize("declared", ["", "lista comprata da un'agenzia"])
def test_a_list_of_unknown_or_bought_origin_stays_outside(client: Client, declared: str) -> None:
    answered = _upload(client, provenance=declared)

    assert answered.status_code == 422
    assert ContactImport.objects.using("owner").count() == 0


@pytest.mark.parametrize("content", ["", "PK\x03\x04x", "solo\n"])
def test_an_unfit_file_comes_back_with_the_reason(client: Client, content: str) -> None:
    assert _upload(client, content).status_code == 422


def test_somebody_must_say_which_column_is_the_number(client: Client, shop: Shop) -> None:
    path = _upload(client, "Nome;Codice\nAda;3470001111\n").headers["Location"]

    refused = client.post(path, _columns(_the_import()))
    accepted = client.post(path, _columns(_the_import(), column_1="phone"))

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert _the_import().total == 1


def test_errors_come_as_a_file_without_formulas(client: Client, shop: Shop) -> None:
    path = _upload(client, 'Tel;Nome\n"=1+2";Ada\n3470001111;Ivo\n').headers["Location"]
    client.post(path, _columns(_the_import()))

    answered = client.get(f"{path}errors")

    lines = answered.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2;'=1+2;")


def test_an_import_that_is_done_is_not_written_again(client: Client, shop: Shop) -> None:
    path = _upload(client).headers["Location"]
    client.post(path, _columns(_the_import()))
    client.post(f"{path}progress")
    kept = _the_import().counts

    client.post(f"{path}progress")
    client.post(path, {"column-0": "phone"})

    assert _the_import().counts == kept


def test_a_stranger_sees_neither_contact_nor_import(
    client: Client, bea: Contact, stranger: Shop
) -> None:
    path = _upload(client).headers["Location"]
    other = signed_in(stranger)

    paths = [f"/contacts/{bea.pk}/", f"/contacts/{bea.pk}/withdrawal", path, f"{path}errors"]
    assert {other.get(one).status_code for one in paths} == {404}
    assert {client.get(one).status_code for one in paths} == {200}
    assert "Nera" not in _text(other, "/contacts/")
