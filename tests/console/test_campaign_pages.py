"""The pages of campaigns: five steps to a start, the report that adds up, what people decide."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.console.campaigns import counting, retrying, wizard
from sportello.schema.models import (
    Campaign,
    ConsentEvent,
    Contact,
    Enclosure,
    Errand,
    Followup,
    Message,
    Recipient,
    Send,
    Tap,
    Workspace,
)
from sportello.schema.team import Role
from tests.console.conftest import (
    NOW,
    Clock,
    Company,
    make_charge,
    make_conversation,
    new_client,
)
from tests.console.test_campaigns import make_list, make_template


@pytest.fixture
def client(acme: Company, at: Clock) -> Client:
    signed = new_client()
    signed.force_login(acme.person(Role.OWNER))
    return signed


def page(client: Client, path: str, status: int = 200) -> str:
    answered = client.get(path)
    assert answered.status_code == status, answered.content.decode()[:2000]
    return answered.content.decode()


def campaign() -> Campaign:
    return Campaign.objects.using("owner").get()


def walk(client: Client, company: Company, *names: str) -> str:
    """Through the first three steps; the address of the campaign."""
    template = make_template(company)
    listed = make_list(company, *names)
    assert client.post("/campaigns/new").status_code == 302
    at = f"/campaigns/{campaign().pk}"
    client.post(f"{at}/who", {"name": "Autunno", "audience": f"list:{listed.pk}"})
    client.post(f"{at}/what", {"template": template.pk})
    client.post(f"{at}/what", {"from.1": "column:name", "words.1": "", "act": "next"})
    answered = client.post(
        f"{at}/when",
        {"start": "now", "hours": "any", "zone": "company", "pace": "fast", "canary": "50"},
    )
    assert answered.status_code == 302, answered.content.decode()[:3000]
    return at


def start(client: Client, at: str) -> Any:
    """Presses the button as it stands on the page."""
    read = re.search(r'name="sum" value="([^"]+)"', page(client, f"{at}/confirm"))
    assert read is not None
    return client.post(f"{at}/start", {"sum": read[1]})


def test_without_any_campaign_the_page_says_how_to_begin(client: Client) -> None:
    assert "Write the first campaign" in page(client, "/campaigns/")


def test_five_steps_lead_to_a_start_that_says_count_and_price(
    client: Client, acme: Company
) -> None:
    at = walk(client, acme, "Anna", "Bruno", "Carla")
    Contact.objects.using("owner").filter(name="Carla").update(unreachable_since=NOW)

    checks, confirm = page(client, f"{at}/checks"), page(client, f"{at}/confirm")

    assert "cannot be reached on WhatsApp" in checks
    assert "Start: 2 messages" in confirm
    started = start(client, at)
    assert (started.status_code, campaign().state) == (302, "planning")
    assert "Autunno" in page(client, f"{at}/")


def test_a_start_that_was_read_otherwise_asks_again(client: Client, acme: Company) -> None:
    at = walk(client, acme, "Anna")

    again = client.post(f"{at}/start", {"sum": "2:0"})

    assert again.status_code == 422
    assert "Something has changed meanwhile" in again.content.decode()
    assert campaign().state == "draft"


def test_a_large_audience_is_counted_page_by_page_and_comes_to_the_same(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = walk(client, acme, "Anna", "Bruno", "Carla", "Dario", "Elena")
    Contact.objects.using("owner").filter(name="Bruno").update(unreachable_since=NOW)
    at_once = page(client, f"{at}/checks")
    monkeypatch.setattr(counting, "PORTION", 2)
    monkeypatch.setattr(counting, "PATIENCE_S", 0.0)

    seen = [page(client, f"{at}/checks") for _ in range(3)]

    assert ['id="counting"' in one for one in seen] == [True, True, False]
    told = [re.findall(r'class="num"[^>]*>[^<]*<', one) for one in (at_once, seen[2])]
    assert told[0] == told[1]
    assert "2 so far" in seen[0]
    assert 'id="start"' in page(client, f"{at}/confirm")
    Campaign.objects.using("owner").update(audience={"everybody": True})
    assert "2 so far" in page(client, f"{at}/checks")


def test_the_press_that_starts_a_large_campaign_counts_page_by_page_too(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = walk(client, acme, "Anna", "Bruno", "Carla", "Dario", "Elena")
    read = re.search(r'name="sum" value="([^"]+)"', page(client, f"{at}/confirm"))
    assert read is not None
    monkeypatch.setattr(counting, "PORTION", 2)
    monkeypatch.setattr(counting, "PATIENCE_S", 0.0)

    def press(**headers: str) -> Any:
        return client.post(f"{at}/start", {"sum": read[1]}, headers=headers)

    Contact.objects.using("owner").filter(name="Elena").update(unreachable_since=NOW)
    other = [press() for _ in range(3)]
    Contact.objects.using("owner").filter(name="Elena").update(unreachable_since=None)
    asked = [press() for _ in range(2)]
    still = campaign().state
    led = press(**{"HX-Request": "true"})

    assert [one.status_code for one in other] == [200, 200, 422]
    assert "Something has changed meanwhile" in other[2].content.decode()
    assert all(f'name="sum" value="{read[1]}"' in one.content.decode() for one in asked)
    assert "2 so far" in asked[0].content.decode()
    assert (still, campaign().state) == ("draft", "planning")
    assert led.headers["HX-Redirect"] == f"{at}/"


def test_the_few_of_very_many_whom_a_reason_keeps_out_are_found_in_portions(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Anna", "Bruno", "Carla", "Dario", "Elena")
    at = walk(client, acme, *names)
    Contact.objects.using("owner").filter(name__in=("Dario", "Elena")).update(unreachable_since=NOW)
    monkeypatch.setattr(counting, "PORTION", 2)
    monkeypatch.setattr(wizard, "_PATIENCE_S", 0.0)

    first = page(client, f"{at}/skipped?reason=unreachable")
    further = re.search(r'href="(\?reason=unreachable&amp;after=\d+)"', first)
    assert further is not None
    second = page(client, f"{at}/skipped{further[1].replace('&amp;', '&')}")

    assert not any(name in first for name in names)
    assert "nobody else" in first
    assert "Dario" in second
    assert [row[0] for row in _csv(client.get(f"{at}/skipped.csv"))[1:]] == ["Dario", "Elena"]
    assert client.get(f"{at}/skipped?after=x").status_code == 404
    monkeypatch.setattr(wizard, "_PATIENCE_S", 60.0)
    monkeypatch.setattr(wizard, "PAGE", 2)
    whole = page(client, f"{at}/skipped?reason=unreachable")
    assert "Elena" in whole
    assert "after=" not in whole


def test_how_far_the_audience_is_frozen_is_shown_while_it_lasts(
    client: Client, acme: Company
) -> None:
    at = walk(client, acme, "Anna", "Bruno", "Carla")
    start(client, at)
    ids = list(Contact.objects.using("owner").order_by("pk").values_list("pk", flat=True))
    row = Campaign.objects.using("owner")

    begun = page(client, f"{at}/")
    row.update(planned_up_to=ids[len(ids) // 2])
    halfway = page(client, f"{at}/")
    row.update(planned=True, state="running", started_at=NOW)

    share = re.search(r'id="prepared" max="100" value="(\d+)"', halfway)
    assert share is not None
    assert 'id="prepared" max="100" value="0"' in begun
    assert 0 < int(share[1]) < 100
    assert 'id="prepared"' not in page(client, f"{at}/")


def test_a_step_can_be_left_and_comes_back_as_it_was(client: Client, acme: Company) -> None:
    template = make_template(acme)
    client.post("/campaigns/new")
    at = f"/campaigns/{campaign().pk}"
    client.post(f"{at}/who", {"name": "Autunno", "audience": "everybody", "act": "leave"})
    client.post(f"{at}/what", {"template": template.pk})
    client.post(f"{at}/what", {"from.1": "=", "words.1": "cara cliente"})

    assert client.get(f"{at}/", follow=True).redirect_chain[-1][0].endswith("/checks")
    what = page(client, f"{at}/what")
    assert 'value="cara cliente"' in what
    assert "Ciao cara cliente" in what


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("who", {"name": " ", "audience": "everybody"}, "Give the campaign a name."),
        ("who", {"name": "A", "audience": ""}, "Say whom the campaign is for"),
        ("who", {"name": "A", "audience": "list:999999"}, "There is no such list."),
        ("what", {"act": "next"}, "Choose a template."),
        (
            "when",
            {"start": "at", "hours": "some", "zone": "company", "pace": "rate"},
            "Say when.",
        ),
    ],
)
def test_what_lacks_is_said_where_it_lacks(
    client: Client, acme: Company, path: str, given: dict[str, str], said: str
) -> None:
    client.post("/campaigns/new")

    refused = client.post(f"/campaigns/{campaign().pk}/{path}", given)

    assert refused.status_code == 422
    assert said in refused.content.decode()


def test_the_message_is_seen_as_any_person_gets_it(client: Client, acme: Company) -> None:
    at = walk(client, acme, "Anna", "Bruno")

    assert "Ciao Anna," in page(client, f"{at}/what")
    assert "Ciao Bruno," in page(client, f"{at}/what?q=brun")


def test_hours_holidays_and_pace_are_kept(client: Client, acme: Company) -> None:
    at = walk(client, acme, "Anna")
    given = {
        "start": "at", "starts_at": "2026-11-24T09:30", "hours": "some", "zone": "customer",
        "day_0": "on", "from_0": "09:00", "to_0": "13:00", "again_from_0": "15:00",
        "again_to_0": "19:00", "national": "on", "holidays": "24/12/2026",
        "pace": "rate", "rate": "30", "canary": "",
    }  # fmt: skip

    assert client.post(f"{at}/when", given).status_code == 302

    row = campaign()
    assert row.calendar["days"] == {"0": [["09:00", "13:00"], ["15:00", "19:00"]]}
    assert {"2026-12-08", "2026-12-24", "2026-12-25"} <= set(row.calendar["holidays"])
    assert (row.zone, row.rate, row.canary) == ("customer", 30, None)
    assert row.starts_at.isoformat() == "2026-11-24T08:30:00+00:00"
    assert "Monday 09:00–13:00" in page(client, f"{at}/confirm")
    assert 'value="09:00"' in page(client, f"{at}/when")


def test_as_many_hours_of_a_day_as_a_campaign_may_have_are_kept(
    client: Client, acme: Company
) -> None:
    at = walk(client, acme, "Anna")
    six = [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(8, 14)]
    Campaign.objects.using("owner").filter(pk=campaign().pk).update(
        calendar={"days": {"0": six, "2": six[:3]}, "holidays": []}
    )

    shown = _filled(page(client, f"{at}/when"))
    assert client.post(f"{at}/when", shown).status_code == 302

    assert campaign().calendar["days"] == {"0": six, "2": six[:3]}


def _filled(html: str) -> dict[str, str]:
    """What a browser sends of the form as it is shown."""
    found = {}
    for told in re.findall(r"<input ([^>]*)>", html):
        given = dict(re.findall(r'(\w+)="([^"]*)"', told))
        chooses = given.get("type") in {"radio", "checkbox"}
        if "name" in given and (not chooses or " checked" in f" {told}"):
            found[given["name"]] = given.get("value", "on" if chooses else "")
    return found


def test_those_a_reason_keeps_out_can_be_looked_at_and_taken_away(
    client: Client, acme: Company
) -> None:
    at = walk(client, acme, "Anna", "Bruno")
    bruno = Contact.objects.using("owner").get(name="Bruno")
    Contact.objects.using("owner").filter(pk=bruno.pk).update(name="=1+1")
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace, contact=bruno, action="withdraw", source="keyword", at=NOW
    )

    assert "=1+1" in page(client, f"{at}/skipped?reason=opted_out")
    rows = _csv(client.get(f"{at}/skipped.csv"))
    assert rows[1][0] == "'=1+1"
    assert rows[1][3] == "opted_out"


_JPEG = b"\xff\xd8\xff\xe0" + b"j" * 96


def _pictured(client: Client, company: Company) -> str:
    """A draft whose template carries a picture, each person's from the column `foto`."""
    at = walk(client, company, "Anna", "Bruno", "Carla", "Dario")
    pictured = make_template(
        company,
        meta_id="902",
        name="ritratto",
        components=[
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": "Ciao {{1}}.", "example": {"body_text": [["Anna"]]}},
        ],
    )
    cells = {"Anna": "Anna.JPG", "Bruno": " ", "Carla": "https://shop.example/c.jpg", "Dario": "?"}
    for name, cell in cells.items():
        people = Contact.objects.using("owner").filter(name=name)
        people.update(properties={"foto": cell})
    client.post(f"{at}/what", {"template": pictured.pk})
    client.post(f"{at}/what", {"from.1": "column:name", "media_from": "column:foto"})
    return at


