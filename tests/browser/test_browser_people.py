"""Passkeys by Chromium’s virtual authenticator, and the way of an invitation, in a real browser."""

import re
from collections.abc import Callable
from typing import Any

from django.test import override_settings
from playwright.sync_api import Page, expect

from sportello.schema.models import AuditEntry, Identity, User
from tests.browser.conftest import Desk
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
        page.get_by_role("link", name="Entra con l'accesso aziendale").click()
        page.get_by_label("Azienda").fill(address.rstrip("/").rpartition("/")[2])
        page.get_by_role("button", name="Continua").click()
        expect(page).to_have_url(address)
        page.get_by_role("button", name="Entra con Mavi").click()
        expect(page).to_have_url(re.compile("/first-steps/"))

    assert Identity.objects.using("owner").get().membership.user_id == desk.shop.user.pk


def test_a_browser_that_is_woken_shows_that_something_waits_and_nothing_else(
    desk: Desk, picture: Callable[[Page, str], None]
) -> None:
    desk.base = desk.base.replace("127.0.0.1", "localhost")
    # The push service is Google's, and closed to such windows: nothing is subscribed here.
    desk.expects("incognito")
    page = desk.page(permissions=["notifications"])
    tools = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
    )
    tools.send("ServiceWorker.enable")
    page.goto("/profile/notifications")
    expect(page.locator("#waking [data-line]")).to_have_text("Questo browser non riceve avvisi.")
    page.get_by_role("button", name="Attiva gli avvisi qui").click()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": desk.base, "registrationId": found[-1]["registrationId"], "data": ""},
    )

    shown = page.evaluate(
        """async () => {
            const worker = await navigator.serviceWorker.ready;
            for (let looks = 0; looks < 100; looks += 1) {
                const [one] = await worker.getNotifications();
                if (one) return [one.title, one.body, one.lang];
                await new Promise((on) => setTimeout(on, 50));
            }
        }"""
    )

    assert shown == ["Sportello", "Una conversazione attende.", "it"]
