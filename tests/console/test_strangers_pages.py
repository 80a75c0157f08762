"""Every page's door, made from the console's own addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import override_settings
from django.urls import URLPattern, URLResolver, resolve

from sportello.console import permits, urls
from sportello.console.library import deeds as library
from sportello.console.library import holdings
from sportello.schema.models import (
    Action,
    ActionRun,
    ApiKey,
    Automation,
    Campaign,
    CannedReply,
    Conduct,
    Connection,
    ConnectionStep,
    ContactImport,
    ContactList,
    Delivery,
    Endpoint,
    Errand,
    EvalRun,
    Examination,
    File,
    Followup,
    Gist,
    Invitation,
    LanguageModel,
    Media,
    Membership,
    Message,
    News,
    PropertyName,
    Proposal,
    PushPlace,
    Quarantined,
    QuestionSet,
    Recipient,
    Rehearsal,
    Segment,
    Sweep,
    Template,
    Trial,
)
from sportello.schema.team import Role
from tests import database as databases
from tests.console.conftest import NOW, Clock, Company, make_company, new_client
from tests.spares import Spares, rows

# Everybody may knock here: signing in, the link that signs in, the language of the sign-in page.
_PUBLIC = ("accounts/", "enter/", "invitations/", "language", "push-worker.js")


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _pages() -> list[tuple[str, Any]]:
    """The API has its own test; public pages have nothing to hide."""
    routes = _routes(getattr(urls, "urlpatterns", []))
    return [(route, view) for route, view in routes if not route.startswith(("api/", *_PUBLIC))]


def _of_accounts() -> list[str]:
    """A person's own: password, second factor, devices. The doors to sign in by are everybody's."""
    routes = (route for route, _ in _routes(getattr(urls, "urlpatterns", [])))
    return [route for route in routes if route.startswith("accounts/") and not _DOOR.match(route)]


_DOOR = re.compile(r"accounts/(login|logout|inactive|signup|company|2fa/webauthn/login)")
_ALL = _pages()
_routed = [route for route, _ in _ALL]
_with_row = [route for route in _routed if "<" in route]
# A person's own account and first steps, and the ticket for the live stream.
_OPEN_TO_READERS = {
    "",
    "first-steps/",
    "first-steps/dismissal",
    "first-steps/restart",
    "conversations/ticket",
    "profile/",
    "profile/sessions/<int:session_id>/end",
    "profile/notifications",
    "profile/notifications/push",
    "profile/notifications/push/<int:place_id>/end",
    "notifications/",
    "notifications/seen",
    "notifications/fresh",
}
_writing = [route for route in _routed if route not in _OPEN_TO_READERS]


@dataclass(frozen=True)
class House:
    """Two companies, and a row of Acme for every kind of id that stands in an address."""

    acme: Company
    rival: Company
    ids: dict[str, int]


@pytest.fixture(scope="module")
def house(cluster: str, spares: Spares) -> Iterator[House]:
    """One for all: whoever is refused changes nothing, which is looked at when all have knocked."""
    name = spares.take()
    url = databases.point_django_at(databases.named(cluster, name))
    acme, rival = make_company("acme"), make_company("rival")
    house = House(acme, rival, _ids(acme))
    before = _company_rows(url)
    yield house
    databases.release_django()
    after = _company_rows(url)
    spares.give_back(name)
    assert after == before


def _company_rows(url: str) -> dict[str, tuple[int, int]]:
    """Of each table of a company's: how many rows, and the youngest transaction that wrote one."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid"
            " WHERE relkind = 'r' AND attname = 'workspace_id'"
        )
        return {table: rows(connection, table) for (table,) in found.fetchall()}


