"""People of a company: invited, given a role, resting, removed; their sessions; the audit log."""

import json
import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client, override_settings

from sportello.console.inbox import deeds
from sportello.console.settings.audit_words import THING
from sportello.console.templatetags.agents import agent
from sportello.rules.permissions import Section
from sportello.schema.audit import AUDITED, UNAUDITED, AuditEntry
from sportello.schema.models import Conversation, Invitation, Membership, User, Workspace
from sportello.schema.team import Role
from tests.console.conftest import NOW, Clock, Company, new_client

_MAIL = "django.core.mail.backends."
_PASSWORD = "a long and quiet afternoon"


def _signed_in(company: Company, role: Role = Role.OWNER) -> Client:
    client = new_client()
    client.force_login(company.person(role))
    return client


def _invited(company: Company, role: str = "operator", email: str = "nina@acme.example") -> str:
    """The path of the link."""
    page = _signed_in(company).post("/people/", {"email": email, "role": role})
    link = re.search(r"/invitations/[\w-]{43}", page.content.decode())
    assert link is not None, page.content.decode()
    return link[0]


def _entries(**which: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.using("owner").filter(**which).order_by("pk"))


def _member(company: Company, role: Role) -> Membership:
    return Membership.objects.using("owner").get(
        workspace=company.workspace, user=company.person(role)
    )


class TestInvitation:
    def test_a_link_makes_a_member_once(self, acme: Company, at: Clock) -> None:
        path = _invited(acme)
        stranger = new_client()

        asked = stranger.get(path)
        joined = stranger.post(path, {"name": "Nina", "password": _PASSWORD})
        again = new_client().post(path, {"name": "Eve", "password": _PASSWORD})

        assert "Acme" in asked.content.decode()
        assert (joined.status_code, again.status_code) == (302, 410)
        made = Membership.objects.using("owner").get(user__email="nina@acme.example")
        assert (made.role, made.workspace_id) == ("operator", acme.workspace.pk)
        assert stranger.get("/profile/").status_code == 200
        assert not User.objects.using("owner").filter(name="Eve").exists()

    def test_a_letter_carries_the_link_in_the_companys_language(
        self, acme: Company, at: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail, "outbox", [], raising=False)
        with override_settings(
            EMAIL_HOST="mail.example", EMAIL_BACKEND=f"{_MAIL}locmem.EmailBackend"
        ):
            path = _invited(acme)

        (letter,) = mail.outbox
        assert letter.to == ["nina@acme.example"]
        assert letter.subject == "Acme ti invita al suo sportello"
        assert f"http://localhost{path}\n" in letter.body
        assert new_client().get(path).status_code == 200

    def test_a_letter_that_nobody_takes_leaves_the_link(self, acme: Company, at: Clock) -> None:
        nobody = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 1}
        with override_settings(EMAIL_BACKEND=f"{_MAIL}smtp.EmailBackend", **nobody):
            page = _signed_in(acme).post("/people/", {"email": "x@acme.example", "role": "reader"})

        told = page.content.decode()
        assert "did not take the letter" in told
        assert "/invitations/" in told

    def test_a_common_password_is_refused(self, acme: Company, at: Clock) -> None:
        page = new_client().post(_invited(acme), {"name": "Nina", "password": "password1234"})

        assert page.status_code == 422
        assert not User.objects.using("owner").filter(email="nina@acme.example").exists()

    def test_a_link_expires_and_can_be_revoked(self, acme: Company, at: Clock) -> None:
        first, second = _invited(acme), _invited(acme, email="otto@acme.example")
        row = Invitation.objects.using("owner").get(email="otto@acme.example")
        _signed_in(acme).post(f"/people/invitations/{row.pk}/revocation")

        assert new_client().get(second).status_code == 410
        assert new_client().get(first).status_code == 200
        at(NOW + timedelta(days=7))
        assert new_client().get(first).status_code == 410

    def test_who_has_an_account_accepts_signed_in_to_it(
        self, acme: Company, rival: Company, at: Clock
    ) -> None:
        theirs = rival.person(Role.OPERATOR)
        path = _invited(acme, email=theirs.email.upper())

        stranger = new_client().post(path, {"name": "Eve", "password": _PASSWORD})
        other = new_client()
        other.force_login(rival.person(Role.OWNER))
        other.post(path)
        mine = new_client()
        mine.force_login(theirs)
        joined = mine.post(path)

        assert (stranger.status_code, joined.status_code) == (200, 302)
        of_acme = Membership.objects.using("owner").filter(workspace=acme.workspace)
        assert of_acme.filter(user=theirs).count() == 1
        assert not of_acme.filter(user=rival.person(Role.OWNER)).exists()

    def test_an_administrator_makes_no_owner(self, acme: Company, at: Clock) -> None:
        client = _signed_in(acme, Role.ADMINISTRATOR)

        page = client.post("/people/", {"email": "x@acme.example", "role": "owner"})

        assert page.status_code == 422
        assert not Invitation.objects.using("owner").exists()


