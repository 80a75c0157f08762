"""Signing in through the company's OpenID Connect provider, over real HTTP to a small one."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings

from sportello.console import sealing
from sportello.schema.models import (
    Identity,
    IdentityProvider,
    Invitation,
    Membership,
    User,
    Workspace,
)
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client
from tests.console.identity_provider import CLIENT_ID, SECRET, Provider, running

_DOOR = "/accounts/company/acme/"


@pytest.fixture
def provider(acme: Company, at: Clock) -> Iterator[Provider]:
    """Acme's, in a house whose installer allows it; entered by the owner on the page."""
    with running() as made, override_settings(SPORTELLO_PRIVATE_HOSTS=frozenset({"127.0.0.1"})):
        saved = _save(acme, made.url)
        assert saved.status_code == 302, saved.content.decode()
        made.called.clear()
        yield made


def _save(acme: Company, issuer: str, role: Role = Role.OWNER, **more: str) -> Any:
    client = new_client()
    client.force_login(acme.person(role))
    form = {"enabled": "on", "button": "Acme", "issuer": issuer, "client_id": CLIENT_ID}
    return client.post("/settings/sign-in", form | {"secret": SECRET} | more)


def _left(client: Client) -> str:
    """The provider's address to which the browser is led."""
    page = client.post(f"{_DOOR}knock")
    assert page.status_code == 200, page.content.decode()
    link = re.search(r'href="(http[^"]*/authorize[^"]*)"', page.content.decode())
    assert link is not None
    address = unescape(link[1])
    assert page.headers["Refresh"] == f"0; url={address}"
    return address


def _came(provider: Provider, client: Client | None = None) -> tuple[Client, Any]:
    client = client or new_client()
    query = provider.authorize(_left(client))
    return client, client.get("/accounts/company-return", query)


def _is_in(client: Client) -> bool:
    return bool(client.get("/profile/").status_code == 200)


class TestWhoIsLetIn:
    def test_a_member_by_their_verified_address_and_later_by_the_subject_alone(
        self, acme: Company, provider: Provider
    ) -> None:
        client, first = _came(provider)
        provider.person |= {"email": "renamed@acme.example", "email_verified": False}
        again, second = _came(provider)

        assert (first.status_code, first.url, second.url) == (302, "/", "/")
        assert _is_in(client)
        assert _is_in(again)
        known = Identity.objects.using("owner").get()
        assert known.membership.user_id == acme.person(Role.OPERATOR).pk
        assert provider.called[-3:] == ["/.well-known/openid-configuration", "/token", "/keys"]

    def test_who_tells_the_address_only_when_asked_once_more(self, provider: Provider) -> None:
        provider.in_userinfo = True

        client, _ = _came(provider)

        assert _is_in(client)

    def test_who_was_invited_becomes_a_member_with_the_role_of_the_invitation(
        self, acme: Company, provider: Provider
    ) -> None:
        _invite(acme, "nina@acme.example")
        provider.person |= {"email": "Nina@acme.example", "name": "Nina"}

        client, _ = _came(provider)

        made = User.objects.using("owner").get(email="nina@acme.example")
        member = Membership.objects.using("owner").get(user=made)
        assert (made.name, member.role, made.has_usable_password()) == ("Nina", "reader", False)
        assert _is_in(client)

    def test_who_has_a_second_factor_gives_it_as_after_a_password(
        self, acme: Company, provider: Provider
    ) -> None:
        Authenticator.objects.using("owner").create(
            user=acme.person(Role.OPERATOR),
            type=Authenticator.Type.TOTP,
            data={"secret": sealing.for_factor("JBSWY3DPEHPK3PXP").decode()},
        )

        client, answered = _came(provider)

        assert "/2fa/authenticate" in answered.url
        assert not _is_in(client)


