"""The first steps: ticked by what is there, gone when done or put away, begun again in the demo."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from sportello.console.home import guide
from sportello.schema.models import (
    Campaign,
    Conversation,
    Examination,
    Membership,
    Message,
    Number,
    Pair,
    Trial,
)
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client


@pytest.fixture
def real(at: Clock) -> Iterator[None]:
    with override_settings(SPORTELLO_PHONE_URL=""):
        yield


@pytest.fixture
def demo(at: Clock) -> Iterator[None]:
    with override_settings(SPORTELLO_PHONE_URL="http://127.0.0.1:8001/phone"):
        yield


def signed_in(company: Company, role: Role = Role.OWNER) -> Client:
    client = new_client()
    client.force_login(company.person(role))
    return client


def begun(company: Company) -> Membership:
    """The owner's, from now on."""
    rows = Membership.objects.using("owner").filter(user=company.person(Role.OWNER))
    rows.update(guided_since=NOW)
    return rows.get()


def done(company: Company) -> list[str]:
    membership = Membership.objects.using("owner").get(user=company.person(Role.OWNER))
    with company.inside():
        return [one.step.name for one in guide.of(membership).steps if one.is_done]


def test_a_real_companys_steps_are_ticked_by_what_it_has(real: None, acme: Company) -> None:
    Number.objects.using("owner").update(status="pending")
    assert set(done(acme)) <= {"invite"}

    Pair.objects.using("owner").create(workspace=acme.workspace, question="Orari?", answer="9")
    Trial.objects.using("owner").create(workspace=acme.workspace, question="Orari?")
    Number.objects.using("owner").update(status="connected")

    assert set(done(acme)) >= {"knowledge", "try", "number"}


def test_it_is_where_one_lands_until_all_is_done(real: None, acme: Company) -> None:
    client = signed_in(acme)
    assert client.get("/").url == "/first-steps/"
    assert "/first-steps/" in client.get("/contacts/").content.decode()

    Pair.objects.using("owner").create(workspace=acme.workspace, question="Orari?", answer="9")
    Trial.objects.using("owner").create(workspace=acme.workspace, question="Orari?")

    assert client.get("/").url == "/conversations/"
    assert "/first-steps/" not in client.get("/contacts/").content.decode()


def test_putting_it_away_is_each_persons_own(real: None, acme: Company) -> None:
    owner, operator = signed_in(acme), signed_in(acme, Role.OPERATOR)

    owner.post("/first-steps/dismissal")

    assert owner.get("/").url == "/conversations/"
    assert operator.get("/").url == "/first-steps/"
    assert owner.post("/first-steps/restart").url == "/first-steps/"
    assert owner.get("/").url == "/first-steps/"


def test_the_demos_path_is_ticked_by_deeds_since_it_began(demo: None, acme: Company) -> None:
    begun(acme)
    chat = Conversation.objects.using("owner").filter(pk=acme.conversation.pk)
    owner = acme.person(Role.OWNER)
    deeds: list[tuple[str, Any]] = [
        ("ask", lambda: chat.update(last_inbound_at=NOW)),
        ("control", lambda: signed_in(acme).post(f"/conversations/{acme.conversation.pk}/control")),
        ("campaign", lambda: Campaign.objects.using("owner").create(
            workspace=acme.workspace, number=acme.number, name="Autunno", started_at=NOW)),
        ("card", lambda: Message.objects.using("owner").create(
            workspace=acme.workspace, conversation=acme.conversation, origin="operator",
            type="text", status="failed", error={"code": 131042}, failed_at=NOW, at=NOW)),
        ("doctor", lambda: Examination.objects.using("owner").create(
            workspace=acme.workspace, number=acme.number, subject="number",
            subject_id=acme.number.pk, by=owner, asked_at=NOW)),
    ]  # fmt: skip

    ticked = []
    for _name, deed in deeds:
        ticked.append(done(acme))
        deed()

    names = [name for name, _deed in deeds]
    assert [*ticked, done(acme)] == [names[:n] for n in range(6)]


def test_begun_again_the_demos_deeds_count_anew(demo: None, acme: Company, at: Clock) -> None:
    begun(acme)
    Conversation.objects.using("owner").update(last_inbound_at=NOW)
    at(NOW + timedelta(minutes=1))
    assert done(acme) != []

    signed_in(acme).post("/first-steps/restart")

    assert done(acme) == []


def test_the_demo_lands_on_its_desk_and_leads_to_the_steps(demo: None, acme: Company) -> None:
    client = signed_in(acme)

    assert client.get("/").url == "/conversations/"
    assert "http://127.0.0.1:8001/phone" in client.get("/first-steps/").content.decode()


def test_a_reader_is_not_led_to_what_they_may_not_do(real: None, acme: Company) -> None:
    client = signed_in(acme, Role.READER)

    assert client.get("/").url == "/conversations/"
    assert client.get("/first-steps/").status_code == 200
