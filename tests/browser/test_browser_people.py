"""Passkeys by Chromium’s virtual authenticator, the way of an invitation and of a notice, in a real
browser.
"""

import asyncio
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect

from sportello.fetching import vapid
from sportello.schema.models import (
    AuditEntry,
    Conversation,
    Identity,
    Membership,
    PushPlace,
    User,
)
from sportello.store.pool import open_pool
from sportello.store.vault import key_of
from sportello.workers.context import Context, Limits
from sportello.workers.notify import Waker
from tests.browser import push_service
from tests.browser.conftest import NARROW, NOW, Desk
from tests.browser.test_browser_looks import _looks
from tests.console.identity_provider import CLIENT_ID, SECRET, running
from tests.pages.shop import hashed

_PASSWORD = "un pomeriggio lungo e calmo"


def _with_authenticator(page: Page) -> Any:
    """The browser has a device that says yes to everything, as a fingerprint would."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return tools


def _sign_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.get_by_role("button", name="Accedi", exact=True).click()


def test_a_passkey_is_added_and_then_signs_in_by_itself(
    desk: Desk, picture: Callable[[Page, str], None]
) -> None:
    desk.base = desk.base.replace("127.0.0.1", "localhost")
    user = User.objects.using("owner").get(pk=desk.shop.user.pk)
    user.password = hashed(_PASSWORD)
    user.save(using="owner")
    page = desk.page(signed=False)
    _with_authenticator(page)
    _sign_in(page, user)
    expect(page).to_have_url(re.compile("/first-steps/"))

    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Conferma").click()
    page.get_by_label("Nome").fill("Impronta del portatile")
    page.get_by_role("button", name="Aggiungi una passkey").click()
    expect(page.get_by_role("heading", name="Codici di recupero")).to_be_visible()
    expect(page.get_by_text("La passkey è aggiunta.")).to_be_visible()
    picture(page, "recovery-codes")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Impronta del portatile")).to_be_visible()

    page.goto("/accounts/2fa/totp/activate/")
    expect(page.get_by_label("Codice dell’app")).to_be_visible()
    picture(page, "second-factor-app-open")
    page.goto("/accounts/2fa/")
    picture(page, "second-factor-set")
    page.goto("/accounts/sessions/")
    expect(page.get_by_text("questo", exact=True)).to_be_visible()
    page.goto("/profile/")
    page.get_by_role("main").get_by_role("button", name="Esci").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Accedi con una passkey").click()
    expect(page).to_have_url(re.compile("/first-steps/"))

    page.goto("/profile/")
    page.get_by_role("main").get_by_role("button", name="Esci").click()
    _sign_in(page, user)
    expect(page.get_by_role("heading", name="Secondo fattore")).to_be_visible()
    picture(page, "second-factor-asked")
    page.get_by_role("button", name="Usa una passkey").click()
    expect(page).to_have_url(re.compile("/first-steps/"))
    noted = AuditEntry.objects.using("owner").filter(thing="mfa_authenticator", verb="insert")
    assert set(noted.values_list("user_id", flat=True)) == {user.pk}


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_pages_of_an_account_with_a_second_factor_are_accessible_and_fit(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    desk.base = desk.base.replace("127.0.0.1", "localhost")
    user = User.objects.using("owner").get(pk=desk.shop.user.pk)
    user.password, user.language, user.theme = hashed(_PASSWORD), language, "auto"
    user.save(using="owner")

    def signs_in() -> Page:
        page = desk.page(signed=False, locale=language, reduced_motion="reduce")
        _with_authenticator(page)
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(user.email)
        page.locator("[name=password]").fill(_PASSWORD)
        page.locator("main button:not([form])").click()
        return page

    page = signs_in()
    expect(page).to_have_url(re.compile("/first-steps/"))
    page.goto("/accounts/2fa/webauthn/add/")
    wrong = _looks(page, "reauthenticate", language, picture)
    page.locator("[name=password]").fill(_PASSWORD)
    page.locator("main button").first.click()
    expect(page.locator("#add-passkey")).to_be_visible()
    wrong += _looks(page, "passkey-add", language, picture)
    page.locator("[name=name]").fill("Impronta del portatile")
    page.locator("#add-passkey").click()
    expect(page.locator("#codes")).to_be_visible()
    wrong += _looks(page, "recovery-codes-shown", language, picture)
    page.goto("/accounts/2fa/totp/activate/")
    wrong += _looks(page, "second-factor-app-open", language, picture)
    secret = page.locator("code.secret").inner_text()
    page.locator("[name=code]").fill(_code(secret))
    page.locator("main button").last.click()
    key = Authenticator.objects.using("owner").get(type=Authenticator.Type.WEBAUTHN).pk
    for name, path in (
        ("second-factor-set", ""),
        ("second-factor-app-removal", "totp/deactivate/"),
        ("recovery-codes", "recovery-codes/"),
        ("recovery-codes-new", "recovery-codes/generate/"),
        ("passkeys-set", "webauthn/"),
        ("passkey-name", f"webauthn/keys/{key}/edit/"),
        ("reauthenticate-code", "reauthenticate/"),
        ("reauthenticate-passkey", "webauthn/reauthenticate/"),
        ("passkey-removal", f"webauthn/keys/{key}/remove/"),
    ):
        page.goto(f"/accounts/2fa/{path}")
        wrong += _looks(page, name, language, picture)
    page.goto(f"/accounts/2fa/webauthn/keys/{key}/edit/")
    page.locator("[name=name]").fill("Chiavetta di riserva nel cassetto dell'ufficio")
    page.locator("main button").first.click()
    expect(page.get_by_text("Chiavetta di riserva")).to_be_visible()
    wrong += _looks(page, "passkey-renamed", language, picture)
    for name, path in (
        ("password-change", "/accounts/password/change/"),
        ("sign-out", "/accounts/logout/"),
        ("profile-guarded", "/profile/"),
    ):
        page.goto(path)
        wrong += _looks(page, name, language, picture)
    asked = signs_in()
    expect(asked.locator("#use-passkey")).to_be_visible()
    wrong += _looks(asked, "second-factor-asked", language, picture)

    assert not wrong, "\n".join(wrong)


def _code(secret: str) -> str:
    """What the app shows now."""
    _before, present, _after = totp.yield_hotp_counters_from_time()
    return str(totp.format_hotp_value(totp.hotp_value(secret, present)))


def test_an_app_and_recovery_codes_open_and_a_device_is_signed_out(desk: Desk) -> None:
    user = User.objects.using("owner").get(pk=desk.shop.user.pk)
    user.password = hashed(_PASSWORD)
    user.save(using="owner")
    page = desk.page(signed=False)
    _sign_in(page, user)
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Conferma").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Codice dell’app").fill(_code(secret))
    page.get_by_role("button", name="Configura").click()
    kept = page.locator("#codes").inner_text().split()

    phone, lost = desk.page(signed=False, viewport=NARROW), desk.page(signed=False)
    for other, code in ((phone, _code(secret)), (lost, kept[0])):
        _sign_in(other, user)
        other.get_by_label("Codice", exact=True).fill(code)
        other.get_by_role("button", name="Accedi", exact=True).click()
        expect(other).to_have_url(re.compile("/first-steps/"))

    page.goto("/accounts/sessions/")
    rows = page.get_by_role("main").get_by_role("row")
    expect(rows).to_have_count(4)
    rows.nth(1).get_by_role("button", name="Esci").or_(
        rows.nth(2).get_by_role("button", name="Esci")
    ).first.click()
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Chiudi tutti gli altri accessi").click()
    expect(rows).to_have_count(2)
    for other in (phone, lost):
        other.goto("/profile/")
        expect(other).to_have_url(re.compile("/accounts/login/"))


def test_an_invitation_is_made_accepted_and_taken_away(
    desk: Desk, picture: Callable[[Page, str], None]
) -> None:
    page = desk.page()
    page.goto("/people/")
    page.get_by_label("E-mail").fill("nina@example.org")
    page.get_by_label("Ruolo", exact=True).select_option("operator")
    page.get_by_role("button", name="Invita", exact=True).click()
    link = page.locator("#made").inner_text()

    guest = desk.page(signed=False)
    guest.goto(link)
    guest.get_by_label("Nome").fill("Nina")
    guest.get_by_label("Password").fill(_PASSWORD)
    guest.get_by_role("button", name="Entra").click()
    expect(guest).to_have_url(re.compile("/first-steps/"))

    chat = f"/conversations/{desk.shop.chats['Bruno Verdi'].pk}/"
    guest.goto(chat)
    expect(guest.locator("#footer")).to_contain_text("Rilascia all'assistente")
    page.goto("/people/")
    nina = page.locator("tr", has_text="nina@example.org")
    nina.locator("select[name=role]").select_option("reader")
    nina.get_by_role("button", name="Salva").click()
    expect(nina.locator("select[name=role]")).to_have_value("reader")
    # With another role one signs in anew.
    guest.goto(chat)
    expect(guest).to_have_url(re.compile("/accounts/login/"))
    _sign_in(guest, User.objects.using("owner").get(email="nina@example.org"))
    guest.goto(chat)
    expect(guest.locator("#thread")).to_be_visible()
    expect(guest.locator("#footer")).not_to_contain_text("Rilascia all'assistente")

    page.goto("/people/")
    page.get_by_role("button", name="Disattiva nina@example.org").click()
    expect(page.get_by_role("status").filter(has_text="Disattivata")).to_be_visible()
    guest.goto("/conversations/")
    expect(guest).to_have_url(re.compile("/accounts/login/"))
    page.goto("/settings/audit")
    expect(page.get_by_text("Invito: aggiunta")).to_be_visible()
    picture(page, "audit-filled")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/people/")
    picture(page, "people-filled-390")


def test_a_new_companys_first_steps_lead_where_they_are_done_and_leave_when_they_are(
    desk: Desk,
) -> None:
    page = desk.page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Primi passi")).to_be_visible()
    expect(page.get_by_text("2 di 4 fatti")).to_be_visible()
    for name, heading in (
        ("knowledge", "Conoscenza"), ("number", "Numero"), ("invite", "Impostazioni"),
        ("try", "Assistente"),
    ):  # fmt: skip
        page.goto("/first-steps/")
        page.locator(f"#go-{name}").click()
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    page.get_by_label("Domanda di un cliente").fill("Posso fare un reso?")
    page.get_by_role("button", name="Chiedi", exact=True).click()
    expect(page.get_by_text("Cerca nella conoscenza…")).to_be_visible()
    page.get_by_role("navigation", name="Principale").get_by_text("Primi passi").click()
    expect(page.get_by_text("3 di 4 fatti")).to_be_visible()

    colleague = User.objects.using("owner").create(email="nina@example.org")
    Membership.objects.using("owner").create(workspace=desk.shop.workspace, user=colleague)

    # The page tells by itself, and is no longer in the menu of the next one.
    expect(page.get_by_text("4 di 4 fatti")).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(re.compile("/conversations/"))
    expect(page.get_by_text("Primi passi")).to_have_count(0)


def test_a_company_enters_its_provider_and_its_people_come_in_by_it(
    desk: Desk, picture: Callable[[Page, str], None]
) -> None:
    hosts = frozenset({"127.0.0.1"})
    owner = desk.page()
    with (
        running() as provider,
        override_settings(SPORTELLO_PUBLIC_URL=desk.base, SPORTELLO_PRIVATE_HOSTS=hosts),
    ):
        provider.person |= {"email": desk.shop.user.email}
        owner.goto("/settings/sign-in")
        owner.get_by_label("Nome sul pulsante").fill("Mavi")
        owner.get_by_label("Indirizzo dell'emittente").fill(provider.url)
        owner.get_by_label("Id del client").fill(CLIENT_ID)
        owner.get_by_label("Segreto del client").fill(SECRET)
        owner.get_by_role("button", name="Salva").click()
        address = owner.locator("#address").inner_text()
        picture(owner, "company-sign-in-set")

        page = desk.page(signed=False)
        page.goto("/accounts/login/")
        page.get_by_role("link", name="Accedi con l'account aziendale").click()
        page.get_by_label("Azienda").fill(address.rstrip("/").rpartition("/")[2])
        page.get_by_role("button", name="Continua").click()
        expect(page).to_have_url(address)
        page.get_by_role("button", name="Accedi con Mavi").click()
        expect(page).to_have_url(re.compile("/first-steps/"))

    assert Identity.objects.using("owner").get().membership.user_id == desk.shop.user.pk


def _woken_by_the_worker(database: str, folder: Path) -> None:
    """As the worker's loop does, once. Playwright's loop runs in the test's own thread."""

    async def wake() -> None:
        async with open_pool(database, 2) as pool:
            limits = Limits(private_hosts=frozenset({"127.0.0.1"}))
            context = Context(pool, database, key_of("k" * 32), lambda: NOW, folder, limits)
            signer = vapid.signer_of(settings.SECRET_KEY, settings.SPORTELLO_PUBLIC_URL)
            await Waker(context, signer).wake()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, wake()).result(60)


