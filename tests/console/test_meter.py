"""The risk meter counts what was sent to whom, and what came of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from sportello.console.doctor import meter
from sportello.rules.risk import Sign
from sportello.schema.models import (
    ConsentEvent,
    Conversation,
    Message,
    Number,
    PlatformEvent,
    Send,
    Template,
    TemplateChange,
)
from tests.console.conftest import NOW, Company, make_contact, make_conversation

_PEOPLE = 40


def test_each_sign_is_counted_from_what_happened(acme: Company) -> None:
    """Of forty people: two ticks for most, one tick for three days for six, one refusal as spam."""
    offer = _template(acme)
    chats = [_chat(acme, place) for place in range(_PEOPLE)]
    for place, chat in enumerate(chats):
        status = "sent" if place < 6 else "failed" if place == 6 else "delivered"
        error = {"code": 131048} if status == "failed" else None
        _sent(chat, offer, status=status, error=error, text="SUPER OFFERTA OGGI!!! " * 40)
        if place >= 4:
            _consent(chat, "grant", text="Sì, scrivetemi")
    _consent(chats[0], "grant", text="", source="import")
    _consent(chats[1], "grant", text="Sì, per gli ordini", category="utility")
    _consent(chats[5], "withdraw")
    for place in range(4):
        _sent(chats[place + 20], offer, status="read", text="")
    _told(acme, "ACCOUNT_VIOLATION")
    TemplateChange.objects.using("owner").create(
        workspace=acme.workspace, template=offer, kind="status", after="PAUSED", at=NOW
    )

    rows = _rows(acme)

    assert {sign: rows[sign].level for sign in Sign} == {
        Sign.QUALITY: "unknown",
        Sign.REPORTS: "warn",
        Sign.BLOCKS: "warn",
        Sign.TEMPLATES: "warn",
        Sign.REFUSALS: "warn",
        Sign.STOPS: "bad",
        Sign.READ: "bad",
        Sign.FAILED: "fine",
        Sign.CONSENT: "bad",
        Sign.REPETITION: "fine",
        Sign.LOUDNESS: "bad",
        Sign.LENGTH: "bad",
    }
    assert rows[Sign.CONSENT].value == "10%"
    assert rows[Sign.BLOCKS].value == "13.6%"
    assert all(bool(row.advice) == (row.level in {"warn", "bad"}) for row in rows.values())


def test_what_another_number_sent_or_what_is_long_ago_is_not_counted(
    acme: Company, rival: Company
) -> None:
    offer, theirs = _template(acme), _template(rival)
    for place in range(_PEOPLE):
        _sent(_chat(acme, place), offer, status="failed", at=NOW - timedelta(days=31))
        _sent(_chat(rival, place), theirs, status="failed")
    _told(rival, "ACCOUNT_VIOLATION")

    rows = _rows(acme)

    assert {row.level for row in rows.values()} == {"unknown", "fine"}


@pytest.mark.parametrize(
    ("state", "level"),
    [("DISABLE", "warn"), ("SCHEDULE_FOR_DISABLE", "warn"), ("REINSTATE", "fine")],
)
def test_a_block_that_meta_takes_back_is_no_warning(acme: Company, state: str, level: str) -> None:
    _told(acme, "DISABLED_UPDATE", ban_info={"waba_ban_state": state})

    assert _rows(acme)[Sign.REPORTS].level == level


def _rows(company: Company) -> dict[Sign, meter.Row]:
    with company.inside(), translation.override("en"):
        found = meter.read(Number.objects.get(pk=company.number.pk), NOW)
    return {Sign(row.sign): row for row in found.rows}


def _template(company: Company) -> Template:
    return Template.objects.using("owner").create(
        workspace=company.workspace, waba_id=company.number.waba_id, name="offerta",
        language="it", category="MARKETING", status="APPROVED",
    )  # fmt: skip


def _chat(company: Company, place: int) -> Conversation:
    contact = make_contact(company.workspace, wa_id=f"39347{company.workspace.pk:03}{place:04}")
    return make_conversation(company.number, contact)


def _sent(
    chat: Conversation, template: Template, *, status: str, text: str = "Ciao", **columns: Any
) -> None:
    at = columns.pop("at", NOW - timedelta(days=3))
    message = Message.objects.using("owner").create(
        workspace_id=chat.workspace_id, conversation=chat, origin="campaign", type="template",
        text=text, status=status, at=at, **columns,
    )  # fmt: skip
    Send.objects.using("owner").create(
        workspace_id=chat.workspace_id, number_id=chat.number_id, conversation=chat,
        message=message, origin="campaign", priority=2, template=template,
        body={"type": "template"}, state="accepted", due_at=at, attempted_at=at, settled_at=at,
    )  # fmt: skip


def _consent(chat: Conversation, action: str, **columns: Any) -> None:
    standard: dict[str, Any] = {"source": "form", "category": "marketing", "text": ""}
    ConsentEvent.objects.using("owner").create(
        workspace_id=chat.workspace_id, contact_id=chat.contact_id, action=action, at=NOW,
        **(standard | columns),
    )  # fmt: skip


def _told(company: Company, event: str, **value: Any) -> None:
    PlatformEvent.objects.using("owner").create(
        workspace=company.workspace, waba_id=company.number.waba_id, field="account_update",
        value={"event": event, **value}, digest=event, at=NOW - timedelta(days=2),
    )  # fmt: skip
