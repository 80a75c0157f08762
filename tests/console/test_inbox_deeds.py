"""What people do to a conversation, against real PostgreSQL as the role that pages act as."""

import threading
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from sportello.console.inbox import deeds
from sportello.console.inbox.deeds import Footer, Refused, UnfitText
from sportello.rules.guard import Code
from sportello.schema.models import ConsentEvent, Conversation, Message, Number, Send, Workspace
from sportello.schema.team import Role
from tests.console.conftest import NOW, Company, make_answer, make_contact, make_conversation


def _reload(conversation: Conversation) -> Conversation:
    return Conversation.objects.using("owner").get(pk=conversation.pk)


def _change(conversation: Conversation, **columns: object) -> None:
    Conversation.objects.using("owner").filter(pk=conversation.pk).update(**columns)


def _hold(company: Company, role: Role | None = Role.OPERATOR) -> None:
    with company.inside():
        user = None if role is None else company.person(role)
        deeds.take_control(company.conversation.pk, user, NOW)


def test_taking_control_makes_the_operator_the_holder_one_epoch_later(acme: Company) -> None:
    _hold(acme)

    held = _reload(acme.conversation)
    assert (held.holder, held.operator_id) == ("operator", acme.person(Role.OPERATOR).pk)
    assert (held.control_epoch, held.held_since) == (1, NOW)


def test_taking_control_again_changes_nothing(acme: Company) -> None:
    _hold(acme)

    with acme.inside():
        later = NOW + timedelta(minutes=5)
        deeds.take_control(acme.conversation.pk, acme.person(Role.OPERATOR), later)

    held = _reload(acme.conversation)
    assert (held.control_epoch, held.held_since) == (1, NOW)


def test_a_colleague_takes_the_conversation_over(acme: Company) -> None:
    _hold(acme, Role.OPERATOR)

    _hold(acme, Role.ADMINISTRATOR)

    held = _reload(acme.conversation)
    assert held.operator_id == acme.person(Role.ADMINISTRATOR).pk
    assert held.control_epoch == 2


def test_taking_control_cancels_what_the_assistant_has_queued(acme: Company) -> None:
    send = make_answer(acme.conversation)

    _hold(acme)

    send.refresh_from_db(using="owner")
    message = Message.objects.using("owner").get(pk=send.message_id)
    assert (send.state, send.settled_at, message.status) == ("cancelled", NOW, "cancelled")


def test_taking_control_leaves_what_is_already_on_the_wire(acme: Company) -> None:
    send = make_answer(acme.conversation, state="sending", attempt=uuid.uuid4())

    _hold(acme)

    send.refresh_from_db(using="owner")
    assert send.state == "sending"


def test_taking_control_leaves_what_is_queued_elsewhere(acme: Company) -> None:
    bruno = make_contact(acme.workspace, wa_id="393330000000")
    elsewhere = make_answer(make_conversation(acme.number, bruno))

    _hold(acme)

    elsewhere.refresh_from_db(using="owner")
    assert elsewhere.state == "queued"


def test_taking_control_ends_the_answer_that_was_being_prepared(acme: Company) -> None:
    _change(acme.conversation, reply_due_at=NOW, burst_started_at=NOW, answering_until=NOW)

    _hold(acme)

    held = _reload(acme.conversation)
    assert (held.reply_due_at, held.burst_started_at, held.answering_until) == (None, None, None)


def test_nobody_takes_a_conversation_that_we_began_before_the_customer_answers(
    acme: Company,
) -> None:
    _change(acme.conversation, awaiting_customer_since=NOW - timedelta(hours=1))

    with acme.inside(), pytest.raises(Refused) as refused:
        deeds.take_control(acme.conversation.pk, acme.person(Role.OPERATOR), NOW)

    assert refused.value.code is Code.AWAITING_CUSTOMER_REPLY
    assert _reload(acme.conversation).holder == "assistant"


