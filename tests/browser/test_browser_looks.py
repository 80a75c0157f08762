"""Every page in both languages, themes and widths: nothing sticks out, nothing is inaccessible."""

import os
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.urls import resolve
from playwright.sync_api import Page, Route, ViewportSize, expect

from sportello.console.team import invitations
from sportello.schema.audit import AuditEntry
from sportello.schema.desk import Colour
from sportello.schema.models import (
    Action,
    ActionRun,
    ApiKey,
    CannedReply,
    Delivery,
    Document,
    Endpoint,
    EvalRun,
    Folder,
    IdentityProvider,
    Invitation,
    Label,
    Labelling,
    Media,
    Membership,
    Message,
    News,
    Notice,
    QuestionSet,
    Rehearsal,
    Trial,
    Turn,
    User,
    Workspace,
)
from tests.browser.axe import complaints, cut_off
from tests.browser.conftest import NARROW, NOW, WIDE, Desk
from tests.browser.looked import LOOKED
from tests.pages.holdings import holdings
from tests.pages.reviews import reviews
from tests.pages.shop_channel import stopped_connection, troubled_number
from tests.pages.shop_doctor import examined, well
from tests.pages.shop_money import fill_spend

_PAGES: dict[str, Callable[[Desk], str]] = {
    "inbox": lambda _desk: "/conversations/",
    "inbox-mine": lambda _desk: "/conversations/?folder=mine",
    "inbox-waiting-none": lambda _desk: "/conversations/?q=nessuno",
    "inbox-narrowed": lambda desk: f"{_ordered(desk)}&folder=all",
    "inbox-order": lambda desk: _ordered(desk) and "/conversations/order/",
    "inbox-found": lambda _desk: "/conversations/?q=ordin",
    "chat-assistant": lambda desk: _chat(desk, "Anna Bianchi"),
    "chat-operator": lambda desk: _chat(desk, "Bruno Verdi"),
    "chat-queue": lambda desk: _chat(desk, "Carla Neri"),
    "chat-read": lambda desk: _read(desk) and _chat(desk, "Carla Neri"),
    "chat-shut": lambda desk: _chat(desk, "Dario Galli"),
    "chat-awaiting": lambda desk: _chat(desk, "Elena Ricci"),
    "chat-closed": lambda desk: _chat(desk, "Franco De Luca"),
    "chat-hostile": lambda desk: _chat(desk, "<script>alert(1)</script>"),
    "receipt": lambda desk: f"/conversations/messages/{desk.shop.messages['answer'].pk}/receipt",
    "receipt-template": lambda desk: (
        f"/conversations/messages/{desk.shop.messages['template'].pk}/receipt"
    ),
    "new": lambda _desk: "/conversations/new",
    "new-filling": lambda desk: f"/conversations/new?to=3331234567&{_chosen(desk)}",
    "template-choosing": lambda desk: f"{_chat(desk, 'Dario Galli')}template",
    "template-filling": lambda desk: f"{_chat(desk, 'Dario Galli')}template?{_chosen(desk)}",
    "replies-none": lambda _desk: "/conversations/replies/",
    "replies": lambda desk: _canned(desk) and "/conversations/replies/",
    "reply": lambda desk: f"/conversations/replies/{_canned(desk)}/",
    "reply-new": lambda _desk: "/conversations/replies/new",
    "rules": lambda _desk: "/policy/",
    "knowledge": lambda _desk: "/knowledge/",
    "pair": lambda desk: f"/knowledge/{desk.shop.pairs['Posso fare un reso?'].pk}/",
    "pair-new": lambda _desk: "/knowledge/new",
    "pair-import": lambda _desk: "/knowledge/import",
    "documents": lambda _desk: "/knowledge/documents/",
    "document": lambda desk: _document(desk, "ready"),
    "document-review": lambda desk: _document(desk, "review"),
    "pages": lambda _desk: "/knowledge/pages/",
    "assistant": lambda _desk: "/assistant/",
    "assistant-tone": lambda _desk: "/assistant/tone",
    "assistant-model": lambda _desk: "/assistant/model",
    "assistant-actions": lambda _desk: "/assistant/actions",
    "assistant-action-new": lambda _desk: "/assistant/actions/new",
    "assistant-action": lambda desk: f"/assistant/actions/{_acted(desk)}",
    "review": lambda _desk: "/knowledge/review/",
    "review-message": lambda desk: f"/knowledge/review/messages/{_reviewed(desk)}/",
    "tests": lambda _desk: "/knowledge/tests/",
    "test-set": lambda _desk: f"/knowledge/tests/{_newest(QuestionSet)}/",
    "test-run": lambda _desk: f"/knowledge/tests/runs/{_newest(EvalRun)}/",
    "trial": lambda desk: f"/knowledge/trials/{_tried(desk)}",
    "rehearsal": lambda _desk: f"/knowledge/rehearsals/{_newest(Rehearsal)}/",
    "number": lambda _desk: "/channel/",
    "number-one": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/",
    "number-profile": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/profile",
    "number-off": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/disconnection",
    "number-on": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/reconnection",
    "number-unlinked": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/unlinking",
    "number-request": lambda desk: f"/channel/numbers/{troubled_number(desk.shop)}/unblocking",
    "number-new": lambda _desk: "/channel/connect",
    "number-window": lambda _desk: "/channel/connect/dialogue",
    "number-by-hand": lambda _desk: "/channel/connect/credentials",
    "connection": lambda desk: f"/channel/connections/{stopped_connection(desk.shop)}/",
    "spend": lambda _desk: "/channel/spend",
    "spend-none": lambda _desk: "/channel/spend?month=2026-08",
    "events": lambda _desk: "/channel/events",
    "set-aside": lambda _desk: "/channel/set-aside",
    "doctor": lambda _desk: "/doctor/",
    "doctor-report": lambda desk: f"/doctor/{examined(desk.shop).pk}",
    "doctor-well": lambda desk: f"/doctor/{well(desk.shop).pk}",
    "number-examined": lambda desk: f"/channel/numbers/{desk.shop.number.pk}/",
    "doctor-help": lambda _desk: "/doctor/help",
    "doctor-errors": lambda _desk: "/doctor/errors",
    "risk": lambda _desk: "/doctor/risk",
    "analytics": lambda _desk: "/analytics/?days=7",
    "analytics-campaigns": lambda _desk: "/analytics/campaigns",
    "first-steps": lambda _desk: "/first-steps/",
    "profile": lambda _desk: "/profile/",
    "notices": lambda desk: f"{_noticed(desk)}?after=",
    "notices-chosen": lambda _desk: "/profile/notifications",
    "company": lambda _desk: "/settings/",
    "hours": lambda desk: _opened(desk) and "/settings/hours",
    "retention": lambda _desk: "/settings/retention",
    "people": lambda _desk: "/people/",
    "company-sign-in": lambda desk: _vouched(desk) and "/settings/sign-in",
    "keys": lambda desk: _keyed(desk) and "/settings/keys",
    "webhooks": lambda desk: _told(desk) and "/settings/webhooks",
    "webhook-new": lambda _desk: "/settings/webhooks/new",
    "webhook": lambda desk: f"{_told(desk)}?state=",
    "audit-none": lambda _desk: "/settings/audit",
    "audit": lambda desk: _noted(desk) and "/settings/audit",
    "audit-sifted": lambda _desk: "/settings/audit?since=2026-11-02&until=2026-11-24",
    "second-factor": lambda _desk: "/accounts/2fa/",
    "second-factor-app": lambda _desk: "/accounts/2fa/totp/activate/",
    "passkey-new": lambda _desk: "/accounts/2fa/webauthn/add/",
    "passkeys": lambda _desk: "/accounts/2fa/webauthn/",
    "devices": lambda _desk: "/accounts/sessions/",
}
_OUTSIDE = {
    "sign-in": "/accounts/login/",
    "enter": "/enter/a-secret-that-no-link-has",
    "company-unknown": "/accounts/company/?company=nessuna",
    "company-refused": "/accounts/company-return?state=guessed",
    "company-door": "/accounts/company/bottega/",
    "signup-closed": "/accounts/signup/",
    "account-closed": "/accounts/inactive/",
    "invitation": "/invitations/a-secret-that-a-letter-has",
    "invitation-spent": "/invitations/a-secret-that-no-letter-has",
}


