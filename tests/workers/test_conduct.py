"""Hours, the automatic message, hand-overs near the end of the window; and what people answered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from sportello.workers.answer import Answering
from sportello.workers.harvest import harvest
from tests.assistant.desk import EMBEDDER, NOW, Desk, open_desk
from tests.loop import in_loop

_PAIRS = [("Quando arriva il mio ordine?", "In 2-4 giorni.")]


async def _conduct(desk: Desk, **columns: Any) -> None:
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    version = (await desk.row("SELECT count(*) AS n FROM sportello_conduct"))["n"] + 1
    insert = (
        f"INSERT INTO sportello_conduct (workspace_id, version, forbidden, topics,"  # noqa: S608  # our own names
        f" {names}) VALUES (%s, %s, '{{}}', '{{}}', {places})"
    )
    await desk.run(insert, desk.workspace_id, version, *columns.values())


async def _answer(desk: Desk, text: str) -> list[str]:
    await desk.customer_writes(text)
    assert await Answering(desk.context, EMBEDDER).answer_next()
    return [row["text"] for row in await desk.said()]


async def _handed_over(desk: Desk) -> tuple[str, str]:
    row = await desk.conversation()
    return row["holder"], row["handover_reason"]


@in_loop
async def test_in_silent_hours_one_automatic_message_says_when_people_are_back(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await _conduct(
            desk,
            silent_from="09:00",
            silent_until="20:00",
            away_message="Siamo chiusi. {quando}",
        )
        hours = {"days": {str(day): [["12:00", "18:00"]] for day in range(7)}, "holidays": []}
        await desk.run("UPDATE sportello_workspace SET opening = %s", Jsonb(hours))

        said = await _answer(desk, "quando arriva il mio ordine?")

        assert said == ["Siamo chiusi. Le persone rispondono di nuovo oggi dalle 12:00."]
        assert await _handed_over(desk) == ("queue", "outside_hours")
        await desk.everything_leaves()
        await desk.operator_releases()
        assert await _answer(desk, "allora?") == said  # once is enough


@in_loop
async def test_switched_off_the_assistant_says_the_message_and_nothing_else(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await _conduct(desk, away_message="Le rispondiamo presto.")
        await desk.run("UPDATE sportello_workspace SET assistant_on = false")

        assert await _answer(desk, "quando arriva il mio ordine?") == ["Le rispondiamo presto."]
        assert await _handed_over(desk) == ("queue", "assistant_off")


@in_loop
async def test_without_a_message_silence_is_silent(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _conduct(desk, silent_from="22:00", silent_until="12:00")

        assert await _answer(desk, "ciao") == []
        assert await _handed_over(desk) == ("queue", "outside_hours")


@in_loop
async def test_a_window_that_is_about_to_shut_is_left_to_a_person(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await desk.customer_writes("quando arriva il mio ordine?")
        await desk.run(
            "UPDATE sportello_conversation SET window_closes_at = %s", NOW + timedelta(minutes=90)
        )

        assert await Answering(desk.context, EMBEDDER).answer_next()

        assert await desk.said() == []
        assert await _handed_over(desk) == ("queue", "window_closing")


@in_loop
async def test_the_newest_manners_are_in_force(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await _conduct(desk, form="lei", signature="Vecchia")
        await _conduct(desk, form="tu", signature="— Malva")

        (said,) = await _answer(desk, "quando arriva il mio ordine?")

        assert said.endswith("In 2-4 giorni.\n\n— Malva")
        turn = await desk.row("SELECT * FROM sportello_turn")
        assert (turn["conduct_version"], turn["band"], turn["way"]) == (2, "answer", "own")
        assert turn["found"][0]["used"] is True


async def _ask_in_vain(desk: Desk, text: str) -> None:
    await desk.run("UPDATE sportello_conversation SET assistant_memory = '{}'")
    await _answer(desk, text)
    await desk.everything_leaves()


async def _person_says(desk: Desk, text: str) -> None:
    await desk.run(
        "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text, status,"
        " at) VALUES (%s, %s, 'operator', 'text', %s, 'sent', %s)",
        desk.workspace_id,
        desk.conversation_id,
        text,
        NOW + timedelta(minutes=5),
    )


async def _later(desk: Desk) -> int:
    later = replace(desk.context, clock=lambda: NOW + timedelta(hours=1))
    return await harvest(later)


@in_loop
async def test_what_a_person_answered_becomes_one_proposal_however_often_it_was_asked(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        for text in ("avete un parcheggio per i clienti?", "c'è un parcheggio per i clienti?"):
            await _ask_in_vain(desk, text)
            assert (await _handed_over(desk))[0] == "queue"
            await desk.operator_releases()
        await _person_says(desk, "Sì, in via Roma 3, gratuito per un'ora.")

        assert await _later(desk) == 2
        assert await _later(desk) == 0

        rows = await desk.rows("SELECT * FROM sportello_proposal")
        assert [(row["kind"], row["origin"], row["times"]) for row in rows] == [
            ("add", "person", 2)
        ]
        assert rows[0]["answer"] == "Sì, in via Roma 3, gratuito per un'ora."
        turns = await desk.rows("SELECT cluster FROM sportello_turn WHERE band = 'handover'")
        assert len({row["cluster"] for row in turns}) == 1


@in_loop
async def test_a_rejected_answer_is_not_proposed_again_nor_a_customers_address_at_all(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        asked = "avete un parcheggio per i clienti? scrivetemi a anna@posta.example"
        await _person_says(desk, "Certo, ho scritto tutto a anna@posta.example.")
        for _ in range(2):
            await _ask_in_vain(desk, asked)
            await desk.operator_releases()
            assert await _later(desk) == 1
            await desk.run("UPDATE sportello_proposal SET state = 'rejected'")

        (told,) = await desk.rows("SELECT * FROM sportello_proposal")
        assert "anna@" not in told["question"] + told["answer"]


@pytest.mark.parametrize("text", ["Ok", "Arrivo subito"])
def test_a_line_of_courtesy_is_no_answer(worker_url: str, text: str) -> None:
    @in_loop
    async def ask() -> None:
        async with open_desk(worker_url) as desk:
            await _ask_in_vain(desk, "avete un parcheggio per i clienti?")
            await _person_says(desk, text)

            assert await _later(desk) == 1
            assert await desk.rows("SELECT * FROM sportello_proposal") == []

    ask()