def _upload(name: str, content: bytes = _JPEG, kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


def test_each_person_s_own_file_is_named_by_a_column_and_checked(
    client: Client, acme: Company
) -> None:
    at = _pictured(client, acme)

    client.post(f"{at}/files", {"act": "give", "enclosures": [_upload("c/anna.jpg")]})
    client.post(f"{at}/what", {
        "from.1": "column:name", "media_from": "column:foto", "act": "next",
    })  # fmt: skip

    wanted = Enclosure.objects.using("owner").order_by("reference")
    assert [(one.reference, one.state) for one in wanted] == [
        ("anna.jpg", "kept"),
        ("https://shop.example/c.jpg", "wanted"),
    ]
    checks = page(client, f"{at}/checks")
    assert "The file that their column names was not given" in checks
    assert "There is no file for them" in checks
    assert re.search(r'id="receive">2<', checks)
    what = page(client, f"{at}/what?q=anna")
    assert 'class="own-file"' in what
    assert "anna.jpg" in what
    assert "The link is being looked at" in page(client, f"{at}/what?q=carla")


def test_a_link_that_led_to_nothing_says_why_and_is_looked_behind_again(
    client: Client, acme: Company
) -> None:
    at = _pictured(client, acme)
    carla = Contact.objects.using("owner").get(name="Carla")
    client.post(f"{at}/files", {"act": "look", "person": carla.pk})
    links = Enclosure.objects.using("owner")
    links.update(state="unfit", why="media_unreachable", detail="not_found", settled=True)

    what = page(client, f"{at}/what?person={carla.pk}")
    client.post(f"{at}/files", {"act": "look", "person": carla.pk})

    assert "There is nothing at this link." in what
    assert links.get().state == "wanted"


def test_a_file_that_the_header_does_not_carry_is_refused(client: Client, acme: Company) -> None:
    at = _pictured(client, acme)
    film = _upload("film.mp4", b"\0\0\0\x18ftypmp42", "video/mp4")

    told = client.post(
        f"{at}/files", {"act": "give", "enclosures": [_upload("a.jpg"), film]}, follow=True
    )

    assert "header takes another kind of file" in told.content.decode()
    assert not Enclosure.objects.using("owner").exists()


def test_a_start_has_every_link_fetched_anew(client: Client, acme: Company) -> None:
    at = _pictured(client, acme)
    client.post(f"{at}/files", {"act": "give", "enclosures": [_upload("anna.jpg")]})
    client.post(f"{at}/what", {
        "from.1": "column:name", "media_from": "column:foto", "act": "next",
    })  # fmt: skip

    assert start(client, at).status_code == 302

    kept = Enclosure.objects.using("owner").values_list("reference", flat=True)
    assert (campaign().state, campaign().media_column) == ("planning", "foto")
    assert list(kept) == ["anna.jpg"]


def test_who_had_enough_promotions_is_spared(client: Client, acme: Company) -> None:
    at = walk(client, acme, "Anna", "Bruno")
    Workspace.objects.using("owner").update(promotions_max=1)
    _message(acme, "Anna", "delivered")

    assert "Has had enough promotions lately" in page(client, f"{at}/checks")
    assert "Start: 1 message" in page(client, f"{at}/confirm")


def test_a_trial_needs_the_consent_of_whoever_gets_it(client: Client, acme: Company) -> None:
    at = walk(client, acme, "Anna")

    refused = client.post(f"{at}/trial", {"phone": "333 999 8877"})
    agreed = client.post(f"{at}/trial", {"phone": "333 999 8877", "agrees": "on"})

    assert refused.status_code == 422
    assert "consent to promotional messages is missing" in refused.content.decode()
    assert agreed.status_code == 302
    sent = Send.objects.using("owner").select_related("message").get()
    assert sent.message is not None
    assert sent.message.text.startswith("Ciao Anna,")


# What was started


def _message(company: Company, name: str, status: str, **columns: Any) -> Message:
    contact = Contact.objects.using("owner").get(name=name)
    chat = make_conversation(company.number, contact, holder="closed", last_inbound_at=None)
    return Message.objects.using("owner").create(
        workspace=company.workspace,
        conversation=chat,
        origin="campaign",
        type="template",
        payload={"template": {"category": "marketing"}},
        status=status,
        at=NOW,
        **columns,
    )


def _recipient(company: Company, name: str, status: str, **columns: Any) -> Recipient:
    message = _message(company, name, status, **columns)
    send = {"in_doubt": "in_doubt", "unknown": "unknown", "failed": "rejected"}.get(status)
    Send.objects.using("owner").create(
        workspace=company.workspace,
        number=company.number,
        conversation=message.conversation,
        message=message,
        origin="campaign",
        priority=2,
        body={"type": "template"},
        campaign_id=campaign().pk,
        state=send or "accepted",
        attempt="00000000-0000-0000-0000-00000000000" + str(message.pk % 10),
        due_at=NOW,
    )
    return Recipient.objects.using("owner").create(
        workspace=company.workspace,
        campaign=campaign(),
        contact=message.conversation.contact,
        message=message,
        released_at=NOW,
    )


def _running(client: Client, company: Company, *names: str) -> str:
    at = walk(client, company, *names)
    assert start(client, at).status_code == 302
    row = Campaign.objects.using("owner")
    row.update(state="running", planned=True, started_at=NOW)
    return at


def test_the_report_adds_up_and_tells_each_reason_with_its_code(
    client: Client, acme: Company
) -> None:
    at = _running(client, acme, "Anna", "Bruno", "Carla", "Dario")
    _recipient(acme, "Anna", "read")
    _recipient(acme, "Bruno", "failed", error={"code": 131026})
    _recipient(acme, "Carla", "unknown")
    Recipient.objects.using("owner").create(
        workspace=acme.workspace,
        campaign=campaign(),
        contact=Contact.objects.using("owner").get(name="Dario"),
        skipped_why="no_consent",
    )

    report = page(client, f"{at}/")

    assert '<strong class="num" id="sum">4</strong>' in report
    assert "131026" in report
    assert "consent to promotional messages is missing" in report
    narrowed = page(client, f"{at}/?outcome=failed")
    assert "Bruno" in narrowed
    assert "Dario" not in narrowed


def test_behind_each_bar_stand_as_many_people_as_it_says(client: Client, acme: Company) -> None:
    names = ("Anna", "Bruno", "Carla", "Dario", "Elena")
    at = _running(client, acme, *names)
    for name, state in zip(names, ("read", "delivered", "sent", "failed", "queued"), strict=True):
        _recipient(acme, name, state)

    report = page(client, f"{at}/")

    bars = re.findall(
        r'href="\?(?:outcome=(\w*))?#people"><span>[^<]*</span><strong[^>]*>(\d+)', report
    )
    assert [int(count) for _, count in bars] == [5, 3, 2, 1, 0, 0]
    for outcome, count in bars:
        rows = _csv(client.get(f"{at}/recipients.csv?outcome={outcome}"))
        assert len(rows) - 1 == int(count), outcome


def test_a_share_is_rounded_not_cut(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna", "Bruno", "Carla")
    for name, state in (("Anna", "delivered"), ("Bruno", "delivered"), ("Carla", "queued")):
        _recipient(acme, name, state)

    assert '<span class="quiet small num">67%</span>' in page(client, f"{at}/")


def test_an_answer_and_a_stop_are_counted_beside(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna", "Bruno")
    anna = _recipient(acme, "Anna", "read")
    _recipient(acme, "Bruno", "delivered")
    later = NOW + timedelta(minutes=3)
    assert anna.message is not None
    chat = anna.message.conversation
    chat.last_inbound_at = later
    chat.save(using="owner")
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace,
        contact=anna.contact,
        action="withdraw",
        source="keyword",
        at=later,
    )

    answered, stopped = (
        page(client, f"{at}/?outcome=answered"),
        page(client, f"{at}/?outcome=stopped"),
    )

    for narrowed in (answered, stopped):
        assert "Anna" in narrowed
        assert "Bruno" not in narrowed


def test_taps_on_reply_buttons_are_counted_by_their_words(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna", "Bruno", "Carla")
    for name in ("Anna", "Bruno", "Carla"):
        told = _recipient(acme, name, "read", wamid=f"wamid.{name}").message
        assert told is not None
        for turn in range({"Anna": 2, "Bruno": 1, "Carla": 0}[name]):
            Message.objects.using("owner").create(
                workspace=acme.workspace,
                conversation=told.conversation,
                wamid=f"wamid.{name}.{turn}",
                origin="customer",
                type="button",
                text="=Vengo!",
                reply_to=told.wamid,
                status="received",
                at=NOW + timedelta(minutes=turn),
            )

    report = page(client, f"{at}/")
    rows = _csv(client.get(f"{at}/recipients.csv?outcome=tapped"))

    assert re.search(r"=Vengo!</bdi> <strong class=\"num\">2<", report)
    assert "Tapped a button" in report
    assert [(row[0], row[9]) for row in rows[1:]] == [("Anna", "'=Vengo!"), ("Bruno", "'=Vengo!")]


def test_taps_on_links_are_as_many_as_meta_counts_of_its_template_meanwhile(
    client: Client, acme: Company
) -> None:
    at = _running(client, acme, "Anna")
    row = campaign()
    for days, kind, count in [
        (-1, "url_button", 90),
        (0, "quick_reply_button", 70),
        (0, "url_button", 30),
        (1, "url_button", 8),
        (0, "unique_url_button", 20),
        (1, "unique_url_button", 4),
        (30, "url_button", 50),
    ]:
        Tap.objects.using("owner").create(
            workspace=acme.workspace, template=row.template, kind=kind, words="Scopri",
            day=(NOW + timedelta(days=days)).date(), count=count,
        )  # fmt: skip
    Campaign.objects.using("owner").update(state="completed", ended_at=NOW)

    told = re.search(r'id="link-taps".*?</p>', page(client, f"{at}/"), re.DOTALL)

    assert told is not None
    assert 'Scopri</bdi> <strong class="num">24<' in told[0]


@pytest.mark.parametrize(
    ("deed", "send", "shown"),
    [("resending", "queued", "queued"), ("acknowledgement", "accepted", "accepted")],
)
def test_a_person_decides_about_what_nobody_knows(
    client: Client, acme: Company, deed: str, send: str, shown: str
) -> None:
    at = _running(client, acme, "Anna")
    doubtful = _recipient(acme, "Anna", "unknown")

    client.post(f"{at}/recipients/{doubtful.pk}/{deed}")
    twice = client.post(f"{at}/recipients/{doubtful.pk}/{deed}", follow=True)

    row = Send.objects.using("owner").get()
    doubtful.refresh_from_db(using="owner")
    assert (row.state, Message.objects.using("owner").get(pk=row.message_id).status) == (
        send,
        shown,
    )
    assert doubtful.verdict_by == acme.person(Role.OWNER)
    assert "Too late" in twice.content.decode()


def test_only_what_may_arrive_the_second_time_is_tried_again(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna", "Bruno")
    _recipient(acme, "Anna", "failed", error={"code": 131000})
    _recipient(acme, "Bruno", "failed", error={"code": 131026})
    Campaign.objects.using("owner").update(state="completed", ended_at=NOW)

    client.post(f"{at}/retry")

    back = Recipient.objects.using("owner").filter(message__isnull=True)
    assert [one.contact.name for one in back] == ["Anna"]
    assert (campaign().state, campaign().ended_at) == ("running", None)


def test_a_press_for_very_many_goes_on_page_by_page_and_tries_each_once(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Anna", "Bruno", "Carla", "Dario", "Elena")
    at = _running(client, acme, *names)
    for place, name in enumerate(names):
        one = _recipient(acme, name, "failed", error={"code": 131000})
        one.released_at = NOW + timedelta(seconds=place // 4)
        one.save(using="owner")
    Campaign.objects.using("owner").update(let_go=5)
    monkeypatch.setattr(retrying, "PORTION", 2)
    monkeypatch.setattr(retrying, "PATIENCE_S", 0.0)

    seen = [client.post(f"{at}/retry").content.decode()]
    left = Recipient.objects.using("owner").filter(message__isnull=False).count()
    # What was tried anew has failed once more before the press is through.
    again = Recipient.objects.using("owner").filter(message=None)[0]
    failed = Message.objects.using("owner").filter(recipient=None, status="failed")[0]
    again.message, again.released_at = failed, NOW + timedelta(hours=1)
    again.save(using="owner")
    while 'id="retrying"' in seen[-1]:
        so_far = re.search(r'name="so_far" value="([^"]+)"', seen[-1])
        assert so_far is not None
        told = client.post(f"{at}/retry", {"so_far": so_far[1]}, follow=True)
        seen.append(told.content.decode())

    assert "2 people are written to again so far" in seen[0]
    assert (left, len(seen)) == (3, 3)
    assert "5 people are written to again." in seen[-1]
    tries = Recipient.objects.using("owner").values_list("retries", "message")
    assert sorted((n, message is None) for n, message in tries) == [(1, False)] + [(1, True)] * 4


def test_a_press_that_was_left_goes_on_with_the_rest(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = _running(client, acme, "Anna", "Bruno", "Carla")
    for name in ("Anna", "Bruno", "Carla"):
        _recipient(acme, name, "failed", error={"code": 131000})
    monkeypatch.setattr(retrying, "PORTION", 2)
    monkeypatch.setattr(retrying, "PATIENCE_S", 0.0)
    client.post(f"{at}/retry")

    client.post(f"{at}/retry", {"so_far": "nonsense"})

    tries = Recipient.objects.using("owner").values_list("retries", flat=True)
    assert list(tries) == [1, 1, 1]


def test_pause_resume_and_cancellation_are_a_click(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna")

    states = []
    for deed in ("pause", "resume", "cancellation"):
        client.post(f"{at}/{deed}")
        states.append(campaign().state)

    assert states == ["paused", "running", "cancelled"]


def test_a_brake_says_what_it_saw(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna")
    seen = {"alarm": "stops", "seen": 0.06, "allowed": 0.02}
    Campaign.objects.using("owner").update(state="paused", paused_why="brake", braked=seen)

    report = page(client, f"{at}/")

    assert "Too many people asked to stop" in report
    assert "Seen: 6%; allowed: 2%" in report


def _csv(answered: Any) -> list[list[str]]:
    body = b"".join(answered.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))


def test_the_files_hold_the_table_and_no_formula(client: Client, acme: Company) -> None:
    at = _running(client, acme, "Anna", "Bruno")
    _recipient(acme, "Anna", "read")
    _recipient(acme, "Bruno", "failed", error={"code": 131026})
    Contact.objects.using("owner").filter(name="Anna").update(name='=HYPERLINK("x")')

    rows = _csv(client.get(f"{at}/recipients.csv"))
    only = _csv(client.get(f"{at}/recipients.csv?outcome=failed"))
    book = io.BytesIO(b"".join(client.get(f"{at}/recipients.xlsx").streaming_content))

    assert len(rows) == 3
    assert rows[1][0] == '\'=HYPERLINK("x")'
    assert [row[5] for row in only[1:]] == ["131026"]
    assert zipfile.ZipFile(book).testzip() is None
    sheet = openpyxl.load_workbook(book, read_only=True).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in cells[1:]] == ['\'=HYPERLINK("x")', "Bruno"]


def test_what_follow_ups_became_and_cost_stands_in_the_report_and_its_file(
    client: Client, acme: Company
) -> None:
    at = _running(client, acme, "Anna", "Bruno")
    anna = _recipient(acme, "Anna", "read")
    _recipient(acme, "Bruno", "delivered")
    assert anna.message is not None
    of = {"workspace": acme.workspace, "campaign": campaign()}
    Followup.objects.using("owner").create(
        **of, position=1, after_count=2, after_unit="days", content={}
    )
    later = Message.objects.using("owner").create(
        workspace=acme.workspace,
        conversation=anna.message.conversation,
        origin="campaign",
        type="template",
        status="delivered",
        at=NOW,
    )
    Errand.objects.using("owner").create(
        **of, contact=anna.contact, recipient=anna, position=1, message=later,
        released_at=NOW, due_at=NOW,
    )  # fmt: skip
    make_charge(acme, message=anna.message, micros=65_000)
    make_charge(acme, message=later, micros=30_000)

    report, rows = page(client, f"{at}/"), _csv(client.get(f"{at}/recipients.csv"))

    assert "0.095" in report or "0.10" in report
    assert "of which follow-ups" in report
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [one["Follow-up 1: Price"] for one in told] == ["0.03", ""]
    assert [one["Follow-up 1: State"] for one in told][1] == ""
    assert told[0]["Price"] == "0.065"


def test_the_company_s_rules_are_kept_and_an_operator_only_reads_them(
    client: Client, acme: Company
) -> None:
    given = {
        "brake_failures": "5", "brake_stops": "1.5", "brake_marketing_cap": "20",
        "brake_sample_min": "30", "canary": "", "promotions_max": "2", "promotions_days": "14",
    }  # fmt: skip

    assert client.post("/policy/campaigns/", given).status_code == 302

    row = Workspace.objects.using("owner").get(pk=acme.workspace.pk)
    assert (row.brake_failures, row.brake_stops, row.canary) == (0.05, 0.015, None)
    assert (row.promotions_max, row.promotions_days) == (2, 14)
    client.force_login(acme.person(Role.OPERATOR))
    assert client.post("/policy/campaigns/", given).status_code == 403
