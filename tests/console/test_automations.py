"""Automations by the API, and the address at which other systems call them."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from sportello.console.api import hooks
from sportello.schema.models import (
    Automation,
    ConsentEvent,
    Contact,
    Errand,
    ListMember,
    Message,
    Send,
)
from tests.console.conftest import (
    NOW,
    ApiClient,
    Clock,
    Company,
    make_charge,
    make_conversation,
    new_client,
)
from tests.console.test_campaigns import make_list, make_template

EVENT = {"order": {"id": "A-17", "phone": "347 765 4321", "who": "Carla Neri"}, "city": "Roma"}
FIELDS = {
    "phone": "order.phone",
    "name": "order.who",
    "event": "order.id",
    "properties": {"citta": "city"},
}


def asked(**more: Any) -> dict[str, Any]:
    return {
        "name": "Ordine spedito",
        "trigger": "webhook",
        "template": "offerta_autunno",
        "language": "it",
        "variables": {"1": "name"},
        "fields": FIELDS,
        **more,
    }


def running(api: ApiClient, company: Company, **more: Any) -> dict[str, Any]:
    make_template(company)
    made = api.post("/automations", asked(**more))
    assert made.status_code == 201, made.content
    started: dict[str, Any] = api.post(f"/automations/{made.json()['id']}/start").json()
    return started


def call(address: str, event: Any = EVENT, **headers: str) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event)
    return new_client().post(address, body, content_type="application/json", headers=headers)


def executions(api: ApiClient, one: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/automations/{one['id']}/executions").json()["items"]
    return found


def test_an_event_makes_a_contact_and_sets_it_off(api: ApiClient, acme: Company) -> None:
    one = running(api, acme)

    answered = call(one["address"])

    assert (answered.status_code, answered.json()["known"]) == (202, False)
    carla = Contact.objects.using("owner").get(wa_id="393477654321")
    assert (carla.name, carla.properties) == ("Carla Neri", {"citta": "Roma"})
    (execution,) = executions(api, one)
    assert (execution["contact"]["id"], execution["outcome"]) == (carla.pk, "waiting")


@pytest.mark.parametrize("repeats", [True, False])
def test_the_same_event_sets_it_off_once(api: ApiClient, acme: Company, repeats: bool) -> None:
    one = running(api, acme, repeats=repeats)

    first, again = call(one["address"]), call(one["address"])

    assert (again.status_code, again.json()) == (200, first.json() | {"known": True})


def test_another_event_sets_it_off_anew_where_each_counts(api: ApiClient, acme: Company) -> None:
    one = running(api, acme, repeats=True)

    call(one["address"], **{"Idempotency-Key": "a"})
    call(one["address"], **{"Idempotency-Key": "b"})
    call(one["address"], **{"Idempotency-Key": "b"})

    assert len(executions(api, one)) == 2


def test_an_event_alone_proves_no_consent(api: ApiClient, acme: Company) -> None:
    call(running(api, acme)["address"])

    assert not ConsentEvent.objects.using("owner").exists()


def test_with_its_words_and_their_place_it_does_but_brings_nobody_back(
    api: ApiClient, acme: Company
) -> None:
    words = {"consent_text": "Sì, voglio le offerte.", "consent_source": "modulo del sito"}
    one = running(api, acme, repeats=True, fields=FIELDS | {"consent": "ok"}, **words)

    call(one["address"], EVENT | {"ok": "no"}, **{"Idempotency-Key": "a"})
    without = ConsentEvent.objects.using("owner").count()
    call(one["address"], EVENT | {"ok": True}, **{"Idempotency-Key": "b"})
    line = ConsentEvent.objects.using("owner").get()
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace,
        contact=line.contact,
        action="withdraw",
        source="keyword",
        at=NOW + timedelta(minutes=1),
    )
    call(one["address"], EVENT | {"ok": True}, **{"Idempotency-Key": "c"})

    assert without == 0
    assert (line.action, line.source, line.text) == ("grant", "form", "Sì, voglio le offerte.")
    assert line.proof["given_by"] == "modulo del sito"
    assert ConsentEvent.objects.using("owner").count() == 2


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"no json", 400, "unreadable"),
        (b"[" * 60_000, 400, "unreadable"),
        (b"[1]", 400, "unreadable"),
        (b'{"order": {"phone": "\\ud800"}}', 422, "phone_missing"),
        (b'{"order": {"phone": "3.9E+11"}}', 422, "number_mangled"),
        (b'{"order": {"phone": "12"}}', 422, "wrong_phone"),
        (b'{"order": {"phone": ["347"]}}', 422, "phone_missing"),
        (b'{"x": "' + b"x" * hooks.EVENT_BYTES_MAX + b'"}', 413, None),
    ],
)
def test_what_cannot_be_taken_is_told_and_leaves_nothing(
    api: ApiClient, acme: Company, body: bytes, status: int, reason: str | None
) -> None:
    one = running(api, acme)

    refused = call(one["address"], body)

    assert (refused.status_code, refused.json().get("reason")) == (status, reason)
    assert not Errand.objects.using("owner").exists()


def test_an_address_opens_by_its_secret_alone(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    one = running(api, acme)
    front, secret = one["address"].rsplit("/", 1)
    renewed = api.post(f"/automations/{one['id']}/address").json()["address"]

    told = {
        call(address).status_code
        for address in (f"{front}/{'0' * 64}", f"{front}/è", one["address"])
    }

    assert told == {404}
    assert call(renewed).status_code == 202
    assert secret not in renewed


def test_where_signatures_are_asked_for_the_address_is_not_enough(
    api: ApiClient, acme: Company
) -> None:
    one = running(api, acme, signed=True)
    body = json.dumps(EVENT).encode()
    made = hmac.new(one["signing_key"].encode(), body, hashlib.sha256).hexdigest()

    bare = call(one["address"], body)
    signed = call(one["address"], body, **{"X-Sportello-Signature": f"sha256={made}"})

    assert (bare.status_code, bare.json()["reason"]) == (401, "wrong_signature")
    assert signed.status_code == 202


def test_too_many_calls_in_a_minute_are_told_to_come_later(
    api: ApiClient, acme: Company, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "CALLS_A_MINUTE", 2)
    one = running(api, acme, repeats=True)

    told = [call(one["address"]).status_code for _ in range(3)]
    at(NOW + timedelta(minutes=1))

    assert told == [202, 200, 429]
    assert call(one["address"]).status_code == 200


def test_a_paused_one_takes_nothing_in_and_an_ended_one_never_again(
    api: ApiClient, acme: Company
) -> None:
    one = running(api, acme)
    place = f"/automations/{one['id']}"

    api.post(f"{place}/pause")
    paused = call(one["address"])
    api.post(f"{place}/resume")
    resumed = call(one["address"])
    api.post(f"{place}/end")

    assert (paused.status_code, paused.json()["state"]) == (409, "paused")
    assert resumed.status_code == 202
    assert api.post(f"{place}/start").status_code == 409
    assert executions(api, one)[0]["outcome"] == "cancelled"


def test_a_contact_tells_what_automations_did_for_it(api: ApiClient, acme: Company) -> None:
    call(running(api, acme)["address"])
    carla = Contact.objects.using("owner").get(wa_id="393477654321")
    Errand.objects.using("owner").update(skipped_why="no_consent")

    (execution,) = api.get(f"/contacts/{carla.pk}/executions").json()["items"]

    assert execution["automation"] == "Ordine spedito"
    assert (execution["outcome"], execution["reason"]) == ("skipped", "no_consent")
    assert execution["reason_words"]


def test_it_is_no_campaign_among_campaigns(api: ApiClient, acme: Company) -> None:
    one = running(api, acme)

    assert api.get("/campaigns").json()["items"] == []
    assert [row["id"] for row in api.get("/automations").json()["items"]] == [one["id"]]


def test_a_list_sets_it_off_when_it_listens_and_not_before(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna", "Bruno")
    made = api.post("/automations", asked(trigger="list", list=audience.pk)).json()
    first, second = audience.listmember_set.using("owner").order_by("pk")
    people = [first.contact_id, second.contact_id]
    ListMember.objects.using("owner").all().delete()

    def add(contact_id: int) -> None:
        ListMember.objects.using("owner").create(
            workspace=acme.workspace, list=audience, contact_id=contact_id
        )

    add(people[0])
    api.post(f"/automations/{made['id']}/start")
    add(people[1])

    assert [one["contact"]["id"] for one in executions(api, made)] == [people[1]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trigger": "list"}, "list_unknown"),
        ({"trigger": "silence"}, "wait_out_of_range"),
        ({"fields": {"phone": ""}}, "fields_phone_missing"),
        ({"fields": {"phone": "a..b"}}, "fields_no_path"),
        ({"fields": FIELDS | {"properties": {" ": "a"}}}, "fields_no_column"),
        ({"consent_text": "Sì"}, "consent_source_missing"),
        ({"template": "altra"}, "template_unknown"),
        ({"after": 13, "unit": "months"}, "wait_out_of_range"),
    ],
)
def test_what_cannot_be_is_said_with_its_part(
    api: ApiClient, acme: Company, change: dict[str, Any], reason: str
) -> None:
    make_template(acme)

    refused = api.post("/automations", asked(**change))

    assert (refused.status_code, refused.json()["reason"]) == (422, reason)
    assert not Automation.objects.using("owner").exists()


def test_a_change_holds_from_the_next_message_on(api: ApiClient, acme: Company) -> None:
    one = running(api, acme)

    changed = api.put(f"/automations/{one['id']}", asked(name="Altro nome", after=3, unit="days"))

    found = changed.json()
    assert (found["name"], found["after"], found["unit"]) == ("Altro nome", 3, "days")
    assert found["address"] == one["address"]


def _sent(company: Company, status: str, **columns: Any) -> Errand:
    """The one execution, whose message stands so."""
    errand = Errand.objects.using("owner").get()
    chat = make_conversation(company.number, errand.contact, holder="closed")
    message = Message.objects.using("owner").create(
        workspace=company.workspace, conversation=chat, origin="automation", type="template",
        status=status, at=NOW, **columns,
    )  # fmt: skip
    Send.objects.using("owner").create(
        workspace=company.workspace, number=company.number, conversation=chat, message=message,
        origin="automation", priority=2, body={"type": "template"}, due_at=NOW,
        campaign_id=errand.campaign_id, state=_SENDS.get(status, "accepted"),
    )  # fmt: skip
    errand.message, errand.due_at, errand.released_at = message, NOW, NOW
    errand.save(using="owner")
    return errand


_SENDS = {"unknown": "unknown", "failed": "rejected"}


@pytest.mark.parametrize(
    ("way", "outcome", "verdict"),
    [("resend", "waiting", "resent"), ("take-as-sent", "sent", "sent")],
)
def test_a_script_decides_about_what_nobody_knows(
    api: ApiClient, acme: Company, way: str, outcome: str, verdict: str
) -> None:
    one = running(api, acme)
    call(one["address"])
    errand = _sent(acme, "unknown")
    other = api.post("/automations", asked(name="Altra")).json()

    at = f"executions/{errand.pk}/{way}"
    foreign = api.post(f"/automations/{other['id']}/{at}")
    told = api.post(f"/automations/{one['id']}/{at}")
    late = api.post(f"/automations/{one['id']}/{at}")

    assert (foreign.status_code, late.status_code) == (404, 409)
    assert (told.json()["outcome"], told.json()["verdict"]) == (outcome, verdict)


def test_a_script_has_tried_anew_what_may_arrive_the_second_time(
    api: ApiClient, acme: Company
) -> None:
    one = running(api, acme)
    call(one["address"])
    _sent(acme, "failed", error={"code": 131000})

    told = [api.post(f"/automations/{one['id']}/retry").json()["count"] for _ in range(2)]

    assert told == [1, 0]
    (execution,) = executions(api, one)
    assert (execution["outcome"], execution["retries"]) == ("waiting", 1)


def test_its_report_reads_as_a_campaign_s(api: ApiClient, acme: Company) -> None:
    one = running(api, acme)
    call(one["address"])
    errand = _sent(acme, "read")
    assert errand.message is not None
    make_charge(acme, message=errand.message, micros=30_000)

    told = api.get(f"/automations/{one['id']}/report").json()

    assert (told["audience"], told["sent"], told["read"], told["tapped"]) == (1, 1, 1, 0)
    assert [cost["micros"] for cost in told["costs"]] == [30_000]
    assert executions(api, one)[0]["micros"] == 30_000
    assert api.get(f"/automations/{one['id']}/executions", outcome="failed").json()["items"] == []