def test_a_conversation_of_another_company_does_not_exist(acme: Company, rival: Company) -> None:
    with acme.inside(), pytest.raises(Conversation.DoesNotExist):
        deeds.take_control(rival.conversation.pk, acme.person(Role.OPERATOR), NOW)


def test_of_two_who_take_control_at_once_the_second_has_it(acme: Company) -> None:
    """Both succeed, one after the other; the epoch counts both."""
    start = threading.Barrier(2, timeout=10)

    def take(role: Role) -> None:
        start.wait()
        try:
            _hold(acme, role)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[r]) for r in (Role.OPERATOR, Role.OWNER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert _reload(acme.conversation).control_epoch == 2


def test_an_action_waits_for_the_dispatcher_that_holds_the_conversation(
    acme: Company, worker_url: str
) -> None:
    with psycopg.connect(worker_url) as dispatcher:
        dispatcher.execute("SELECT FROM sportello_conversation FOR UPDATE")
        with pytest.raises(OperationalError, match="lock timeout"), acme.inside():  # noqa: PT012  # the lock is met inside
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            deeds.take_control(acme.conversation.pk, acme.person(Role.OPERATOR), NOW)


def test_releasing_gives_the_conversation_back_to_the_assistant(acme: Company) -> None:
    _hold(acme)
    with acme.inside():
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "Fatto.", NOW)

    with acme.inside():
        deeds.release(acme.conversation.pk, NOW)

    released = _reload(acme.conversation)
    assert (released.holder, released.operator_id) == ("assistant", None)
    assert (released.control_epoch, released.reply_due_at) == (2, None)


def test_a_question_that_stands_open_at_the_release_is_owed_an_answer(acme: Company) -> None:
    _hold(acme)
    assert _reload(acme.conversation).last_message_origin == "customer"

    with acme.inside():
        released = deeds.release(acme.conversation.pk, NOW)

    assert released.reply_due_at is not None
    assert _reload(acme.conversation).reply_due_at == released.reply_due_at


def test_no_answer_is_owed_once_the_window_has_shut(acme: Company) -> None:
    _hold(acme)

    with acme.inside():
        deeds.release(acme.conversation.pk, NOW + timedelta(days=2))

    assert _reload(acme.conversation).reply_due_at is None


@pytest.mark.parametrize("model", [Workspace, Number])
def test_released_while_the_assistant_is_off_it_waits_in_the_queue(
    acme: Company, model: type[Workspace] | type[Number]
) -> None:
    model.objects.using("owner").update(assistant_on=False)
    _hold(acme)

    with acme.inside():
        deeds.release(acme.conversation.pk, NOW)

    released = _reload(acme.conversation)
    assert (released.holder, released.handover_reason) == ("queue", "assistant_off")


def test_closing_and_opening_again_leads_to_the_queue(acme: Company) -> None:
    send = make_answer(acme.conversation)

    with acme.inside():
        closed = deeds.close(acme.conversation.pk, NOW)
    with acme.inside():
        reopened = deeds.reopen(acme.conversation.pk, NOW)

    send.refresh_from_db(using="owner")
    assert (closed.holder, reopened.holder, send.state) == ("closed", "queue", "cancelled")


def test_opening_again_what_is_open_changes_nothing(acme: Company) -> None:
    with acme.inside():
        conversation = deeds.reopen(acme.conversation.pk, NOW)

    assert (conversation.holder, conversation.control_epoch) == ("assistant", 0)


def test_a_text_is_queued_before_all_others(acme: Company) -> None:
    _hold(acme)

    with acme.inside():
        message = deeds.write_text(
            acme.conversation.pk, acme.person(Role.OPERATOR), "  Parte oggi. ", NOW
        )

    send = Send.objects.using("owner").get(message_id=message.pk)
    assert (message.text, message.status, message.origin) == ("Parte oggi.", "queued", "operator")
    assert (send.priority, send.control_epoch, send.state) == (0, 1, "queued")
    assert send.body == {"type": "text", "text": {"body": "Parte oggi.", "preview_url": False}}


