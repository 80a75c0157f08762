"""Writing first through the API: a template to a number, or into a conversation."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.schema.models import Contact, Conversation, Message, Send, Upload
from tests.console.conftest import NOW, ApiClient, Clock, Company, make_contact, make_conversation
from tests.console.first import BODY, BUTTONS, PICTURE, agree, make_file, make_template

NEW = "+39 333 765 4321"
FILLED = {"template": "promemoria", "variables": {"nome": "Anna", "ora": "15:30"}}


def start(api: ApiClient, **more: Any) -> Any:
    return api.post("/conversations", {"to": NEW, **FILLED, **more})


def test_a_template_to_somebody_new_makes_contact_conversation_and_message(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)

    answered = start(api, name="Bruna")

    assert answered.status_code == 201, answered.content
    told = answered.json()
    assert told["contact"]["wa_id"] == "393337654321"
    assert told["contact"]["name"] == "Bruna"
    assert told["holder"] == "assistant"
    assert told["window"] == {"open": False, "closes_at": None}
    message = told["message"]
    assert message["text"] == "Buongiorno Anna, la aspettiamo alle 15:30 di domani."
    assert message["template"]["footer"] == "Studio Rossi"
    assert (message["type"], message["status"]) == ("template", "queued")
    send = Send.objects.using("owner").get()
    assert send.template_id is not None
    assert send.body["template"]["name"] == "promemoria"


def test_a_number_without_its_country_s_code_is_the_company_s_own(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme)

    assert start(api, to="333 765 4321").json()["contact"]["wa_id"] == "393337654321"
    assert start(api, to="+41 79 123 45 67").json()["contact"]["wa_id"] == "41791234567"


@pytest.mark.parametrize("to", ["", "abc", "12", "+", "1" * 30])
def test_what_is_no_number_is_refused_in_words(api: ApiClient, acme: Company, to: str) -> None:
    make_template(acme)

    answered = start(api, to=to)

    assert (answered.status_code, answered.json()["reason"]) == (422, "wrong_phone")
    assert answered.json()["errors"] == [{"at": "body.to"}]


def test_before_the_claim_too_a_second_template_is_refused(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    told = start(api).json()

    again = start(api)
    within = api.post(f"/conversations/{told['id']}/messages", {"type": "template", **FILLED})
    text = api.post(f"/conversations/{told['id']}/messages", {"type": "text", "text": "Ciao"})
    taken = api.post(f"/conversations/{told['id']}/control")

    for answered in (again, within, text, taken):
        assert answered.status_code == 409
        assert answered.json()["reason"] == "awaiting_customer_reply"


def test_a_relaxed_rule_lets_a_second_template_go(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    acme.workspace.one_template_until_they_answer = False
    acme.workspace.save(using="owner")
    start(api)

    assert start(api).status_code == 201


def test_a_template_goes_into_a_conversation_whose_window_is_shut(
    api: ApiClient, acme: Company, at: Clock
) -> None:
    make_template(acme)
    at(NOW + timedelta(days=2))

    answered = api.post(
        f"/conversations/{acme.conversation.pk}/messages", {"type": "template", **FILLED}
    )

    assert answered.status_code == 201, answered.content
    assert answered.json()["template"]["body"].startswith("Buongiorno Anna")


def test_a_closed_conversation_is_opened_by_it(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    bruno = make_contact(acme.workspace, wa_id="393337654321")
    chat = make_conversation(acme.number, bruno, holder="closed", window_closes_at=NOW)

    assert start(api).json()["id"] == chat.pk
    chat.refresh_from_db(using="owner")
    assert (chat.holder, chat.control_epoch) == ("assistant", 1)
    assert Send.objects.using("owner").get().control_epoch == 1


def test_marketing_without_consent_is_refused_and_leaves_nothing_behind(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme, category="MARKETING")

    answered = start(api)

    assert (answered.status_code, answered.json()["reason"]) == (409, "no_consent")
    assert not Contact.objects.using("owner").filter(wa_id="393337654321").exists()
    assert Conversation.objects.using("owner").count() == 1
    assert Message.objects.using("owner").filter(type="template").count() == 0


def test_marketing_with_consent_goes(api: ApiClient, acme: Company) -> None:
    make_template(acme, category="MARKETING")
    agree(make_contact(acme.workspace, wa_id="393337654321"))

    assert start(api).status_code == 201


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"status": "PENDING"}, "template_not_approved"),
        ({"status": "PAUSED"}, "template_paused"),
    ],
)
def test_a_template_that_meta_does_not_let_go_is_refused(
    api: ApiClient, acme: Company, columns: dict[str, Any], reason: str
) -> None:
    make_template(acme, **columns)

    answered = start(api)

    assert (answered.status_code, answered.json()["reason"]) == (409, reason)


def test_an_unknown_template_is_told_so(api: ApiClient, acme: Company, rival: Company) -> None:
    make_template(rival)

    answered = start(api)

    assert (answered.status_code, answered.json()["reason"]) == (422, "template_unknown")


def test_with_several_languages_one_must_be_named(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    make_template(acme, language="en", components=[BODY | {"text": "Dear {{nome}}, at {{ora}}."}])

    unnamed, named = start(api), start(api, language="en")

    assert unnamed.json()["reason"] == "language_unknown"
    assert unnamed.json()["errors"][0]["languages"] == ["en", "it"]
    assert named.json()["message"]["text"] == "Dear Anna, at 15:30."


def test_what_does_not_fit_is_told_with_its_place(api: ApiClient, acme: Company) -> None:
    make_template(acme)

    answered = start(api, variables={"nome": "Anna", "giorno": "martedì"})

    assert (answered.status_code, answered.json()["reason"]) == (422, "unfit_variables")
    assert {one["code"] for one in answered.json()["errors"]} == {"value_missing", "value_unknown"}


def test_a_list_fills_the_body_in_its_order(api: ApiClient, acme: Company) -> None:
    make_template(acme)
    counted = BODY | {"text": "Ordine {{2}} di {{1}}: è pronto in negozio."}
    make_template(acme, "pronto", parameter_format="POSITIONAL", components=[counted])

    named = start(api, to="3331112222", variables=["Anna", "15:30"])
    by_number = start(api, to="3331112223", template="pronto", variables=["Anna", "A-7"])

    assert named.json()["message"]["text"].startswith("Buongiorno Anna, la aspettiamo alle 15:30")
    assert by_number.json()["message"]["text"] == "Ordine A-7 di Anna: è pronto in negozio."


def test_our_file_travels_in_the_header_and_is_wished_for_at_meta(
    api: ApiClient, acme: Company
) -> None:
    make_template(acme, components=[PICTURE, BODY, BUTTONS])
    file = make_file(acme)
    variables = {**FILLED["variables"], "button.1": "abc"}

    answered = start(api, variables=variables, header_media={"file": file.pk})

    assert answered.status_code == 201, answered.content
    told = answered.json()["message"]["template"]
    assert told["header"] == {
        "kind": "IMAGE", "text": "", "file": file.pk, "link": "", "filename": "vetrina.png"
    }  # fmt: skip
    assert told["buttons"][1]["target"] == "https://example.com/s/abc"
    send = Send.objects.using("owner").get()
    assert send.file_id == file.pk
    image = send.body["template"]["components"][0]["parameters"][0]["image"]
    assert image == {"id": f"file:{file.pk}"}
    upload = Upload.objects.using("owner").get()
    assert (upload.file_id, upload.number_id) == (file.pk, acme.number.pk)


def test_another_company_s_file_is_not_there(api: ApiClient, acme: Company, rival: Company) -> None:
    make_template(acme, components=[PICTURE, BODY])

    assert start(api, header_media={"file": make_file(rival).pk}).status_code == 404


def test_the_same_key_sends_once(api: ApiClient, acme: Company) -> None:
    make_template(acme)

    told = [
        api.post("/conversations", {"to": NEW, **FILLED}, **{"idempotency-key": "one"})
        for _ in range(2)
    ]

    assert [one.status_code for one in told] == [201, 201]
    assert told[0].json() == told[1].json()
    assert Send.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"type": "template"},
        {"type": "template", "template": "a", "text": "b"},
        {"type": "text"},
        {"type": "text", "text": "a", "template": "b"},
    ],
)
def test_a_message_has_what_its_type_needs(
    api: ApiClient, acme: Company, body: dict[str, str]
) -> None:
    answered = api.post(f"/conversations/{acme.conversation.pk}/messages", body)

    assert answered.status_code == 422
