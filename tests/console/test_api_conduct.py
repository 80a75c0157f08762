"""How the API behaves whatever is asked: errors, keys, repetition, bounds, description."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sportello.console.access import try_lock, workspace_transaction
from sportello.console.api import conversations
from sportello.console.api.middleware import BODY_BYTES_MAX
from sportello.console.inbox import deeds
from sportello.console.team import keys
from sportello.schema.models import ApiKey, IdempotentReply, Message, Pair, Send
from tests.console.conftest import NOW, ApiClient, Company, new_client

PAIR = {"question": "Orari?", "answer": "Dalle 9 alle 18."}


def _raw(company: Company, method: str, path: str, **more: Any) -> Any:
    headers = {"authorization": f"Bearer {company.key}", "accept-language": "en"}
    headers |= more.pop("headers", {})
    return new_client().generic(method, f"/api/v1{path}", headers=headers, **more)


def _is_problem(response: Any, status: int) -> bool:
    told = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert {"type", "title", "status", "detail"} <= set(told)
    return bool(response.status_code == told["status"] == status)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer nonsense",
        "Basic c2s6c2s=",
        "Bearer sk_000000000000_" + "x" * 43,
        "Bearer sk_" + "è" * 60,
    ],
)
def test_without_a_good_key_nothing_opens(
    acme: Company, settings_of_api: None, header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header}

    refused = new_client().get("/api/v1/conversations", headers=headers)

    assert _is_problem(refused, 401)
    assert refused["WWW-Authenticate"].startswith("Bearer")


def test_the_prefix_alone_does_not_open(acme: Company, settings_of_api: None) -> None:
    wrong = acme.key[:-1] + ("A" if acme.key[-1] != "A" else "B")
    assert keys.prefix_of(wrong) == keys.prefix_of(acme.key) != ""

    refused = new_client().get("/api/v1/channel", headers={"authorization": f"Bearer {wrong}"})

    assert _is_problem(refused, 401)


def test_a_revoked_key_no_longer_opens(api: ApiClient, acme: Company) -> None:
    assert api.get("/channel").status_code == 200
    with acme.inside():
        keys.revoke(ApiKey.objects.get().pk, NOW)

    assert _is_problem(api.get("/channel"), 401)


def test_a_key_is_kept_as_its_digest_alone(acme: Company) -> None:
    row = ApiKey.objects.using("owner").get()

    assert acme.key.startswith(f"sk_{row.prefix}_")
    assert acme.key.split("_", 2)[2] not in str(vars(row))


@pytest.mark.parametrize("path", ["/nowhere", "/conversations/x", "/conversations/-1"])
def test_an_unknown_address_is_a_problem(api: ApiClient, path: str) -> None:
    assert _is_problem(api.get(path), 404)


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40, "9" * 5000])
def test_an_id_that_no_row_can_have_is_not_found(api: ApiClient, number: str) -> None:
    assert _is_problem(api.get(f"/conversations/{number}"), 404)
    assert _is_problem(api.post(f"/conversations/{number}/control"), 404)
    assert _is_problem(api.delete(f"/knowledge/pairs/{number}"), 404)


def test_a_method_that_is_not_there_is_told_with_those_that_are(
    api: ApiClient, acme: Company
) -> None:
    refused = _raw(acme, "PUT", "/channel")

    assert _is_problem(refused, 405)
    assert refused["Allow"] == "GET"


def test_what_is_not_json_is_refused(api: ApiClient, acme: Company) -> None:
    refused = _raw(acme, "POST", "/knowledge/pairs", data="a=b", content_type="text/plain")

    assert _is_problem(refused, 415)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"question": ' + b"9" * 5000 + b"}"]
)
def test_broken_json_is_refused(api: ApiClient, acme: Company, body: bytes) -> None:
    refused = _raw(acme, "POST", "/knowledge/pairs", data=body, content_type="application/json")

    assert _is_problem(refused, 400)


def test_a_body_beyond_the_bound_is_refused_unread(api: ApiClient, acme: Company) -> None:
    body = b" " * (BODY_BYTES_MAX + 1)

    refused = _raw(acme, "POST", "/knowledge/pairs", data=body, content_type="application/json")

    assert _is_problem(refused, 413)


def test_a_write_without_its_body_is_refused(api: ApiClient) -> None:
    assert _is_problem(api.post("/knowledge/pairs"), 422)


@pytest.mark.parametrize("cursor", ["x", "9" * 30, "WzEsMl0", "bnVsbA", "%00", "WyIyMDI2IiwgMV0"])
def test_a_cursor_of_ones_own_making_is_refused(api: ApiClient, acme: Company, cursor: str) -> None:
    for path in ("/conversations", f"/conversations/{acme.conversation.pk}/messages"):
        assert _is_problem(api.get(path, cursor=cursor), 422)


@pytest.mark.parametrize("q", ["a\0b", "x" * 101])
def test_a_search_that_cannot_be_made_is_refused(api: ApiClient, q: str) -> None:
    assert _is_problem(api.get("/conversations", q=q), 422)


@pytest.mark.parametrize("language", ["it", "en"])
def test_errors_are_told_in_the_callers_language(
    api: ApiClient, acme: Company, language: str
) -> None:
    told = _raw(acme, "GET", "/contacts/999", headers={"accept-language": language})

    assert told["Content-Language"] == language


def test_a_fault_halfway_leaves_nothing_behind_and_is_told(
    api: ApiClient, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    api.post(f"/conversations/{acme.conversation.pk}/control")
    monkeypatch.setattr(deeds, "note_last", fail)
    client = new_client()
    client.raise_request_exception = False

    answered = client.post(
        f"/api/v1/conversations/{acme.conversation.pk}/messages",
        {"type": "text", "text": "Ciao"},
        content_type="application/json",
        headers={"authorization": f"Bearer {acme.key}", "idempotency-key": "k"},
    )

    assert _is_problem(answered, 500)
    assert not Send.objects.using("owner").exists()
    assert not Message.objects.using("owner").filter(origin="operator").exists()
    assert not IdempotentReply.objects.using("owner").exists()


def test_a_database_that_is_busy_is_a_503(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(conversations, "listed", busy)

    refused = api.get("/conversations")

    assert _is_problem(refused, 503)
    assert refused["Retry-After"] == "1"


def test_a_repeated_write_is_done_once_and_answered_alike(api: ApiClient) -> None:
    first = api.post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})
    again = api.post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Pair.objects.using("owner").count() == 1


def test_a_repeated_removal_is_answered_alike(api: ApiClient) -> None:
    pair = api.post("/knowledge/pairs", PAIR).json()["id"]

    first = api.delete(f"/knowledge/pairs/{pair}", **{"idempotency-key": "k"})
    again = api.delete(f"/knowledge/pairs/{pair}", **{"idempotency-key": "k"})

    assert (first.status_code, again.status_code, again.content) == (204, 204, b"")


def test_a_key_used_for_another_request_is_refused(api: ApiClient) -> None:
    api.post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})

    other = api.post("/knowledge/pairs", PAIR | {"answer": "?"}, **{"idempotency-key": "k1"})

    assert _is_problem(other, 422)
    assert other.json()["reason"] == "idempotency_key_reused"
    assert Pair.objects.using("owner").count() == 1


def test_two_companies_may_use_the_same_key(api: ApiClient, rival: Company) -> None:
    api.post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})

    theirs = ApiClient(rival.key).post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})

    assert theirs.status_code == 201
    assert Pair.objects.using("owner").count() == 2


def test_a_refused_write_may_be_tried_again_with_its_key(api: ApiClient, acme: Company) -> None:
    path = f"/conversations/{acme.conversation.pk}"
    text = {"type": "text", "text": "Ciao"}
    refused = api.post(f"{path}/messages", text, **{"idempotency-key": "k1"})
    api.post(f"{path}/control")

    done = api.post(f"{path}/messages", text, **{"idempotency-key": "k1"})

    assert (refused.status_code, done.status_code) == (409, 201)
    assert Message.objects.using("owner").filter(origin="operator").count() == 1


def test_while_a_write_is_under_way_its_repetition_is_refused(
    api: ApiClient, acme: Company
) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with workspace_transaction(acme.workspace.pk):
                assert try_lock(f"idempotency:{acme.workspace.pk}:k1")
                held.set()
                done.wait(10)
        finally:
            connection.close()

    first = threading.Thread(target=hold)
    first.start()
    assert held.wait(10)

    second = api.post("/knowledge/pairs", PAIR, **{"idempotency-key": "k1"})

    done.set()
    first.join(10)
    assert _is_problem(second, 409)
    assert second.json()["reason"] == "in_progress"
    assert not IdempotentReply.objects.using("owner").exists()


@pytest.mark.parametrize("key", ["", "a b", "è", "x" * 201])
def test_a_key_of_the_wrong_shape_is_refused(api: ApiClient, key: str) -> None:
    assert _is_problem(api.post("/knowledge/pairs", PAIR, **{"idempotency-key": key}), 400)


def test_the_description_names_every_operation_and_needs_no_key(settings_of_api: None) -> None:
    described = new_client().get("/api/v1/openapi.json").json()

    assert set(described["paths"]) == {
        "/api/v1/analytics",
        "/api/v1/assistant/ask",
        "/api/v1/automations",
        "/api/v1/automations/{automation_id}",
        "/api/v1/automations/{automation_id}/address",
        "/api/v1/automations/{automation_id}/end",
        "/api/v1/automations/{automation_id}/executions",
        "/api/v1/automations/{automation_id}/executions/{errand_id}/resend",
        "/api/v1/automations/{automation_id}/executions/{errand_id}/take-as-sent",
        "/api/v1/automations/{automation_id}/pause",
        "/api/v1/automations/{automation_id}/report",
        "/api/v1/automations/{automation_id}/resume",
        "/api/v1/automations/{automation_id}/retry",
        "/api/v1/automations/{automation_id}/start",
        "/api/v1/campaigns",
        "/api/v1/campaigns/rules",
        "/api/v1/campaigns/{campaign_id}",
        "/api/v1/campaigns/{campaign_id}/cancel",
        "/api/v1/campaigns/{campaign_id}/checks",
        "/api/v1/campaigns/{campaign_id}/followups",
        "/api/v1/campaigns/{campaign_id}/followups/errands",
        "/api/v1/campaigns/{campaign_id}/followups/errands/{errand_id}/resend",
        "/api/v1/campaigns/{campaign_id}/followups/errands/{errand_id}/take-as-sent",
        "/api/v1/campaigns/{campaign_id}/followups/retry",
        "/api/v1/campaigns/{campaign_id}/pause",
        "/api/v1/campaigns/{campaign_id}/preview",
        "/api/v1/campaigns/{campaign_id}/recipients",
        "/api/v1/campaigns/{campaign_id}/recipients/{recipient_id}/resend",
        "/api/v1/campaigns/{campaign_id}/recipients/{recipient_id}/take-as-sent",
        "/api/v1/campaigns/{campaign_id}/report",
        "/api/v1/campaigns/{campaign_id}/resume",
        "/api/v1/campaigns/{campaign_id}/retry",
        "/api/v1/campaigns/{campaign_id}/start",
        "/api/v1/campaigns/{campaign_id}/trial",
        "/api/v1/channel",
        "/api/v1/channel/connect",
        "/api/v1/channel/connections/{connection_id}",
        "/api/v1/channel/disconnect",
        "/api/v1/channel/profile",
        "/api/v1/channel/reconnect",
        "/api/v1/contacts",
        "/api/v1/contacts/import",
        "/api/v1/contacts/{contact_id}",
        "/api/v1/contacts/{contact_id}/consents",
        "/api/v1/contacts/{contact_id}/executions",
        "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}",
        "/api/v1/conversations/{conversation_id}/assignment",
        "/api/v1/conversations/{conversation_id}/control",
        "/api/v1/conversations/{conversation_id}/folder",
        "/api/v1/conversations/{conversation_id}/labels",
        "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/doctor",
        "/api/v1/doctor/{examination_id}",
        "/api/v1/doctor/{examination_id}/deeds",
        "/api/v1/files",
        "/api/v1/folders",
        "/api/v1/hooks/{hook}/{secret}",
        "/api/v1/knowledge/documents",
        "/api/v1/knowledge/documents/{document_id}",
        "/api/v1/knowledge/pages",
        "/api/v1/knowledge/pages/{document_id}",
        "/api/v1/knowledge/pages/{document_id}/publication",
        "/api/v1/knowledge/pairs",
        "/api/v1/knowledge/pairs/import",
        "/api/v1/knowledge/pairs/{pair_id}",
        "/api/v1/knowledge/sites",
        "/api/v1/knowledge/sites/{site_id}",
        "/api/v1/labels",
        "/api/v1/ledger",
        "/api/v1/segments",
        "/api/v1/segments/{segment_id}",
        "/api/v1/segments/{segment_id}/contacts",
        "/api/v1/segments/{segment_id}/count",
        "/api/v1/templates",
        "/api/v1/templates/lint",
        "/api/v1/templates/{template_id}",
        "/api/v1/templates/{template_id}/seen",
        "/api/v1/templates/{template_id}/start-over",
        "/api/v1/templates/{template_id}/submit",
        "/api/v1/templates/{template_id}/way-back",
        "/api/v1/webhooks",
        "/api/v1/webhooks/{endpoint_id}",
        "/api/v1/webhooks/{endpoint_id}/deliveries",
        "/api/v1/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay",
        "/api/v1/webhooks/{endpoint_id}/replay",
        "/api/v1/webhooks/{endpoint_id}/secret",
        "/api/v1/webhooks/{endpoint_id}/test",
    }
    problem = described["paths"]["/api/v1/channel"]["get"]["responses"]["default"]
    assert "application/problem+json" in problem["content"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
_bodies = _json | st.fixed_dictionaries(
    {},
    optional={
        name: _json | st.text(max_size=30)
        for name in ("type", "text", "reply_to", "question", "answer", "variants", "phone", "name")
    }
    | {"type": st.sampled_from(["text", "note"]), "language": st.sampled_from(["it", "en"])},
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=_bodies, place=st.integers(0, 3))
def test_no_body_whatsoever_is_a_fault_of_ours(
    api: ApiClient, acme: Company, body: Any, place: int
) -> None:
    conversation = f"/conversations/{acme.conversation.pk}"
    paths = (f"{conversation}/messages", f"{conversation}/control", "/knowledge/pairs", "/contacts")

    answered = api.post(paths[place], body)

    assert answered.status_code in {200, 201, 409, 422}
