"""Documents, pages and sites by the API: taken in once, told how far they are, refused in words."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sportello.schema.models import Document
from tests.console.conftest import ApiClient, Clock, Company, new_client


def _upload(company: Company, name: str, raw: bytes) -> Any:
    return new_client().post(
        "/api/v1/knowledge/documents",
        {"file": SimpleUploadedFile(name, raw)},
        headers={"authorization": f"Bearer {company.key}"},
    )


def test_a_document_is_taken_in_once(settings_of_api: None, acme: Company, at: Clock) -> None:
    first = _upload(acme, "orari.md", b"# Orari\n\nDalle 9.")
    again = _upload(acme, "altro nome.md", b"# Orari\n\nDalle 9.")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["state"] == "waiting"
    assert first.json()["passages"] == {"found": 0, "total": 0, "seconds_left": 0}
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(("name", "raw"), [("a.exe", b"MZ"), ("a.txt", b"")])
def test_a_document_that_is_none_is_refused_with_a_reason(
    settings_of_api: None, acme: Company, at: Clock, name: str, raw: bytes
) -> None:
    answered = _upload(acme, name, raw)

    assert answered.status_code == 422
    assert answered.json()["reason"] in {"unknown_kind", "empty"}
    assert not Document.objects.using("owner").exists()


def test_why_a_document_failed_is_told_by_code_and_in_words(api: ApiClient, acme: Company) -> None:
    made = _upload(acme, "a.pdf", b"x").json()
    Document.objects.using("owner").update(state="failed", reason="damaged")

    told = api.get(f"/knowledge/documents/{made['id']}").json()

    assert (told["state"], told["reason"]) == ("failed", "damaged")
    assert told["reason_words"].startswith("The file is damaged.")


def test_a_page_waits_for_its_publication(api: ApiClient) -> None:
    made = api.post("/knowledge/pages", {"url": "acme.example/faq", "every_hours": 24}).json()
    path = f"/knowledge/pages/{made['id']}/publication"
    assert api.post(path).json()["reason"] == "nothing_to_publish"
    Document.objects.using("owner").update(state="review", draft=[["", "Dalle 9.", "Orari?"]])

    published = api.post(path).json()

    assert (made["url"], published["state"]) == ("https://acme.example/faq", "indexing")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://localhost/", "http://a.it:22/"])
def test_an_address_that_is_none_is_refused(api: ApiClient, url: str) -> None:
    assert api.post("/knowledge/pages", {"url": url}).status_code == 422
    assert api.post("/knowledge/sites", {"url": url}).status_code == 422
