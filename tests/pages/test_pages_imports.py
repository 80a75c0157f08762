"""The pages of imports: a file goes in step by step, and a worker does what takes long."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.schema.imports import ContactImport, ImportPart
from sportello.schema.people import ConsentEvent, Contact, ContactList
from sportello.schema.properties import PropertyName
from tests.pages.conftest import signed_in
from tests.pages.shop import Shop
from tests.workers.taking import work

_WHERE = "Clienti del negozio di Bari, modulo alla cassa"
_ROWS = (
    "Nome;Cellulare;Città;Testo consenso;Data consenso\n"
    "Ada;347 000 1111;Bari;Sì alle offerte;20/11/2026\n"
    "Ada B.;+39 347 0001111;;;\n"
    "Ivo;347 000 2222;Bari;;\n"
    "Eva;3,9E+11;=Bari;Sì alle offerte;20/11/2026\n"
)


class Desk:
    """A member with a browser, and a worker that works when it is told to."""

    def __init__(self, client: Client, url: str, folder: Path) -> None:
        self.client, self._url, self._folder = client, url, folder
        self.path = ""

    def upload(self, content: str = _ROWS, **fields: Any) -> Any:
        file = SimpleUploadedFile("clienti.csv", content.encode("cp1252"), "text/csv")
        given = {"file": file, "provenance": _WHERE, **fields}
        answered = self.client.post("/contacts/imports/", given)
        self.path = answered.headers.get("Location", "")
        return answered

    def work(self) -> None:
        asyncio.run(work(self._url, self._folder))

    def map(self, **changed: str) -> Any:
        """As guessed, but for what is named: `column_1`, `kind_2`, `country`."""
        page = self.text()
        named = {}
        for place in range(page.count('<select class="form-select" id="column-')):
            for kind in ("column", "kind"):
                options = page.split(f'name="{kind}-{place}"')[1].split("</select>")[0]
                named[f"{kind}-{place}"] = options.split(" selected")[0].split('value="')[-1][:-1]
        return self.client.post(
            self.path, named | {name.replace("_", "-"): what for name, what in changed.items()}
        )

    def text(self) -> str:
        answered = self.client.get(self.path)
        assert answered.status_code == 200
        return answered.content.decode()

    def row(self) -> ContactImport:
        return ContactImport.objects.using("owner").latest("pk")

    def bring_in(self, content: str = _ROWS, **fields: Any) -> None:
        self.upload(content, **fields)
        self.work()
        self.map()
        self.client.post(f"{self.path}start")
        self.work()


@pytest.fixture
def desk(client: Client, shop: Shop, django_database: str, tmp_path: Path) -> Desk:
    return Desk(client, django_database, tmp_path)


def test_a_file_goes_in_by_steps(desk: Desk, shop: Shop) -> None:
    desk.upload(list_name="Bari")
    assert "Il file viene letto" in desk.text()
    desk.work()
    assert "347 000 1111" in desk.text()
    before = Contact.objects.using("owner").count()

    desk.map()
    ready = desk.text()
    assert "Importa 4 righe" in ready
    assert "le cifre sono perse" in ready
    assert Contact.objects.using("owner").count() == before
    desk.client.post(f"{desk.path}start")
    assert "Importazione in corso" in desk.text()
    desk.work()

    found = desk.row()
    counts = {name: found.counts.get(name) for name in ("created", "merged", "rejected", "granted")}
    assert (found.state, counts) == (
        "done", {"created": 2, "merged": 1, "rejected": 1, "granted": 1},
    )  # fmt: skip
    ada = Contact.objects.using("owner").get(wa_id="393470001111")
    assert (ada.name, ada.properties) == ("Ada", {"Città": "Bari"})
    line = ConsentEvent.objects.using("owner").get(contact=ada)
    assert (line.source, line.proof["import"], line.proof["row"]) == ("import", found.pk, 2)
    assert ContactList.objects.using("owner").get().listmember_set.using("owner").count() == 2
    assert ImportPart.objects.using("owner").count() == 0
    assert "importazione è finita" in desk.text()
    assert PropertyName.objects.using("owner").get().name == "Città"


def test_progress_is_asked_for_until_the_step_is_over(desk: Desk) -> None:
    desk.upload()
    reading = desk.client.get(f"{desk.path}progress")
    desk.work()
    over = desk.client.get(f"{desk.path}progress")

    assert "every 1s" in reading.content.decode()
    assert over.headers["HX-Redirect"] == desk.path


@pytest.mark.parametrize("declared", ["", "lista comprata da un'agenzia"])
def test_a_list_of_unknown_or_bought_origin_stays_outside(desk: Desk, declared: str) -> None:
    answered = desk.upload(provenance=declared)

    assert answered.status_code == 422
    assert ContactImport.objects.using("owner").count() == 0


def test_the_lists_stand_there_to_be_ticked(client: Client, shop: Shop) -> None:
    made = ContactList.objects.using("owner").create(workspace=shop.workspace, name="<Amici>")

    page = client.get("/contacts/imports/").content.decode()

    box = page.partition('name="lists"')[2].partition("</label>")[0]
    assert f'value="{made.pk}"' in box
    assert "checked" not in box
    assert "&lt;Amici&gt;" in box


def test_an_unfit_file_is_told_with_its_reason(desk: Desk) -> None:
    desk.upload("PK\x03\x04x")
    desk.work()

    assert "non si legge come tabella" in desk.text()


def test_somebody_must_say_which_column_is_the_number(desk: Desk) -> None:
    desk.upload("Nome;Codice\nAda;3470001111\n")
    desk.work()

    refused = desk.map()
    accepted = desk.map(column_1="phone")

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert desk.row().state == "ready"


def test_numbers_without_a_prefix_are_of_the_country_that_is_said(desk: Desk) -> None:
    desk.upload("Nome;Cellulare\nUwe;0151 23456789\n")
    desk.work()
    desk.map(country="DE")
    desk.client.post(f"{desk.path}start")
    desk.work()

    assert Contact.objects.using("owner").filter(wa_id="4915123456789").exists()


def test_errors_come_as_rows_of_the_file_without_formulas(desk: Desk) -> None:
    desk.bring_in()

    answered = desk.client.get(f"{desk.path}errors")

    lines = answered.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Riga;Che cosa non va;Nome;Cellulare;Città;Testo consenso;Data consenso"
    assert lines[1].startswith("5;")
    assert lines[1].endswith(";Eva;3,9E+11;'=Bari;Sì alle offerte;20/11/2026")


def test_an_import_that_is_done_is_not_written_again(desk: Desk) -> None:
    desk.bring_in()
    kept = desk.row().counts

    desk.client.post(f"{desk.path}start")
    desk.client.post(desk.path, {"column-0": "phone"})
    desk.client.post(f"{desk.path}cancel")
    desk.work()

    assert (desk.row().counts, desk.row().state) == (kept, "done")


def test_a_file_that_is_thrown_away_leaves_nothing(desk: Desk) -> None:
    desk.upload()
    desk.work()

    desk.client.post(f"{desk.path}cancel")

    assert (desk.row().state, desk.row().sample) == ("cancelled", {})
    assert ImportPart.objects.using("owner").count() == 0


def test_a_stranger_sees_no_import(desk: Desk, stranger: Shop) -> None:
    desk.bring_in()
    other = signed_in(stranger)

    paths = [desk.path, f"{desk.path}errors", f"{desk.path}progress"]
    assert {other.get(one).status_code for one in paths} == {404}