def _vouched(desk: Desk) -> int:
    """The shop has a provider; made once."""
    row, _ = IdentityProvider.objects.using("owner").get_or_create(
        workspace=desk.shop.workspace,
        door="bottega",
        defaults={
            "issuer": "https://accounts.example",
            "client_id": "mavi",
            "button": "Google",
            "secret_last4": "9fQ2",
        },
    )
    return row.pk


def _invited(desk: Desk) -> int:
    row, _ = Invitation.objects.using("owner").get_or_create(
        workspace=desk.shop.workspace,
        secret_sha256=invitations.digest("a-secret-that-a-letter-has"),
        defaults={
            "email": "nina@example.org",
            "role": "operator",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        },
    )
    return row.pk


def _opened(desk: Desk) -> int:
    """The shop says its hours: all that the page can show is shown."""
    week = {str(day): [["09:30", "13:00"], ["15:30", "19:30"]] for day in range(1, 6)}
    rows = Workspace.objects.using("owner").filter(pk=desk.shop.workspace.pk)
    return rows.update(opening={"days": week, "holidays": ["2026-12-24"]})


def _canned(desk: Desk) -> int:
    """Two answers that are kept: one with a variable, one that was long in the making."""
    for shortcut, text in (
        ("grazie", "Grazie, {nome}: ci fa piacere."),
        ("orari-di-dicembre", "Siamo aperti *dal martedì al sabato*, dalle 9 alle 18. " * 6),
    ):
        row, _ = CannedReply.objects.using("owner").get_or_create(
            workspace=desk.shop.workspace, by=desk.shop.user, shortcut=shortcut,
            defaults={"text": text},
        )  # fmt: skip
    return row.pk


