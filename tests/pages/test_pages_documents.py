"""Documents and web pages as the console shows them, and what their buttons do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.schema.models import Document, Site
from tests.pages.holdings import holdings
from tests.pages.shop import Shop


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def _upload(client: Client, name: str, raw: bytes) -> int:
    told = {"file": SimpleUploadedFile(name, raw), "language": "it"}
    return client.post("/knowledge/documents/", told).status_code


def test_every_state_is_told_in_words(client: Client, shop: Shop) -> None:
    holdings(shop)

    page = _text(client, "/knowledge/documents/")

    for words in ("imparato", "in lettura", "in attesa", "non leggibile", "1 di 2 brani"):
        assert words in page, words
    assert "Non contiene testo." in page
    assert 'hx-trigger="every 2s"' in page


def test_a_settled_list_does_not_ask_for_itself(client: Client, shop: Shop) -> None:
    holdings(shop)
    Document.objects.using("owner").exclude(state__in=["ready", "failed"]).delete()

    assert "every 2s" not in _text(client, "/knowledge/documents/")


def test_a_new_version_of_a_file_waits_until_somebody_has_seen_what_changes(
    client: Client, shop: Shop
) -> None:
    known = holdings(shop)["ready"]

    assert _upload(client, known.filename, b"Resi entro 40 giorni.") == 302

    known.refresh_from_db(using="owner")
    assert (known.state, known.publishes_itself) == ("waiting", False)
    # As the worker keeps what it read: see `keep_draft`.
    draft = [["", "Resi entro 40 giorni.", ""]]
    Document.objects.using("owner").filter(pk=known.pk).update(state="review", draft=draft)
    assert "Resi entro 40 giorni." in _text(client, f"/knowledge/documents/{known.pk}/")
    before = known.sha256
    client.post(f"/knowledge/documents/{known.pk}/publication")
    known.refresh_from_db(using="owner")
    assert (known.state, known.sha256) == ("indexing", before)


def test_a_file_is_taken_in_once_and_a_new_version_takes_its_place(
    client: Client, shop: Shop
) -> None:
    assert _upload(client, "Orari.txt", b"Dalle 9.") == 302
    Document.objects.using("owner").update(state="ready")
    assert _upload(client, "Orari.txt", b"Dalle 9.") == 302
    assert Document.objects.using("owner").get().state == "ready"

    assert _upload(client, "Orari.txt", b"Dalle 10.") == 302

    document = Document.objects.using("owner").get()
    assert (document.title, document.state, bytes(document.content)) == (
        "Orari", "waiting", b"Dalle 10.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "raw"), [("a.exe", b"MZ"), ("a", b"x"), ("a.pdf", b"x" * (16 * 2**20 + 1))]
)
def test_a_file_that_cannot_be_taken_in_comes_back_with_the_reason(
    client: Client, shop: Shop, name: str, raw: bytes
) -> None:
    assert _upload(client, name, raw) == 422
    assert not Document.objects.using("owner").exists()


def test_a_change_is_seen_before_it_is_published(client: Client, shop: Shop) -> None:
    review = holdings(shop)["review"]

    page = _text(client, f"/knowledge/documents/{review.pk}/")
    assert page.count("is-added") == 3
    assert page.count("Questo suona come un ordine a una macchina") == 1
    assert page.count("is-removed") == 1
    client.post(f"/knowledge/documents/{review.pk}/publication")

    review.refresh_from_db(using="owner")
    assert (review.state, len(review.sha256)) == ("indexing", 64)


def test_a_change_may_be_left_aside(client: Client, shop: Shop) -> None:
    review = holdings(shop)["review"]

    client.post(f"/knowledge/documents/{review.pk}/refusal")

    review.refresh_from_db(using="owner")
    assert (review.state, review.draft) == ("ready", None)


def test_a_document_is_switched_off_read_again_and_deleted(client: Client, shop: Shop) -> None:
    ready = holdings(shop)["ready"]
    base = f"/knowledge/documents/{ready.pk}"

    client.post(f"{base}/use")
    client.post(f"{base}/reading")
    ready.refresh_from_db(using="owner")
    assert (ready.enabled, ready.state) == (False, "waiting")
    client.post(f"{base}/deletion")

    assert client.get(f"{base}/").status_code == 404


def test_a_site_and_a_page_are_added(client: Client, shop: Shop) -> None:
    form = {"url": "bottega.example", "pages_max": "30", "language": "it", "every_hours": "168"}

    client.post("/knowledge/pages/", form | {"whole_site": "on"})
    client.post("/knowledge/pages/", form | {"url": "https://bottega.example/faq#top"})

    site, page = Site.objects.using("owner").get(), Document.objects.using("owner").get()
    assert (site.url, site.pages_max, site.every_hours) == ("https://bottega.example/", 30, 168)
    assert (page.url, page.publishes_itself) == ("https://bottega.example/faq", False)


@pytest.mark.parametrize(
    "url",
    ["localhost", "ftp://a.example/", "http://a.example:8080/", "http://u:p@a.example/", "x y"],
)
def test_an_address_that_is_none_comes_back_with_the_reason(
    client: Client, shop: Shop, url: str
) -> None:
    form = {"url": url, "pages_max": "30", "language": "it", "every_hours": "0"}

    answer = client.post("/knowledge/pages/", form)

    assert answer.status_code == 422
    assert not Document.objects.using("owner").exists()


def test_all_pages_of_a_site_are_published_at_once_and_go_with_it(
    client: Client, shop: Shop
) -> None:
    review = holdings(shop)["review"]

    client.post(f"/knowledge/pages/sites/{review.site_id}/publication")
    review.refresh_from_db(using="owner")
    assert review.state == "indexing"
    client.post(f"/knowledge/pages/sites/{review.site_id}/deletion")

    review.refresh_from_db(using="owner")
    assert review.deleted_at is not None
