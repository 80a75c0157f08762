"""Two companies with people of every role, a customer each, and a key; made as the owner."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings  # Django must be set up first
from django.test import Client, override_settings  # Django is set up first

from sportello import clock  # Django is set up first
from sportello.console.access import workspace_transaction  # Django is set up first
from sportello.console.team import keys  # Django is set up first
from sportello.schema.models import (  # Django is set up first
    Charge,
    Contact,
    Conversation,
    Membership,
    Message,
    Number,
    Send,
    User,
    Workspace,
)
from sportello.schema.team import Role  # Django is set up first

# Which files are served under which names is the matter of the pages' tests.
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Else each client that a test makes reads the whole folder.
settings.WHITENOISE_AUTOREFRESH = True
# Whitenoise warns of a folder that only `prepare` makes.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)

Clock = Callable[[datetime], None]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """One company: `anna` is its customer, who wrote an hour ago."""

    workspace: Workspace
    number: Number
    anna: Contact
    conversation: Conversation
    people: dict[str, User]
    key: str

    def inside(self) -> AbstractContextManager[None]:
        """A transaction of the console that sees this company alone."""
        return workspace_transaction(self.workspace.pk)

    def person(self, role: Role) -> User:
        return self.people[role.value]


@pytest.fixture
def acme(django_database: str) -> Company:
    return make_company("acme")


@pytest.fixture
def rival(django_database: str) -> Company:
    return make_company("rival")


def new_client() -> Client:
    return Client(headers={"accept-language": "en"}, SERVER_NAME="localhost")


class ApiClient:
    """Calls /api/v1 with a company's key, in English."""

    def __init__(self, key: str) -> None:
        self._client = new_client()
        self._key = key

    def get(self, path: str, **query: str) -> Any:
        return self._call("get", path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self._send("delete", path, None, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        sent = "" if body is None else json.dumps(body)
        kind = "application/json"
        return self._call(method, path, sent, content_type=kind, headers=headers)

    def _call(self, method: str, path: str, sent: Any, **more: Any) -> Any:
        headers = more.pop("headers", {}) | {"authorization": f"Bearer {self._key}"}
        return getattr(self._client, method)(f"/api/v1{path}", sent, headers=headers, **more)


@pytest.fixture
def api(acme: Company, at: Clock, settings_of_api: None) -> ApiClient:
    return ApiClient(acme.key)


@pytest.fixture
def settings_of_api() -> Iterator[None]:
    """The API's addresses alone: what the pages' are is no matter of its tests."""
    with override_settings(ROOT_URLCONF="sportello.console.urls_api"):
        yield


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the company's time, as the emulator's clock would; at first it is NOW."""

    def set_to(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_to(NOW)
    return set_to


def make_company(slug: str) -> Company:
    workspace = Workspace.objects.using("owner").create(name=slug.title(), slug=slug)
    people = {role.value: make_person(workspace, role) for role in Role}
    number = Number.objects.using("owner").create(
        workspace=workspace,
        phone_number_id=f"1{workspace.pk:04}",
        waba_id=f"2{workspace.pk:04}",
        display_number=f"+39 02 000{workspace.pk}",
        verified_name=workspace.name,
    )
    anna = make_contact(workspace, wa_id="393471234567", name="Anna Bianchi")
    with workspace_transaction(workspace.pk):
        _, key = keys.create(Workspace.objects.get(), "tests")
    return Company(
        workspace=workspace,
        number=number,
        anna=anna,
        conversation=make_conversation(number, anna),
        people=people,
        key=key,
    )


def make_person(workspace: Workspace, role: Role) -> User:
    user = User.objects.using("owner").create(
        email=f"{role.value}@{workspace.slug}.example", name=role.value.title(), language="en"
    )
    Membership.objects.using("owner").create(workspace=workspace, user=user, role=role)
    return user


def make_contact(workspace: Workspace, **columns: Any) -> Contact:
    return Contact.objects.using("owner").create(workspace=workspace, **columns)


def make_conversation(number: Number, contact: Contact, **columns: Any) -> Conversation:
    """One in which the customer wrote an hour ago and the assistant has not answered yet."""
    wrote_at = NOW - timedelta(hours=1)
    standard: dict[str, Any] = {
        "last_inbound_at": wrote_at,
        "window_closes_at": wrote_at + timedelta(hours=24),
        "last_message_at": wrote_at,
        "last_message_text": "Quando arriva il mio ordine?",
        "last_message_origin": "customer",
        "unread_count": 1,
    }
    conversation = Conversation.objects.using("owner").create(
        workspace=number.workspace, number=number, contact=contact, **(standard | columns)
    )
    Message.objects.using("owner").create(
        workspace=number.workspace,
        conversation=conversation,
        wamid=f"wamid.in.{conversation.pk}",
        origin="customer",
        type="text",
        text="Quando arriva il mio ordine?",
        status="received",
        at=wrote_at,
    )
    return conversation


def make_charge(company: Company, **values: Any) -> Charge:
    """A line of the ledger: a utility template, on its way since NOW."""
    line = {
        "workspace": company.workspace,
        "number": company.number,
        "market": "Italy",
        "calling_code": "39",
        "currency": "EUR",
        "expected_category": "utility",
        "expected_kind": "regular",
        "expected_micros": 24_800,
        "sent_at": NOW,
    }
    return Charge.objects.using("owner").create(**(line | values))


def make_answer(conversation: Conversation, state: str = "queued", **columns: Any) -> Send:
    """A message of the assistant that waits in the outbox."""
    message = Message.objects.using("owner").create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        origin="assistant",
        type="text",
        text="Il suo ordine parte oggi.",
        status="queued",
        at=NOW,
    )
    return Send.objects.using("owner").create(
        workspace_id=conversation.workspace_id,
        number_id=conversation.number_id,
        conversation=conversation,
        message=message,
        origin="assistant",
        priority=1,
        body={"type": "text", "text": {"body": message.text}},
        state=state,
        due_at=NOW,
        **columns,
    )