_NOBODY: list[tuple[str, str, Callable[[Provider], object]]] = [
    ("another nonce", "token_untrue", lambda p: p.lies.update(nonce="n-0")),
    ("no nonce", "token_untrue", lambda p: p.lies.update(nonce=None)),
    ("another issuer", "token_untrue", lambda p: p.lies.update(iss="https://evil.example")),
    ("another audience", "token_untrue", lambda p: p.lies.update(aud="else")),
    ("for several, by nobody", "token_untrue", lambda p: p.lies.update(aud=[CLIENT_ID, "else"])),
    ("for us, by another", "token_untrue", lambda p: p.lies.update(azp="else")),
    ("long over", "token_untrue", lambda p: p.lies.update(exp=1_700_000_000)),
    ("without an end", "token_untrue", lambda p: p.lies.update(exp=None)),
    ("another key under its name", "token_untrue", lambda p: setattr(p, "signs_with", "false")),
    ("an unknown key", "token_untrue", lambda p: p.head.update(kid="false")),
    ("no signature", "token_untrue", lambda p: setattr(p, "algorithm", "none")),
    ("a shared secret", "token_untrue", lambda p: setattr(p, "algorithm", "HS256")),
    ("no subject", "token_untrue", lambda p: p.lies.update(sub=None)),
    ("not verified", "unverified", lambda p: p.person.update(email_verified=False)),
    ("verified in words", "unverified", lambda p: p.person.update(email_verified="true")),
    ("nobody of ours", "unknown", lambda p: p.person.update(email="zoe@acme.example")),
    ("one of another company", "unknown", lambda p: p.person.update(email="owner@rival.example")),
    ("a letter like another", "unknown", lambda p: p.person.update(email="operator@acme.exampłe")),
]


class TestWhoIsNot:
    @pytest.mark.parametrize(
        ("code", "lie"), [one[1:] for one in _NOBODY], ids=[o[0] for o in _NOBODY]
    )
    def test_nobody_gets_in_by_a_lie(
        self, code: str, lie: Callable[[Provider], object], rival: Company, provider: Provider
    ) -> None:
        people = User.objects.using("owner").count()
        lie(provider)

        client, answered = _came(provider)

        assert answered.status_code == 403
        assert f">{code}</small>" in answered.content.decode()
        assert not _is_in(client)
        assert User.objects.using("owner").count() == people
        assert not Identity.objects.using("owner").exists()

    def test_another_browser_another_state_and_a_second_time_open_nothing(
        self, provider: Provider, at: Clock
    ) -> None:
        client = new_client()
        query = provider.authorize(_left(client))

        elsewhere = new_client().get("/accounts/company-return", query)
        guessed = client.get("/accounts/company-return", query | {"state": "guessed"})
        mixed_up = client.get("/accounts/company-return", query | {"iss": "https://evil.example"})
        spent = client.get("/accounts/company-return", query)
        late = new_client()
        query = provider.authorize(_left(late))
        at(NOW + timedelta(minutes=10))

        answered = [
            elsewhere,
            guessed,
            mixed_up,
            spent,
            late.get("/accounts/company-return", query),
        ]
        assert [one.status_code for one in answered] == [403] * 5
        assert not _is_in(client)
        assert "/token" not in provider.called

    @pytest.mark.parametrize("way", ["closed", "resting", "removed"])
    def test_who_is_shut_out_here_stays_out(
        self, way: str, acme: Company, provider: Provider
    ) -> None:
        _came(provider)
        user = acme.person(Role.OPERATOR)
        member = Membership.objects.using("owner").filter(user=user)
        if way == "closed":
            User.objects.using("owner").filter(pk=user.pk).update(is_active=False)
        elif way == "resting":
            member.update(deactivated_at=NOW)
        else:
            member.get().delete()

        client, answered = _came(provider)

        assert answered.status_code == 403
        assert not _is_in(client)

    @pytest.mark.parametrize("why", ["elsewhere", "installer", "other_account"])
    def test_one_companys_provider_opens_nothing_of_anothers(
        self, why: str, acme: Company, rival: Company, provider: Provider
    ) -> None:
        user = acme.person(Role.OPERATOR)
        if why == "elsewhere":
            Membership.objects.using("owner").create(user=user, workspace=rival.workspace)
        elif why == "installer":
            User.objects.using("owner").filter(pk=user.pk).update(is_installer=True)
        else:
            _came(provider)
            provider.person["sub"] = "u-2"

        client, answered = _came(provider)

        assert f">{why}</small>" in answered.content.decode()
        assert not _is_in(client)

    def test_a_provider_that_is_switched_off_is_no_door(
        self, acme: Company, provider: Provider
    ) -> None:
        client = new_client()
        query = provider.authorize(_left(client))
        IdentityProvider.objects.using("owner").update(enabled=False)

        assert client.get("/accounts/company-return", query).status_code == 403
        assert new_client().get(_DOOR).status_code == 404
        assert new_client().get("/accounts/company/rival/").status_code == 404


