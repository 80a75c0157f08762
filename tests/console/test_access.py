"""One transaction a request, one workspace a transaction; what roles may do; sign-in links."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone, translation

from sportello.console import access
from sportello.console.access import DeskRequest, workspace_transaction
from sportello.console.team import links
from sportello.schema.models import Contact, Conversation, Membership, User, Workspace
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client


def _names(request: DeskRequest) -> HttpResponse:
    workspace = request.workspace
    seen = ",".join(Contact.objects.order_by("pk").values_list("name", flat=True))
    name = workspace.name if workspace else "nobody"
    return HttpResponse(f"{name}|{seen}|{translation.get_language()}|{request.theme}")


def _rename(request: DeskRequest) -> HttpResponse:
    Contact.objects.update(name="Renamed")
    ending = request.GET.get("ending")
    if ending == "raise":
        raise PermissionDenied
    return HttpResponse("", status=500 if ending == "fail" else 200)


def _own_settings(request: DeskRequest) -> HttpResponse:
    User.objects.filter(pk=request.user.pk).update(theme="dark")
    return HttpResponse("")


@login_not_required
def _door(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def _stream(_request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[str]:
        yield f"{connection.in_atomic_block}:{Contact.objects.count()}"

    return StreamingHttpResponse(rows())


def _when(request: DeskRequest) -> HttpResponse:
    return HttpResponse(f"{request.now.isoformat()}|{timezone.get_current_timezone_name()}")


urlpatterns = [
    path("names", _names, name="home"),
    path("rename", _rename, name="channel:resolution"),
    path("own", _own_settings, name="profile"),
    path("door", _door),
    path("stream", _stream, name="home"),
    path("when", _when, name="home"),
    path("forgotten", _names),
]


@pytest.fixture(autouse=True)
def pages(at: Clock) -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def _signed_in(company: Company, role: Role = Role.OPERATOR) -> Client:
    client = new_client()
    client.force_login(company.person(role))
    return client


def _named() -> str:
    return Contact.objects.using("owner").values_list("name", flat=True).get()


def test_a_signed_in_person_sees_their_company_alone(acme: Company, rival: Company) -> None:
    assert Contact.objects.using("owner").count() == 2

    page = _signed_in(acme).get("/names")

    assert page.content == b"Acme|Anna Bianchi|en|auto"
    assert page["Cache-Control"] == "no-store"


def test_nobody_sees_nothing(acme: Company) -> None:
    page = new_client().get("/names")

    assert page.content.startswith(b"nobody||")


def test_language_and_theme_are_the_persons_own(acme: Company) -> None:
    User.objects.using("owner").update(language="it", theme="dark")

    assert _signed_in(acme).get("/names").content.endswith(b"|it|dark")


def test_the_next_visitor_on_the_same_thread_is_nobody_again(acme: Company) -> None:
    _signed_in(acme).get("/names")

    assert new_client().get("/names").content.startswith(b"nobody||")


def test_a_member_of_two_companies_sees_the_first_until_they_choose(
    acme: Company, rival: Company
) -> None:
    person = acme.person(Role.OPERATOR)
    Membership.objects.using("owner").create(workspace=rival.workspace, user=person, role="reader")
    client = _signed_in(acme)

    first = client.get("/names").content
    session = client.session
    session[access.WORKSPACE_KEY] = rival.workspace.pk
    session.save()
    chosen = client.get("/names").content

    assert (first[:5], chosen[:6]) == (b"Acme|", b"Rival|")


@pytest.mark.parametrize("wish", ["other", -1, "1; DROP", None, 2**70])
def test_a_wish_for_a_foreign_workspace_is_ignored(
    acme: Company, rival: Company, wish: object
) -> None:
    client = _signed_in(acme)
    session = client.session
    session[access.WORKSPACE_KEY] = rival.workspace.pk if wish == "other" else wish
    session.save()

    assert client.get("/names").content.startswith(b"Acme|")


def test_a_person_of_no_company_is_kept_out(acme: Company) -> None:
    Membership.objects.using("owner").all().delete()

    client = _signed_in(acme)
    assert client.get("/names").status_code == 403
    assert client.get("/door").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [(Role.READER, 403), (Role.OPERATOR, 200), (Role.OWNER, 200)]
)
def test_readers_change_nothing_unless_a_view_lets_them(
    acme: Company, role: Role, status: int
) -> None:
    client = _signed_in(acme, role)

    assert client.post("/rename").status_code == status
    assert client.post("/own").status_code == 200
    assert client.post("/door").status_code == 200
    assert client.get("/names").status_code == 200
    assert _named() == ("Renamed" if status == 200 else "Anna Bianchi")


def test_a_request_commits_what_it_did(acme: Company) -> None:
    _signed_in(acme).post("/rename")

    assert _named() == "Renamed"


@pytest.mark.parametrize(("ending", "status"), [("raise", 403), ("fail", 500)])
def test_a_request_that_fails_leaves_nothing_behind(
    acme: Company, ending: str, status: int
) -> None:
    answered = _signed_in(acme).post(f"/rename?ending={ending}")

    assert (answered.status_code, _named()) == (status, "Anna Bianchi")


def test_a_stream_runs_after_the_transaction_and_sees_nothing(acme: Company) -> None:
    streamed = _signed_in(acme).get("/stream")

    assert b"".join(streamed.streaming_content) == b"False:0"


def test_views_are_told_the_companys_time_and_zone(acme: Company, at: Clock) -> None:
    at(NOW + timedelta(days=3))

    assert _signed_in(acme).get("/when").content == b"2026-11-24T10:00:00+00:00|Europe/Rome"


def test_a_zone_that_does_not_exist_does_not_stop_the_page(acme: Company) -> None:
    Workspace.objects.using("owner").update(time_zone="../../etc/passwd")

    assert _signed_in(acme).get("/when").status_code == 200


def test_what_a_transaction_named_ends_with_it(acme: Company) -> None:
    with acme.inside():
        assert Conversation.objects.count() == 1

    assert Conversation.objects.count() == 0


def test_workspaces_cannot_be_entered_within_each_other(acme: Company, rival: Company) -> None:
    with acme.inside(), pytest.raises(RuntimeError), rival.inside():
        pass


def test_an_installer_is_named_to_the_database(acme: Company) -> None:
    with workspace_transaction(None, installer=True), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sportello.installer')")
        assert cursor.fetchone() == ("on",)


def test_a_link_signs_in_once(acme: Company) -> None:
    owner = acme.person(Role.OWNER)
    secret = links.issue(owner, NOW).removeprefix(links.PATH)

    first, second = links.redeem(secret, NOW), links.redeem(secret, NOW)

    assert (first, second) == (owner, None)


@pytest.mark.parametrize(
    ("age", "works"), [(timedelta(minutes=14), True), (links.VALID_FOR, False)]
)
def test_a_link_expires(acme: Company, age: timedelta, works: bool) -> None:
    secret = links.issue(acme.person(Role.OWNER), NOW).removeprefix(links.PATH)

    assert (links.redeem(secret, NOW + age) is not None) is works


@pytest.mark.parametrize("secret", ["", "x", "x" * 10_000, "\ud800", "a\0b"])
def test_a_link_that_nobody_issued_signs_nobody_in(acme: Company, secret: str) -> None:
    links.issue(acme.person(Role.OWNER), NOW)

    assert links.redeem(secret, NOW) is None


def test_a_link_of_a_closed_account_signs_nobody_in(acme: Company) -> None:
    secret = links.issue(acme.person(Role.OWNER), NOW).removeprefix(links.PATH)
    User.objects.using("owner").update(is_active=False)

    assert links.redeem(secret, NOW) is None


def test_roles_decide_who_writes_and_who_administers(acme: Company) -> None:
    members = {m.role: m for m in Membership.objects.using("owner").all()}

    assert {role for role, m in members.items() if access.may_write(m)} == {
        "owner",
        "administrator",
        "operator",
    }
    assert {role for role, m in members.items() if access.may_administer(m)} == {
        "owner",
        "administrator",
    }
    assert not access.may_write(None)
    assert not access.may_administer(None)
