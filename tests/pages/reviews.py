"""The shop's assistant with a past: versions of its tone, a model, reviews, a run of questions."""

from datetime import timedelta
from typing import Any

from django.test import Client

from sportello.schema.models import (
    Conduct,
    EvalRun,
    LanguageModel,
    Message,
    ModelCall,
    Proposal,
    QuestionSet,
    Rehearsal,
    SetQuestion,
    Trial,
    Turn,
)
from tests.pages.shop import Shop


def reviews(shop: Shop) -> tuple[Message, EvalRun]:
    """An answer that was looked at, and the run of a set."""
    workspace, now = shop.workspace, shop.now
    _settings(shop)
    pair = shop.pairs["Quando arriva il mio ordine?"]
    said = Message.objects.using("owner").filter(workspace=workspace, origin="assistant").first()
    assert said is not None
    turn = Turn.objects.using("owner").create(
        workspace=workspace,
        conversation_id=said.conversation_id,
        message=said,
        question="quanto ci mette il pacco?",
        language="it",
        band="answer",
        way="model",
        confidence=0.91,
        found=[
            {"pair_id": pair.pk, "title": pair.question, "score": 9.3, "used": True},
            {"pair_id": pair.pk, "title": "Posso fare un reso?", "score": 2.1, "used": False},
        ],
        faults=["invented", "promise"],
        at=now,
    )
    for text, minutes in (("avete il parcheggio?", 9), ("c'è parcheggio vicino?", 3)):
        Turn.objects.using("owner").create(
            workspace=workspace,
            conversation_id=said.conversation_id,
            question=text,
            band="handover",
            cluster=7,
            faults=[],
            at=now - timedelta(minutes=minutes),
        )
    Proposal.objects.using("owner").create(
        workspace=workspace,
        kind="edit",
        origin="review",
        turn=turn,
        pair=pair,
        author=shop.user,
        wrong="È cambiato il corriere.",
        question=pair.question,
        before=pair.answer,
        answer=pair.answer.replace("3 giorni", "4 giorni"),
        at=now,
    )
    Proposal.objects.using("owner").create(
        workspace=workspace,
        kind="add",
        origin="person",
        turn=turn,
        question="avete il parcheggio?",
        answer="Sì, in via Roma 3, gratuito per un'ora.",
        times=4,
        at=now - timedelta(hours=2),
    )
    _rehearsal(shop)
    return said, _run(shop)


def _rehearsal(shop: Shop) -> None:
    """A corrected pair that was tried: one question won, one lost, one in other words."""
    pair = shop.pairs["Quando arriva il mio ordine?"]
    kept = {"band": "answer", "title": pair.question, "confidence": 0.9, "text": pair.answer}
    new = {**kept, "text": pair.answer.replace("3 giorni", "4 giorni")}
    over = {**kept, "band": "handover", "text": "Passo la domanda a una persona del negozio."}
    rows = [
        ("won", "quanto ci mette il pacco?", over, new, []),
        ("lost", "arriva in 3 giorni?", kept, new, ["fact"]),
        ("changed", "Quando arriva?", kept, new, []),
    ]
    Rehearsal.objects.using("owner").create(
        workspace=shop.workspace,
        kind="pair",
        pair=pair,
        draft={
            "question": pair.question,
            "answer": new["text"],
            "variants": list(pair.variants),
            "language": "it",
            "enabled": True,
        },
        based_on=pair.updated_at.isoformat(),
        state="done",
        total=40,
        asked=40,
        counts={"won": 1, "lost": 1, "changed": 1, "same": 37, "worded": 0},
        rows=[
            {
                "effect": effect,
                "question": question,
                "turn_id": None,
                "of_set": "Revisioni",
                "missed": missed,
                "before": before,
                "after": after,
            }
            for effect, question, before, after, missed in rows
        ],
        author=shop.user,
        at=shop.now,
    )


def _settings(shop: Shop) -> None:
    for version, form in ((1, "lei"), (2, "tu")):
        Conduct.objects.using("owner").create(
            workspace=shop.workspace,
            version=version,
            form=form,
            topics=["rimborso"][: version - 1],
            persona="cordiale e breve",
            at=shop.now - timedelta(days=3 - version),
        )
    chat = shop.chats["Anna Bianchi"]
    for purpose, conversation, cost in (
        ("answer", chat, 184), ("rewrite", chat, 90), ("voice", chat, 9_000), ("recap", chat, 61),
        ("test", None, 0), ("answer", None, 300),
    ):  # fmt: skip
        ModelCall.objects.using("owner").create(
            workspace=shop.workspace, conversation=conversation, model="piccolo-3",
            purpose=purpose, outcome="written", tokens_in=900, tokens_out=100, cost_micros=cost,
            at=shop.now,
        )  # fmt: skip
    LanguageModel.objects.using("owner").create(
        workspace=shop.workspace,
        provider="openai",
        base_url="https://models.example/v1",
        model="piccolo-3",
        key_last4="1234",
        price_in_micros=150_000,
        price_out_micros=600_000,
        test_state="failed",
        test_reason="refused_key",
    )


def _run(shop: Shop) -> EvalRun:
    kept = QuestionSet.objects.using("owner").create(workspace=shop.workspace, name="Revisioni")
    run = EvalRun.objects.using("owner").create(
        workspace=shop.workspace, of_set=kept, total=2, at=shop.now
    )
    for text, band in (("Quando arriva?", "answer"), ("Vendete auto?", "answer")):
        asked = SetQuestion.objects.using("owner").create(
            workspace=shop.workspace, of_set=kept, question=text, band="answer"
        )
        Trial.objects.using("owner").create(
            workspace=shop.workspace,
            question=text,
            run_id=run.pk,
            asked_id=asked.pk,
            state="done",
            result={
                "band": band if text.startswith("Q") else "handover",
                "text": "In 2-4 giorni lavorativi.",
                "sources": [],
                "confidence": 0.9,
            },
        )
    return run


def published(client: Client, path: str, form: dict[str, Any]) -> None:
    """A change as people make it where there is a question to ask: tried, then published."""
    tried = client.post(path, form)
    assert tried["Location"].startswith("/knowledge/rehearsals/"), tried
    client.post(f"{tried['Location']}publication")
