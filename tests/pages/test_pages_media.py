"""Files of a chat are handed out with distrust, whole or in pieces."""

import pytest
from django.test import Client

from sportello.schema.models import Media
from tests.pages.shop import PIXEL, Shop


def test_a_picture_is_shown_and_may_do_nothing(client: Client, shop: Shop) -> None:
    picture = Media.objects.using("owner").get(mime_type="image/png")

    answer = client.get(f"/conversations/media/{picture.pk}")

    assert b"".join(answer.streaming_content) == PIXEL
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("mime_type", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_what_a_browser_might_run_is_a_download(client: Client, shop: Shop, mime_type: str) -> None:
    Media.objects.using("owner").update(mime_type=mime_type)
    file = Media.objects.using("owner").get(filename="ricevuta ordine A-2041.pdf")

    answer = client.get(f"/conversations/media/{file.pk}")
    answer.close()

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("bytes=0-", 206, "bytes 0-{last}/{size}"),
        ("bytes=4-9", 206, "bytes 4-9/{size}"),
        ("bytes=-3", 206, "bytes {tail}-{last}/{size}"),
        ("bytes=100000-", 416, "bytes */{size}"),
        ("bytes=-", 200, ""),
        ("bytes=1-2,5-6", 200, ""),
    ],
)
def test_a_player_asks_for_it_in_pieces(
    client: Client, shop: Shop, asked: str, status: int, told: str
) -> None:
    picture = Media.objects.using("owner").get(mime_type="image/png")
    size = len(PIXEL)

    answer = client.get(f"/conversations/media/{picture.pk}", headers={"range": asked})

    assert answer.status_code == status
    places = told.format(size=size, last=size - 1, tail=size - 3)
    assert answer.headers.get("Content-Range", "") == places
    assert answer.headers["Accept-Ranges"] == "bytes"
    content = answer.getvalue()
    if status == 206:
        first, last = places.removeprefix("bytes ").partition("/")[0].split("-")
        assert content == PIXEL[int(first) : int(last) + 1]


def test_it_is_fetched_once_and_pages_are_fetched_each_time(client: Client, shop: Shop) -> None:
    picture = Media.objects.using("owner").get(mime_type="image/png")
    answer = client.get(f"/conversations/media/{picture.pk}")
    answer.close()

    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert client.get("/conversations/").headers["Cache-Control"] == "no-store"


def test_a_file_that_is_not_there_is_not_found(client: Client, shop: Shop) -> None:
    Media.objects.using("owner").update(state="wanted")
    file = Media.objects.using("owner").first()
    assert file is not None

    assert client.get(f"/conversations/media/{file.pk}").status_code == 404
