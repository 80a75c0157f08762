"""Consents and imports through the API: nothing without proof, nobody brought back by a file."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sportello.console.contacts.standing import standing
from sportello.rules.consent import Standing
from sportello.schema.models import (
    ConsentEvent,
    Contact,
    ContactList,
    Conversation,
    Message,
    Send,
    Template,
)
from tests.console.conftest import (
    NOW,
    ApiClient,
    Company,
    make_contact,
    make_conversation,
    new_client,
)

_WHERE = "Clienti del negozio di Bari, modulo alla cassa"
_YESTERDAY = (NOW - timedelta(days=1)).isoformat()
_AGREED = {"source": "modulo alla cassa", "text": "Sì alle offerte", "at": _YESTERDAY}


def _of(company: Company) -> str:
    return f"/contacts/{company.anna.pk}/consents"


def _import(api: ApiClient, *rows: dict[str, Any], **more: Any) -> Any:
    return api.post("/contacts/import", {"provenance": _WHERE, "rows": list(rows)} | more)


def _where(company: Company, contact: Contact) -> Standing:
    with company.inside():
        return standing(contact.pk)


def test_a_consent_is_kept_with_source_text_time_and_proof(api: ApiClient, acme: Company) -> None:
    answered = api.post(_of(acme), _AGREED | {"proof": "modulo n. 12"})

    assert answered.status_code == 201
    shown = api.get(_of(acme)).json()
    assert shown["standing"] == {"marketing": "granted", "utility": "none"}
    (line,) = shown["items"]
    assert (line["source"], line["text"]) == ("api", "Sì alle offerte")
    assert line["proof"] == {"given_by": "modulo alla cassa", "note": "modulo n. 12"}
    assert line["at"].startswith("2026-11-20T10:00:00")


def test_what_a_person_filled_in_is_a_form_s_and_shows_it(api: ApiClient, acme: Company) -> None:
    form = _AGREED | {"source": "modulo del sito", "filled_in": True}

    unproven = api.post(_of(acme), form)
    assert (unproven.status_code, unproven.json()["reason"]) == (422, "consent_empty")
    assert unproven.json()["errors"] == [{"at": "body.proof"}]

    line = api.post(_of(acme), form | {"proof": "invio n. 481, IP 203.0.113.7"}).json()
    assert line["source"] == "form"
    assert line["proof"] == {
        "given_by": "modulo del sito",
        "note": "invio n. 481, IP 203.0.113.7",
    }


@pytest.mark.parametrize(
    ("body", "reason", "place"),
    [
        ({"source": "cassa"}, "consent_empty", "body.text"),
        ({"text": "Sì"}, "consent_empty", "body.source"),
        (
            _AGREED | {"at": (NOW + timedelta(hours=1)).isoformat()},
            "consent_in_future",
            "body.at",
        ),
    ],
)
def test_half_a_consent_is_none(
    api: ApiClient, acme: Company, body: dict[str, Any], reason: str, place: str
) -> None:
    answered = api.post(_of(acme), body)

    assert (answered.status_code, answered.json().get("reason")) == (422, reason), answered.json()
    assert answered.json()["errors"] == [{"at": place}]
    assert _where(acme, acme.anna) is Standing.NONE


def test_who_said_no_comes_back_only_with_proof(api: ApiClient, acme: Company) -> None:
    api.post(_of(acme), {"action": "withdraw"})
    again = {"source": "al telefono", "text": "Vuole le offerte"}

    assert api.post(_of(acme), again).json()["reason"] == "consent_proof_needed"
    assert api.post(_of(acme), again | {"proof": "chiamata del 21"}).status_code == 201


def _promotion(acme: Company, conversation: Conversation, category: str = "MARKETING") -> Send:
    template = Template.objects.using("owner").create(
        workspace=acme.workspace,
        waba_id="1",
        name=f"t{conversation.pk}{category.lower()}",
        language="it",
        category=category,
    )
    message = Message.objects.using("owner").create(
        workspace=acme.workspace,
        conversation=conversation,
        origin="campaign",
        type="template",
        status="queued",
        at=NOW,
    )
    return Send.objects.using("owner").create(
        workspace=acme.workspace,
        number=acme.number,
        conversation=conversation,
        message=message,
        origin="campaign",
        priority=2,
        body={"type": "template"},
        template=template,
        due_at=NOW,
    )


def test_a_withdrawal_cancels_what_waits_to_promote(api: ApiClient, acme: Company) -> None:
    promotion = _promotion(acme, acme.conversation)
    news = _promotion(acme, acme.conversation, "UTILITY")
    contact = make_contact(acme.workspace, wa_id="393330000001")
    others = _promotion(acme, make_conversation(acme.number, contact))

    answered = api.post(_of(acme), {"action": "withdraw", "text": "non ne vuole più"})

    assert answered.status_code == 201
    for send in (promotion, news, others):
        send.refresh_from_db(using="owner")
    assert [promotion.state, news.state, others.state] == ["cancelled", "queued", "queued"]
    message = Message.objects.using("owner").get(pk=promotion.message_id)
    assert (message.status, (message.receipt or {})["code"]) == ("cancelled", "opted_out")


def test_rows_become_contacts_with_list_properties_and_consent(
    api: ApiClient, acme: Company
) -> None:
    answered = _import(
        api,
        {"phone": "347 123 4567", "name": "Anna B.", "città": "Bari", "consent": _AGREED},
        {"phone": "3331234568", "name": "Ugo", "punti": 7},
        list="Bari",
    ).json()

    counts = {name: answered[name] for name in ("created", "updated", "granted", "rejected")}
    assert counts == {"created": 1, "updated": 1, "granted": 1, "rejected": 0}
    assert answered["without_consent"] == 1
    anna = Contact.objects.using("owner").get(pk=acme.anna.pk)
    assert (anna.name, anna.properties) == ("Anna B.", {"città": "Bari"})
    listed = ContactList.objects.using("owner").get(pk=answered["list_id"])
    assert (listed.provenance, listed.listmember_set.using("owner").count()) == (_WHERE, 2)
    line = ConsentEvent.objects.using("owner").get(contact=anna)
    assert (line.source, line.proof["provenance"], line.proof["row"]) == ("import", _WHERE, 1)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [("", "provenance_missing"), ("lista acquistata online", "bought_list")],
)
def test_a_list_of_unknown_or_bought_origin_is_refused(
    api: ApiClient, acme: Company, declared: str, reason: str
) -> None:
    answered = _import(api, {"phone": "3331234568"}, provenance=declared)

    assert (answered.status_code, answered.json().get("reason")) == (422, reason), answered.json()
    assert "blocc" in answered.json()["detail"] or "block" in answered.json()["detail"]
    assert Contact.objects.using("owner").count() == 1


def test_without_any_declaration_the_reason_is_the_same(api: ApiClient, acme: Company) -> None:
    answered = api.post("/contacts/import", {"rows": [{"phone": "3331234568"}]})

    assert answered.json()["reason"] == "provenance_missing"


def test_what_is_wrong_is_told_row_by_row(api: ApiClient, acme: Company) -> None:
    answered = _import(
        api,
        {"phone": "3.9E+11"},
        {"phone": "3331234568", "consent": {"text": "Sì"}},
        {"phone": "+39 333 123 4568", "name": "Ugo"},
    ).json()

    told = [(one["row"], one["code"], one["imported"]) for one in answered["errors"]]
    assert told == [(1, "number_mangled", False), (2, "consent_date_missing", True)]
    assert (answered["created"], answered["merged"], answered["rejected"]) == (1, 1, 1)
    assert answered["granted"] == 0


def test_an_import_brings_nobody_back_who_said_no(api: ApiClient, acme: Company) -> None:
    api.post(_of(acme), {"action": "withdraw"})

    answered = _import(api, {"phone": "3471234567", "consent": _AGREED}).json()

    assert (answered["granted"], answered["opted_out"]) == (0, 1)
    assert answered["errors"][0]["code"] == "opted_out"
    assert _where(acme, acme.anna) is Standing.WITHDRAWN


def test_the_same_rows_twice_state_nothing_new(api: ApiClient, acme: Company) -> None:
    for _ in range(2):
        _import(api, {"phone": "3471234567", "consent": _AGREED}, list="Bari")

    assert ConsentEvent.objects.using("owner").count() == 1
    assert ContactList.objects.using("owner").count() == 1


def _upload(acme: Company, content: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile("clienti.csv", content, "text/csv")
    return new_client().post(
        "/api/v1/contacts/import",
        {"file": file, "provenance": _WHERE, **fields},
        headers={"authorization": f"Bearer {acme.key}"},
    )


def test_a_file_is_imported_with_the_consent_that_all_rows_share(
    api: ApiClient, acme: Company
) -> None:
    content = "Nome;Cellulare;Città\nAnna;3471234567;Bari\nUgo;3,9E+11;Bari\n".encode("cp1252")

    answered = _upload(
        acme,
        content,
        consent_text="Acconsento",
        consent_source="modulo",
        consent_at="20/11/2026",
    ).json()

    assert (answered["updated"], answered["granted"], answered["rejected"]) == (1, 1, 1)
    assert answered["errors"][0] == {
        "row": 3,
        "code": "number_mangled",
        "message": answered["errors"][0]["message"],
        "imported": False,
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04", "file_is_spreadsheet"),
        (b"Nome;Email\na;b\n", "phone_column_missing"),
        (b"", "file_empty"),
    ],
)
def test_an_unfit_file_is_told(api: ApiClient, acme: Company, content: bytes, reason: str) -> None:
    answered = _upload(acme, content)

    assert (answered.status_code, answered.json().get("reason")) == (422, reason), answered.json()


def test_a_multipart_without_a_file_is_told(api: ApiClient, acme: Company) -> None:
    answered = new_client().post(
        "/api/v1/contacts/import",
        {"provenance": _WHERE},
        headers={"authorization": f"Bearer {acme.key}"},
    )

    assert answered.json()["reason"] == "file_missing"


def test_an_import_reaches_no_other_companys_contacts(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    _import(api, {"phone": "3471234567", "name": "Mia", "consent": _AGREED}, list="Bari")

    theirs = Contact.objects.using("owner").get(pk=rival.anna.pk)
    assert theirs.name == "Anna Bianchi"
    assert _where(rival, rival.anna) is Standing.NONE
