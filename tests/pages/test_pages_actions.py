"""Actions in the settings: written, tried, listed with what came of them, removed for good."""

import psycopg
import pytest
from django.test import Client

from sportello.schema.models import Action, ActionRun, Membership
from sportello.store import vault
from tests.pages.shop import Shop

_ACTION = {
    "enabled": "on",
    "name": "Annulla l'ordine",
    "purpose": "The customer wants to cancel.",
    "writes": "on",
    "url": "https://orders.example/cancel",
    "header": "Authorization",
    "secret": "Bearer very-secret-1234",
    "values": "order | MV-#### | Quale ordine?\nwhy | errore, ripensamento | Perché?\n"
    "note | words | ?",
    "reply": "Fatto: {order.code}.",
}


def _row() -> Action:
    return Action.objects.using("owner").get()


def test_an_action_is_kept_with_a_secret_that_no_page_shows(
    client: Client, shop: Shop, django_database: str
) -> None:
    answer = client.post("/assistant/actions/new", _ACTION)

    row = _row()
    assert answer.status_code == 302
    assert [one["kind"] for one in row.parameters] == ["mask", "choice", "words"]
    assert (row.enabled, row.writes, row.secret_last4) == (True, True, "1234")
    with psycopg.connect(django_database) as owner:
        (sealed,) = owner.execute("SELECT sealed FROM sportello_actionsecret").fetchone() or ()
    key = vault.key_of(_secret_key())
    assert (
        vault.unseal(key, bytes(sealed), vault.action_secret_place(row.pk))
        == "Bearer very-secret-1234"
    )
    shown = client.get(f"/assistant/actions/{row.pk}").content.decode()
    assert "very-secret" not in shown
    assert "order | MV-#### | Quale ordine?" in shown
    assert "why | errore, ripensamento | Perché?" in shown


def _secret_key() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "orders.example"},
        {"url": "https://user:pass@orders.example"},
        {"header": "Host"},
        {"header": "X: y"},
        {"header": ""},
        {"values": "customer | number | Quale numero?"},
        {"values": "order | MV | Quale?"},
        {"values": "order | number"},
        {"values": "a | number | ?\na | number | ?"},
        {"reply": ""},
        {"name": "none"},
    ],
)
def test_what_cannot_be_called_is_not_kept(
    client: Client, shop: Shop, wrong: dict[str, str]
) -> None:
    assert client.post("/assistant/actions/new", _ACTION | wrong).status_code == 422
    assert not Action.objects.using("owner").exists()


def test_another_address_wants_the_secret_anew(client: Client, shop: Shop) -> None:
    client.post("/assistant/actions/new", _ACTION)
    page = f"/assistant/actions/{_row().pk}"
    moved = _ACTION | {"url": "https://elsewhere.example/", "secret": ""}

    assert client.post(page, moved).status_code == 422
    assert client.post(page, _ACTION | {"secret": "", "name": "Annulla"}).status_code == 302
    assert (_row().name, _row().secret_last4) == ("Annulla", "1234")


def test_a_trial_waits_for_the_worker_and_shows_what_came_of_it(client: Client, shop: Shop) -> None:
    client.post("/assistant/actions/new", _ACTION)
    page = f"/assistant/actions/{_row().pk}"
    tried = {"try-wa_id": "+39 333 1234567", "try-value_order": "MV-1042",
             "try-value_why": "errore", "try-value_note": "al portiere"}  # fmt: skip

    assert client.post(f"{page}/trial", tried | {"try-value_order": "x"}).status_code == 422
    assert client.post(f"{page}/trial", tried | {"try-wa_id": "x"}).status_code == 422
    assert client.post(f"{page}/trial", tried).status_code == 302
    run = ActionRun.objects.using("owner").get()
    assert (run.state, run.wa_id, run.values["order"]) == ("waiting", "393331234567", "MV-1042")
    waiting = client.get(f"{page}/runs/{run.pk}").content.decode()
    assert "tries=1" in waiting
    ActionRun.objects.using("owner").update(state="failed", why="forbidden_address")

    assert "SPORTELLO_PRIVATE_HOSTS" in client.get(page).content.decode()


def test_a_removed_action_takes_its_secret_and_its_log_along(
    client: Client, shop: Shop, django_database: str
) -> None:
    client.post("/assistant/actions/new", _ACTION)

    assert client.post(f"/assistant/actions/{_row().pk}/removal").status_code == 302

    with psycopg.connect(django_database) as owner:
        assert owner.execute("SELECT count(*) FROM sportello_actionsecret").fetchone() == (0,)
    assert client.get("/assistant/actions").status_code == 200


def test_an_operator_looks_and_changes_nothing(client: Client, shop: Shop) -> None:
    client.post("/assistant/actions/new", _ACTION)
    Membership.objects.using("owner").update(role="operator")

    assert client.get(f"/assistant/actions/{_row().pk}").status_code == 200
    assert client.post("/assistant/actions/new", _ACTION).status_code == 403
    for deed in ("removal", "trial"):
        assert client.post(f"/assistant/actions/{_row().pk}/{deed}").status_code == 403
