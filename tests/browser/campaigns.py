"""Campaigns of every kind for the looks of their pages: drafts, running, braked, doubtful."""

from datetime import timedelta
from typing import Any

from sportello.rules.enclosure import reference
from sportello.schema.models import (
    Campaign,
    Charge,
    ConsentEvent,
    Contact,
    Conversation,
    Enclosure,
    Message,
    Recipient,
    Send,
    Template,
)
from tests.browser.conftest import Desk
from tests.pages.conftest import NOW

_ENDS: dict[str, Any] = {
    "read": {},
    "delivered": {},
    "failed": {"error": {"code": 131026}},
    "unknown": {},
    "queued": {},
}


def campaign_pages(desk: Desk) -> dict[str, str]:
    """Every page that shows campaigns, by name, with something to show on each."""
    picture, people = _pictured(desk), list(Contact.objects.using("owner").order_by("pk")[:6])
    for place, person in enumerate(people):
        Contact.objects.using("owner").filter(pk=person.pk).update(
            properties={"foto": f"https://negozio.example/{place}.jpg" if place else "anna.jpg"}
        )
        ConsentEvent.objects.using("owner").create(
            workspace=desk.shop.workspace, contact=person, action="grant", source="import",
            at=NOW - timedelta(days=3),
        )  # fmt: skip
    draft = _campaign(desk, picture, name="Un ritratto per ciascuno", media_column="foto")
    _enclosures(desk, draft)
    running = _campaign(
        desk, picture, name="Autunno", state="running", planned=True, content={"name": "ritratto"},
        started_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    for person, (state, more) in zip(people, _ENDS.items(), strict=False):
        _sent(desk, running, person, state, more)
    _skipped(desk, running, people[5])
    braked = _campaign(
        desk, picture, name="Fine stagione", state="paused", paused_why="brake", planned=True,
        content={"name": "ritratto"}, started_at=NOW - timedelta(days=1),
        braked={"alarm": "stops", "seen": 0.06, "allowed": 0.02},
    )  # fmt: skip
    at, report = f"/campaigns/{draft.pk}", f"/campaigns/{running.pk}/"
    return {
        "campaigns": "/campaigns/",
        "campaign-who": f"{at}/who",
        "campaign-what": f"{at}/what?person={people[0].pk}",
        "campaign-what-unfit": f"{at}/what?person={people[1].pk}",
        "campaign-what-new": f"{at}/what?person={people[3].pk}",
        "campaign-when": f"{at}/when",
        "campaign-checks": f"{at}/checks",
        "campaign-skipped": f"{at}/skipped?reason=no_consent",
        "campaign-confirm": f"{at}/confirm",
        "campaign-report": report,
        "campaign-doubts": f"{report}?outcome=to_verify",
        "campaign-nobody": f"{report}?outcome=cancelled",
        "campaign-braked": f"/campaigns/{braked.pk}/",
        "campaign-rules": "/policy/campaigns/",
        "analytics-campaigns-filled": "/analytics/campaigns",
    }


def _pictured(desk: Desk) -> Template:
    return Template.objects.using("owner").create(
        workspace=desk.shop.workspace,
        waba_id=desk.shop.number.waba_id,
        meta_id="772",
        name="ritratto",
        language="it",
        category="MARKETING",
        status="APPROVED",
        components=[
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {
                "type": "BODY",
                "text": "Ciao {{1}}, questa è la tazza che abbiamo fatto per te: passi a vederla?",
                "example": {"body_text": [["Anna"]]},
            },
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Sì, vengo"},
                    {"type": "QUICK_REPLY", "text": "No, grazie"},
                ],
            },
        ],
    )


def _campaign(desk: Desk, template: Template, **columns: Any) -> Campaign:
    return Campaign.objects.using("owner").create(
        workspace=desk.shop.workspace,
        number=desk.shop.number,
        template=template,
        variables={"1": {"column": "first_name", "otherwise": "cliente"}},
        audience={"everybody": True},
        **columns,
    )


def _enclosures(desk: Desk, draft: Campaign) -> None:
    """One given by name, one that leads to nothing."""
    of: dict[str, Any] = {"workspace": desk.shop.workspace, "campaign": draft}
    for cell, more in (
        ("anna.jpg", {"file": desk.shop.picture, "state": "kept", "settled": True}),
        (
            "https://negozio.example/1.jpg",
            {"state": "unfit", "why": "media_unreachable", "detail": "not_found", "settled": True},
        ),
    ):
        named = reference(cell)
        assert named is not None
        Enclosure.objects.using("owner").create(**of, key=named.key, reference=named.text, **more)


def _sent(desk: Desk, row: Campaign, person: Contact, state: str, more: dict[str, Any]) -> None:
    of: dict[str, Any] = {"workspace": desk.shop.workspace}
    chat, _ = Conversation.objects.using("owner").get_or_create(
        **of, number=desk.shop.number, contact=person, defaults={"holder": "closed"}
    )
    message = Message.objects.using("owner").create(
        **of, conversation=chat, origin="campaign", type="template", status=state, at=NOW,
        wamid=f"wamid.{row.pk}.{person.pk}", payload={"template": {"category": "marketing"}},
        **more,
    )  # fmt: skip
    ended = {"failed": "rejected", "unknown": "unknown", "queued": "queued"}.get(state, "accepted")
    Send.objects.using("owner").create(
        **of, number=desk.shop.number, conversation=chat, message=message, origin="campaign",
        priority=2, body={"type": "template"}, campaign_id=row.pk, state=ended, due_at=NOW,
    )  # fmt: skip
    Recipient.objects.using("owner").create(
        **of, campaign=row, contact=person, message=message, released_at=NOW
    )
    if state == "read":
        Message.objects.using("owner").create(
            **of, conversation=chat, origin="customer", type="button", text="Sì, vengo",
            status="received", reply_to=message.wamid, wamid=f"wamid.in.{row.pk}", at=NOW,
        )  # fmt: skip
        Charge.objects.using("owner").create(
            **of, number=desk.shop.number, message=message, market="Italy", calling_code="39",
            currency="EUR", expected_category="marketing", expected_kind="regular",
            expected_micros=65_800, sent_at=NOW,
        )  # fmt: skip


def _skipped(desk: Desk, row: Campaign, person: Contact) -> None:
    Recipient.objects.using("owner").create(
        workspace=desk.shop.workspace, campaign=row, contact=person, skipped_why="media_unreachable"
    )
