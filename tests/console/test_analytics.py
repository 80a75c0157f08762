"""Lines of conversations as the deeds write them, and the figures that are counted from them."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from sportello.console.access import workspace_transaction
from sportello.console.analytics.views import FILES
from sportello.console.inbox import deeds
from sportello.schema.models import (
    Campaign,
    Conversation,
    ConversationEvent,
    Correction,
    Number,
    Pair,
    Proposal,
    Turn,
    Workspace,
)
from sportello.schema.team import Role
from tests.console.conftest import (
    NOW,
    ApiClient,
    Clock,
    Company,
    make_charge,
    make_contact,
    make_conversation,
    new_client,
)

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# When the fixture's customer wrote.
_ASKED = NOW - 60 * _MINUTE


def kinds(company: Company) -> list[tuple[str, str]]:
    rows = ConversationEvent.objects.using("owner").filter(conversation=company.conversation)
    return list(rows.order_by("pk").values_list("kind", "detail"))


def writes(conversation: Conversation, at: datetime, **values: Any) -> None:
    """The customer's word, as `hear` of store/inbox.sql moves the conversation."""
    standard = {"last_inbound_at": at, "window_closes_at": at + _DAY, "last_message_at": at}
    rows = Conversation.objects.using("owner").filter(pk=conversation.pk)
    rows.update(**(standard | {"last_message_origin": "customer"} | values))


def answers(conversation: Conversation, at: datetime, **values: Any) -> None:
    """The assistant's word, as `settle` of store/answers.sql moves the conversation."""
    rows = Conversation.objects.using("owner").filter(pk=conversation.pk)
    rows.update(**({"last_message_at": at, "last_message_origin": "assistant"} | values))


def handed_to_a_person(company: Company) -> None:
    """Asked, handed over after a minute, taken after six, answered after ten, closed after 30."""
    chat = company.conversation
    answers(
        chat, _ASKED + _MINUTE, holder="queue", handover_reason="asked", control_epoch=1,
        held_since=_ASKED + _MINUTE,
    )  # fmt: skip
    anna = company.person(Role.OPERATOR)
    with company.inside():
        deeds.take_control(chat.pk, anna, _ASKED + 6 * _MINUTE)
    with company.inside():
        deeds.write_text(chat.pk, anna, "Eccomi", _ASKED + 10 * _MINUTE)
    with company.inside():
        deeds.close(chat.pk, _ASKED + 30 * _MINUTE)


def figures(api: ApiClient, **query: str) -> dict[str, Any]:
    told = api.get("/analytics", **query)
    assert told.status_code == 200, told.content
    return {one["key"]: one["value"] for one in told.json()["figures"]}


def test_each_deed_writes_its_line_in_the_order_of_the_deeds(acme: Company, at: Clock) -> None:
    handed_to_a_person(acme)
    writes(acme.conversation, NOW, holder="assistant", control_epoch=9, held_since=NOW)

    assert kinds(acme) == [
        ("opened", "customer"), ("asked", ""), ("handed_over", "asked"),
        ("answered", "assistant"), ("taken", ""), ("answered", "operator"),
        ("helped", "operator"), ("closed", ""), ("reopened", "customer"),
    ]  # fmt: skip


def test_the_figures_are_those_of_the_story(api: ApiClient, acme: Company) -> None:
    handed_to_a_person(acme)
    make_charge(acme, expected_category="service", expected_micros=9_000, sent_at=_ASKED)

    told = figures(api, days="7")
    reasons = api.get("/analytics").json()["tables"]["reasons"]["rows"]

    assert reasons == [["The customer asks for a person", 1, 0]]
    assert {key: told[key] for key in ("opened", "asked", "closed", "reopened", "handed_over")} == {
        "opened": 1, "asked": 1, "closed": 1, "reopened": 0, "handed_over": 1,
    }  # fmt: skip
    assert (told["answered_median"], told["helped_median"]) == (60, 9 * 60)
    assert (told["closed_median"], told["closed_p90"]) == (30 * 60, 30 * 60)
    assert (told["alone"], told["cost"], told["missed"]) == (0, 9_000, 0)


