"""The pages of follow-ups and automations: written, tried, started, and what they did."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sportello.schema.models import (
    Automation,
    Campaign,
    Charge,
    ConsentEvent,
    Contact,
    ContactList,
    Conversation,
    Errand,
    Followup,
    Message,
    Recipient,
    Send,
    Template,
)
from sportello.schema.team import Role
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop

TEXT = "Ciao {{1}}, il tuo ordine è in viaggio."
FORM = {
    "name": "Ordine spedito",
    "after_count": "2",
    "after_unit": "hours",
    "rate": "60",
    "phone": "order.phone",
    "person": "order.who",
    "columns": "citta = city\npunti",
    "from.1": "column:first_name",
    "words.1": "cliente",
    "save": "1",
}
EVENT = {"order": {"phone": "347 765 4321", "who": "Carla Neri"}, "city": "Roma"}


@pytest.fixture
def template(shop: Shop) -> Template:
    return Template.objects.using("owner").create(
        workspace=shop.workspace,
        waba_id=shop.number.waba_id,
        meta_id="771",
        name="ordine_in_viaggio",
        language="it",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": TEXT, "example": {"body_text": [["Anna"]]}}],
    )


@pytest.fixture
def draft(shop: Shop, template: Template) -> Campaign:
    return Campaign.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, name="Autunno", template=template
    )


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def made(client: Client, template: Template, trigger: str = "webhook", **more: str) -> Automation:
    given = FORM | {"template": str(template.pk)} | more
    answer = client.post(f"/automations/new?trigger={trigger}", given)
    assert answer.status_code == 302, answer.content.decode()
    return Automation.objects.using("owner").select_related("campaign").get()


def do(client: Client, row: Automation, deed: str) -> str:
    client.post(f"/automations/{row.pk}/deed", {"deed": deed})
    state: str = Campaign.objects.using("owner").get(pk=row.campaign_id).state
    return state


class TestFollowups:
    def step(self, client: Client, draft: Campaign, template: Template, /, **more: str) -> Any:
        given = {
            "template": str(template.pk),
            "after_count": "1",
            "after_unit": "months",
            "when": "silent",
            "from.1": "column:name",
            "words.1": "cliente",
        }
        return client.post(f"/campaigns/{draft.pk}/followups/new", given | more)

    def test_one_is_added_changed_and_taken_away(
        self, client: Client, draft: Campaign, template: Template
    ) -> None:
        self.step(client, draft, template)
        listed = page(client, f"/campaigns/{draft.pk}/followups/")
        place = f"/campaigns/{draft.pk}/followups/1/"
        assert "Dopo 1 mese" in listed
        assert "se non risponde" in listed
        assert 'value="column:name" selected' in page(client, place)

        given = {"template": str(template.pk), "after_count": "3", "after_unit": "days"}
        client.post(place, given | {"when": "always", "from.1": "=", "words.1": "cara"})
        kept = Followup.objects.using("owner").get()
        client.post(f"{place}removal")

        assert (kept.after_count, kept.unless_answered) == (3, False)
        assert kept.variables == {"1": {"value": "cara"}}
        assert not Followup.objects.using("owner").exists()

    @pytest.mark.parametrize(
        "wrong", [{"after_count": "0"}, {"after_count": "99"}, {"from.1": ""}, {"template": "x"}]
    )
    def test_an_unfit_one_comes_back_with_the_reason(
        self, client: Client, draft: Campaign, template: Template, wrong: dict[str, str]
    ) -> None:
        answer = self.step(client, draft, template, **wrong)

        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert not Followup.objects.using("owner").exists()

    def test_choosing_a_template_keeps_nothing_and_shows_its_slots(
        self, client: Client, draft: Campaign, template: Template
    ) -> None:
        answer = self.step(client, draft, template, show="1")

        assert answer.status_code == 200
        assert 'name="words.1"' in answer.content.decode()
        assert not Followup.objects.using("owner").exists()

    def test_once_started_it_shows_counts_and_no_buttons(
        self, client: Client, draft: Campaign, template: Template
    ) -> None:
        self.step(client, draft, template)
        Campaign.objects.using("owner").update(
            state="running", planned=True, content={}, started_at=NOW
        )

        listed = page(client, f"/campaigns/{draft.pk}/followups/")

        assert "followups/1/removal" not in listed
        assert "followups/new" not in listed


@pytest.mark.parametrize("room", ["campaign", "automation"])
@pytest.mark.parametrize(
    ("word", "state", "said"),
    [("resent", "queued", "rispedito da"), ("sent", "accepted", "considerato inviato da")],
)
def test_a_person_decides_about_what_nobody_knows(
    client: Client, shop: Shop, draft: Campaign, template: Template, room: str, word: str,
    state: str, said: str,
) -> None:  # fmt: skip
    if room == "automation":
        row = made(client, template)
        do(client, row, "start")
        campaign_id, at = row.campaign_id, f"/automations/{row.pk}/"
    else:
        campaign_id, at = draft.pk, f"/campaigns/{draft.pk}/followups/"
        Campaign.objects.using("owner").update(state="running", planned=True, content={})
    errand = _doubtful(shop, campaign_id, is_followup=room == "campaign")
    asked = page(client, f"{at}?outcome=to_verify")

    client.post(f"{at}errands/{errand.pk}/verdict", {"verdict": word})
    late = client.post(f"{at}errands/{errand.pk}/verdict", {"verdict": word}, follow=True)

    assert "Può arrivare due volte" in asked
    assert "Può non essere mai arrivato" in asked
    assert Send.objects.using("owner").get().state == state
    assert "Troppo tardi" in late.content.decode()
    assert said in page(client, at)
    assert "Anna" not in page(client, f"{at}?outcome=to_verify").split('id="history"')[-1]


def _csv(client: Client, path: str) -> list[list[str]]:
    answered: Any = client.get(path)
    body = b"".join(answered.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))


@pytest.mark.parametrize("room", ["campaign", "automation"])
def test_only_what_may_arrive_the_second_time_is_tried_again(
    client: Client, shop: Shop, draft: Campaign, template: Template, room: str
) -> None:
    campaign_id, at = _room(client, draft, template, room)
    of = {"is_followup": room == "campaign", "status": "failed"}
    passing = _errand(shop, campaign_id, **of, error={"code": 131000})
    final = _errand(shop, campaign_id, "Bruno Blu", **of, error={"code": 131026})
    answered = _errand(shop, campaign_id, "Carla Neri", **of, error={"code": 131000})
    Errand.objects.using("owner").filter(pk=answered.pk).update(
        unless_answered=True, answered_at=NOW
    )
    asked = page(client, at)

    said = client.post(f"{at}retry", follow=True)

    assert "1 messaggio non riuscito" in asked
    assert "Si riscrive a 1 persona" in said.content.decode()
    rows = Errand.objects.using("owner").in_bulk()
    assert (rows[passing.pk].message_id, rows[passing.pk].released_at) == (None, None)
    assert rows[passing.pk].retries == 1
    assert all(rows[one.pk].message_id for one in (final, answered))
    assert 'action="' + at + "retry" not in page(client, at)


@pytest.mark.parametrize("room", ["campaign", "automation"])
def test_nobody_is_tried_more_than_three_times_nor_once_it_was_cancelled(
    client: Client, shop: Shop, draft: Campaign, template: Template, room: str
) -> None:
    campaign_id, at = _room(client, draft, template, room)
    of = {"is_followup": room == "campaign", "status": "failed", "error": {"code": 131000}}
    tried = _errand(shop, campaign_id, **of)
    Errand.objects.using("owner").filter(pk=tried.pk).update(retries=3)
    once = _errand(shop, campaign_id, "Bruno Blu", **of)

    Campaign.objects.using("owner").filter(pk=campaign_id).update(state="cancelled")
    late = client.post(f"{at}retry", follow=True)
    kept = Errand.objects.using("owner").filter(message__isnull=False).count()
    Campaign.objects.using("owner").filter(pk=campaign_id).update(state="running")
    client.post(f"{at}retry")

    assert "Troppo tardi" in late.content.decode()
    assert kept == 2
    assert [one.pk for one in Errand.objects.using("owner").filter(message=None)] == [once.pk]


def _room(client: Client, draft: Campaign, template: Template, room: str) -> tuple[int, str]:
    """A campaign with follow-ups or an automation, running; and where its people stand."""
    if room == "automation":
        row = made(client, template)
        do(client, row, "start")
        return row.campaign_id, f"/automations/{row.pk}/"
    Campaign.objects.using("owner").update(state="running", planned=True, content={})
    return draft.pk, f"/campaigns/{draft.pk}/followups/"


def _doubtful(shop: Shop, campaign_id: int, *, is_followup: bool) -> Errand:
    return _errand(shop, campaign_id, is_followup=is_followup, status="unknown")


def _errand(
    shop: Shop, campaign_id: int, name: str = "Anna Gialli", *, is_followup: bool, status: str,
    **columns: Any,
) -> Errand:  # fmt: skip
    """One whose message stands so."""
    of: dict[str, Any] = {"workspace": shop.workspace}
    wa_id = (
        393471112222 + Contact.objects.using("owner").filter(wa_id__startswith="39347111").count()
    )
    contact = Contact.objects.using("owner").create(**of, wa_id=str(wa_id), name=name)
    chat = Conversation.objects.using("owner").create(
        **of, number=shop.number, contact=contact, holder="closed"
    )
    message = Message.objects.using("owner").create(
        **of, conversation=chat, origin="campaign", type="template", status=status, at=NOW,
        **columns,
    )  # fmt: skip
    Send.objects.using("owner").create(
        **of, number=shop.number, conversation=chat, message=message, origin="campaign",
        priority=2, body={"type": "template"}, campaign_id=campaign_id, due_at=NOW,
        state={"unknown": "unknown", "failed": "rejected"}.get(status, "accepted"),
    )  # fmt: skip
    recipient = None
    if is_followup:
        recipient = Recipient.objects.using("owner").create(
            **of, campaign_id=campaign_id, contact=contact
        )
        Followup.objects.using("owner").get_or_create(
            campaign_id=campaign_id, position=1,
            defaults={**of, "after_count": 1, "after_unit": "days", "content": {}},
        )  # fmt: skip
    return Errand.objects.using("owner").create(
        **of, campaign_id=campaign_id, contact=contact, recipient=recipient, message=message,
        position=int(is_followup), occasion="" if is_followup else "once", due_at=NOW,
        released_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("room", ["campaign", "automation"])
def test_answers_taps_stops_and_prices_are_told(
    client: Client, shop: Shop, draft: Campaign, template: Template, room: str
) -> None:
    campaign_id, at = _room(client, draft, template, room)
    is_followup = room == "campaign"
    anna = _errand(shop, campaign_id, is_followup=is_followup, status="read", wamid="wamid.a")
    _errand(shop, campaign_id, "Bruno Blu", is_followup=is_followup, status="delivered")
    told: Any = anna.message
    Conversation.objects.using("owner").filter(pk=told.conversation_id).update(
        last_inbound_at=NOW + timedelta(minutes=1)
    )
    Message.objects.using("owner").create(
        workspace=shop.workspace, conversation_id=told.conversation_id, wamid="wamid.t",
        origin="customer", type="button", text="Vengo!", reply_to="wamid.a", status="received",
        at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    ConsentEvent.objects.using("owner").create(
        workspace=shop.workspace, contact=anna.contact, action="withdraw", source="keyword",
        at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    Charge.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, message=told, expected_micros=30_000,
        currency="EUR", expected_category="utility", expected_kind="regular", market="IT",
        sent_at=NOW,
    )  # fmt: skip

    seen = page(client, at)

    for words in ("ha risposto", "Vengo!", "STOP", "0,03"):
        assert words in seen, words
    answered = page(client, f"{at}?outcome=answered").split(_HISTORY[room])[1]
    assert "Anna Gialli" in answered
    assert "Bruno Blu" not in answered


_HISTORY = {"campaign": 'id="people-title"', "automation": 'id="history-title"'}


@pytest.mark.parametrize("room", ["campaign", "automation"])
def test_the_page_keeps_itself_true_by_its_regions(
    client: Client, draft: Campaign, template: Template, shop: Shop, room: str
) -> None:
    campaign_id, at = _room(client, draft, template, room)
    _errand(shop, campaign_id, is_followup=room == "campaign", status="read")

    whole, part = client.get(at), client.get(at, headers={"HX-Request": "true"})

    assert "js/live." in whole.content.decode()
    assert 'data-concerns="campaign conversation"' in whole.content.decode()
    assert "<main" not in part.content.decode()
    assert re.findall(r'data-key="(\w*)"', part.content.decode())
    assert "Anna Gialli" in part.content.decode()


class TestAutomations:
    def test_the_first_one_is_offered(self, client: Client, shop: Shop) -> None:
        assert "/automations/new" in page(client, "/automations/")
        assert "?trigger=silence" in page(client, "/automations/new")

    def test_a_webhook_is_written_and_read_again(self, client: Client, template: Template) -> None:
        row = made(client, template)

        assert row.fields == {
            "phone": "order.phone",
            "name": "order.who",
            "properties": {"citta": "city", "punti": "punti"},
        }
        assert row.campaign.variables == {"1": {"column": "first_name", "otherwise": "cliente"}}
        edited = page(client, f"/automations/{row.pk}/edit")
        assert "citta = city\npunti = punti" in edited
        assert f"/api/v1/hooks/{row.hook}/" in page(client, f"/automations/{row.pk}/")

    @pytest.mark.parametrize("trigger", ["list", "silence"])
    def test_the_other_triggers_ask_for_what_they_need(
        self, client: Client, shop: Shop, template: Template, trigger: str
    ) -> None:
        listed = ContactList.objects.using("owner").create(
            workspace=shop.workspace, name="Nuovi contatti"
        )

        row = made(client, template, trigger, onto=str(listed.pk))

        assert (row.trigger, row.list_id) == (trigger, listed.pk if trigger == "list" else None)
        assert "/api/v1/hooks/" not in page(client, f"/automations/{row.pk}/")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"phone": "a..b"},
            {"template": ""},
            {"after_count": "13", "after_unit": "months"},
            {"consent_text": "Sì"},
        ],
    )
    def test_an_unfit_one_comes_back_with_the_reason(
        self, client: Client, template: Template, wrong: dict[str, str]
    ) -> None:
        given = FORM | {"template": str(template.pk)} | wrong

        answer = client.post("/automations/new?trigger=webhook", given)

        assert answer.status_code == 422
        assert "problem" in answer.content.decode() or "is-bad" in answer.content.decode()
        assert not Automation.objects.using("owner").exists()

    def test_it_lives_by_its_buttons(self, client: Client, template: Template) -> None:
        row = made(client, template)

        lived = [do(client, row, deed) for deed in ("start", "pause", "resume", "end", "start")]

        assert lived == ["running", "paused", "running", "cancelled", "cancelled"]

    def test_a_trial_shows_what_would_leave_and_leaves_nothing_behind(
        self, client: Client, template: Template
    ) -> None:
        row = made(client, template)
        people = Contact.objects.using("owner").count()

        shown = client.post(f"/automations/{row.pk}/trial", {"event": json.dumps(EVENT)})
        broken = client.post(f"/automations/{row.pk}/trial", {"event": "{"})

        assert "Ciao Carla, il tuo ordine" in shown.content.decode()
        assert broken.status_code == 422
        assert Contact.objects.using("owner").count() == people
        assert not Errand.objects.using("owner").exists()

    def test_a_trial_that_is_loaded_anew_leads_back(
        self, client: Client, template: Template
    ) -> None:
        row = made(client, template)

        again = client.get(f"/automations/{row.pk}/trial")

        assert again.headers["Location"] == f"/automations/{row.pk}/"

    def test_a_trial_for_real_stands_in_the_history(
        self, client: Client, template: Template
    ) -> None:
        row = made(client, template)
        do(client, row, "start")

        client.post(f"/automations/{row.pk}/trial", {"event": json.dumps(EVENT), "really": "1"})

        errand = Errand.objects.using("owner").get()
        assert (errand.due_at, errand.filled["citta"]) == (NOW, "Roma")
        history = page(client, f"/automations/{row.pk}/?contact={errand.contact_id}")
        assert "Carla Neri" in history
        assert "prova" in history

    def test_the_history_tells_why_nothing_left(
        self, client: Client, shop: Shop, template: Template
    ) -> None:
        row = made(client, template)
        do(client, row, "start")
        client.post(f"/automations/{row.pk}/trial", {"event": json.dumps(EVENT), "really": "1"})
        Errand.objects.using("owner").update(skipped_why="opted_out")

        history = page(client, f"/automations/{row.pk}/")

        assert "Il cliente non vuole messaggi promozionali" in history

    def test_the_history_comes_as_files_without_formulas(
        self, client: Client, shop: Shop, template: Template
    ) -> None:
        row = made(client, template)
        do(client, row, "start")
        doubtful = _doubtful(shop, row.campaign_id, is_followup=False)
        Contact.objects.using("owner").filter(pk=doubtful.contact_id).update(name="=Anna")

        told = [_csv(client, f"/automations/{row.pk}/executions.csv{more}") for more in
                ("", "?outcome=to_verify", "?outcome=failed")]  # fmt: skip

        assert [len(rows) for rows in told] == [2, 2, 1]
        assert told[0][1][:2] == ["'=Anna", "'+393471112222"]
        assert told[0][1][3] == "Da verificare"

    def test_a_new_address_is_another(self, client: Client, template: Template) -> None:
        row = made(client, template)
        before = page(client, f"/automations/{row.pk}/").split(f"{row.hook}/")[1][:64]

        client.post(f"/automations/{row.pk}/address")

        after = page(client, f"/automations/{row.pk}/").split(f"{row.hook}/")[1][:64]
        assert before != after

    def test_a_reader_sees_the_history_and_not_the_address(
        self, client: Client, shop: Shop, template: Template
    ) -> None:
        row = made(client, template)
        shop.user.membership_set.using("owner").update(role=Role.READER)

        seen = page(signed_in(shop), f"/automations/{row.pk}/")

        assert row.hook not in seen
        assert signed_in(shop).get("/automations/new").status_code == 404
