"""Segments through the API: kept, read, counted, looked through; refused with the place."""

from typing import Any

import pytest

from sportello.schema.models import Contact, Segment
from tests.console.conftest import Clock, Company, new_client

_BARI = {"all": [{"property": "Città", "op": "is", "value": "Bari"}]}


@pytest.fixture
def people(acme: Company) -> list[Contact]:
    return [
        Contact.objects.using("owner").create(
            workspace=acme.workspace, wa_id=f"39388000{n}", properties={"Città": city}
        )
        for n, city in enumerate(["Bari", "bari", "Roma"])
    ]


def _call(company: Company, method: str, path: str, **body: Any) -> Any:
    headers = {"authorization": f"Bearer {company.key}"}
    send = getattr(new_client(), method)
    if method == "get":
        return send(f"/api/v1{path}", headers=headers)
    return send(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def test_a_segment_is_kept_counted_and_looked_through(
    acme: Company, people: list[Contact], at: Clock
) -> None:
    made = _call(acme, "post", "/segments", name="Baresi", condition=_BARI)
    path = f"/segments/{made.json()['id']}"

    counted = _call(acme, "get", f"{path}/count").json()
    first = _call(acme, "get", f"{path}/contacts?limit=1").json()
    second = _call(acme, "get", f"{path}/contacts?limit=1&cursor={first['next_cursor']}").json()
    listed = _call(acme, "get", "/segments").json()

    assert (made.status_code, made.json()["condition"]) == (201, _BARI)
    assert counted == {"count": 2}
    ids = [one["id"] for page in (first, second) for one in page["items"]]
    assert ids == [people[1].pk, people[0].pk]
    assert second["next_cursor"] is None
    assert [one["name"] for one in listed["items"]] == ["Baresi"]
    assert _call(acme, "get", path).json()["name"] == "Baresi"


def test_what_cannot_be_a_segment_is_refused_with_its_place(acme: Company, at: Clock) -> None:
    wrong = {"all": [{"property": "Punti", "op": "above", "value": "molti"}]}

    refused = _call(acme, "post", "/segments", name="A", condition=wrong)
    made = _call(acme, "post", "/segments", name="A", condition={"all": []})
    again = _call(acme, "post", "/segments", name="a", condition={"all": []})

    assert (refused.status_code, refused.json()["reason"]) == (422, "not_a_number")
    assert refused.json()["errors"] == [{"at": "body.condition.all.0.value"}]
    assert (made.status_code, again.status_code) == (201, 409)
    assert Segment.objects.using("owner").count() == 1