class TestStanding:
    def test_who_rests_is_out_and_their_chats_wait(self, acme: Company, at: Clock) -> None:
        operator = acme.person(Role.OPERATOR)
        theirs = _signed_in(acme, Role.OPERATOR)
        with acme.inside():
            deeds.take_control(acme.conversation.pk, operator, NOW)

        _signed_in(acme).post(f"/people/{_member(acme, Role.OPERATOR).pk}/rest")

        chat = Conversation.objects.using("owner").get(pk=acme.conversation.pk)
        assert (chat.holder, chat.operator_id) == ("queue", None)
        assert theirs.get("/profile/").status_code == 302
        theirs.force_login(User.objects.using("owner").get(pk=operator.pk))
        assert theirs.get("/conversations/").status_code == 403

    def test_the_last_owner_stays(self, acme: Company, at: Clock) -> None:
        owner = _member(acme, Role.OWNER)
        client = _signed_in(acme)

        for deed, given in (("removal", {}), ("rest", {}), ("role", {"role": "reader"})):
            told = client.post(f"/people/{owner.pk}/{deed}", given, follow=True).content.decode()
            assert "The last owner stays" in told

        assert _member(acme, Role.OWNER).deactivated_at is None

    def test_an_administrator_does_not_touch_an_owner(self, acme: Company, at: Clock) -> None:
        Membership.objects.using("owner").filter(role=Role.READER).update(role=Role.OWNER)
        owner = _member(acme, Role.OWNER)

        _signed_in(acme, Role.ADMINISTRATOR).post(f"/people/{owner.pk}/removal")

        assert _member(acme, Role.OWNER).role == "owner"

    def test_another_role_ends_the_sessions(self, acme: Company, at: Clock) -> None:
        theirs = _signed_in(acme, Role.OPERATOR)
        assert theirs.get("/profile/").status_code == 200

        member = _member(acme, Role.OPERATOR)
        _signed_in(acme).post(f"/people/{member.pk}/role", {"role": "reader"})

        assert theirs.get("/profile/").status_code == 302
        assert _member(acme, Role.OPERATOR).role == "reader"