def test_a_text_becomes_the_last_message_and_clears_the_unread_count(acme: Company) -> None:
    _hold(acme)

    with acme.inside():
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "x" * 300, NOW)

    conversation = _reload(acme.conversation)
    assert conversation.last_message_text == "x" * 200
    assert (conversation.last_message_origin, conversation.unread_count) == ("operator", 0)
    assert conversation.last_message_at == NOW


def test_a_reply_quotes_the_message(acme: Company) -> None:
    _hold(acme)
    asked = Message.objects.using("owner").get(conversation=acme.conversation)

    with acme.inside():
        message = deeds.write_text(
            acme.conversation.pk, acme.person(Role.OPERATOR), "Sì.", NOW, reply_to=asked.pk
        )

    send = Send.objects.using("owner").get(message_id=message.pk)
    assert message.reply_to == asked.wamid
    assert send.body["context"] == {"message_id": asked.wamid}


def test_a_reply_cannot_quote_another_conversation(acme: Company) -> None:
    _hold(acme)
    bruno = make_contact(acme.workspace, wa_id="393330000000")
    elsewhere = make_conversation(acme.number, bruno)
    quoted = Message.objects.using("owner").get(conversation=elsewhere)

    with acme.inside(), pytest.raises(UnfitText, match="reply_unknown"):
        deeds.write_text(
            acme.conversation.pk, acme.person(Role.OPERATOR), "Sì.", NOW, reply_to=quoted.pk
        )

    assert not Send.objects.using("owner").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("x" * 4097, "too_long"),
        ("a\0b", "not_text"),
        ("a\ud83d", "not_text"),
    ],
)
def test_a_text_that_nobody_could_send_is_refused(acme: Company, text: str, code: str) -> None:
    _hold(acme)

    with acme.inside(), pytest.raises(UnfitText, match=code):
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), text, NOW)


def test_the_longest_text_is_taken(acme: Company) -> None:
    _hold(acme)

    with acme.inside():
        message = deeds.write_text(
            acme.conversation.pk, acme.person(Role.OPERATOR), "è" * 4096, NOW
        )

    assert len(message.text) == 4096


def test_without_control_no_text_is_queued(acme: Company) -> None:
    with acme.inside(), pytest.raises(Refused) as refused:
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "Ciao", NOW)

    assert refused.value.code is Code.NOT_IN_CONTROL
    assert not Send.objects.using("owner").exists()


def test_a_colleague_cannot_write_into_a_conversation_that_another_holds(acme: Company) -> None:
    _hold(acme, Role.OPERATOR)

    with acme.inside(), pytest.raises(Refused) as refused:
        deeds.write_text(acme.conversation.pk, acme.person(Role.OWNER), "Ciao", NOW)

    assert refused.value.code is Code.NOT_IN_CONTROL


def test_after_the_window_has_shut_no_text_is_queued(acme: Company) -> None:
    _hold(acme)
    shut = NOW + timedelta(hours=23)

    with acme.inside(), pytest.raises(Refused) as refused:
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "Ciao", shut)

    assert refused.value.code is Code.WINDOW_CLOSED
    assert not Message.objects.using("owner").filter(origin="operator").exists()


def test_a_pause_of_the_number_holds_a_text_but_does_not_refuse_it(acme: Company) -> None:
    _hold(acme)
    Number.objects.using("owner").update(paused_why="token", paused_at=NOW)

    with acme.inside():
        message = deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "Ciao", NOW)

    assert message.status == "queued"


def test_the_api_takes_control_without_a_person_and_writes(acme: Company) -> None:
    _hold(acme, None)

    with acme.inside():
        message = deeds.write_text(acme.conversation.pk, None, "Ciao", NOW)

    held = _reload(acme.conversation)
    assert (held.holder, held.operator_id, message.author_id) == ("operator", None, None)


def test_what_the_api_holds_a_person_does_not(acme: Company) -> None:
    _hold(acme, None)

    with acme.inside(), pytest.raises(Refused) as refused:
        deeds.write_text(acme.conversation.pk, acme.person(Role.OPERATOR), "Ciao", NOW)

    assert refused.value.code is Code.NOT_IN_CONTROL