def _acted(desk: Desk) -> int:
    """An action with an execution of each end; made once."""
    rows, workspace = Action.objects.using("owner"), desk.shop.workspace
    action, made = rows.get_or_create(
        workspace=workspace,
        name="Annulla l'ordine",
        defaults={
            "url": "https://ordini.example/annulla",
            "reply": "Fatto: {order.code}.",
            "writes": True,
            "parameters": [{"name": "order", "kind": "mask", "mask": "MV-####", "ask": "Quale?"}],
        },
    )
    for state in ("done", "nothing", "failed") if made else ():
        ActionRun.objects.using("owner").create(
            workspace=workspace, action=action, key=state, state=state,
            said="Fatto: MV-1042." if state == "done" else "",
            why="too_slow" if state == "failed" else "",
        )  # fmt: skip
    return action.pk


def _noticed(desk: Desk) -> str:
    """One new notice, and one seen."""
    rows = Notice.objects.using("owner")
    for kind, seen in (("handed_over", None), ("assigned", NOW)):
        chat = desk.shop.chats["Carla Neri"].pk
        rows.get_or_create(
            workspace=desk.shop.workspace, user=desk.shop.user, kind=kind,
            defaults={"conversation_id": chat, "at": NOW, "seen_at": seen},
        )  # fmt: skip
    return "/notifications/"


def _told(desk: Desk) -> str:
    """The page of an endpoint with a delivery of each end; made once."""
    workspace = desk.shop.workspace
    row, made = Endpoint.objects.using("owner").get_or_create(
        workspace=workspace,
        url="https://crm.example/sportello",
        defaults={"events": ["message.received"], "note": "CRM", "secret_last4": "x9Q="},
    )
    for state in ("delivered", "failed") if made else ():
        news = News.objects.using("owner").create(
            workspace=workspace, uid=f"evt_{state}", kind="message.received",
            matter={"message": {"text": "Ciao"}}, at=NOW,
        )  # fmt: skip
        Delivery.objects.using("owner").create(
            workspace=workspace, endpoint=row, news=news, state=state,
            why="failed_there" if state == "failed" else "",
            status={"delivered": 204, "failed": 503}[state],
            settled_at=NOW,
        )  # fmt: skip
    return f"/settings/webhooks/{row.pk}/"


def _keyed(desk: Desk) -> int:
    """A key of the API that is in use, and one that was revoked; made once."""
    for prefix, name, revoked in (("8f2c91aa", "Gestionale", None), ("03b7d1e4", "Prova", NOW)):
        row, _ = ApiKey.objects.using("owner").get_or_create(
            workspace=desk.shop.workspace, prefix=prefix,
            defaults={"name": name, "key_sha256": "0" * 64, "created_at": NOW,
                      "revoked_at": revoked},
        )  # fmt: skip
    return row.pk


def _noted(desk: Desk) -> int:
    """Something added by a program, changed by a person, and taken away; made once."""
    rows, pair = AuditEntry.objects.using("owner"), desk.shop.pairs["Posso fare un reso?"].pk
    for verb, by, columns, before, after in (
        ("insert", {"key_prefix": "8f2c91aa"}, ["enabled"], {}, {"enabled": "true"}),
        ("update", {"user_id": desk.shop.user.pk}, ["enabled", "answer"], {"enabled": "true"},
         {"enabled": "false"}),
        ("delete", {"user_id": desk.shop.user.pk}, ["enabled"], {"enabled": "false"}, {}),
    ):  # fmt: skip
        row, _ = rows.get_or_create(
            workspace=desk.shop.workspace, thing="pair", row_id=pair, verb=verb,
            defaults={"at": NOW, "ip": "192.0.2.7", "changed": columns, "before": before,
                      "after": after, "deed": "POST knowledge/<int:pair_id>/", **by},
        )  # fmt: skip
    return row.pk