def test_waits_can_be_counted_in_the_companys_opening_hours(acme: Company, at: Clock) -> None:
    handed_to_a_person(acme)
    hours = {"days": {"5": [["10:05", "10:20"], ["16:00", "18:00"]]}, "holidays": []}
    Workspace.objects.using("owner").filter(pk=acme.workspace.pk).update(opening=hours)
    client = _signed_in(acme)

    def waits(clock: str) -> list[str]:
        sheet = b"".join(client.get(f"/analytics/figures.csv?days=7&clock={clock}"))
        rows = [line.split(";") for line in sheet.decode("utf-8-sig").splitlines()]
        return [row[2] for row in rows if row[1] == "seconds" and "median" in row[0]]

    assert waits("") == ["60", str(9 * 60), str(30 * 60)]
    assert waits("open") == ["0", str(5 * 60), str(15 * 60)]
    page = client.get("/analytics/?days=7&clock=open").content.decode()
    assert "opening hours alone" in page
    assert "&amp;clock=open" in page


def test_the_assistant_and_each_person_has_a_row(api: ApiClient, acme: Company) -> None:
    handed_to_a_person(acme)

    rows = api.get("/analytics").json()["tables"]["people"]["rows"]

    assert rows[0] == ["Assistant", None, 1, None, None, None, 60]
    assert {row[0]: row[1:] for row in rows}["Operator"] == [0, 1, 1, 0, 0, 9 * 60]


def test_who_began_closed_and_reopened_adds_up_to_the_figures(
    api: ApiClient, acme: Company, at: Clock
) -> None:
    handed_to_a_person(acme)
    writes(acme.conversation, NOW, holder="assistant", control_epoch=9, held_since=NOW)
    operator = acme.person(Role.OPERATOR)
    silent = dict.fromkeys(["last_inbound_at", "last_message_at", "window_closes_at"])
    silent |= {"last_message_origin": ""}
    first, second = (
        make_conversation(
            acme.number, make_contact(acme.workspace, wa_id=f"39333000000{n}"), **silent
        )
        for n in (1, 2)
    )
    with workspace_transaction(acme.workspace.pk, operator.pk):
        began = {"last_message_at": NOW, "last_message_origin": "operator"}
        Conversation.objects.filter(pk=first.pk).update(**began)
        deeds.close(acme.conversation.pk, NOW)
        deeds.reopen(acme.conversation.pk, NOW)
    answers(second, NOW, last_message_origin="campaign")

    told = api.get("/analytics").json()
    people = told["tables"]["people"]
    by_whom = {row[0]: (row[1], row[4], row[5]) for row in people["rows"]}
    totals = {one["key"]: one["value"] for one in told["figures"]}

    assert by_whom["Customers"] == (1, None, 1)
    assert by_whom["Campaigns and automations"] == (1, None, None)
    assert by_whom["Operator"] == (1, 1, 1)
    for place, key in ((1, "opened"), (4, "closed"), (5, "reopened")):
        assert sum(row[place] or 0 for row in people["rows"]) == totals[key], key


def test_who_closed_is_the_person_of_the_transaction(acme: Company, at: Clock) -> None:
    client = _signed_in(acme)

    client.post(f"/conversations/{acme.conversation.pk}/control")
    client.post(f"/conversations/{acme.conversation.pk}/closure")

    by = ConversationEvent.objects.using("owner").filter(kind__in=["taken", "closed"])
    assert [row.by_id for row in by] == 2 * [acme.person(Role.OPERATOR).pk]


@pytest.mark.parametrize("ended", ["writes", "template", "closes", "still"])
def test_a_window_that_shuts_on_the_customers_word_is_missed_once(
    api: ApiClient, acme: Company, at: Clock, ended: str
) -> None:
    later = _ASKED + _DAY + _MINUTE
    chat = acme.conversation
    if ended == "writes":
        writes(chat, later)
    elif ended == "template":
        answers(chat, later, last_message_origin="operator")
    elif ended == "closes":
        with acme.inside():
            deeds.close(chat.pk, later)
    at(later + _MINUTE)

    assert figures(api, days="7")["missed"] == 1