def test_a_note_is_written_without_control_and_has_no_send(acme: Company) -> None:
    shut = NOW + timedelta(days=9)

    with acme.inside():
        note = deeds.write_note(
            acme.conversation.pk, acme.person(Role.OPERATOR), "Cliente storica", shut
        )

    assert (note.origin, note.status) == ("note", "noted")
    assert not Send.objects.using("owner").exists()
    assert _reload(acme.conversation).last_message_text == "Quando arriva il mio ordine?"


def test_seeing_a_conversation_writes_only_if_something_was_unread(acme: Company) -> None:
    assert _reload(acme.conversation).unread_count == 1

    with acme.inside():
        deeds.mark_seen(acme.conversation.pk)
    first = _version(acme.conversation)
    with acme.inside():
        deeds.mark_seen(acme.conversation.pk)

    assert _reload(acme.conversation).unread_count == 0
    assert _version(acme.conversation) == first


def _version(conversation: Conversation) -> str:
    row = Conversation.objects.using("owner").extra(select={"version": "xmin::text"})
    return str(row.values_list("version", flat=True).get(pk=conversation.pk))


def _footer(company: Company, role: Role = Role.OPERATOR) -> deeds.ComposerState:
    with company.inside():
        conversation = Conversation.objects.select_related("number", "operator").get(
            pk=company.conversation.pk
        )
        return deeds.composer_state(conversation, company.person(role), NOW)


def test_the_footer_says_that_the_assistant_drives(acme: Company) -> None:
    state = _footer(acme)

    assert (state.footer, state.holder, state.code) == (
        Footer.DRIVEN,
        "assistant",
        Code.NOT_IN_CONTROL,
    )
    assert (state.may_take, state.may_release, state.window_open) == (True, False, True)


def test_the_footer_lets_the_holder_write(acme: Company) -> None:
    _hold(acme)

    state = _footer(acme)

    assert (state.footer, state.code) == (Footer.WRITING, None)
    assert (state.may_take, state.may_release, state.since) == (False, True, NOW)


def test_the_footer_names_the_colleague_who_holds_it(acme: Company) -> None:
    _hold(acme, Role.OWNER)

    state = _footer(acme, Role.OPERATOR)

    assert (state.footer, state.operator) == (Footer.DRIVEN, acme.person(Role.OWNER))
    assert state.may_take


def test_the_footer_says_that_the_customer_has_not_answered(acme: Company) -> None:
    since = NOW - timedelta(days=2)
    _change(acme.conversation, awaiting_customer_since=since, window_closes_at=None)

    state = _footer(acme)

    assert (state.footer, state.since, state.may_take) == (Footer.AWAITING, since, False)


@pytest.mark.parametrize("held", [True, False])
def test_the_footer_says_that_the_window_is_shut_whoever_has_it(acme: Company, held: bool) -> None:
    if held:
        _hold(acme)
    shut_at = NOW - timedelta(hours=3)
    _change(acme.conversation, window_closes_at=shut_at)

    state = _footer(acme)

    assert (state.footer, state.since, state.code) == (Footer.SHUT, shut_at, Code.WINDOW_CLOSED)
    assert (state.may_take, state.may_release) == (not held, held)


def test_the_footer_says_that_the_account_is_blocked(acme: Company) -> None:
    _hold(acme)
    Number.objects.using("owner").update(status="banned")

    assert _footer(acme).footer is Footer.STOPPED


def test_the_footer_says_that_the_customer_opted_out_once_only_templates_are_left(
    acme: Company,
) -> None:
    _change(acme.conversation, window_closes_at=NOW - timedelta(hours=1))
    ConsentEvent.objects.using("owner").create(
        workspace=acme.workspace,
        contact=acme.anna,
        action="withdraw",
        source="keyword",
        text="stop",
        at=NOW - timedelta(days=1),
    )

    state = _footer(acme)

    assert (state.footer, state.code) == (Footer.STOPPED, Code.OPTED_OUT)
