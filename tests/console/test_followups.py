"""Follow-ups by the API: written with the campaign or after it, bound, and counted."""

from typing import Any

import pytest

from sportello.schema.models import (
    Campaign,
    Contact,
    ContactList,
    Errand,
    Followup,
    Message,
    Recipient,
    Send,
    Template,
)
from tests.console.conftest import NOW, ApiClient, Company, make_conversation
from tests.console.test_campaigns import asked, make_list, make_template

STEP = {
    "template": "offerta_autunno",
    "language": "it",
    "after": 2,
    "unit": "days",
    "variables": {"1": "name"},
}


def draft(api: ApiClient, audience: ContactList, **more: Any) -> Any:
    made = api.post("/campaigns", asked(audience, **more))
    assert made.status_code == 201, made.content
    return made.json()["id"]


def test_they_come_with_the_campaign_and_add_up_before_its_start(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)
    wanted = [STEP, STEP | {"unit": "months", "after": 1, "always": True}]

    made = draft(api, make_list(acme, "Anna", "Bruno"), followups=wanted)

    found = api.get(f"/campaigns/{made}/followups").json()["items"]
    assert [(one["position"], one["after"], one["unit"], one["always"]) for one in found] == [
        (1, 2, "days", False),
        (2, 1, "months", True),
    ]
    assert [one["totals"]["waiting"] for one in found] == [2, 2]


def test_all_of_them_are_replaced_while_it_is_a_draft(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = draft(api, make_list(acme, "Anna"), followups=[STEP, STEP])

    answered = api.put(f"/campaigns/{made}/followups", {"followups": [STEP]})

    assert [one["position"] for one in answered.json()["items"]] == [1]


def test_once_it_was_started_they_stay(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = draft(api, make_list(acme, "Anna"), followups=[STEP])
    assert api.post(f"/campaigns/{made}/start").status_code == 200

    refused = api.put(f"/campaigns/{made}/followups", {"followups": []})

    assert refused.status_code == 409
    assert Followup.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"template": "altra"}, "template_unknown"),
        ({"variables": {}}, "variables_missing"),
        ({"unit": "minutes", "after": 1_440}, None),
        ({"unit": "months", "after": 13}, "followups_out_of_range"),
    ],
)
def test_a_step_is_held_to_what_a_campaign_is_held_to(
    api: ApiClient, acme: Company, change: dict[str, Any], reason: str | None
) -> None:
    make_template(acme)
    made = draft(api, make_list(acme, "Anna"))

    answered = api.put(f"/campaigns/{made}/followups", {"followups": [STEP | change]})

    assert answered.json().get("reason") == reason


def test_six_are_too_many(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    made = draft(api, make_list(acme, "Anna"))

    assert api.put(f"/campaigns/{made}/followups", {"followups": [STEP] * 6}).status_code == 422


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "PAUSED"}, "followups_not_approved"),
        ({"components": [{"type": "BODY", "text": "Altro."}]}, "followups_changed"),
    ],
)
def test_a_campaign_does_not_start_with_a_step_that_cannot_leave(
    api: ApiClient, acme: Company, change: dict[str, Any], reason: str
) -> None:
    make_template(acme)
    make_template(acme, name="promemoria", meta_id="902")
    made = draft(api, make_list(acme, "Anna"), followups=[STEP | {"template": "promemoria"}])
    Template.objects.using("owner").filter(name="promemoria").update(**change)

    refused = api.post(f"/campaigns/{made}/start")

    assert (refused.status_code, refused.json()["reason"]) == (422, reason)


def test_each_step_tells_who_was_passed_over_and_why(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna", "Bruno")
    made = draft(api, audience, followups=[STEP])
    Campaign.objects.using("owner").update(planned=True)
    for place, member in enumerate(audience.listmember_set.using("owner").order_by("pk")):
        of = {"workspace": acme.workspace, "campaign_id": made, "contact_id": member.contact_id}
        person = Recipient.objects.using("owner").create(**of)
        why = "" if place else "answered"
        Errand.objects.using("owner").create(**of, recipient=person, position=1, skipped_why=why)

    (step,) = api.get(f"/campaigns/{made}/followups").json()["items"]

    assert {name: n for name, n in step["totals"].items() if n} == {"skipped": 1, "waiting": 1}
    assert step["skipped"] == {"answered": 1}


def test_follow_ups_stand_in_the_worst_price_and_in_the_limit(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)
    acme.number.messaging_limit = 250
    acme.number.save(using="owner")
    steps = [STEP, STEP | {"unit": "minutes", "after": 30}]
    made = draft(api, make_list(acme, "Anna", "Bruno"), followups=steps)

    found = api.post(f"/campaigns/{made}/checks").json()

    once = found["cost"]["likely_micros"]
    assert once > 0
    assert found["cost"]["worst_micros"] == 3 * once
    assert found["cost"]["followups_micros"] == 2 * once
    assert found["limit"] == {"most": 250, "used": 0, "wanted": 2, "followups": 2}


def test_a_script_decides_about_a_follow_up_and_has_it_tried_anew(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)
    audience = make_list(acme, "Anna")
    made, other = (draft(api, audience, followups=[STEP]) for _ in range(2))
    Campaign.objects.using("owner").update(state="running", planned=True, content={})
    doubtful, failed = _sent(acme, made, "unknown"), _sent(acme, made, "failed", code=131000)
    at = f"/campaigns/{made}/followups"

    foreign = api.post(f"/campaigns/{other}/followups/errands/{doubtful}/resend")
    decided = api.post(f"{at}/errands/{doubtful}/take-as-sent").json()
    late = api.post(f"{at}/errands/{doubtful}/resend")
    again = [api.post(f"{at}/retry").json()["count"] for _ in range(2)]

    assert (foreign.status_code, late.status_code) == (404, 409)
    assert (decided["outcome"], decided["verdict"], decided["position"]) == ("sent", "sent", 1)
    assert again == [1, 0]
    waiting = api.get(f"{at}/errands", position=1, outcome="waiting").json()["items"]
    assert [(one["id"], one["retries"]) for one in waiting] == [(failed, 1)]
    assert api.get(f"{at}/errands", position=2).json()["items"] == []


def _sent(company: Company, campaign_id: int, status: str, code: int | None = None) -> int:
    """A follow-up whose message stands so; its id."""
    of: dict[str, Any] = {"workspace": company.workspace}
    contact = Contact.objects.using("owner").create(
        **of, wa_id=str(39333 + len(status)), name=status
    )
    chat = make_conversation(company.number, contact, holder="closed")
    message = Message.objects.using("owner").create(
        **of, conversation=chat, origin="campaign", type="template", status=status, at=NOW,
        error=None if code is None else {"code": code},
    )  # fmt: skip
    Send.objects.using("owner").create(
        **of, number=company.number, conversation=chat, message=message, origin="campaign",
        priority=2, body={"type": "template"}, due_at=NOW, campaign_id=campaign_id,
        state={"unknown": "unknown", "failed": "rejected"}[status],
    )  # fmt: skip
    person = Recipient.objects.using("owner").create(**of, campaign_id=campaign_id, contact=contact)
    found: int = Errand.objects.using("owner").create(
        **of, campaign_id=campaign_id, contact=contact, recipient=person, message=message,
        position=1, due_at=NOW, released_at=NOW,
    ).pk  # fmt: skip
    return found