def test_what_somebody_closed_in_time_is_not_missed(
    api: ApiClient, acme: Company, at: Clock
) -> None:
    with acme.inside():
        deeds.close(acme.conversation.pk, _ASKED + _MINUTE)
    writes(acme.conversation, _ASKED + 2 * _DAY, holder="assistant", control_epoch=3)
    at(NOW + 2 * _DAY)

    assert figures(api, days="7")["missed"] == 0


def test_a_request_answered_by_the_assistant_is_its_own(api: ApiClient, acme: Company) -> None:
    handed_to_a_person(acme)
    bruno = make_contact(acme.workspace, wa_id="393330000001", name="Bruno")
    chat = make_conversation(acme.number, bruno)
    answers(chat, _ASKED + _MINUTE)

    assert figures(api)["alone"] == 0.5


def test_a_word_within_the_window_is_no_new_request(api: ApiClient, acme: Company) -> None:
    answers(acme.conversation, _ASKED + _MINUTE)
    writes(acme.conversation, _ASKED + 5 * _MINUTE)
    answers(acme.conversation, _ASKED + 15 * _MINUTE)

    told = figures(api)

    assert (told["asked"], told["answered_median"]) == (1, 60)


def test_the_first_answer_that_stood_on_a_pair_tells_its_topic(
    api: ApiClient, acme: Company
) -> None:
    pair = Pair.objects.using("owner").create(
        workspace=acme.workspace, question="=Orari?", answer="9-18"
    )
    found = [
        {"pair_id": pair.pk + 1, "title": "x", "score": 1, "used": False},
        {"pair_id": pair.pk, "title": "y", "score": 1, "used": True},
    ]
    for band in ("answer", "handover"):
        Turn.objects.using("owner").create(
            workspace=acme.workspace, conversation=acme.conversation, band=band, found=found,
            at=NOW - _DAY,
        )  # fmt: skip

    topics = api.get("/analytics").json()["tables"]["topics"]["rows"]

    assert topics == [["=Orari?", 1, 0]]


def _turn(company: Company, ago: timedelta, **more: Any) -> Turn:
    return Turn.objects.using("owner").create(
        workspace=company.workspace, conversation=company.conversation, at=NOW - ago, **more
    )


def test_what_nobody_could_answer_is_counted_by_what_is_asked(
    api: ApiClient, acme: Company
) -> None:
    told = (("Riparate tazze?", 40, 7), ("E una tazza?", 2, 7), ("Riparate le tazze?", 1, 7))
    for question, days, cluster in (*told, ("", 3, 8), ("Chi siete?", 2, None)):
        _turn(acme, days * _DAY, question=question, cluster=cluster)

    rows = api.get("/analytics").json()["tables"]["unanswered"]["rows"]

    assert rows == [["Riparate le tazze?", 2, 1], ["(words no longer kept)", 1, 0]]


def test_each_answer_that_was_corrected_counts_once(api: ApiClient, acme: Company) -> None:
    right, wrong = _turn(acme, _DAY), _turn(acme, _DAY)
    for turn, kind in ((right, "right"), (wrong, "wrong")):
        Correction.objects.using("owner").create(
            workspace=acme.workspace, turn=turn, kind=kind, at=NOW
        )
    for turn in (wrong, None):
        Proposal.objects.using("owner").create(
            workspace=acme.workspace, kind="add", origin="review", turn=turn, at=NOW
        )
    other = Number.objects.using("owner").create(
        workspace=acme.workspace, phone_number_id="77", waba_id="8"
    )

    assert figures(api)["corrected"] == 2
    assert figures(api, number=str(acme.number.pk))["corrected"] == 1
    assert figures(api, number=str(other.pk))["corrected"] == 0