@pytest.fixture(autouse=True)
def plain_static_files() -> Iterator[None]:
    """Which files are served is the matter of the pages' own tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield


def _ids(acme: Company) -> dict[str, int]:
    message = Message.objects.using("owner").get(conversation=acme.conversation)
    media = Media.objects.using("owner").create(
        workspace=acme.workspace, message=message, media_id="1", due_at=NOW
    )
    trial = Trial.objects.using("owner").create(workspace=acme.workspace, question="Orari?")
    quarantined = Quarantined.objects.using("owner").create(
        workspace=acme.workspace, journal_id=1, reason="test", raw="{}", at=NOW
    )
    with acme.inside():
        pair = library.add(acme.workspace.pk, library.Draft("Orari?", "9-18"))
        document, _ = holdings.upload(acme.workspace.pk, "a.txt", b"Orari", "it")
        site, _ = holdings.add_site(acme.workspace.pk, "https://acme.example", "it")
    gist = Gist.objects.using("owner").create(
        workspace=acme.workspace, conversation=acme.conversation, kind="summary", language="it",
        at=NOW,
    )  # fmt: skip
    return {
        "gist_id": gist.pk,
        "conversation_id": acme.conversation.pk,
        "contact_id": acme.anna.pk,
        "import_id": _an_import(acme),
        "list_id": _list(acme),
        "segment_id": _segment(acme),
        "property_id": _property(acme),
        "message_id": message.pk,
        "media_id": media.pk,
        "pair_id": pair.pk,
        "trial_id": trial.pk,
        "document_id": document.pk,
        "site_id": site.pk,
        "quarantined_id": quarantined.pk,
        "number_id": acme.number.pk,
        "connection_id": _connection(acme),
        "place": 1,
        "template_id": _rejected(acme).pk,
        "file_id": _file(acme).pk,
        **_campaign(acme),
        "conduct_id": Conduct.objects.using("owner").create(workspace=acme.workspace, version=1).pk,
        "proposal_id": Proposal.objects.using("owner")
        .create(
            workspace=acme.workspace,
            kind="add",
            origin="person",
            question="Orari?",
            answer="9-18",
            at=NOW,
        )
        .pk,
        "set_id": (made := QuestionSet.objects.using("owner").create(workspace=acme.workspace)).pk,
        "run_id": EvalRun.objects.using("owner")
        .create(workspace=acme.workspace, of_set=made, at=NOW)
        .pk,
        "model_id": LanguageModel.objects.using("owner")
        .create(workspace=acme.workspace, provider="mistral", model="small")
        .pk,
        "rehearsal_id": Rehearsal.objects.using("owner")
        .create(workspace=acme.workspace, kind="document", document_id=document.pk, at=NOW)
        .pk,
        "examination_id": _an_examination(acme).pk,
        "automation_id": _automation(acme),
        "position": 1,
        **_action(acme),
        **_endpoint(acme),
        **_people(acme),
        "reply_id": CannedReply.objects.using("owner")
        .create(workspace=acme.workspace, shortcut="orari", text="9-18")
        .pk,
        "sweep_id": Sweep.objects.using("owner")
        .create(workspace=acme.workspace, by=acme.person(Role.OWNER), deed="read", at=NOW)
        .pk,
    }


def _people(acme: Company) -> dict[str, int]:
    member = Membership.objects.using("owner").get(
        workspace=acme.workspace, user=acme.person(Role.READER)
    )
    invitation = Invitation.objects.using("owner").create(
        workspace=acme.workspace,
        email="new@acme.example",
        secret_sha256="0" * 64,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
    session = UserSession.objects.using("owner").create(
        user=acme.person(Role.READER), ip="127.0.0.1", session_key="x", user_agent="test"
    )
    return {
        "membership_id": member.pk,
        "invitation_id": invitation.pk,
        "key_id": ApiKey.objects.using("owner").get(workspace=acme.workspace).pk,
        "session_id": session.pk,
    }


def _action(acme: Company) -> dict[str, int]:
    """One with an execution."""
    row = Action.objects.using("owner").create(
        workspace=acme.workspace, name="Stato", url="https://acme.example/orders", reply="Ecco."
    )
    run = ActionRun.objects.using("owner").create(
        workspace=acme.workspace, action=row, key="1", state="waiting"
    )
    return {"action_id": row.pk, "execution_id": run.pk}


def _endpoint(acme: Company) -> dict[str, int]:
    """One that missed something; and a browser that is woken."""
    workspace = acme.workspace
    row = Endpoint.objects.using("owner").create(
        workspace=workspace, url="https://acme.example/hook", events=["message.received"]
    )
    news = News.objects.using("owner").create(
        workspace=workspace, uid="evt_1", kind="message.received", matter={"id": 1}, at=NOW
    )
    delivery = Delivery.objects.using("owner").create(
        workspace=workspace, endpoint=row, news=news, state="failed", settled_at=NOW
    )
    place = PushPlace.objects.using("owner").create(
        workspace=workspace, user=acme.person(Role.READER), address="https://push.example/1"
    )
    return {"endpoint_id": row.pk, "delivery_id": delivery.pk, "place_id": place.pk}


def _an_examination(acme: Company) -> Examination:
    return Examination.objects.using("owner").create(
        workspace=acme.workspace,
        number=acme.number,
        subject="number",
        subject_id=acme.number.pk,
        asked_at=NOW,
    )


def _connection(acme: Company) -> int:
    """One that stopped at its first step: everything on its page can be done."""
    row = Connection.objects.using("owner").create(
        workspace=acme.workspace, kind="repair", number=acme.number, state="stopped"
    )
    ConnectionStep.objects.using("owner").create(
        workspace=acme.workspace, connection=row, place=1, name="token",
        state="failed", error={"kind": "token_invalid"},
    )  # fmt: skip
    found: int = row.pk
    return found


def _rejected(acme: Company) -> Template:
    """In the state in which every page of a template has something to show."""
    return Template.objects.using("owner").create(
        workspace=acme.workspace,
        waba_id=acme.number.waba_id,
        meta_id="301",
        name="saldi",
        language="it",
        category="MARKETING",
        components=[{"type": "BODY", "text": "Da domani i saldi."}],
        status="REJECTED",
    )


def _file(acme: Company) -> File:
    return File.objects.using("owner").create(
        workspace=acme.workspace, sha256="0" * 64, mime_type="image/png", size=1, content=b"x"
    )


def _campaign(company: Company) -> dict[str, int]:
    """A draft: the steps of the wizard have something to show."""
    campaign = Campaign.objects.using("owner").create(
        workspace=company.workspace, number=company.number, name="Autunno"
    )
    recipient = Recipient.objects.using("owner").create(
        workspace=company.workspace, campaign=campaign, contact=company.anna
    )
    Followup.objects.using("owner").create(
        workspace=company.workspace,
        campaign=campaign,
        position=1,
        after_count=1,
        after_unit="days",
        content={},
    )
    errand = Errand.objects.using("owner").create(
        workspace=company.workspace,
        campaign=campaign,
        contact=company.anna,
        recipient=recipient,
        position=1,
    )
    return {"campaign_id": campaign.pk, "recipient_id": recipient.pk, "errand_id": errand.pk}


def _list(company: Company) -> int:
    made = ContactList.objects.using("owner").create(workspace=company.workspace, name="Clienti")
    found: int = made.pk
    return found


def _segment(company: Company) -> int:
    made = Segment.objects.using("owner").create(
        workspace=company.workspace, name="Tutti", condition={"all": []}
    )
    found: int = made.pk
    return found


def _property(company: Company) -> int:
    made = PropertyName.objects.using("owner").create(workspace=company.workspace, name="Città")
    found: int = made.pk
    return found


def _automation(company: Company) -> int:
    campaign = Campaign.objects.using("owner").create(
        workspace=company.workspace, number=company.number, name="Ordini", automatic=True
    )
    made = Automation.objects.using("owner").create(
        workspace=company.workspace, campaign=campaign, trigger="webhook", hook="0" * 32
    )
    found: int = made.pk
    return found


def _an_import(company: Company) -> int:
    """One that could be written."""
    made = ContactImport.objects.using("owner").create(
        workspace=company.workspace,
        provenance="modulo",
        state="ready",
        total=1,
        sample={"headers": ["Tel"], "rows": [["3470001111"]], "lines": [2]},
        mapping=[{"part": "phone", "name": "Tel", "kind": "text"}],
        plan={},
    )
    found: int = made.pk
    return found


def _path(route: str, ids: dict[str, int]) -> str:
    return "/" + re.sub(r"<int:(\w+)>", lambda found: str(ids[found[1]]), route)


@pytest.mark.parametrize("route", _routed)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_shown_the_way_to_sign_in(
    route: str, method: str, house: House, at: Clock
) -> None:
    answered = getattr(new_client(), method)(_path(route, house.ids), follow=True)

    assert answered.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("route", _of_accounts())
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_looks_into_a_persons_account(
    route: str, method: str, house: House, at: Clock
) -> None:
    answered = getattr(new_client(), method)(_path(route, {"pk": 1}), follow=True)

    assert answered.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("route", _with_row)
def test_a_stranger_finds_no_row_of_ours(route: str, house: House, at: Clock) -> None:
    client = new_client()
    client.force_login(house.rival.person(Role.OWNER))

    answered = {
        method: getattr(client, method)(_path(route, house.ids)) for method in ("get", "post")
    }

    assert {told.status_code for told in answered.values()} <= {404, 405}
    assert 404 in {told.status_code for told in answered.values()}


@pytest.mark.parametrize("route", _writing)
def test_a_reader_changes_nothing(route: str, house: House, at: Clock) -> None:
    client = new_client()
    client.force_login(house.acme.person(Role.READER))

    assert client.post(_path(route, house.ids)).status_code == 403


def test_every_page_has_an_entry_in_the_permits() -> None:
    """Fail closed: an address that `permits` does not name is closed to everybody."""
    nameless = {
        route
        for route in _routed
        if permits.of_page(resolve("/" + re.sub("<[^>]*>", "1", route))) is None
    }

    assert not nameless


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR])
def test_what_administrators_alone_may_is_closed_to_others(
    role: Role, house: House, at: Clock
) -> None:
    client = new_client()
    client.force_login(house.acme.person(role))
    for route in _routed:
        permit = permits.of_page(resolve(_path(route, house.ids)))
        assert permit is not None
        if not permit.allows(role, "POST"):
            assert client.post(_path(route, house.ids)).status_code == 403, route
        if not permit.allows(role, "GET"):
            assert client.get(_path(route, house.ids)).status_code == 403, route
