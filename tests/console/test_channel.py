"""What people and scripts ask about numbers, and what the pages tell of them."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import override_settings

from sportello.console.channel.unblocking import gathered, letter
from sportello.schema.models import (
    AppSecret,
    Campaign,
    Connection,
    ConnectionStep,
    ConsentEvent,
    Examination,
    Message,
    Number,
    PlatformEvent,
    Unblocking,
)
from sportello.schema.team import Role
from sportello.store import vault
from tests.console.conftest import NOW, ApiClient, Clock, Company, new_client

_TOKEN = "EAAG" + "t" * 40


@pytest.fixture(autouse=True)
def plain_static_files() -> Iterator[None]:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield


def _as(company: Company, role: Role) -> Any:
    client = new_client()
    client.force_login(company.person(role))
    return client


def test_credentials_are_sealed_and_the_console_cannot_read_them_back(
    api: ApiClient, acme: Company, database: str, console_url: str
) -> None:
    made = api.post("/channel/connect", {"token": _TOKEN, "waba_id": "100000000000001"})

    assert made.status_code == 202, made.json()
    assert made.json()["steps"][0]["name"] == "token"
    with psycopg.connect(database) as owner:
        rows = owner.execute("SELECT name, sealed FROM sportello_connectionsecret").fetchall()
    ((name, sealed),) = rows
    key = vault.key_of(settings.SECRET_KEY)
    assert vault.unseal(key, sealed, vault.secret_place(made.json()["id"], name)) == _TOKEN
    with (
        psycopg.connect(console_url) as console,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        console.execute("SELECT sealed FROM sportello_connectionsecret")
    told = api.get(f"/channel/connections/{made.json()['id']}").json()
    assert (told["state"], _TOKEN in str(told)) == ("running", False)
    assert AppSecret.objects.using("owner").count() == 0


def test_either_a_code_or_a_token(api: ApiClient, acme: Company) -> None:
    refused = api.post("/channel/connect", {"waba_id": "100000000000001"})

    assert (refused.status_code, refused.json()["reason"]) == (422, "code_or_token")


def test_disconnecting_stops_the_number_at_once_and_one_thing_goes_on_at_a_time(
    api: ApiClient, acme: Company
) -> None:
    made = api.post("/channel/disconnect", {})

    number = Number.objects.using("owner").get(pk=acme.number.pk)
    assert made.status_code == 202
    assert (number.status, number.paused_why) == ("disconnected", "disconnected")
    again = api.post("/channel/reconnect", {})
    assert (again.status_code, again.json()["reason"]) == (409, "going_on")


def test_the_campaigns_that_it_pauses_are_named_before(acme: Company, at: Clock) -> None:
    rows = Campaign.objects.using("owner")
    for name, state in (("Saldi", "running"), ("Natale", "scheduled"), ("Finita", "completed")):
        rows.create(
            workspace=acme.workspace, number=acme.number, name=name, state=state, content={},
            planned=state != "scheduled",
        )  # fmt: skip

    client, where = _as(acme, Role.OWNER), f"/channel/numbers/{acme.number.pk}/disconnection"
    page = client.get(where)
    client.post(where)

    said = page.content.decode()
    assert [name in said for name in ("“Saldi”", "“Natale”", "“Finita”")] == [True, True, False]
    states = rows.order_by("pk").values_list("state", "paused_why")
    assert [*states] == [("paused", "account"), ("paused", "account"), ("completed", "")]


def test_the_profile_is_changed_by_what_differs(api: ApiClient, acme: Company) -> None:
    Number.objects.using("owner").update(profile={"email": "a@x.example", "vertical": "RETAIL"})

    made = api.patch("/channel/profile", {"email": "a@x.example", "about": "Aperti"})

    assert made.status_code == 202, made.json()
    row = Connection.objects.using("owner").get(pk=made.json()["id"])
    assert row.facts["wish"] == {"about": "Aperti"}
    assert api.get("/channel/profile").json()["complete_percent"] == 20


@pytest.mark.parametrize("page", ["connect", "connect/dialogue", "connect/credentials"])
def test_only_administrators_connect(acme: Company, at: Clock, page: str) -> None:
    assert _as(acme, Role.OPERATOR).get(f"/channel/{page}").status_code == 403
    assert _as(acme, Role.OWNER).get(f"/channel/{page}").status_code == 200


def test_the_window_s_page_lets_meta_s_script_run_and_no_other(acme: Company, at: Clock) -> None:
    answered = _as(acme, Role.OWNER).get("/channel/connect/dialogue")

    policy = answered.headers["Content-Security-Policy"]
    (scripts,) = [part for part in policy.split("; ") if part.startswith("script-src")]
    assert scripts == "script-src 'self' https://connect.facebook.net"
    assert answered.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"


def test_a_step_that_failed_says_why_and_asks_for_what_is_missing(acme: Company, at: Clock) -> None:
    row = Connection.objects.using("owner").create(
        workspace=acme.workspace, kind="reconnect", number=acme.number, state="stopped"
    )
    ConnectionStep.objects.using("owner").create(
        workspace=acme.workspace, connection=row, place=1, name="register",
        state="failed", error={"kind": "pin_wrong", "code": 133005, "said": "<b>no</b>"},
    )  # fmt: skip
    client = _as(acme, Role.OWNER)

    page = client.get(f"/channel/connections/{row.pk}/").content.decode()
    assert "This is not the number&#x27;s PIN." in page
    assert ("133005" in page, "<b>no</b>" in page) == (True, False)

    client.post(f"/channel/connections/{row.pk}/continuation", {"pin": "135790"})

    row.refresh_from_db(using="owner")
    assert (row.state, row.attempts) == ("running", 0)


def test_what_a_block_holds_says_so_and_bars_no_disconnection(acme: Company, at: Clock) -> None:
    numbers, client = Number.objects.using("owner"), _as(acme, Role.OWNER)
    begun = client.post(f"/channel/numbers/{acme.number.pk}/repair").headers["Location"]
    numbers.update(status="banned")

    held = client.get(begun).content.decode()
    gone = client.post(f"/channel/numbers/{acme.number.pk}/disconnection").headers["Location"]

    assert "Held by Meta's block" in held
    assert "Give up" in held
    rows = Connection.objects.using("owner").order_by("pk")
    assert [*rows.values_list("kind", "state")] == [
        ("repair", "given_up"),
        ("disconnect", "running"),
    ]
    assert gone.endswith(f"/{rows[1].pk}/")


@pytest.mark.parametrize("what", ["repair", "profile"])
def test_before_an_administrator_s_word_nothing_is_begun_that_would_wait_for_it(
    acme: Company, at: Clock, what: str
) -> None:
    numbers = Number.objects.using("owner")
    numbers.update(status="banned")
    numbers.update(status="connected")
    assert numbers.get(pk=acme.number.pk).paused_why == "blocked"
    client = _as(acme, Role.OWNER)

    client.post(f"/channel/numbers/{acme.number.pk}/{what}", {"description": "Biciclette"})

    assert "let it go on first" in client.get("/channel/").content.decode()
    assert not Connection.objects.using("owner").exists()


def test_sending_goes_on_by_an_administrator_s_word_and_not_before_meta_s(
    acme: Company, at: Clock
) -> None:
    numbers = Number.objects.using("owner")
    numbers.update(status="banned", paused_why="blocked", paused_at=NOW)
    path = f"/channel/numbers/{acme.number.pk}/resumption"

    _as(acme, Role.OWNER).post(path)
    assert numbers.get(pk=acme.number.pk).paused_why == "blocked"

    numbers.update(status="connected")
    assert _as(acme, Role.OPERATOR).post(path).status_code == 403
    _as(acme, Role.OWNER).post(path)
    assert numbers.get(pk=acme.number.pk).paused_why == ""


def test_the_request_tells_the_ledger_in_both_languages_and_is_counted(
    acme: Company, at: Clock
) -> None:
    Message.objects.using("owner").create(
        workspace=acme.workspace, conversation=acme.conversation, origin="campaign",
        type="template", status="read", at=NOW,
    )  # fmt: skip
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace, contact=acme.anna, action="grant", source="form",
        text="Sì, scrivetemi", at=NOW,
    )  # fmt: skip
    for category in ("marketing", "utility"):
        ConsentEvent.objects.using("owner").create(
            workspace=acme.workspace, contact=acme.anna, action="withdraw", source="keyword",
            category=category, text="STOP", at=NOW,
        )  # fmt: skip
    PlatformEvent.objects.using("owner").create(
        workspace=acme.workspace, waba_id=acme.number.waba_id, field="account_update",
        value={"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
        digest="1", at=NOW,
    )  # fmt: skip
    with acme.inside():
        facts = gathered(Number.objects.get(pk=acme.number.pk), NOW)
        italian, english = (letter(facts, "Lista ripulita", code) for code in ("it", "en"))

    assert (facts.people, facts.with_consent, facts.read) == (1, 1, 1)
    # Whoever asks to stop is told so, and may still be told of an order.
    assert facts.stops == 1
    assert "1 person asked for no more promotional messages, and gets none since." in english
    assert "consenso registrato" in italian
    assert "recorded consent" in english
    assert "Meta sees a breach of its rules · SPAM" in english
    assert "SPAM" in italian
    assert "- Lista ripulita" in english
    assert acme.number.waba_id in italian

    client = _as(acme, Role.OWNER)
    client.post(f"/channel/numbers/{acme.number.pk}/unblocking", {"corrected": "Lista"})
    assert Unblocking.objects.using("owner").get().corrected == "Lista"
    page = client.get(f"/channel/numbers/{acme.number.pk}/unblocking").content.decode()
    assert '<strong class="num">1</strong>' in page


@pytest.mark.parametrize(
    ("error", "heading", "words"),
    [
        ({"code": 100, "said": "x"}, "Meta did not accept it", "(100)"),
        ({"code": None, "said": "account_blocked"}, "It was not done", "the block comes first"),
        ({"code": None, "said": "turned_away"}, "It was not done", "Meta saw nothing"),
    ],
)
def test_who_did_not_do_it_is_said(
    acme: Company, at: Clock, error: dict[str, Any], heading: str, words: str
) -> None:
    row = Examination.objects.using("owner").create(
        workspace=acme.workspace, number=acme.number, subject="number",
        subject_id=acme.number.pk, state="done", deed_error=error, asked_at=NOW, done_at=NOW,
    )  # fmt: skip

    page = _as(acme, Role.OWNER).get(f"/doctor/{row.pk}").content.decode()

    assert f"<strong>{heading}</strong>" in page
    assert words in page
