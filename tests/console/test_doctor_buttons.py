"""Each button of a report: where it leads, and what it does, with a person's session."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.rules.diagnosis import Deed
from sportello.rules.diagnosis_codes import HERE
from sportello.schema.models import (
    Campaign,
    Examination,
    File,
    Message,
    Number,
    Send,
    Template,
    Upload,
)
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client

_A_MINUTE = timedelta(minutes=1)
_ELSEWHERE = {
    Deed.RECONNECT: "/channel/numbers/{number}/reconnection",
    Deed.RENEW_TOKEN: "/channel/numbers/{number}/reconnection",
    Deed.WRITE_TEMPLATE: "/conversations/{chat}/",
    Deed.OPEN_CHAT: "/conversations/{chat}/",
    Deed.OPEN_CONTACT: "/contacts/{contact}/",
    Deed.OPEN_TEMPLATE: "/templates/{template}/",
    Deed.OPEN_POLICY: "/policy/",
}


def test_every_deed_has_a_button() -> None:
    assert {*_ELSEWHERE, *HERE} == set(Deed)


@pytest.mark.parametrize("deed", list(_ELSEWHERE))
def test_a_button_that_leads_elsewhere_leads_to_a_page(
    acme: Company, at: Clock, deed: Deed
) -> None:
    message = _failed(acme)
    client = _owner(acme)
    where = _ELSEWHERE[deed].format(
        number=acme.number.pk, chat=acme.conversation.pk, contact=acme.anna.pk,
        template=message.send.template_id,
    )  # fmt: skip

    page = client.get(f"/doctor/{_report(acme, deed, 'message', message.pk)}")

    assert f'href="{where}"' in page.content.decode()
    assert client.get(where).status_code == 200


def test_it_is_asked_wherever_something_does_not_leave(acme: Company, at: Clock) -> None:
    failed, waiting = _failed(acme), _waiting(acme)
    template = _template(acme, "altro")
    chat, number = acme.conversation.pk, acme.number.pk
    campaign = _campaign(acme, template).pk
    client = _owner(acme)

    for where, subject, subject_id in (
        (f"/conversations/{chat}/", "message", failed.pk),
        (f"/conversations/{chat}/", "message", waiting.pk),
        (f"/campaigns/{campaign}/", "campaign", campaign),
        (f"/templates/{template.pk}/", "template", template.pk),
        (f"/channel/numbers/{number}/", "number", number),
    ):
        page = client.get(where).content.decode()
        asked = client.post("/doctor/examinations", {"subject": subject, "id": subject_id})

        button = f'name="subject" value="{subject}"><input type="hidden" name="id"'
        assert f'{button} value="{subject_id}"' in page, where
        row = Examination.objects.using("owner").latest("pk")
        assert (row.subject, row.subject_id) == (subject, subject_id)
        assert asked.headers["Location"] == f"/doctor/{row.pk}"


def test_a_campaign_s_report_leads_to_its_template(acme: Company, at: Clock) -> None:
    template = _template(acme)
    campaign = _campaign(acme, template)

    report = _report(acme, Deed.OPEN_TEMPLATE, "campaign", campaign.pk)
    page = _owner(acme).get(f"/doctor/{report}").content.decode()

    assert f'href="/templates/{template.pk}/"' in page


def test_the_number_sends_again(acme: Company, at: Clock) -> None:
    Number.objects.using("owner").update(paused_why="payment", paused_at=NOW)

    again = _press(acme, Deed.RESUME, "number", acme.number.pk)

    assert (again.subject, again.deed, again.state) == ("number", "", "wanted")
    assert Number.objects.using("owner").get(pk=acme.number.pk).paused_why == ""


@pytest.mark.parametrize(
    ("deed", "wish"),
    [
        (Deed.LOOK_AGAIN, ""),
        (Deed.RESUBSCRIBE, "resubscribe"),
        (Deed.REFRESH, "refresh_template"),
    ],
)
def test_what_meta_is_asked_for_is_wished_with_the_next_look(
    acme: Company, at: Clock, deed: Deed, wish: str
) -> None:
    again = _press(acme, deed, "template", _template(acme).pk)

    assert (again.subject, again.deed) == ("template", wish)


@pytest.mark.parametrize("deed", [Deed.REPEAT, Deed.RETRY_UPLOAD])
def test_what_never_arrived_is_sent_once_more_and_only_once(
    acme: Company, at: Clock, deed: Deed
) -> None:
    message = _failed(acme)

    again = _press(acme, deed, "message", message.pk)
    twice = _press(acme, deed, "message", message.pk)

    anew = Message.objects.using("owner").get(pk=again.subject_id)
    assert (anew.pk != message.pk, anew.text, anew.status) == (True, message.text, "queued")
    assert twice.subject_id == message.pk, "the page stays, and says why"
    assert Message.objects.using("owner").filter(text=message.text).count() == 2
    assert Upload.objects.using("owner").filter(state="wanted").exists() is (
        deed is Deed.RETRY_UPLOAD
    )


def test_a_paused_campaign_goes_on(acme: Company, at: Clock) -> None:
    campaign = _campaign(acme, _template(acme))

    _press(acme, Deed.RESUME_CAMPAIGN, "campaign", campaign.pk)

    campaign.refresh_from_db(using="owner")
    assert campaign.state == "running"


def _owner(company: Company) -> Any:
    client = new_client()
    client.force_login(company.person(Role.OWNER))
    return client


def _press(company: Company, deed: Deed, subject: str, subject_id: int) -> Examination:
    """The button of a report that offers it; the report that it leads to."""
    where = f"/doctor/{_report(company, deed, subject, subject_id)}"
    client = _owner(company)
    assert f'name="deed" value="{deed}"' in client.get(where).content.decode()

    answered = client.post(f"{where}/deed", {"deed": deed.value})

    assert answered.status_code == 302, answered.content.decode()
    return Examination.objects.using("owner").get(pk=answered.headers["Location"].split("/")[2])


def _report(company: Company, deed: Deed, subject: str, subject_id: int) -> int:
    finding = {
        "code": "not_understood", "weight": "stops", "turn": "ours", "deed": deed.value,
        "meta": None, "values": {}, "evidence": [],
    }  # fmt: skip
    row = Examination.objects.using("owner").create(
        workspace=company.workspace, number=company.number, subject=subject,
        subject_id=subject_id, state="done", findings=[finding], asked_at=NOW, done_at=NOW,
    )  # fmt: skip
    return row.pk


def _waiting(company: Company) -> Message:
    """A text that is held until the number may send again."""
    message = Message.objects.using("owner").create(
        workspace=company.workspace, conversation=company.conversation, origin="operator",
        type="text", text="Eccoci", status="queued", at=NOW - _A_MINUTE,
    )  # fmt: skip
    Send.objects.using("owner").create(
        workspace=company.workspace, number=company.number, conversation=company.conversation,
        message=message, origin="operator", body={"type": "text"}, due_at=NOW - _A_MINUTE,
        hold_code="number_paused",
    )  # fmt: skip
    return message


def _template(company: Company, name: str = "pronto") -> Template:
    return Template.objects.using("owner").create(
        workspace=company.workspace, waba_id=company.number.waba_id, name=name,
        language="it", category="UTILITY", status="APPROVED",
        components=[{"type": "BODY", "text": "Il suo ordine è pronto."}],
    )  # fmt: skip


def _failed(company: Company) -> Message:
    """A template with a picture that Meta refused."""
    file = File.objects.using("owner").create(
        workspace=company.workspace, sha256="a", mime_type="image/png", filename="foto.png",
        size=1, content=b"x",
    )  # fmt: skip
    message = Message.objects.using("owner").create(
        workspace=company.workspace, conversation=company.conversation, origin="operator",
        type="template", text="Il suo ordine è pronto.", status="failed", at=NOW,
        error={"code": 131053},
    )  # fmt: skip
    Send.objects.using("owner").create(
        workspace=company.workspace, number=company.number, conversation=company.conversation,
        message=message, origin="operator", priority=0, template=_template(company), file=file,
        body={"type": "template", "template": {"name": "pronto"}}, state="rejected",
        due_at=NOW, settled_at=NOW,
    )  # fmt: skip
    return message


def _campaign(company: Company, template: Template) -> Campaign:
    return Campaign.objects.using("owner").create(
        workspace=company.workspace, number=company.number, name="Saldi", template=template,
        state="paused", paused_why="person", planned=True, content={}, started_at=NOW,
    )  # fmt: skip
