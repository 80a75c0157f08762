"""One answer to each burst, with its sources; none that was overtaken; hand-overs that say so."""

import asyncio
import json

from sportello.workers.answer import Answering, run
from tests.assistant.desk import EMBEDDER, NOW, Desk, SlowEmbedder, open_desk
from tests.loop import in_loop

_GLUE = "Quando arriva il mio ordine?"


async def _answer_all(desk: Desk) -> None:
    answering = Answering(desk.context, EMBEDDER)
    for _ in range(10):
        if not await answering.answer_next():
            return
    raise AssertionError("answers without end")


@in_loop
async def test_a_question_is_answered_from_the_knowledge_with_its_source(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes(_GLUE)

        await _answer_all(desk)

        said = await desk.said()
        assert len(said) == 1
        assert "2-4 giorni lavorativi" in said[0]["text"]
        assert [one["title"] for one in said[0]["sources"]] == ["Quando arriva il mio ordine?"]
        assert said[0]["body"] == {"type": "text", "text": {"body": said[0]["text"]}}
        assert (said[0]["state"], said[0]["status"], said[0]["priority"]) == ("queued", "queued", 1)
        after = await desk.conversation()
        assert (after["reply_due_at"], after["answering_until"]) == (None, None)
        assert (after["holder"], after["last_message_origin"]) == ("assistant", "assistant")


@in_loop
async def test_the_first_answer_says_that_it_is_an_ai_and_the_second_does_not(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes("fate pacchetti regalo?")
        await _answer_all(desk)
        await desk.everything_leaves()
        await desk.customer_writes("accettate paypal?")

        await _answer_all(desk)

        first, second = [bubble["text"] for bubble in await desk.said()]
        assert first.startswith(
            "Sono Malva, l'assistente virtuale di Bottega Malvarosa, un'intelligenza artificiale."
        )
        assert "intelligenza artificiale" not in second
        assert (await desk.conversation())["disclosed_at"] == NOW


@in_loop
async def test_an_answer_that_could_not_leave_is_given_again_with_its_disclosure(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes("accettate paypal?")
        await _answer_all(desk)
        await desk.run(
            "UPDATE sportello_message SET status = 'cancelled' WHERE origin = 'assistant'"
        )
        await desk.customer_writes("grazie")

        await _answer_all(desk)

        first, second = await desk.said()
        assert (first["generation"], second["generation"]) == (1, 2)
        assert second["text"] == first["text"]


@in_loop
async def test_an_answer_that_waits_in_the_outbox_is_not_given_twice(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes("accettate paypal?")
        await _answer_all(desk)
        await desk.customer_writes("grazie")  # before the outbox sent anything

        await _answer_all(desk)

        first, second = [bubble["text"] for bubble in await desk.said()]
        assert "PayPal" in first
        assert "PayPal" not in second


@in_loop
async def test_a_stop_that_was_answered_as_it_came_is_not_answered_again(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes(_GLUE)
        await desk.customer_writes("STOP")
        marked = json.dumps({"consent": "stop"})
        await desk.run("UPDATE sportello_message SET payload = %s WHERE text = 'STOP'", marked)

        await _answer_all(desk)

        (said,) = await desk.said()
        assert "2-4 giorni lavorativi" in said["text"]
        assert "promozionali" not in said["text"]


@in_loop
async def test_the_customer_s_message_is_ticked_blue_while_the_answer_is_prepared(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        slow = SlowEmbedder()
        await desk.customer_writes(_GLUE)

        answering = asyncio.create_task(Answering(desk.context, slow).answer_next())
        await slow.asked.wait()

        assert await desk.read_marks() == [
            {
                "status": "read",
                "message_id": "wamid.IN1",
                "typing_indicator": {"type": "text"},
            }
        ]
        assert await desk.said() == []
        slow.may_answer.set()
        await answering


@in_loop
async def test_three_messages_in_a_burst_get_one_answer(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        for text in ("ciao", "ho ordinato un vaso", "quando arriva il mio ordine?"):
            await desk.customer_writes(text)

        await _answer_all(desk)

        said = await desk.said()
        assert len(said) == 1
        assert "2-4 giorni lavorativi" in said[0]["text"]


@in_loop
async def test_a_message_that_comes_while_the_answer_is_prepared_is_answered_with_it(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        slow = SlowEmbedder()
        await desk.customer_writes("avete buoni regalo?")
        answering = asyncio.create_task(Answering(desk.context, slow).answer_next())
        await slow.asked.wait()
        await desk.customer_writes("e la gift card quanto dura?")
        slow.may_answer.set()
        await answering
        assert await desk.said() == []

        await _answer_all(desk)

        said = await desk.said()
        assert {bubble["generation"] for bubble in said} == {2}
        assert (await desk.conversation())["reply_due_at"] is None


@in_loop
async def test_a_takeover_while_the_answer_is_prepared_suppresses_it(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        slow = SlowEmbedder()
        await desk.customer_writes(_GLUE)
        answering = asyncio.create_task(Answering(desk.context, slow).answer_next())
        await slow.asked.wait()

        await desk.operator_takes_over()
        slow.may_answer.set()
        await answering

        assert await desk.said() == []
        await desk.operator_releases()
        await _answer_all(desk)
        assert await desk.said() == []


@in_loop
async def test_what_the_knowledge_does_not_answer_goes_to_the_queue_and_says_so(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes("riparate anche orologi da polso svizzeri antichi?")

        await _answer_all(desk)

        said = await desk.said()
        after = await desk.conversation()
        assert (after["holder"], after["handover_reason"]) == ("queue", "not_known")
        assert after["control_epoch"] == 1
        assert "Passo la conversazione a una persona" in said[-1]["text"]
        assert said[-1]["control_epoch"] == after["control_epoch"]
        assert said[-1]["sources"] == []


@in_loop
async def test_a_doubtful_question_is_asked_back_as_a_list_and_a_tap_answers_it(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.run("UPDATE sportello_workspace SET answer_from = 1, clarify_from = 0")
        await desk.customer_writes("mi dite qualcosa del pagamento con la banca?")
        await _answer_all(desk)
        asked = (await desk.said())[-1]
        rows = asked["body"]["interactive"]["action"]["sections"][0]["rows"]
        assert asked["type"] == "interactive"
        assert 2 <= len(rows) <= 4
        assert all(len(row["title"]) <= 24 for row in rows)
        assert all(len(row.get("description", "")) <= 72 for row in rows)

        reply = {"type": "list_reply", "list_reply": {"id": rows[0]["id"], "title": "x"}}
        await desk.customer_writes(
            rows[0]["title"], type="interactive", payload={"interactive": reply}
        )
        await _answer_all(desk)

        answer = (await desk.said())[-1]
        assert answer["sources"][0]["pair_id"] == int(rows[0]["id"].removeprefix("pair:"))
        assert (await desk.conversation())["holder"] == "assistant"


@in_loop
async def test_none_of_these_hands_over(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        reply = {"type": "list_reply", "list_reply": {"id": "none", "title": "Nessuna"}}

        await desk.customer_writes(
            "Nessuna di queste", type="interactive", payload={"interactive": reply}
        )
        await _answer_all(desk)

        assert (await desk.conversation())["holder"] == "queue"


@in_loop
async def test_a_worker_that_dies_is_replaced_when_its_lease_ends(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes(_GLUE)
        slow = SlowEmbedder()
        dying = asyncio.create_task(Answering(desk.context, slow, lease_s=0.2).answer_next())
        await slow.asked.wait()
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        assert await Answering(desk.context, EMBEDDER).answer_next() is False

        await desk.run("SELECT pg_sleep(0.25)")
        await _answer_all(desk)

        assert len(await desk.said()) == 1
        assert len(await desk.read_marks()) == 1


@in_loop
async def test_a_worker_that_was_only_slow_does_not_answer_a_second_time(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes(_GLUE)
        slow = SlowEmbedder()
        late = asyncio.create_task(Answering(desk.context, slow, lease_s=0.05).answer_next())
        await slow.asked.wait()
        await desk.run("SELECT pg_sleep(0.1)")
        await _answer_all(desk)

        slow.may_answer.set()
        await late

        assert len(await desk.said()) == 1


@in_loop
async def test_an_assistant_that_is_switched_off_passes_on_in_silence(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.run("UPDATE sportello_workspace SET assistant_on = false")
        await desk.customer_writes(_GLUE)

        await _answer_all(desk)

        after = await desk.conversation()
        assert (after["holder"], after["handover_reason"]) == ("queue", "assistant_off")
        assert await desk.said() == []
        assert await desk.read_marks() == []


@in_loop
async def test_a_shut_window_is_not_spoken_into(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.customer_writes(_GLUE)
        await desk.run("UPDATE sportello_conversation SET window_closes_at = %s", NOW)

        await _answer_all(desk)

        assert await desk.said() == []
        assert (await desk.conversation())["holder"] == "queue"


@in_loop
async def test_a_turn_that_breaks_is_handed_over_with_a_word(worker_url: str) -> None:
    class Broken:
        async def embed(self, *_: object) -> None:
            raise RuntimeError("the model is gone")

    async with open_desk(worker_url) as desk:
        await desk.customer_writes(_GLUE)

        await Answering(desk.context, Broken()).answer_next()

        after = await desk.conversation()
        assert (after["holder"], after["handover_reason"]) == ("queue", "error")
        assert "Passo la conversazione a una persona" in (await desk.said())[0]["text"]


@in_loop
async def test_a_trial_is_answered_with_band_sources_and_confidence(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        await desk.run(
            "INSERT INTO sportello_trial (workspace_id, question) VALUES (%s, %s)",
            desk.workspace_id,
            "accettate paypal?",
        )

        assert await Answering(desk.context, EMBEDDER).try_next()

        trial = await desk.row("SELECT state, result FROM sportello_trial")
        assert trial["state"] == "done"
        assert trial["result"]["band"] == "answer"
        assert "PayPal" in trial["result"]["text"]
        assert trial["result"]["sources"][0]["title"] == "Come posso pagare?"
        assert set(trial["result"]["sources"][0]) == {"pair_id", "title", "score"}
        assert 0.6 <= trial["result"]["confidence"] <= 1
        json.dumps(trial["result"])


@in_loop
async def test_a_chat_that_is_tried_remembers_what_was_offered_and_asked(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        one, two = await desk.learn([("Spedite?", "Sì, in Italia."), ("Ritirate?", "No, mai.")])
        offered = {"text": "Intendevi?", "memory": {"offered": [f"pair:{one}", f"pair:{two}"]}}
        insert = (
            "INSERT INTO sportello_trial (workspace_id, question, state, result, asked_id)"
            " VALUES (%s, %s, %s, %s, %s) RETURNING id"
        )
        home = desk.workspace_id
        first = await desk.row(insert, home, "Boh?", "done", json.dumps(offered), None)
        chosen = await desk.row(insert, home, "la seconda", "waiting", None, first["id"])
        await desk.row(insert, home, "la seconda", "waiting", None, None)
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.try_next()
        assert await answering.try_next()

        with_it, alone = await desk.rows(
            "SELECT result FROM sportello_trial WHERE id >= %s ORDER BY id", chosen["id"]
        )
        assert with_it["result"]["text"] == "No, mai."
        assert alone["result"]["text"] != "No, mai."
        assert with_it["result"]["memory"]["offered"] == []


@in_loop
async def test_the_loop_answers_soon_after_the_burst_is_over_and_stops_when_told(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        stop = asyncio.Event()
        loop = asyncio.create_task(run(desk.context, stop))
        await desk.customer_writes(_GLUE, due_in_s=0.2)

        async with desk.context.listen("sportello_sends") as wakes:
            while not await desk.said():
                await wakes.wait()
        stop.set()
        await loop

        assert len(await desk.said()) == 1