def _tried(desk: Desk) -> int:
    """The end of a chat with the assistant that somebody tries."""
    rows, workspace = Trial.objects.using("owner"), desk.shop.workspace
    told = {"band": "answer", "confidence": 0.9, "sources": []}
    first = rows.create(
        workspace=workspace, question="Che orari fate?", state="done",
        result=told | {"text": "Dal martedì al sabato, dalle 9 alle 18."},
    )  # fmt: skip
    source = {"pair_id": desk.shop.pairs["Posso fare un reso?"].pk, "title": "Resi", "score": 3.1}
    last = rows.create(
        workspace=workspace, question="e per i resi?", state="done", asked_id=first.pk,
        result=told | {"band": "clarify", "text": "Intendevi:\n1. Resi", "sources": [source]},
    )  # fmt: skip
    return last.pk


def _reviewed(desk: Desk) -> int:
    turn = Turn.objects.using("owner").filter(workspace=desk.shop.workspace, band="answer").get()
    return turn.message_id or 0


def _newest(rows: type[QuestionSet | EvalRun]) -> int:
    return rows.objects.using("owner").latest("pk").pk


def _document(desk: Desk, state: str) -> str:
    found = Document.objects.using("owner").get(workspace=desk.shop.workspace, state=state)
    return f"/knowledge/documents/{found.pk}/"


def _ordered(desk: Desk) -> str:
    """A label of each colour and a folder, on Anna's chat."""
    chat = desk.shop.chats["Anna Bianchi"]
    for colour in Colour.values:
        label, _ = Label.objects.using("owner").get_or_create(
            workspace=desk.shop.workspace, name=f"Reso {colour}", colour=colour
        )
        Labelling.objects.using("owner").get_or_create(
            workspace=desk.shop.workspace, conversation=chat, label=label
        )
    folder, _ = Folder.objects.using("owner").get_or_create(
        workspace=desk.shop.workspace, name="Ingrosso"
    )
    type(chat).objects.using("owner").filter(pk=chat.pk).update(folder=folder)
    return f"/conversations/?in={folder.pk}&label={label.pk}"


def _chat(desk: Desk, name: str) -> str:
    return f"/conversations/{desk.shop.chats[name].pk}/"


def _read(desk: Desk) -> int:
    """A chat with a file that a machine put into words, one that it could not, and a recap."""
    workspace, chat = desk.shop.workspace, desk.shop.chats["Carla Neri"]
    rows, files = Message.objects.using("owner"), Media.objects.using("owner")
    lines = [["customer", "Spedite in Sicilia?"], ["operator", "Sì, anche i vasi."]]
    for reading, told in (("done", {"words": "Vorrei un centrotavola"}), ("failed", {})):
        said, made = rows.get_or_create(
            workspace=workspace, conversation=chat, origin="customer", type="audio",
            wamid=f"wamid.READ.{reading}",
            defaults={"status": "received", "payload": {"audio": {"id": reading}}, "at": NOW},
        )  # fmt: skip
        if made:
            files.create(
                workspace=workspace, message=said, media_id=reading, mime_type="audio/ogg",
                state="kept", due_at=NOW, reading=reading, unread_why="too_long", **told,
            )  # fmt: skip
    recap, _ = rows.get_or_create(
        workspace=workspace, conversation=chat, origin="note", type="recap",
        defaults={
            "status": "noted", "at": NOW, "payload": {"recap": {"text": "", "lines": lines}},
        },
    )  # fmt: skip
    return recap.pk


def _chosen(desk: Desk) -> str:
    assert desk.shop.picture is not None
    return f"template={desk.shop.templates['ordine_pronto'].pk}&file={desk.shop.picture.pk}"


