"""Outgoing webhooks by the API: the same deeds as on the pages."""

from sportello.schema.models import Delivery, Endpoint, IdempotentReply
from tests.console.conftest import NOW, ApiClient, Company

_ENDPOINT = {"url": "https://crm.example/hook", "events": ["message.received"]}


def test_an_endpoint_is_made_changed_tried_told_again_and_removed(
    api: ApiClient, acme: Company
) -> None:
    made = api.post("/webhooks", _ENDPOINT)
    assert made.status_code == 201
    told = made.json()
    at = f"/webhooks/{told['id']}"

    secrets = [
        api.post(f"{at}/secret", **{"Idempotency-Key": "once"}).json()["secret"] for _ in range(2)
    ]
    assert secrets[0].startswith("whsec_")
    assert secrets[0] != secrets[1]
    assert not IdempotentReply.objects.using("owner").exists()
    changed = api.put(at, _ENDPOINT | {"note": "CRM", "events": ["campaign.changed"]}).json()
    assert (changed["note"], changed["events"]) == ("CRM", ["campaign.changed"])
    tried = api.post(f"{at}/test").json()
    assert (tried["type"], tried["state"]) == ("endpoint.test", "queued")
    assert tried["body"]["data"] == {"endpoint": {"id": told["id"]}}
    Delivery.objects.using("owner").update(
        state="failed", settled_at=NOW, tries=[{"at": NOW.isoformat(), "status": 0,
                                                "why": "too_slow", "ms": 15000}],
    )  # fmt: skip
    again = api.post(f"{at}/deliveries/{tried['id']}/replay").json()
    assert (again["state"], again["webhook_id"]) == ("queued", tried["webhook_id"])
    assert again["tries"][0]["why"] == "too_slow"
    assert len(api.get(f"{at}/deliveries").json()["items"]) == 1
    assert api.post(f"{at}/replay", {"since": NOW.isoformat()}).status_code == 202
    assert api.put(at, _ENDPOINT | {"enabled": False}).status_code == 200
    assert api.post(f"{at}/replay", {"since": NOW.isoformat()}).json()["reason"] == "endpoint_off"
    assert api.delete(at).status_code == 204
    assert api.get("/webhooks").json()["items"] == []


def test_what_cannot_be_told_is_refused(api: ApiClient, acme: Company) -> None:
    for wrong in ({"url": "ftp://x"}, {"events": []}, {"events": ["endpoint.test"]}, {"x": 1}):
        assert api.post("/webhooks", _ENDPOINT | wrong).status_code == 422, wrong
    for place in range(20):
        assert api.post("/webhooks", _ENDPOINT).status_code == 201, place
    assert api.post("/webhooks", _ENDPOINT).json()["reason"] == "too_many_endpoints"
    assert Endpoint.objects.using("owner").count() == 20
