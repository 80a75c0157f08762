"""Pairs from files and rows: good rows come in, bad ones are told, nothing is doubled."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from sportello.schema.models import Pair
from sportello.schema.team import Role
from tests.console.conftest import ApiClient, Clock, Company, new_client

_FILE = (
    "Domanda;Risposta;Varianti;Lingua;In uso\n"
    "Orari?;Dalle 9 alle 18.;A che ora aprite?|Siete aperti oggi?;it;sì\n"
    "Parking?;Yes, behind the house.;;en;no\n"
    ";Senza domanda.;;;\n"
    "Orari?;Un'altra risposta.;;it;\n"
    "Reso?;Entro 30 giorni.;;klingon;\n"
)


def _upload(company: Company, raw: bytes, **more: Any) -> Any:
    return new_client().post(
        "/api/v1/knowledge/pairs/import",
        {"file": SimpleUploadedFile("domande.csv", raw), **more},
        headers={"authorization": f"Bearer {company.key}", **more.pop("headers", {})},
    )


def test_a_file_brings_in_its_good_rows_and_names_the_bad_ones(
    settings_of_api: None, acme: Company, at: Clock
) -> None:
    told = _upload(acme, _FILE.encode("cp1252")).json()

    assert {name: told[name] for name in ("added", "changed", "unchanged", "rejected")} == {
        "added": 2, "changed": 0, "unchanged": 0, "rejected": 3,
    }  # fmt: skip
    assert [(error["row"], error["at"], error["code"]) for error in told["errors"]] == [
        (4, "question", "empty"),
        (5, "question", "twice"),
        (6, "language", "unknown"),
    ]
    first, second = Pair.objects.using("owner").order_by("pk")
    assert first.variants == ["A che ora aprite?", "Siete aperti oggi?"]
    assert (second.language, second.enabled) == ("en", False)


def test_a_file_imported_again_changes_what_was_corrected_and_doubles_nothing(
    settings_of_api: None, acme: Company, at: Clock
) -> None:
    _upload(acme, b"Orari?,Dalle 9.\nReso?,Entro 30 giorni.\n")
    Pair.objects.using("owner").update(indexed_at="2026-11-21T10:00:00Z")

    told = _upload(acme, b"orari?,Dalle 10.\nReso?,Entro 30 giorni.\n").json()

    assert (told["added"], told["changed"], told["unchanged"]) == (0, 1, 1)
    answers = {pair.answer: pair.indexed_at for pair in Pair.objects.using("owner").all()}
    assert answers.keys() == {"Dalle 10.", "Entro 30 giorni."}
    assert answers["Dalle 10."] is None


def test_rows_of_json_are_taken_as_well(api: ApiClient) -> None:
    rows = [{"question": "Orari?", "answer": "9-18"}, {"question": "Reso?", "answer": " "}]

    told = api.post("/knowledge/pairs/import", {"rows": rows}).json()

    assert (told["added"], told["errors"][0]["row"], told["errors"][0]["at"]) == (1, 2, "answer")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"Domanda\nOrari?\n", "columns_missing"),
        (b"a,b\n" * 5_002, "too_many_rows"),
        (b'a,"' + b"x" * 50_000, "not_a_table"),
    ],
)
def test_a_file_that_is_no_table_of_pairs_is_refused_with_a_reason(
    settings_of_api: None, acme: Company, at: Clock, raw: bytes, reason: str
) -> None:
    answered = _upload(acme, raw)

    assert (answered.status_code, answered.json()["reason"]) == (422, reason)
    assert not Pair.objects.using("owner").exists()


def test_a_file_sent_twice_with_one_key_is_imported_once(
    settings_of_api: None, acme: Company, at: Clock
) -> None:
    key = {"idempotency-key": "one"}
    first = _upload(acme, b"Orari?,9-18\n", headers=key)
    Pair.objects.using("owner").all().delete()

    again = _upload(acme, b"Orari?,9-18\n", headers=key)
    other = _upload(acme, b"Orari?,10-19\n", headers=key)

    assert again.json() == first.json()
    assert not Pair.objects.using("owner").exists()
    assert (other.status_code, other.json()["reason"]) == (422, "idempotency_key_reused")


@pytest.fixture
def plain_static_files() -> Iterator[None]:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield


def test_the_page_lists_the_rows_that_did_not_come_in(
    plain_static_files: None, acme: Company, at: Clock
) -> None:
    client = new_client()
    client.force_login(acme.person(Role.OPERATOR))
    file = SimpleUploadedFile("domande.csv", _FILE.encode())

    page = client.post("/knowledge/import", {"file": file, "language": "it"}).content.decode()

    assert "2 added, 0 changed, 0 known already." in page
    assert page.count("<tr><td") == 3
    assert "The same question stands in an earlier row." in page


def test_the_example_file_is_one_that_comes_in(
    plain_static_files: None, acme: Company, at: Clock
) -> None:
    client = new_client()
    client.force_login(acme.person(Role.OPERATOR))
    example = client.get("/knowledge/import/example").content

    file = SimpleUploadedFile("domande.csv", example)
    client.post("/knowledge/import", {"file": file, "language": "it"})

    pair = Pair.objects.using("owner").get()
    assert len(pair.variants) == 2
    assert json.dumps(pair.question) == '"Quali sono gli orari?"'
