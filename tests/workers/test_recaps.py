"""A chat that a person gives back: what was said reaches the assistant and the page, no more."""

from datetime import timedelta
from typing import Any

from sportello.assistant import turn
from sportello.assistant.language import Guess
from sportello.assistant.models import Scripted
from sportello.assistant.prompt import Line
from sportello.assistant.steps import Company, Heard, Ranked, Recap, Search, Situation
from sportello.store import recaps
from sportello.workers.answer import Answering
from tests.assistant.desk import EMBEDDER, NOW, Desk, open_desk
from tests.loop import in_loop

_SUMMARY = "Vuole spedire un vaso in Sicilia. La collega ha detto che si può."
_PERSON = "Sì, il vaso lo spediamo anche in Sicilia."


async def _had_by_a_person(desk: Desk, says: str = _PERSON) -> None:
    """Anna asks, a person takes the chat, answers, and Anna asks on."""
    await desk.customer_writes("Spedite in Sicilia?")
    await desk.run(
        "UPDATE sportello_conversation SET holder = 'operator', held_since = %s,"
        " control_epoch = control_epoch + 1, reply_due_at = NULL, burst_started_at = NULL",
        NOW - timedelta(minutes=5),
    )
    await desk.run(
        "INSERT INTO sportello_message"
        " (workspace_id, conversation_id, origin, type, text, status, at)"
        " VALUES (%s, %s, 'operator', 'text', %s, 'accepted', %s)",
        desk.workspace_id, desk.conversation_id, says, NOW,
    )  # fmt: skip


async def _comes_back(desk: Desk, *, owes: bool) -> None:
    """As the idle timer and the button do it."""
    await desk.run(
        "UPDATE sportello_conversation SET holder = 'assistant', operator_id = NULL,"
        " control_epoch = control_epoch + 1, held_since = %s, answering_until = NULL,"
        " reply_due_at = CASE WHEN %s THEN clock_timestamp() END",
        NOW, owes,
    )  # fmt: skip


async def _lines(desk: Desk) -> list[Any]:
    return await desk.rows("SELECT * FROM sportello_message WHERE type = 'recap'")


@in_loop
async def test_an_owed_answer_waits_for_the_summary_and_knows_it(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn([("Quanto costa spedire?", "La spedizione costa 6,90 € in Italia.")])
        await _had_by_a_person(desk)
        await desk.customer_writes("quanto costa spedire?")
        await _comes_back(desk, owes=True)
        written = {"answer": "Spedire costa 6,90 €.", "used_source_ids": [1], "sufficient": True}
        model = Scripted(
            [{"text": _SUMMARY}, {"question": "Quanto costa?", "about": "question"}, written]
        )
        answering = Answering(desk.context, EMBEDDER, model)

        assert not await answering.answer_next()
        assert await answering.write_recap()
        assert not await answering.write_recap()
        assert await answering.answer_next()

        (line,) = await _lines(desk)
        assert (line["origin"], line["status"], line["text"], line["at"]) == (
            "note", "noted", "", NOW,
        )  # fmt: skip
        assert line["payload"]["recap"]["text"] == _SUMMARY
        recapping, rewording, answer = (asked[1].text for asked in model.asked)
        assert f"person: {_PERSON}" in recapping
        for asked in (rewording, answer):
            chat = asked.partition("<chat>")[2].partition("</chat>")[0]
            assert chat.startswith(f"\nbefore, in short: {_SUMMARY}\n")
        assert [bubble["text"][-21:] for bubble in await desk.said()] == ["Spedire costa 6,90 €."]
        assert (
            await desk.rows("SELECT * FROM sportello_send WHERE message_id = %s", line["id"]) == []
        )


@in_loop
async def test_without_a_model_it_is_the_last_words_as_they_are_and_bounded(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        for _ in range(8):
            await desk.customer_writes("x" * 900)
        await _had_by_a_person(desk)
        await _comes_back(desk, owes=False)
        epoch = (await desk.conversation())["control_epoch"]
        async with desk.pool.connection() as connection:
            before = await recaps.known(connection, desk.conversation_id, epoch)
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.write_recap()

        async with desk.pool.connection() as connection:
            known = await recaps.known(connection, desk.conversation_id, epoch)
            of_another_control = await recaps.known(connection, desk.conversation_id, epoch + 1)
        assert known == before  # whoever answers meanwhile knows the same
        assert known is not None
        assert (known.text, len(known.lines)) == ("", 6)
        assert known.lines[-2:] == (("customer", "Spedite in Sicilia?"), ("operator", _PERSON))
        assert len(known.lines[0][1]) == 300
        assert of_another_control is None


def test_a_few_words_lean_on_what_the_person_said_before() -> None:
    situation = Situation(
        company=Company("Bottega"),
        burst=(Heard("text", "e quanto costa?"),),
        guess=Guess("it", certain=True),
        recap=Recap((Line("customer", "Spedite in Sicilia?"), Line("person", _PERSON))),
    )
    steps = turn.take(situation)
    asked = []
    step = next(steps)
    while isinstance(step, Search):
        asked.append(step.query.text)
        step = steps.send(Ranked((), 0.0))

    assert asked == ["e quanto costa?", f"{_PERSON}\ne quanto costa?"]


@in_loop
async def test_where_no_person_spoke_there_is_nothing_to_tell(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _had_by_a_person(desk)
        await desk.run("UPDATE sportello_message SET status = 'cancelled' WHERE origin='operator'")

        await _comes_back(desk, owes=False)

        assert await desk.rows("SELECT * FROM sportello_recap") == []


@in_loop
async def test_a_worker_that_died_or_came_late_writes_no_second_line(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _had_by_a_person(desk)
        await _comes_back(desk, owes=True)
        async with desk.pool.connection() as connection:
            late = await recaps.claim(connection, lease_s=0.0)
        assert late is not None
        answering = Answering(desk.context, EMBEDDER)
        assert await answering.write_recap()

        async with desk.pool.connection() as connection, connection.transaction():
            await recaps.settle(connection, late, recaps.Recap("late", (("customer", "late"),)))

        (line,) = await _lines(desk)
        assert line["payload"]["recap"]["text"] == ""
        assert (await desk.conversation())["answering_until"] is None


@in_loop
async def test_what_was_erased_is_known_no_longer(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _had_by_a_person(desk)
        await _comes_back(desk, owes=False)
        assert await Answering(desk.context, EMBEDDER).write_recap()
        await desk.run("UPDATE sportello_message SET text = '', payload = '{}'")

        epoch = (await desk.conversation())["control_epoch"]
        async with desk.pool.connection() as connection:
            assert await recaps.known(connection, desk.conversation_id, epoch) is None
