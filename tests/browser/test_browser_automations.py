"""Campaigns, follow-ups and automations in a browser: they fit, are accessible, work."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from sportello.schema.models import (
    Automation,
    Campaign,
    Contact,
    Conversation,
    Errand,
    Followup,
    Message,
    Recipient,
    Template,
    User,
)
from tests.browser.campaigns import campaign_pages
from tests.browser.conftest import Desk
from tests.browser.test_browser_looks import _looks
from tests.pages.conftest import NOW

_WORDS = {"1": {"column": "name", "otherwise": "cliente"}}


def _template(desk: Desk) -> Template:
    return Template.objects.using("owner").create(
        workspace=desk.shop.workspace,
        waba_id=desk.shop.number.waba_id,
        meta_id="771",
        name="ordine_in_viaggio",
        language="it",
        category="UTILITY",
        status="APPROVED",
        components=[
            {
                "type": "BODY",
                "text": "Ciao {{1}}, il tuo ordine è in viaggio: arriva in due giorni.",
                "example": {"body_text": [["Anna"]]},
            }
        ],
    )


def _campaign(desk: Desk, template: Template, **columns: object) -> Campaign:
    return Campaign.objects.using("owner").create(
        workspace=desk.shop.workspace,
        number=desk.shop.number,
        template=template,
        variables=_WORDS,
        **columns,
    )


def _mailing(desk: Desk, template: Template) -> Campaign:
    row = _campaign(desk, template, name="Autunno")
    for position, (silent, count, unit) in enumerate(
        [(True, 3, "days"), (False, 1, "months")], start=1
    ):
        Followup.objects.using("owner").create(
            workspace=desk.shop.workspace,
            campaign=row,
            position=position,
            unless_answered=silent,
            after_count=count,
            after_unit=unit,
            template=template,
            content={},
            variables=_WORDS,
        )
    return row


def _automation(desk: Desk, template: Template) -> Automation:
    campaign = _campaign(
        desk,
        template,
        name="Ordine spedito",
        automatic=True,
        state="running",
        planned=True,
        content={},
        started_at=NOW,
    )
    row = Automation.objects.using("owner").create(
        workspace=desk.shop.workspace,
        campaign=campaign,
        trigger="webhook",
        after_count=2,
        after_unit="hours",
        fields={"phone": "order.phone", "name": "order.who", "properties": {"citta": "city"}},
        hook="0" * 32,
        signed=True,
    )
    whys = ["", "answered", "no_consent"]
    for why, contact in zip(whys, Contact.objects.using("owner").order_by("pk")[:3], strict=True):
        Errand.objects.using("owner").create(
            workspace=desk.shop.workspace,
            campaign=campaign,
            contact=contact,
            occasion="once",
            skipped_why=why,
            due_at=NOW + timedelta(hours=2),
            created_at=NOW,
        )
    _doubtful(desk, campaign, occasion="once")
    return row


def _started(desk: Desk, template: Template) -> Campaign:
    """One whose first follow-up is under way: to one nobody knows whether it came."""
    row = _mailing(desk, template)
    Campaign.objects.using("owner").filter(pk=row.pk).update(
        state="running", planned=True, content={}, started_at=NOW - timedelta(days=3)
    )
    _doubtful(desk, row, position=1)
    for place, why in enumerate(["", "answered"]):
        contact = Contact.objects.using("owner").order_by("pk")[place]
        _errand(desk, row, contact, position=1, skipped_why=why, due_at=NOW + timedelta(hours=2))
    return row


def _doubtful(desk: Desk, row: Campaign, **of: object) -> None:
    contact = Contact.objects.using("owner").order_by("pk")[4]
    chat, _ = Conversation.objects.using("owner").get_or_create(
        workspace=desk.shop.workspace, number=desk.shop.number, contact=contact,
        defaults={"holder": "closed"},
    )  # fmt: skip
    message = Message.objects.using("owner").create(
        workspace=desk.shop.workspace, conversation=chat, origin="campaign", type="template",
        status="unknown", at=NOW,
    )  # fmt: skip
    _errand(desk, row, contact, message=message, due_at=NOW, released_at=NOW, **of)


def _errand(desk: Desk, row: Campaign, contact: Contact, **columns: object) -> None:
    of: dict[str, object] = {"workspace": desk.shop.workspace, "campaign": row, "contact": contact}
    if not row.automatic:
        of["recipient"] = Recipient.objects.using("owner").create(**of)
    Errand.objects.using("owner").create(**of, **columns, created_at=NOW)


@pytest.mark.parametrize("language", ["it", "en"])
def test_their_pages_are_accessible_and_fit(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    User.objects.using("owner").update(language=language, theme="auto")
    page = desk.page(reduced_motion="reduce")
    page.goto("/automations/")
    wrong = _looks(page, "automations-none", language, picture)
    template = _template(desk)
    mailing, row = _mailing(desk, template), _automation(desk, template)
    started = _started(desk, template)
    for name, where in {
        "followups": f"/campaigns/{mailing.pk}/followups/",
        "followup": f"/campaigns/{mailing.pk}/followups/1/",
        "followup-new": f"/campaigns/{mailing.pk}/followups/new",
        "followups-people": f"/campaigns/{started.pk}/followups/",
        "followups-doubts": f"/campaigns/{started.pk}/followups/?step=1&outcome=to_verify",
        "automations": "/automations/",
        "automations-new": "/automations/new",
        "automations-new-list": "/automations/new?trigger=list",
        "automations-new-silence": "/automations/new?trigger=silence",
        "automation-editor": f"/automations/{row.pk}/edit",
        "automation": f"/automations/{row.pk}/",
    }.items():
        page.goto(where)
        page.wait_for_load_state("load")
        wrong += _looks(page, name, language, picture)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_pages_of_campaigns_are_accessible_and_fit(
    desk: Desk, picture: Callable[[Page, str], None], language: str
) -> None:
    User.objects.using("owner").update(language=language, theme="auto")
    page = desk.page(reduced_motion="reduce")
    page.goto("/campaigns/")
    wrong = _looks(page, "campaigns-none", language, picture)
    for name, where in campaign_pages(desk).items():
        page.goto(where)
        page.wait_for_load_state("load")
        wrong += _looks(page, name, language, picture)

    assert not wrong, "\n".join(wrong)


def test_a_chosen_template_shows_its_slots_and_keeps_what_was_written(desk: Desk) -> None:
    template = _template(desk)
    page = desk.page()
    page.goto("/automations/new?trigger=silence")
    page.get_by_label("Nome", exact=True).fill("Preventivo senza risposta")

    page.get_by_label("Modello").select_option(str(template.pk))
    page.get_by_label("Parole per Variabile 1").fill("cliente")
    page.get_by_label("Da dove viene Variabile 1").select_option("column:first_name")
    expect(page.get_by_role("region", name="Come lo vede il cliente")).to_contain_text("in viaggio")
    page.get_by_role("button", name="Salva").click()

    expect(page.get_by_role("heading", name="Preventivo senza risposta")).to_be_visible()
    page.get_by_role("button", name="Attiva").click()
    expect(page.get_by_role("button", name="Pausa")).to_be_visible()