def _handed_over(desk: Desk) -> None:
    chat = Conversation.objects.using("owner").filter(pk=desk.shop.chats["Anna Bianchi"].pk)
    chat.update(holder="queue", handover_reason="asked", reply_due_at=None)


def _deliver(tools: Any, desk: Desk, registration: str) -> None:
    """What the maker's service hands on to its browser."""
    push = {"origin": desk.base, "registrationId": registration, "data": ""}
    tools.send("ServiceWorker.deliverPushMessage", push)


_SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    for (let looks = 0; looks < 400; looks += 1) {
        const [one] = await worker.getNotifications();
        if (one) return [one.title, one.body, one.lang];
        await new Promise((on) => setTimeout(on, 50));
    }
}"""


def test_a_browser_subscribes_is_woken_without_a_word_and_shows_that_something_waits(
    desk: Desk, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.base = desk.base.replace("127.0.0.1", "localhost")
    page = desk.page(permissions=["notifications"])
    tools = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
    )
    tools.send("ServiceWorker.enable")
    with push_service.running(tmp_path) as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(service.trusted))
        page.add_init_script(f"({push_service.SUBSCRIBES})({json.dumps(service.address)})")
        page.goto("/profile/notifications")
        line = page.locator("#waking [data-line]")
        expect(line).to_have_text("Questo browser non riceve avvisi.")
        page.get_by_role("button", name="Attiva gli avvisi qui").click()
        expect(line).to_contain_text("Questo browser riceve gli avvisi")
        expect(page.get_by_role("table")).to_contain_text("Chrome")
        kept = PushPlace.objects.using("owner").get()
        assert (kept.user_id, kept.address) == (desk.shop.user.pk, service.address)

        _handed_over(desk)
        _woken_by_the_worker(database, tmp_path)
        ((headers, body),) = service.heard
        _deliver(tools, desk, found[-1]["registrationId"])
        shown = page.evaluate(_SHOWN)

    assert (body, headers["ttl"]) == (b"", "3600")
    key = page.locator("#waking").get_attribute("data-key")
    assert headers["authorization"].endswith(f", k={key}"), "the key that the browser was given"
    assert shown == ["Sportello", "Una conversazione attende.", "it"]
    page.get_by_role("button", name="Rimuovi").click()
    expect(page.get_by_role("table")).to_have_count(0)
    assert not PushPlace.objects.using("owner").exists()