class TestSecondFactor:
    def _with_app(self, acme: Company) -> tuple[Client, str]:
        """Signed in with a password, and an app set up; its secret."""
        owner = acme.person(Role.OWNER)
        owner.set_password(_PASSWORD)
        owner.save(using="owner")
        client = new_client()
        given = {"login": owner.email, "password": _PASSWORD}
        assert client.post("/accounts/login/", given).status_code == 302
        asked = client.get("/accounts/2fa/totp/activate/")
        assert asked["Location"].startswith("/accounts/reauthenticate/")
        client.post(asked["Location"], {"password": _PASSWORD})
        page = client.get("/accounts/2fa/totp/activate/").content.decode()
        found = re.search(r'<code class="secret"[^>]*>(\w+)</code>', page)
        assert found is not None, page
        _before, present, _after = totp.yield_hotp_counters_from_time()
        code = totp.format_hotp_value(totp.hotp_value(found[1], present))
        made = client.post("/accounts/2fa/totp/activate/", {"code": code})
        assert made.status_code == 302
        return client, found[1]

    def test_a_password_alone_no_longer_opens(self, acme: Company, at: Clock) -> None:
        _client, secret = self._with_app(acme)
        other = new_client()
        given = {"login": acme.person(Role.OWNER).email, "password": _PASSWORD}

        led = other.post("/accounts/login/", given)
        inside = other.get("/profile/")

        assert led["Location"] == "/accounts/2fa/authenticate/"
        assert inside.status_code == 302
        kept = json.dumps(list(Authenticator.objects.using("owner").values_list("data", flat=True)))
        assert secret not in kept

    def test_a_recovery_code_opens_once(self, acme: Company, at: Clock) -> None:
        client, _secret = self._with_app(acme)
        client.post("/accounts/2fa/recovery-codes/generate/")
        page = client.get("/accounts/2fa/recovery-codes/").content.decode()
        codes = re.findall(r"^(?:<pre[^>]*>)?\s*(\d{8})$", page, re.MULTILINE)
        assert codes, page
        given = {"login": acme.person(Role.OWNER).email, "password": _PASSWORD}

        opened = []
        for _try in range(2):
            other = new_client()
            other.post("/accounts/login/", given)
            other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
            opened.append(other.get("/profile/").status_code)

        assert opened == [200, 302]

    def test_a_company_can_ask_it_of_everybody(self, acme: Company, at: Clock) -> None:
        Workspace.objects.using("owner").update(second_factor_required=True)
        client = _signed_in(acme)

        assert client.get("/conversations/")["Location"] == "/accounts/2fa/"
        assert client.get("/accounts/2fa/").status_code == 200
        fragment = client.get("/conversations/", headers={"HX-Request": "true"})
        assert fragment["HX-Redirect"] == "/accounts/2fa/"

    def test_a_new_factor_ends_the_other_sessions(self, acme: Company, at: Clock) -> None:
        other = _signed_in(acme)
        assert other.get("/profile/").status_code == 200

        client, _secret = self._with_app(acme)

        assert client.get("/profile/").status_code == 200
        assert other.get("/profile/").status_code == 302

    def test_a_person_ends_a_session_of_their_own_alone(self, acme: Company, at: Clock) -> None:
        here, there = _signed_in(acme), _signed_in(acme)
        for client in (here, there):
            client.post("/accounts/login/")
        key = there.session.session_key
        row = UserSession.objects.using("owner").create(
            user=acme.person(Role.OWNER), ip="127.0.0.1", session_key=key, user_agent="there"
        )

        stranger = _signed_in(acme, Role.READER).post(f"/profile/sessions/{row.pk}/end")
        mine = here.post(f"/profile/sessions/{row.pk}/end")

        assert (stranger.status_code, mine.status_code) == (404, 302)
        assert there.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox, Linux"),
        ("curl/8.1", "curl/8.1"),
        ("", "—"),
    ],
)
def test_a_browser_is_called_as_people_call_it(told: str, shown: str) -> None:
    assert agent(told) == shown


def test_the_page_says_what_each_role_may(acme: Company, at: Clock) -> None:
    page = _signed_in(acme).get("/people/").content.decode()

    table = page.partition('id="powers"')[2]
    rows = dict(re.findall(r'rowheader">([^<]+)</th>(.*?)</tr>', table))
    said = {name: re.findall(r">([^<]+)</td>", cells) for name, cells in rows.items()}
    assert said["Campaigns"] == ["looks", "works", "decides", "decides"]
    assert said["Settings"] == ["—", "—", "decides", "decides"]
    assert len(said) == len(Section) - 1, "one's own account is everybody's"


