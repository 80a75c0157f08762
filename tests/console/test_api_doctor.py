"""The doctor by the API: the report as the page has it, and the deed of each button."""

from typing import Any

import pytest

from sportello.console.access import workspace_transaction
from sportello.console.api import doctor
from sportello.console.team import keys
from sportello.schema.models import Examination, Number, Workspace
from sportello.schema.team import Role
from tests.console.conftest import NOW, ApiClient, Company


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here: what is asked for is written down, and waited for no longer."""
    monkeypatch.setattr(doctor, "WAIT_S_MAX", 0.0)


def test_the_report_tells_what_the_page_tells(api: ApiClient, acme: Company) -> None:
    rejected = {"asked": "apps", "code": 10, "said": "Permission denied"}
    row = _examined(
        acme,
        _finding("payment_missing", meta=131042, evidence=[_seen("meta", "rejected", rejected)]),
        _finding("number_paused", deed="resume"),
        _finding("number_disconnected", deed="reconnect"),
    )

    (payment, paused, off) = api.get(f"/doctor/{row.pk}").json()["findings"]

    assert "Payment settings" in " ".join(payment["steps"])
    assert payment["meta_words"]
    assert "apps" not in payment["evidence"][0]["text"], "the question has words of its own"
    assert (paused["deed"], paused["deed_path"]) == ("resume", f"/api/v1/doctor/{row.pk}/deeds")
    assert (off["deed"], off["deed_path"]) == ("reconnect", None)


def test_a_deed_is_done_and_looked_at_anew(api: ApiClient, acme: Company) -> None:
    _pause(why="payment")
    row = _examined(acme, _finding("number_paused", deed="resume"))

    answered = api.post(f"/doctor/{row.pk}/deeds", {"deed": "resume"})

    assert (answered.status_code, answered.json()["reason"]) == (504, "nobody_looks")
    anew = Examination.objects.using("owner").get(pk=answered.json()["id"])
    assert (anew.pk > row.pk, anew.subject_id) == (True, acme.number.pk)
    assert Number.objects.using("owner").get(pk=acme.number.pk).paused_why == ""


@pytest.mark.parametrize(
    ("deed", "offered", "reason"),
    [
        ("resume", "repeat", "not_offered"),
        ("reconnect", "reconnect", "not_offered"),
        ("nothing", "resume", "not_offered"),
        ("resume", "resume", "blocked"),
    ],
)
def test_what_is_not_offered_or_not_possible_is_refused_with_its_reason(
    api: ApiClient, acme: Company, deed: str, offered: str, reason: str
) -> None:
    _pause(why="blocked", status="banned")
    row = _examined(acme, _finding("number_paused", deed=offered))

    answered = api.post(f"/doctor/{row.pk}/deeds", {"deed": deed})

    assert (answered.status_code, answered.json()["reason"]) == (409, reason)
    assert Number.objects.using("owner").get(pk=acme.number.pk).paused_why == "blocked"


def test_an_operator_s_key_lets_no_blocked_account_send(api: ApiClient, acme: Company) -> None:
    _pause(why="blocked")
    with workspace_transaction(acme.workspace.pk):
        _, key = keys.create(Workspace.objects.get(), "till", Role.OPERATOR)
    row = _examined(acme, _finding("number_paused", deed="resume"))

    answered = ApiClient(key).post(f"/doctor/{row.pk}/deeds", {"deed": "resume"})

    assert (answered.status_code, answered.json()["reason"]) == (403, "not_allowed")
    assert Number.objects.using("owner").get(pk=acme.number.pk).paused_why == "blocked"


def test_another_company_s_report_does_not_exist(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    row = _examined(rival, _finding("number_paused", deed="resume"))

    assert api.post(f"/doctor/{row.pk}/deeds", {"deed": "resume"}).status_code == 404


def _pause(why: str, status: str = "connected") -> None:
    rows = Number.objects.using("owner")
    rows.update(status=status)
    rows.update(paused_why=why, paused_at=NOW)


def _examined(company: Company, *findings: dict[str, Any]) -> Examination:
    look = {"at": NOW.isoformat(), "miss": None, "code": None, "said": ""}
    return Examination.objects.using("owner").create(
        workspace=company.workspace, number=company.number, subject="number",
        subject_id=company.number.pk, state="done", findings=list(findings),
        looks={"rows": look}, asked_at=NOW, done_at=NOW,
    )  # fmt: skip


def _finding(
    code: str, *, deed: str | None = None, meta: int | None = None, evidence: Any = ()
) -> dict[str, Any]:
    return {
        "code": code, "weight": "stops", "turn": "administrator", "deed": deed, "meta": meta,
        "values": {}, "evidence": list(evidence),
    }  # fmt: skip


def _seen(source: str, what: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"source": source, "what": what, "at": NOW.isoformat(), "values": values}
