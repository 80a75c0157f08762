"""Campaigns by the API: written, checked, started, stopped, and counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from sportello.console.campaigns import counting, words
from sportello.rules.brake import Alarm
from sportello.rules.campaign import Outcome, Pause, State
from sportello.schema.models import (
    Campaign,
    ConsentEvent,
    Contact,
    ContactList,
    ListMember,
    Message,
    Recipient,
    Segment,
    Send,
    Template,
)
from tests.console.conftest import NOW, ApiClient, Clock, Company, make_contact, make_conversation

TEXT = "Ciao {{1}}, da noi è arrivata la nuova stagione."


def make_template(company: Company, **columns: Any) -> Template:
    values = {
        "waba_id": company.number.waba_id,
        "meta_id": "901",
        "name": "offerta_autunno",
        "language": "it",
        "category": "MARKETING",
        "status": "APPROVED",
        "components": [
            {"type": "BODY", "text": TEXT, "example": {"body_text": [["Anna"]]}},
        ],
        **columns,
    }
    return Template.objects.using("owner").create(workspace=company.workspace, **values)


def make_list(company: Company, *names: str, consent: str = "grant") -> ContactList:
    found = ContactList.objects.using("owner").create(workspace=company.workspace, name="Clienti")
    for place, name in enumerate(names):
        contact = make_contact(company.workspace, wa_id=f"39333000010{place}", name=name)
        ListMember.objects.using("owner").create(
            workspace=company.workspace, list=found, contact=contact
        )
        if consent:
            ConsentEvent.objects.using("owner").create(
                workspace=company.workspace,
                contact=contact,
                action=consent,
                source="import",
                at=NOW - timedelta(days=1),
            )
    return found


def asked(audience: ContactList, **more: Any) -> dict[str, Any]:
    return {
        "name": "Autunno",
        "list": audience.pk,
        "template": "offerta_autunno",
        "language": "it",
        "variables": {"1": "name"},
        **more,
    }


def test_a_campaign_is_a_draft_whose_totals_are_its_audience(api: ApiClient, acme: Company) -> None:
    make_template(acme)

    made = api.post("/campaigns", asked(make_list(acme, "Anna", "Bruno")))

    assert made.status_code == 201
    assert made.json()["state"] == "draft"
    assert sum(made.json()["totals"].values()) == made.json()["totals"]["waiting"] == 2


def test_a_segment_is_counted_as_it_is_now_and_frozen_at_the_start(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)
    make_list(acme, "Anna", "Bruno")
    condition = {"consent": "granted", "topic": "marketing"}
    chosen = Segment.objects.using("owner").create(
        workspace=acme.workspace, name="Vogliono offerte", condition=condition
    )
    draft = {**asked(ContactList()), "list": None, "segment": "vogliono OFFERTE"}

    made = api.post("/campaigns", draft).json()
    before = api.post(f"/campaigns/{made['id']}/preview").json()
    started = api.post(f"/campaigns/{made['id']}/start").json()

    assert (made["segment_id"], made["list_id"]) == (chosen.pk, None)
    assert before == {"audience": 2, "receive": 2, "skipped": {}}
    assert started["totals"]["waiting"] == 2
    kept = Campaign.objects.using("owner").get().audience
    assert kept == {"segment": chosen.pk, "condition": condition, "as_of": NOW.isoformat()}


@pytest.mark.parametrize(
    ("audience", "code"),
    [
        ({}, "missing"),
        ({"list": 1, "everybody": True}, "unreadable"),
        ({"segment": 1}, "unknown"),
    ],
)
def test_a_campaign_is_for_exactly_one_audience(
    api: ApiClient, acme: Company, audience: dict[str, Any], code: str
) -> None:
    make_template(acme)

    refused = api.post("/campaigns", {**asked(ContactList()), "list": None, **audience})

    assert refused.status_code == 422
    assert code in refused.content.decode()


def test_a_column_of_links_stands_in_for_a_file(api: ApiClient, acme: Company) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}}
    body = {"type": "BODY", "text": TEXT, "example": {"body_text": [["Anna"]]}}
    make_template(acme, components=[header, body])
    wanted = asked(make_list(acme, "Anna"))

    without = api.post("/campaigns", wanted)
    made = api.post("/campaigns", wanted | {"header_media_column": "foto"})

    assert without.status_code == 422
    assert made.json()["header_media_column"] == "foto"
    preview = api.post(f"/campaigns/{made.json()['id']}/preview").json()
    assert preview == {"audience": 1, "receive": 0, "skipped": {"media_missing": 1}}


@pytest.mark.parametrize("what", ["preview", "checks"])
def test_a_large_audience_is_counted_call_by_call_and_comes_to_the_same(
    api: ApiClient, acme: Company, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna", "Bruno", "Carla", "Dario", "Elena")
    Contact.objects.using("owner").filter(name="Bruno").update(unreachable_since=NOW)
    at = f"/campaigns/{api.post('/campaigns', asked(audience)).json()['id']}/{what}"
    at_once = api.post(at)
    monkeypatch.setattr(counting, "PORTION", 2)
    monkeypatch.setattr(counting, "PATIENCE_S", 0.0)

    first = api.post(at)
    second = api.post(at, {"so_far": first.json()["so_far"]})
    third = api.post(at, {"so_far": second.json()["so_far"]})

    assert [one.status_code for one in (at_once, first, second, third)] == [200, 202, 202, 200]
    assert [one.json()["counted"] for one in (first, second)] == [2, 4]
    assert 0 < first.json()["percent"] < second.json()["percent"] < 100
    assert third.json() == at_once.json()
    assert third.json()["skipped"] == {"unreachable": 1}


def test_what_was_counted_of_another_draft_or_by_nobody_counts_for_nothing(
    api: ApiClient, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna", "Bruno", "Carla")
    one, other = (
        f"/campaigns/{api.post('/campaigns', asked(audience)).json()['id']}/preview"
        for _ in range(2)
    )
    monkeypatch.setattr(counting, "PORTION", 2)
    monkeypatch.setattr(counting, "PATIENCE_S", 0.0)
    so_far = api.post(one).json()["so_far"]

    of_another = api.post(other, {"so_far": so_far})
    forged = api.post(one, {"so_far": f"x{so_far}"})

    assert [found.json()["counted"] for found in (of_another, forged)] == [2, 2]


@pytest.mark.parametrize("audience", ["list", "everybody", "segment"])
def test_a_campaign_that_is_to_be_over_by_an_hour_goes_as_fast_as_that_takes(
    api: ApiClient, acme: Company, audience: str
) -> None:
    make_template(acme)
    made = make_list(acme, "Anna", "Bruno", "Carla", "Dario", "Elena")
    condition = {"consent": "granted", "topic": "marketing"}
    Segment.objects.using("owner").create(
        workspace=acme.workspace, name="Offerte", condition=condition
    )
    meant = {"list": made.pk, "everybody": True, "segment": "Offerte"}[audience]
    soon = {"finish_by": (NOW + timedelta(minutes=2)).isoformat()}
    wanted = asked(made, schedule=soon) | {"list": None, audience: meant}

    draft = api.post("/campaigns", wanted).json()
    started = api.post(f"/campaigns/{draft['id']}/start").json()

    assert started["rate"] == 3


def test_a_list_is_named_too(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    make_list(acme, "Anna")

    assert api.post("/campaigns", asked(ContactList(pk=1)) | {"list": "clienti"}).status_code == 201


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"list": 999_999}, "list_unknown"),
        ({"list": "Nessuno"}, "list_unknown"),
        ({"template": "altra"}, "template_unknown"),
        ({"variables": {}}, "variables_missing"),
        ({"variables": {"1": "name", "2": "name"}}, "variables_unknown"),
        ({"variables": {"1": " "}}, "variables_unreadable"),
        ({"name": "  "}, "name_empty"),
        ({"header_media": 7}, "header_media_unexpected"),
        ({"number": 999_999}, "number_unknown"),
        ({"schedule": {"days": {"0": [["19:00", "09:00"]]}}}, "schedule_unreadable"),
        ({"schedule": {"days": {}}}, "schedule_never_open"),
    ],
)
def test_what_cannot_be_is_said_with_its_part(
    api: ApiClient, acme: Company, change: dict[str, Any], reason: str
) -> None:
    make_template(acme)

    refused = api.post("/campaigns", asked(make_list(acme, "Anna"), **change))

    assert refused.status_code == 422
    assert refused.json()["reason"] == reason


def test_the_preview_counts_each_person_by_the_first_reason(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna", "", "Carla", "Dario")
    Contact.objects.using("owner").filter(name="Carla").update(unreachable_since=NOW)
    dario = Contact.objects.using("owner").get(name="Dario")
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace, contact=dario, action="withdraw", source="keyword", at=NOW
    )
    made = api.post("/campaigns", asked(audience)).json()

    found = api.post(f"/campaigns/{made['id']}/preview").json()

    assert found == {
        "audience": 4,
        "receive": 1,
        "skipped": {"unreachable": 1, "opted_out": 1, "value_missing": 1},
    }


def test_without_consent_only_utility_is_received(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    make_template(acme, name="ordine_pronto", meta_id="902", category="UTILITY")
    audience = make_list(acme, "Anna", consent="")
    marketing = api.post("/campaigns", asked(audience)).json()
    utility = api.post("/campaigns", asked(audience, template="ordine_pronto")).json()

    previews = [
        api.post(f"/campaigns/{one['id']}/preview").json()["skipped"]
        for one in (marketing, utility)
    ]

    assert previews == [{"no_consent": 1}, {}]


def test_a_start_freezes_the_words(api: ApiClient, acme: Company) -> None:
    template = make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()

    started = api.post(f"/campaigns/{made['id']}/start").json()
    template.components = []
    template.save(using="owner")

    assert started["state"] == "planning"
    assert Campaign.objects.using("owner").get().content["components"][0]["text"] == TEXT


def test_a_template_that_is_not_approved_starts_nothing(api: ApiClient, acme: Company) -> None:
    make_template(acme, status="PAUSED")
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()

    refused = api.post(f"/campaigns/{made['id']}/start")

    assert (refused.status_code, refused.json()["reason"]) == (422, "template_not_approved")


@pytest.mark.parametrize("deed", ["pause", "resume"])
def test_a_draft_can_neither_be_paused_nor_resumed(
    api: ApiClient, acme: Company, deed: str
) -> None:
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()

    refused = api.post(f"/campaigns/{made['id']}/{deed}")

    assert (refused.status_code, refused.json()["reason"]) == (409, "not_now")
    assert refused.json()["state"] == "draft"


def _waiting(company: Company, campaign_id: int) -> Send:
    """The campaign runs, and one of its messages waits in the outbox."""
    contact = Contact.objects.using("owner").get(name="Anna")
    chat = make_conversation(company.number, contact, holder="closed")
    message = Message.objects.using("owner").create(
        workspace=company.workspace,
        conversation=chat,
        origin="campaign",
        type="template",
        status="queued",
        at=NOW,
    )
    Campaign.objects.using("owner").filter(pk=campaign_id).update(state="running", planned=True)
    Recipient.objects.using("owner").create(
        workspace=company.workspace,
        campaign_id=campaign_id,
        contact=contact,
        message=message,
        released_at=NOW,
    )
    return Send.objects.using("owner").create(
        workspace=company.workspace,
        number=company.number,
        conversation=chat,
        message=message,
        origin="campaign",
        priority=2,
        body={"type": "template"},
        campaign_id=campaign_id,
        due_at=NOW,
    )


def test_a_cancelled_campaign_withdraws_what_waits(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()
    api.post(f"/campaigns/{made['id']}/start")
    send = _waiting(acme, made["id"])

    cancelled = api.post(f"/campaigns/{made['id']}/cancel").json()

    send.refresh_from_db(using="owner")
    assert send.state == "cancelled"
    assert cancelled["state"] == "cancelled"
    assert cancelled["totals"]["cancelled"] == 1


def test_totals_add_up_to_the_audience_whatever_became_of_each(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna", "Bruno", "Carla"))).json()
    api.post(f"/campaigns/{made['id']}/start")
    _waiting(acme, made["id"])
    Message.objects.using("owner").filter(origin="campaign").update(status="in_doubt")
    for name, why in (("Bruno", "opted_out"), ("Carla", "")):
        Recipient.objects.using("owner").create(
            workspace=acme.workspace,
            campaign_id=made["id"],
            contact=Contact.objects.using("owner").get(name=name),
            skipped_why=why,
        )

    totals = api.get(f"/campaigns/{made['id']}").json()["totals"]

    assert {name: count for name, count in totals.items() if count} == {
        "to_verify": 1,
        "skipped": 1,
        "waiting": 1,
    }


def test_recipients_are_found_by_outcome_and_by_reason(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna", "Bruno"))).json()
    api.post(f"/campaigns/{made['id']}/start")
    _waiting(acme, made["id"])
    Message.objects.using("owner").filter(origin="campaign").update(
        status="failed", error={"code": 131026, "title": "Message undeliverable"}
    )
    Recipient.objects.using("owner").create(
        workspace=acme.workspace,
        campaign_id=made["id"],
        contact=Contact.objects.using("owner").get(name="Bruno"),
        skipped_why="no_consent",
    )
    of = f"/campaigns/{made['id']}/recipients"

    by = {
        "failed": api.get(of, outcome="failed").json()["items"],
        "131026": api.get(of, reason="131026").json()["items"],
        "skipped": api.get(of, outcome="skipped").json()["items"],
        "no_consent": api.get(of, reason="no_consent").json()["items"],
    }

    assert {key: [one["contact"]["name"] for one in found] for key, found in by.items()} == {
        "failed": ["Anna"],
        "131026": ["Anna"],
        "skipped": ["Bruno"],
        "no_consent": ["Bruno"],
    }
    assert by["failed"][0]["reason"] == "131026"


def test_every_code_has_its_words() -> None:
    assert set(words.PAUSED) == set(Pause)
    assert set(words.BRAKED) == set(Alarm)
    assert set(words.OUTCOME) == set(Outcome)
    assert set(words.STATE) == {state.value for state in State}


def test_a_resumed_campaign_lets_go_at_once_what_was_held(
    acme: Company, api: ApiClient, at: Clock
) -> None:
    """By the database's clock, which the dispatcher reads; the company's may be far ahead."""
    at(NOW + timedelta(days=400))
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()
    api.post(f"/campaigns/{made['id']}/start")
    send = _waiting(acme, made["id"])
    api.post(f"/campaigns/{made['id']}/pause")
    Send.objects.using("owner").update(hold_code="campaign_paused", due_at=NOW + timedelta(hours=1))

    api.post(f"/campaigns/{made['id']}/resume")

    send.refresh_from_db(using="owner")
    assert send.hold_code == ""
    assert Send.objects.using("owner").filter(due_at__lte=Now()).exists()


def test_a_draft_can_be_cancelled(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = api.post("/campaigns", asked(make_list(acme, "Anna"))).json()

    assert api.post(f"/campaigns/{made['id']}/cancel").json()["state"] == "cancelled"
