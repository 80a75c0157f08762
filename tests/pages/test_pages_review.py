"""Reviews become proposals; proposals become knowledge, and questions that must keep answers."""

import pytest
from django.test import Client

from sportello.schema.models import (
    Conduct,
    Conversation,
    EvalRun,
    Media,
    Message,
    Pair,
    Proposal,
    QuestionSet,
    SetQuestion,
    Trial,
    Turn,
)
from tests.pages.conftest import NOW
from tests.pages.reviews import published
from tests.pages.shop import Shop

_QUESTION = "quanto ci mette il pacco?"


def _answered(shop: Shop) -> tuple[Message, Turn, Pair]:
    """An answer of the assistant's as the worker keeps it."""
    pair = shop.pairs["Quando arriva il mio ordine?"]
    said = Message.objects.using("owner").filter(origin="assistant").first()
    assert said is not None
    turn = Turn.objects.using("owner").create(
        workspace_id=said.workspace_id,
        conversation_id=said.conversation_id,
        message=said,
        question=_QUESTION,
        language="it",
        band="answer",
        way="own",
        confidence=0.91,
        found=[
            {"pair_id": pair.pk, "title": pair.question, "score": 9.3, "used": True},
            {"pair_id": 1, "title": "Altro", "score": 2.0, "used": False},
        ],
        faults=["invented"],
        cost_micros=1_234,
        at=NOW,
    )
    return said, turn, pair


def _review(client: Client, said: Message, **form: str) -> int:
    told = {"wrong": "È cambiato il corriere.", "kind": "edit", "answer": "In 3 giorni."} | form
    return client.post(f"/knowledge/review/messages/{said.pk}/", told).status_code


def test_an_answer_shows_what_it_stood_on(client: Client, shop: Shop) -> None:
    said, _, pair = _answered(shop)
    before = Message.objects.using("owner").filter(
        conversation=said.conversation_id, origin="customer", pk__lt=said.pk
    )
    asked = before.latest("pk")
    Media.objects.using("owner").create(
        workspace=shop.workspace, message=asked, media_id="7", reading_cost_micros=9_000, due_at=NOW
    )

    shown = client.get(f"/knowledge/review/messages/{said.pk}/").content.decode()

    for part in (pair.question, "9,3", _QUESTION, "91", "0,001234", "file letti per 0,009"):
        assert part in shown
    chat = client.get(f"/conversations/{said.conversation_id}/").content.decode()
    assert f"/knowledge/review/messages/{said.pk}/" in chat


def test_a_correction_changes_nothing_until_it_is_accepted_and_is_then_held_to(
    client: Client, shop: Shop
) -> None:
    said, _, pair = _answered(shop)
    before = pair.answer

    assert _review(client, said) == 302
    proposal = Proposal.objects.using("owner").get()
    pair.refresh_from_db(using="owner")
    assert (proposal.kind, proposal.before, pair.answer) == ("edit", before, before)
    assert "<del>" in client.get("/knowledge/review/").content.decode()

    published(client, f"/knowledge/review/{proposal.pk}/acceptance", {})
    pair.refresh_from_db(using="owner")
    assert (pair.answer, pair.indexed_at) == ("In 3 giorni.", None)
    kept = SetQuestion.objects.using("owner").get()
    assert (kept.question, kept.band, kept.pair_id) == (_QUESTION, "answer", pair.pk)
    assert client.post(f"/knowledge/review/{proposal.pk}/acceptance").status_code == 404


def test_a_new_question_and_a_tone_can_be_proposed_too(client: Client, shop: Shop) -> None:
    said, _, _ = _answered(shop)
    _review(client, said, kind="add", question="Che corriere usate?", answer="BRT.")
    _review(client, said, kind="tone", answer="più allegri")

    for proposal in Proposal.objects.using("owner").order_by("pk"):
        published(client, f"/knowledge/review/{proposal.pk}/acceptance", {})

    assert Pair.objects.using("owner").filter(question="Che corriere usate?").exists()
    assert Conduct.objects.using("owner").get().persona == "più allegri"