_PARTS = 3
# Every pair of language, theme and width is looked at; with pictures wanted, all eight together.
# In the first of a language every rule is asked: wide in Italian, narrow in English.
_PAIRS = {
    "it": [("light", WIDE), ("dark", NARROW)],
    "en": [("light", NARROW), ("dark", WIDE)],
}
_ALL = [(theme, width) for width in (WIDE, NARROW) for theme in ("light", "dark")]


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_is_accessible_and_fits(
    desk: Desk, picture: Callable[[Page, str], None], language: str, part: int
) -> None:
    User.objects.using("owner").update(language=language, theme="auto")
    fill_spend(desk.shop)
    holdings(desk.shop)
    reviews(desk.shop)
    page = desk.page(reduced_motion="reduce")
    # Meta's script is fetched from Meta, and from nowhere else.
    page.route("**/sdk.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    wrong: list[str] = []
    for name, where in list(_PAGES.items())[part::_PARTS]:
        page.goto(where(desk))
        page.wait_for_load_state("load")
        wrong += _looks(page, name, language, picture)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_door_is_accessible_and_fits(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    _vouched(desk)
    _invited(desk)
    desk.expects("404", "403", "410")
    page = desk.page(signed=False, locale=language, reduced_motion="reduce")
    wrong: list[str] = []
    for name, where in _OUTSIDE.items():
        page.goto(where)
        wrong += _looks(page, name, language, picture)
    page.goto(_OUTSIDE["enter"])
    page.locator("main button").click()
    wrong += _looks(page, "enter-spent", language, picture)
    IdentityProvider.objects.using("owner").update(issuer="https://127.0.0.1")
    page.goto(_OUTSIDE["company-door"])
    page.locator("main button").click()
    expect(page.locator("main a.btn")).to_be_visible()
    wrong += _looks(page, "company-unreachable", language, picture)
    page.goto(_OUTSIDE["sign-in"])
    page.locator("footer [name=csrfmiddlewaretoken]").evaluate("(box) => { box.value = 'x'; }")
    page.locator("footer button").first.click()
    wrong += _looks(page, "page-grown-old", language, picture)

    desk.shop.user.password = "!"
    User.objects.using("owner").update(language=language, theme="auto", password="!")
    came_by_link = desk.page(reduced_motion="reduce")
    came_by_link.goto("/accounts/password/set/")
    wrong += _looks(came_by_link, "password-set", language, picture)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["it", "en"])
def test_what_cannot_be_shown_is_said_accessibly(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    User.objects.using("owner").update(language=language, theme="auto")
    Membership.objects.using("owner").update(role="reader")
    desk.expects("404", "403", "500")
    page = desk.page(reduced_motion="reduce")
    broken = render_to_string("500.html")

    def answer(route: Route) -> None:
        route.fulfill(status=500, content_type="text/html", body=broken)

    page.route("**/broken", answer)
    wrong: list[str] = []
    for name, where in (
        ("not-here", "/conversations/999999999/"),
        ("not-allowed", "/people/"),
        ("broken", "/broken"),
    ):
        page.goto(where)
        wrong += _looks(page, name, language, picture)

    assert not wrong, "\n".join(wrong)


# Colours go over from one theme to the other, however short that takes; what inherits them begins
# when its parent has ended. What moves for ever is not waited for.
_AT_REST = """async () => {
  for (let still = 0, looks = 0; still < 3 && looks < 50; looks += 1) {
    still = document.getAnimations().length ? 0 : still + 1;
    await new Promise((on) => setTimeout(on, 20));
  }
}"""


# A window of 1280 at four times its size (WCAG 1.4.10).
_ZOOMED: ViewportSize = {"width": 320, "height": 640}
_PAGE_OF = {look: route for route, look in LOOKED.items()}


def _looks(page: Page, name: str, language: str, picture: Callable[[Page, str], None]) -> list[str]:
    """One page, loaded once, in its widths and themes: that first in which it was loaded."""
    shows = _PAGE_OF.get(name)
    assert not shows or resolve(urlsplit(page.url).path).route == shows, f"{name}: {page.url}"
    wrong: list[str] = []
    looks = _ALL if os.environ.get("SCREENSHOTS_DIR") else _PAIRS[language]
    for theme, width in sorted(looks, key=lambda look: look[1] != page.viewport_size):
        page.set_viewport_size(width)  # type: ignore[arg-type]  # a plain dict of both sides
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its two words
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        page.evaluate(_AT_REST)
        look = f"{name}-{language}-{theme}-{width['width']}"
        picture(page, look)
        whole = (theme, width) == _PAIRS[language][0]
        wrong += complaints(page, look, whole=whole)
    page.set_viewport_size(_ZOOMED)
    look = f"{name}-{language}-{_ZOOMED['width']}"
    picture(page, look)
    return wrong + cut_off(page, look)
