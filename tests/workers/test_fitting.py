"""How sure a company's assistant may be is measured on what its people labelled."""

import json

from sportello.assistant.evidence import FEATURES
from sportello.ops import demo_content
from sportello.ops.calibrate import demo_shop
from sportello.workers.answer import Answering
from tests.assistant.desk import EMBEDDER, NOW, Desk, open_desk
from tests.loop import in_loop


async def _due(desk: Desk) -> None:
    await desk.run(
        "INSERT INTO sportello_fitting (workspace_id, due_at, figures) VALUES (%s, now(), '[]')"
        " ON CONFLICT (workspace_id) DO UPDATE SET due_at = now()",
        desk.workspace_id,
    )


async def _label(desk: Desk, asked: list[tuple[str, int | None]]) -> None:
    kept = await desk.row(
        "INSERT INTO sportello_questionset (workspace_id, name, created_at)"
        " VALUES (%s, 'Base', now()) RETURNING id",
        desk.workspace_id,
    )
    for question, pair_id in asked:
        await desk.run(
            "INSERT INTO sportello_setquestion (workspace_id, of_set_id, question, band, pair_id,"
            " facts) VALUES (%s, %s, %s, %s, %s, '{}') ON CONFLICT DO NOTHING",
            desk.workspace_id,
            kept["id"],
            question,
            "answer" if pair_id else "handover",
            pair_id,
        )


@in_loop
async def test_labelled_questions_become_figures_of_the_companys_own(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn_demo()
        rows = await desk.rows("SELECT id, question FROM sportello_pair")
        ids = {row["question"]: row["id"] for row in rows}
        keys = {pair.key: ids[pair.question] for pair in demo_content.read().pairs}
        shop = demo_shop()
        known = [(text, keys[key]) for key, text in shop.asked][:60]
        await _label(desk, [*known, *((text, None) for text in shop.near[:20])])
        await _due(desk)
        answering = Answering(desk.context, EMBEDDER)

        assert await answering.fit()
        assert not await answering.fit()

        told = await desk.row("SELECT * FROM sportello_fitting")
        assert (told["labels"], told["answerable"]) == (80, 60)
        assert told["fitted_at"] == NOW
        shares = [(one["answered"], one["wrong"]) for one in told["figures"]]
        assert shares[0][0] > shares[-1][0]
        assert all(0 <= wrong < 0.5 for _, wrong in shares)


@in_loop
async def test_few_labels_are_counted_and_judged_by_the_shipped_weights(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        (pair_id,) = await desk.learn([("Posso fare un reso?", "Sì, entro 30 giorni.")])
        await _label(desk, [("posso rendere le scarpe?", pair_id), ("vendete auto?", None)])
        await _due(desk)

        assert await Answering(desk.context, EMBEDDER).fit()

        told = await desk.row("SELECT * FROM sportello_fitting")
        assert (told["labels"], told["weights"], told["figures"]) == (2, None, [])


@in_loop
async def test_a_correction_outweighs_what_a_set_says(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        (pair_id,) = await desk.learn([("Posso fare un reso?", "Sì, entro 30 giorni.")])
        await desk.customer_writes("posso fare un reso?")
        assert await Answering(desk.context, EMBEDDER).answer_next()
        await _label(desk, [("posso fare un reso?", pair_id)])
        turn = await desk.row("SELECT id FROM sportello_turn")
        await desk.run(
            "INSERT INTO sportello_correction (workspace_id, turn_id, kind, pair_id, at)"
            " VALUES (%s, %s, 'wrong', %s, now())",
            desk.workspace_id,
            turn["id"],
            pair_id,
        )
        await _due(desk)

        assert await Answering(desk.context, EMBEDDER).fit()

        told = await desk.row("SELECT * FROM sportello_fitting")
        assert (told["labels"], told["answerable"]) == (1, 0)


@in_loop
async def test_a_companys_own_weights_decide_whether_it_answers(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn([("Posso fare un reso?", "Sì, entro 30 giorni.")])
        never = {"weights": [0.0] * len(FEATURES), "bias": -20.0, "samples": 60}
        weights = {"features": list(FEATURES), "same": never, "crossed": never, "passage": never}
        await desk.run(
            "INSERT INTO sportello_fitting (workspace_id, fitted_at, weights, figures)"
            " VALUES (%s, now(), %s, '[]')",
            desk.workspace_id,
            json.dumps(weights),
        )
        await desk.customer_writes("si può fare un reso?")

        assert await Answering(desk.context, EMBEDDER).answer_next()

        assert (await desk.conversation())["holder"] == "queue"
        assert (await desk.row("SELECT confidence FROM sportello_turn"))["confidence"] < 0.01