def test_a_rejected_proposal_changes_nothing(client: Client, shop: Shop) -> None:
    said, _, pair = _answered(shop)
    _review(client, said)
    proposal = Proposal.objects.using("owner").get()

    client.post(f"/knowledge/review/{proposal.pk}/rejection")

    proposal.refresh_from_db(using="owner")
    assert proposal.state == "rejected"
    assert Pair.objects.using("owner").get(pk=pair.pk).answer == pair.answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"wrong": ""},
        {"kind": "add", "question": ""},
        {"kind": "tone", "answer": "x" * 700},
        {"answer": ""},
        {"kind": "?"},
    ],
)
def test_an_unfit_review_comes_back(client: Client, shop: Shop, wrong: dict[str, str]) -> None:
    said, _, _ = _answered(shop)

    assert _review(client, said, **wrong) == 422
    assert not Proposal.objects.using("owner").exists()


def test_unanswered_questions_that_ask_the_same_are_counted_together(
    client: Client, shop: Shop
) -> None:
    chat = Conversation.objects.using("owner").first()
    assert chat is not None
    for text in ("avete il parcheggio?", "c'è parcheggio?"):
        Turn.objects.using("owner").create(
            workspace_id=chat.workspace_id,
            conversation=chat,
            question=text,
            band="handover",
            cluster=7,
            faults=[],
            at=NOW,
        )

    shown = client.get("/knowledge/review/").content.decode()

    assert shown.count("parcheggio?") == 1
    assert '<span class="num count">2</span>' in shown


_LINES = "Quanto costa spedire? | answer | 6,90 €\nVendete auto? | handover\n\nOrari?"


def test_a_set_is_written_run_judged_and_compared(client: Client, shop: Shop) -> None:
    client.post("/knowledge/tests/", {"name": "Base", "lines": _LINES})
    kept = QuestionSet.objects.using("owner").get()
    assert SetQuestion.objects.using("owner").count() == 3

    def ask(text: str) -> str:
        client.post(f"/knowledge/tests/{kept.pk}/runs")
        run = EvalRun.objects.using("owner").latest("pk")
        trials = Trial.objects.using("owner").filter(run_id=run.pk).order_by("pk")
        assert "hx-get" in client.get(f"/knowledge/tests/runs/{run.pk}/").content.decode()
        for trial, result in zip(
            trials,
            [
                {"band": "answer", "text": text, "sources": []},
                {"band": "handover", "text": "", "sources": []},
                {"band": "clarify", "text": "", "sources": []},
            ],
            strict=True,
        ):
            Trial.objects.using("owner").filter(pk=trial.pk).update(state="done", result=result)
        return client.get(f"/knowledge/tests/runs/{run.pk}/").content.decode()

    first, second, third = ask("Costa 6,90 €."), ask("Costa poco."), ask("Costa 6,90 €.")

    assert "state-bad" not in first
    assert "1 persa" in second or "1 lost" in second
    assert "1 guadagnata" in third or "1 won" in third


def test_a_set_ties_a_question_to_the_pair_that_must_be_found(client: Client, shop: Shop) -> None:
    pair = shop.pairs["Posso fare un reso?"]
    line = f"e se non mi va? | answer | gratis | {pair.question}"

    client.post("/knowledge/tests/", {"name": "Base", "lines": line})

    kept = SetQuestion.objects.using("owner").get()
    assert (kept.pair_id, kept.facts) == (pair.pk, ["gratis"])
    shown = client.get(f"/knowledge/tests/{kept.of_set_id}/").content.decode()
    assert line in shown
    client.post(f"/knowledge/tests/{kept.of_set_id}/", {"name": "Base", "lines": "e se non mi va?"})
    kept.refresh_from_db(using="owner")
    assert (kept.pair_id, kept.band) == (None, "")


@pytest.mark.parametrize("lines", ["x | forse", "| answer", "a\n" * 501, "x | | | Mai scritta"])
def test_lines_that_cannot_be_read_come_back(client: Client, shop: Shop, lines: str) -> None:
    assert client.post("/knowledge/tests/", {"name": "Base", "lines": lines}).status_code == 422


def test_the_last_real_questions_are_asked_again(client: Client, shop: Shop) -> None:
    _answered(shop)

    client.post("/knowledge/tests/replays", {"count": "20"})

    run = EvalRun.objects.using("owner").get()
    trial = Trial.objects.using("owner").get(run_id=run.pk)
    assert trial.question == _QUESTION
    Trial.objects.using("owner").filter(pk=trial.pk).update(
        state="done", result={"band": "handover", "text": "", "sources": []}
    )
    assert "state-bad" in client.get(f"/knowledge/tests/runs/{run.pk}/").content.decode()
