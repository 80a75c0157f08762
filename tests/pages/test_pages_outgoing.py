"""Outgoing webhooks in the settings: kept, the secret shown once, tried, told again, removed."""

import re
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from sportello.schema.audit import AuditEntry
from sportello.schema.models import Delivery, Endpoint, News
from sportello.store import vault
from sportello.store.vault import endpoint_secret_place
from tests.pages.conftest import NOW
from tests.pages.shop import Shop

_ENDPOINT: dict[str, Any] = {
    "url": "https://crm.example/hook",
    "note": "Il CRM",
    "events": ["message.received", "consent.withdrawn"],
    "enabled": "on",
}


def _made(client: Client) -> tuple[Endpoint, str]:
    page = client.post("/settings/webhooks/new", _ENDPOINT).content.decode()
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)
    return Endpoint.objects.using("owner").get(), secret


def _failed(row: Endpoint) -> Delivery:
    news = News.objects.using("owner").create(
        workspace=row.workspace,
        uid="evt_1",
        kind="message.received",
        matter={"message": {"text": "<b>Ciao</b>"}},
        at=NOW,
    )
    return Delivery.objects.using("owner").create(
        workspace=row.workspace, endpoint=row, news=news, state="failed", attempts=10,
        status=500, why="failed_there", answer="<script>", settled_at=NOW,
    )  # fmt: skip


def test_an_endpoint_shows_its_secret_once_and_signs_with_the_old_one_for_a_while(
    client: Client, shop: Shop, django_database: str
) -> None:
    row, secret = _made(client)
    page = f"/settings/webhooks/{row.pk}/"
    assert secret not in client.get(page).content.decode()

    again = client.post(f"{page}secret").content.decode()

    (newer,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", again)
    with psycopg.connect(django_database) as owner:
        found = owner.execute(
            "SELECT sealed, expires_at IS NULL FROM sportello_endpointsecret ORDER BY id"
        ).fetchall()
    key, place = vault.key_of(str(settings.SECRET_KEY)), endpoint_secret_place(row.pk)
    opened = [(vault.unseal(key, bytes(sealed), place), current) for sealed, current in found]
    assert opened == [(secret, False), (newer, True)]
    noted = AuditEntry.objects.using("owner").filter(thing="endpointsecret")
    assert noted.exists()
    assert secret not in str(list(AuditEntry.objects.using("owner").values()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "crm.example"},
        {"url": "https://user:pass@crm.example"},
        {"events": []},
        {"events": ["endpoint.test"]},
        {"note": "x" * 121},
    ],
)
def test_what_cannot_be_told_is_not_kept(client: Client, shop: Shop, wrong: dict[str, Any]) -> None:
    assert client.post("/settings/webhooks/new", _ENDPOINT | wrong).status_code == 422
    assert not Endpoint.objects.using("owner").exists()


def test_a_test_is_sent_once_and_the_list_looks_again_until_it_has_an_end(
    client: Client, shop: Shop
) -> None:
    row, _secret = _made(client)
    page = f"/settings/webhooks/{row.pk}/"

    client.post(f"{page}trial")

    sent = Delivery.objects.using("owner").select_related("news").get()
    assert (sent.trial, sent.state, sent.news.kind) == (True, "queued", "endpoint.test")
    fragment = client.get(f"{page}deliveries").content.decode()
    assert "every 2s" in fragment
    assert "<html" not in fragment
    Delivery.objects.using("owner").update(state="delivered", status=204, settled_at=NOW)
    assert "every 2s" not in client.get(f"{page}deliveries").content.decode()


def test_what_failed_is_shown_and_told_again_one_by_one_or_all(client: Client, shop: Shop) -> None:
    row, _secret = _made(client)
    page = f"/settings/webhooks/{row.pk}/"
    delivery = _failed(row)
    shown = client.get(f"{page}?state=failed").content.decode()
    assert "&lt;b&gt;Ciao&lt;/b&gt;" in shown
    assert "&lt;script&gt;" in shown

    client.post(f"{page}deliveries/{delivery.pk}/replay")
    delivery.refresh_from_db(using="owner")
    assert (delivery.state, delivery.attempts) == ("queued", 0)
    assert client.post(f"{page}replay", {"since": "ieri"}).status_code == 422
    client.post(f"{page}replay", {"since": "2026-11-20T08:00"})

    row.refresh_from_db(using="owner")
    assert row.replay_since is not None
    assert row.replay_since.isoformat() == "2026-11-20T07:00:00+00:00"  # Rome's clock was meant


def test_who_was_switched_off_is_told_why_and_begins_anew_when_switched_on(
    client: Client, shop: Shop
) -> None:
    row, _secret = _made(client)
    page = f"/settings/webhooks/{row.pk}/"
    Endpoint.objects.using("owner").update(
        enabled=False, disabled_why="failing", disabled_at=NOW, failing_since=NOW
    )

    assert "Per tre giorni" in client.get(page).content.decode()
    assert "Spenta: non arriva nulla" in client.get("/settings/webhooks").content.decode()
    client.post(f"{page}replay", {"since": "2026-11-20T08:00"})
    assert Endpoint.objects.using("owner").get().replay_since is None
    client.post(page, _ENDPOINT)

    row.refresh_from_db(using="owner")
    assert (row.enabled, row.disabled_why, row.failing_since) == (True, "", None)


def test_a_removed_endpoint_takes_its_secret_and_deliveries_along(
    client: Client, shop: Shop, django_database: str
) -> None:
    row, _secret = _made(client)
    _failed(row)

    client.post(f"/settings/webhooks/{row.pk}/removal")

    with psycopg.connect(django_database) as owner:
        left = owner.execute(
            "SELECT (SELECT count(*) FROM sportello_endpoint),"
            " (SELECT count(*) FROM sportello_endpointsecret),"
            " (SELECT count(*) FROM sportello_delivery)"
        ).fetchone()
    assert left == (0, 0, 0)