class TestAudit:
    def test_what_a_person_changes_is_noted_in_the_same_transaction(
        self, acme: Company, at: Clock
    ) -> None:
        given = {"name": "Acme Due", "language": "it", "country": "it"}
        client = _signed_in(acme)

        client.post("/settings/", given)

        (entry,) = _entries(thing="workspace")
        assert entry.user_id == acme.person(Role.OWNER).pk
        assert (entry.at, entry.ip, entry.deed) == (NOW, "127.0.0.1", "POST settings/")
        assert (entry.before["name"], entry.after["name"]) == ("Acme", "Acme Due")
        assert entry.changed == ["name"]
        shown = client.get("/settings/audit").content.decode()
        assert "Acme Due" in shown
        taken = b"".join(client.get("/settings/audit.csv").streaming_content).decode()
        assert "name=Acme Due" in taken

    def test_a_message_is_noted_without_its_words(self, acme: Company, at: Clock) -> None:
        client = _signed_in(acme)
        client.post(f"/conversations/{acme.conversation.pk}/control")

        client.post(f"/conversations/{acme.conversation.pk}/messages", {"text": "Segretissimo"})

        noted = json.dumps([[e.thing, e.before, e.after] for e in _entries()])
        assert "Segretissimo" not in noted
        assert {"conversation", "message"} <= {entry.thing for entry in _entries()}

    def test_a_key_is_named_and_its_secret_is_not(self, acme: Company, at: Clock) -> None:
        page = _signed_in(acme).post("/settings/keys", {"name": "Shop", "role": "operator"})
        found = re.search(r"sk_([0-9a-f]{12})_([\w-]{43})", page.content.decode())
        assert found is not None
        headers = {"authorization": f"Bearer {found[0]}"}
        path = f"/api/v1/conversations/{acme.conversation.pk}/control"
        new_client().post(path, {}, content_type="application/json", headers=headers)

        by_key = _entries(key_prefix=found[1])
        assert {entry.thing for entry in by_key} == {"conversation"}
        assert found[2] not in json.dumps([[e.before, e.after] for e in _entries()])

    def test_what_the_doctor_is_asked_and_when_one_is_reminded_is_noted(
        self, acme: Company, at: Clock
    ) -> None:
        client = _signed_in(acme)
        client.post("/doctor/examinations", {"subject": "number", "id": acme.number.pk})
        client.post(f"/conversations/{acme.conversation.pk}/reminder", {"when": "tomorrow"})

        noted = {entry.thing: entry.after for entry in _entries()}
        assert noted["examination"]["subject_id"] == str(acme.number.pk)
        assert noted["reminder"]["conversation_id"] == str(acme.conversation.pk)

    def test_what_nobody_did_is_not_noted(self, acme: Company, worker_url: str) -> None:
        with psycopg.connect(worker_url) as worker:
            worker.execute("UPDATE sportello_workspace SET name = 'x'")

        assert _entries() == []

    def test_an_entry_cannot_be_changed_or_taken_away(
        self, acme: Company, at: Clock, console_url: str, worker_url: str
    ) -> None:
        _signed_in(acme).post("/profile/", {"name": "Zoe", "language": "en", "theme": "dark"})
        assert _entries(thing="user")

        for url, statement in (
            (console_url, "DELETE FROM sportello_auditentry"),
            (console_url, "UPDATE sportello_auditentry SET deed = ''"),
            (worker_url, "UPDATE sportello_auditentry SET deed = ''"),
            (worker_url, "INSERT INTO sportello_auditentry DEFAULT VALUES"),
        ):
            with (
                psycopg.connect(url) as somebody,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                somebody.execute(statement)

    def test_every_table_is_in_the_log_or_named_as_left_out(self, database: str) -> None:
        with psycopg.connect(database) as owner:
            tables = owner.execute(
                """
                SELECT relname, tgargs FROM pg_class AS c
                LEFT JOIN pg_trigger ON tgrelid = c.oid AND tgname = 'audit'
                WHERE relkind = 'r' AND relname LIKE 'sportello\\_%'
                """
            ).fetchall()

        kept = {name.removeprefix("sportello_"): said for name, said in tables}
        audited = {name: said.rstrip(b"\0").decode() for name, said in kept.items() if said}
        assert audited == AUDITED
        assert set(kept) - set(audited) == set(UNAUDITED)
        accounts = {"mfa_authenticator", "usersessions_usersession"}
        assert set(THING) == set(audited) | accounts, "each is called by a word of its own"