class TestThePage:
    def test_owners_alone_choose_who_vouches(self, acme: Company, provider: Provider) -> None:
        refused = _save(acme, provider.url, Role.ADMINISTRATOR)

        assert refused.status_code == 403

    def test_the_secret_lies_sealed_and_is_never_shown(
        self, acme: Company, provider: Provider
    ) -> None:
        row = IdentityProvider.objects.using("owner").get()
        client = new_client()
        client.force_login(acme.person(Role.OWNER))

        page = client.get("/settings/sign-in").content.decode()

        assert SECRET.encode() not in bytes(row.sealed)
        assert sealing.provider(row.pk, bytes(row.sealed)) == SECRET
        assert SECRET not in page
        assert SECRET[-4:] in page

    def test_another_issuer_needs_its_own_secret_and_knows_nobody_yet(
        self, acme: Company, provider: Provider
    ) -> None:
        _came(provider)
        with running() as other:
            kept = _save(acme, other.url, secret="")
            moved = _save(acme, other.url)

        assert (kept.status_code, moved.status_code) == (422, 302)
        assert not Identity.objects.using("owner").exists()

    @pytest.mark.parametrize("allowed", [True, False])
    def test_an_address_of_the_house_is_asked_only_where_the_installer_allows_it(
        self, allowed: bool, acme: Company, at: Clock
    ) -> None:
        hosts = frozenset({"127.0.0.1"} if allowed else set())
        with running() as inside, override_settings(SPORTELLO_PRIVATE_HOSTS=hosts):
            saved = _save(acme, inside.url)

        assert saved.status_code == (302 if allowed else 422)
        assert bool(inside.called) is allowed

    def test_what_is_no_provider_is_said_so(self, acme: Company, provider: Provider) -> None:
        for issuer in (f"{provider.url}/", f"{provider.url}/elsewhere", "http://192.168.1.1"):
            assert _save(acme, issuer).status_code == 422, issuer

    def test_who_joins_a_second_company_is_no_more_the_firsts_to_open(
        self, acme: Company, rival: Company, provider: Provider
    ) -> None:
        _invite(acme, "nina@acme.example")
        provider.person["email"] = "nina@acme.example"
        client, _ = _came(provider)
        host = new_client()
        host.force_login(rival.person(Role.OWNER))
        told = host.post("/people/", {"email": "nina@acme.example", "role": "operator"})
        link = re.search(r"/invitations/[\w-]{43}", told.content.decode())
        assert link is not None

        refused = client.post(link[0])

        assert "Choose a password" in refused.content.decode()
        assert not Membership.objects.using("owner").filter(
            workspace=Workspace.objects.using("owner").get(slug="rival"),
            user__email="nina@acme.example",
        )


def _invite(acme: Company, email: str) -> None:
    Invitation.objects.using("owner").create(
        workspace=acme.workspace,
        email=email,
        role="reader",
        secret_sha256="1" * 64,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
