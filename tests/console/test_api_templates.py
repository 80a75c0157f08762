"""Templates and files over the API, through Django's client on real PostgreSQL."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sportello.console.templates_desk import captions
from sportello.schema.models import Template, TemplateChange
from tests.console.conftest import NOW, ApiClient, Company, new_client
from tests.console.test_template_deeds import BODY, PNG, template_of


def test_a_template_is_submitted_and_shown(api: ApiClient, acme: Company) -> None:
    made = api.post("/templates", BODY)
    shown = api.get(f"/templates/{made.json()['id']}").json()

    assert made.status_code == 201
    assert (shown["status"], shown["wish"], shown["step"]) == ("submitting", "create", "waiting")
    assert (shown["name"], shown["category"]) == ("ordine_in_viaggio", "UTILITY")
    assert (shown["error"], shown["changes"], shown["meta_id"]) == (None, [], "")


def test_a_draft_is_only_kept_until_it_is_submitted(api: ApiClient, acme: Company) -> None:
    draft = api.post("/templates?draft=true", BODY).json()
    sent = api.post(f"/templates/{draft['id']}/submit")

    assert (draft["status"], draft["wish"]) == ("draft", "")
    assert (sent.status_code, sent.json()["status"]) == (200, "submitting")


def test_a_submission_repeated_with_its_key_is_made_once(api: ApiClient, acme: Company) -> None:
    first = api.post("/templates", BODY, **{"idempotency-key": "k1"})
    again = api.post("/templates", BODY, **{"idempotency-key": "k1"})

    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Template.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    ("body", "reason", "at"),
    [
        ({**BODY, "name": ""}, "missing", "body.name"),
        ({**BODY, "category": "FUN"}, "unknown", "body.category"),
        ({**BODY, "components": "x"}, "missing", "body.components"),
        ({**BODY, "components": [{"text": "\0"}]}, "not_text", "body"),
    ],
)
def test_a_body_that_cannot_be_kept_is_a_problem(
    api: ApiClient, acme: Company, body: Any, reason: str, at: str
) -> None:
    answered = api.post("/templates", body)

    assert answered.status_code == 422
    assert (answered.json()["reason"], answered.json()["errors"]) == (reason, [{"at": at}])


@pytest.mark.parametrize("body", [[], "x", 7, None])
def test_a_body_that_is_no_object_is_a_problem(api: ApiClient, acme: Company, body: Any) -> None:
    assert api.post("/templates", body).status_code in {400, 422}
    assert api.post("/templates/lint", body).status_code in {400, 422}


def test_the_lint_says_what_meta_would_answer_and_mends(api: ApiClient, acme: Company) -> None:
    body = {**BODY, "name": "Ordine In Viaggio"}

    (found,) = api.post("/templates/lint", body).json()["findings"]

    assert (found["code"], found["severity"]) == ("name_characters", "error")
    assert (found["answer"], found["answer_code"]) == ("refused", "2388046")
    assert found["where"]["part"] == "name"
    assert found["fix"] == "ordine_in_viaggio"
    assert found["mended"] == BODY
    assert found["message"].startswith("The name may have only")
    assert not Template.objects.using("owner").exists()


def test_whatever_is_linted_is_answered(api: ApiClient, acme: Company) -> None:
    strange = {"name": 7, "components": [None, {"type": []}, {"type": "BUTTONS", "buttons": {}}]}

    answered = api.post("/templates/lint", strange)

    assert answered.status_code == 200
    assert answered.json()["findings"]


def test_templates_are_listed_newest_first_in_pages(api: ApiClient, acme: Company) -> None:
    rows = [template_of(acme, name=f"n{place}", meta_id=str(place)) for place in range(1, 4)]
    template_of(acme, name="gone", meta_id="9", deleted_at=NOW, status="DELETED")

    first = api.get("/templates", limit="2").json()
    second = api.get("/templates", limit="2", cursor=first["next_cursor"]).json()
    gone = api.get("/templates", status="DELETED").json()

    names = [one["name"] for one in first["items"] + second["items"]]
    assert names == [row.name for row in reversed(rows)]
    assert (second["next_cursor"], [one["name"] for one in gone["items"]]) == (None, ["gone"])


def test_what_stands_at_meta_is_edited_there(api: ApiClient, acme: Company) -> None:
    kept = template_of(acme)
    new = [{"type": "BODY", "text": "Il suo ordine è partito."}]

    edited = api.put(f"/templates/{kept.pk}", {"components": new}).json()

    assert (edited["status"], edited["wish"]) == ("APPROVED", "edit")


def test_a_refusal_names_its_reason(api: ApiClient, acme: Company) -> None:
    kept = template_of(acme, status="PENDING")

    answered = api.put(f"/templates/{kept.pk}", BODY)

    assert (answered.status_code, answered.json()["reason"]) == (409, "in_review")
    assert (
        answered.json()["detail"]
        == "Meta is reviewing it. It can be changed once the answer is here."
    )


def test_metas_refusal_is_shown_in_its_words(api: ApiClient, acme: Company) -> None:
    error = {"kind": "rejected", "code": 100, "subcode": 2388299, "message": "Not at the end"}
    failed = template_of(acme, status="failed", meta_id="", error=error)

    shown = api.get(f"/templates/{failed.pk}").json()["error"]

    assert shown == {
        "kind": "rejected", "code": 100, "subcode": 2388299, "detail": "Not at the end",
    }  # fmt: skip


def test_what_kept_meta_from_being_asked_is_shown_in_ours(api: ApiClient, acme: Company) -> None:
    waiting = template_of(acme, status="submitting", meta_id="", error={"kind": "unreachable"})

    shown = api.get(f"/templates/{waiting.pk}").json()["error"]

    assert shown["detail"] == str(captions.TROUBLES["unreachable"].title)


def test_deleting_asks_meta_and_a_draft_is_simply_gone(api: ApiClient, acme: Company) -> None:
    kept = template_of(acme)
    draft = api.post("/templates?draft=true", {**BODY, "name": "bozza"}).json()

    asked = api.delete(f"/templates/{kept.pk}")
    gone = api.delete(f"/templates/{draft['id']}")

    assert (asked.status_code, asked.json()["wish"]) == (202, "delete")
    assert gone.status_code == 204
    assert api.get(f"/templates/{draft['id']}").status_code == 404


def test_alarms_are_shown_until_they_are_seen(api: ApiClient, acme: Company) -> None:
    kept = template_of(acme)
    TemplateChange.objects.using("owner").create(
        workspace=acme.workspace, template=kept, kind="category", before="UTILITY",
        after="MARKETING", at=NOW, is_alarm=True,
    )  # fmt: skip

    before = api.get(f"/templates/{kept.pk}").json()["changes"]
    after = api.post(f"/templates/{kept.pk}/seen").json()["changes"]

    assert [(one["after"], one["seen_at"]) for one in before] == [("MARKETING", None)]
    assert before[0]["effect"] == {"consent": True, "free_in_window": False}
    assert after[0]["seen_at"] is not None


def test_the_way_back_is_measured_and_walked(api: ApiClient, acme: Company) -> None:
    rejected = template_of(acme, status="REJECTED")
    text = "La consegna è prevista per domani: il corriere telefona prima di arrivare."
    new = {**BODY, "name": "avviso_consegna", "components": [{"type": "BODY", "text": text}]}

    same = api.post(f"/templates/{rejected.pk}/way-back", BODY).json()
    way = api.post(f"/templates/{rejected.pk}/way-back", new).json()
    refused = api.post(f"/templates/{rejected.pk}/start-over", BODY)
    made = api.post(f"/templates/{rejected.pk}/start-over", new)

    assert (same["same_name"], same["alike"], same["may_submit"]) == (True, 1, False)
    assert (way["same_name"], way["too_alike"], way["may_submit"]) == (False, False, True)
    assert way["missing_of_profile"] == ["photo", "description", "email", "website"]
    assert (refused.status_code, refused.json()["reason"]) == (422, "same_name")
    assert (made.status_code, made.json()["status"]) == (201, "submitting")


def test_another_companys_template_is_nothing(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    theirs = template_of(rival)

    assert api.get(f"/templates/{theirs.pk}").status_code == 404
    assert api.delete(f"/templates/{theirs.pk}").status_code == 404
    assert api.get("/templates").json()["items"] == []


def _upload(acme: Company, content: bytes, mime_type: str, path: str = "/files") -> Any:
    part = SimpleUploadedFile("foto.png", content, content_type=mime_type)
    return new_client().post(
        f"/api/v1{path}", {"file": part}, headers={"authorization": f"Bearer {acme.key}"}
    )


@pytest.mark.usefixtures("settings_of_api", "at")
def test_a_file_is_kept_and_stands_as_a_sample(api: ApiClient, acme: Company) -> None:
    kept = _upload(acme, PNG, "image/png")
    header = {
        "type": "HEADER",
        "format": "IMAGE",
        "example": {"header_handle": [kept.json()["handle"]]},
    }

    made = api.post("/templates", {**BODY, "components": [header, *BODY["components"]]})

    assert (kept.status_code, kept.json()["mime_type"]) == (201, "image/png")
    assert made.json()["sample"] == kept.json()["id"]


@pytest.mark.usefixtures("settings_of_api", "at")
def test_a_file_that_whatsapp_does_not_take_is_a_problem(acme: Company) -> None:
    strange = _upload(acme, b"<html>", "text/html")
    large = _upload(acme, bytes(17 * 1024 * 1024), "image/png")

    assert (strange.status_code, strange.json()["reason"]) == (422, "kind_unknown")
    assert large.status_code == 413


@pytest.mark.usefixtures("settings_of_api", "at")
def test_a_form_is_taken_nowhere_else(acme: Company) -> None:
    assert _upload(acme, PNG, "image/png", "/templates").status_code == 415