def test_a_file_holds_no_formula(acme: Company, at: Clock) -> None:
    test_the_first_answer_that_stood_on_a_pair_tells_its_topic(ApiClient(acme.key), acme)

    sheet = b"".join(_signed_in(acme).get("/analytics/topics.csv"))

    assert "'=Orari?;1;0" in sheet.decode("utf-8-sig").splitlines()


@pytest.mark.parametrize("table", FILES)
def test_every_figure_and_table_is_a_file(acme: Company, at: Clock, table: str) -> None:
    handed_to_a_person(acme)
    Campaign.objects.using("owner").create(
        workspace=acme.workspace, number=acme.number, name="Autunno", started_at=NOW
    )

    sheet = b"".join(_signed_in(acme).get(f"/analytics/{table}.csv?days=7")).decode("utf-8-sig")

    rows = [line.split(";") for line in sheet.splitlines()]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert (len(rows) > 1) is (table not in {"topics", "unanswered"})


def test_days_are_those_of_the_companys_wall(api: ApiClient, acme: Company, at: Clock) -> None:
    sunday_in_rome = NOW.replace(hour=23, minute=30)  # the 21st in UTC
    bruno = make_contact(acme.workspace, wa_id="393330000001", name="Bruno")
    never = dict.fromkeys(["last_inbound_at", "last_message_at", "window_closes_at"])
    chat = make_conversation(acme.number, bruno, **never)
    writes(chat, sunday_in_rome)
    at(NOW + _DAY)

    rows = api.get("/analytics", **{"from": "2026-11-21", "to": "2026-11-22"}).json()
    days = {row[0]: row[2] for row in rows["tables"]["days"]["rows"]}

    assert days == {"2026-11-21": 1, "2026-11-22": 1}


def test_the_range_before_is_counted_beside(api: ApiClient, acme: Company, at: Clock) -> None:
    at(NOW + 7 * _DAY)

    told = api.get("/analytics", days="7").json()

    asked = next(one for one in told["figures"] if one["key"] == "asked")
    assert (asked["value"], asked["before"]) == (0, 1)
    assert sum(row[-1] for row in told["tables"]["days"]["rows"]) == 1


def test_a_number_narrows_and_a_strangers_does_not_exist(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    other = Number.objects.using("owner").create(
        workspace=acme.workspace, phone_number_id="77", waba_id="8"
    )

    assert figures(api, number=str(other.pk))["asked"] == 0
    assert figures(api, number=str(acme.number.pk))["asked"] == 1
    numbers = api.get("/analytics").json()["tables"]["numbers"]
    assert numbers["columns"][1:5] == ["New conversations", "Requests", "Closed", "Reopened"]
    assert [row[1:3] for row in numbers["rows"]] == [[1, 1], [0, 0]]
    assert api.get("/analytics", number=str(rival.number.pk)).status_code == 404
    assert api.get("/analytics", number="x").status_code == 404


def test_days_that_make_no_range_are_refused_in_words(api: ApiClient, acme: Company) -> None:
    refused = api.get("/analytics", **{"from": "2026-11-20", "to": "2026-11-19"})

    assert (refused.status_code, refused.json()["reason"]) == (422, "wrong_range")


def test_lines_are_never_changed_by_anybody(
    acme: Company, console_url: str, worker_url: str
) -> None:
    for url in (console_url, worker_url):
        for deed in (
            "UPDATE sportello_conversationevent SET detail = ''",
            "DELETE FROM sportello_conversationevent",
        ):
            refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
            with psycopg.connect(url) as connection, refused:
                connection.execute(deed)  # type: ignore[call-overload]  # words of this test


def test_another_companys_deeds_are_in_no_figure(
    api: ApiClient, acme: Company, rival: Company
) -> None:
    handed_to_a_person(rival)

    assert figures(api)["handed_over"] == 0


def _signed_in(company: Company) -> Client:
    client = new_client()
    client.force_login(company.person(Role.OPERATOR))
    return client
