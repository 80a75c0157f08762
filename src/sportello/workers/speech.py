"""What `answer` reads as a turn's beginning, and a turn's end as rows and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sportello.assistant import bubbles, language
from sportello.assistant.steps import (
    Clarify,
    Company,
    End,
    HandOver,
    Heard,
    Memory,
    Reply,
    Silence,
    Situation,
    Source,
)
from sportello.store.answers import Answer, Bubble, Claimed, Inbound
from sportello.store.trials import Trial

CONSENT_MARK: Final = "consent"


def situation(
    claimed: Claimed, said: Sequence[Inbound], earlier: tuple[str, ...], *, has_model: bool
) -> Situation:
    # What was a wish about our marketing has had its answer when it came.
    said = [one for one in said if CONSENT_MARK not in one.payload]
    kept = claimed.memory
    memory = Memory(
        offered=tuple(map(str, kept.get("offered", ()))),
        doubts=kept.get("doubts", 0),
        language=kept.get("language", ""),
    )
    known = memory.language or claimed.contact_language or claimed.company_language
    texts = [message.text for message in said if message.text]
    guess = language.guess(texts, known)
    return Situation(
        company=Company(
            name=claimed.company,
            assistant_name=claimed.assistant_name,
            language=claimed.company_language,
            signature=claimed.signature,
            answer_from=claimed.answer_from,
            clarify_from=claimed.clarify_from,
        ),
        burst=tuple(Heard(one.type, one.text, _tapped(one.payload)) for one in said),
        guess=guess if guess.certain else language.guess([*earlier, *texts], known),
        earlier=earlier,
        memory=memory,
        disclosed=claimed.disclosed_at is not None,
        has_model=has_model,
    )


def trial_situation(trial: Trial) -> Situation:
    return Situation(
        company=Company(
            name=trial.company,
            assistant_name=trial.assistant_name,
            language=trial.company_language,
            answer_from=trial.answer_from,
            clarify_from=trial.clarify_from,
        ),
        burst=(Heard("text", trial.question),),
        guess=language.guess([trial.question], trial.company_language),
        disclosed=True,
    )


def as_answer(end: End, memory: Mapping[str, Any]) -> Answer:
    """Rows for the outbox: bubbles one after the other, a list at the end if there is one."""
    kept = {**memory, **_kept(end.memory)}
    if isinstance(end, Silence):
        return Answer(bubbles=(), memory=kept)
    rows = [Bubble("text", text, bubbles.text_body(text)) for text in end.texts]
    if isinstance(end, Clarify):
        body = bubbles.list_body(end.choices)
        rows.append(Bubble("interactive", end.choices.body, body))
    stood_on = end.stood_on if isinstance(end, Reply) else ()
    return Answer(
        bubbles=_spaced(rows),
        memory=kept,
        sources=_sources(stood_on),
        confidence=end.confidence,
        disclosed=end.disclosed,
        hand_over=end.reason if isinstance(end, HandOver) else None,
    )


def _spaced(rows: list[Bubble]) -> tuple[Bubble, ...]:
    """The first at once, each further one as if it had to be typed."""
    spaced, wait_s = [], 0.0
    for place, row in enumerate(rows):
        wait_s += bubbles.gap_s(row.text) if place else 0.0
        spaced.append(replace(row, wait_s=wait_s))
    return tuple(spaced)


def _kept(memory: Memory) -> dict[str, Any]:
    return {
        "offered": list(memory.offered),
        "doubts": memory.doubts,
        "language": memory.language,
    }


def as_result(end: End) -> dict[str, Any]:
    """What `assistant/ask` answers. All that came near is listed, best first, in every band."""
    match end:
        case Clarify():
            text = "\n\n".join([*end.texts, bubbles.as_text(end.choices)])
            return _result("clarify", text, end.nearest, end.confidence)
        case HandOver():
            return _result("handover", "\n\n".join(end.texts), end.nearest, end.confidence)
        case Reply():
            return _result("answer", "\n\n".join(end.texts), end.nearest, end.confidence)
        case Silence():
            return _result("answer", "", (), 1.0)


def _result(band: str, text: str, sources: tuple[Source, ...], confidence: float) -> dict[str, Any]:
    return {
        "band": band,
        "text": text,
        "sources": _sources(sources),
        "confidence": round(confidence, 4),
    }


def _sources(sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    return [
        {
            **({"pair_id": one.pair_id} if one.document_id is None else _document(one)),
            "title": one.title,
            "score": one.score,
        }
        for one in sources
    ]


def _document(source: Source) -> dict[str, Any]:
    return {"document_id": source.document_id}


def _tapped(payload: Mapping[str, Any]) -> str:
    """The id of the row or button that was tapped; "" for a message of any other kind."""
    interactive = payload.get("interactive", payload)
    if not isinstance(interactive, Mapping):
        return ""
    for kind in ("list_reply", "button_reply"):
        reply = interactive.get(kind)
        if isinstance(reply, Mapping):
            return str(reply.get("id", ""))
    return ""
