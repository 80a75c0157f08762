"""What `answer` reads as a turn's beginning, and a turn's end as rows and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sportello.assistant import bubbles, language, phrasebook
from sportello.assistant.prompt import Line, Manners
from sportello.assistant.steps import (
    Clarify,
    Company,
    End,
    HandOver,
    Heard,
    Memory,
    Recap,
    Reply,
    Silence,
    Situation,
    Source,
)
from sportello.rules.hours import quiet_until
from sportello.rules.opening import company_calendar
from sportello.rules.presence import Back, back
from sportello.store.actions import Action
from sportello.store.answers import Answer, Bubble, Claimed, House, Inbound
from sportello.store.recaps import Recap as Kept
from sportello.store.trials import Before
from sportello.store.turns import Turn
from sportello.workers.walking import Walked

CONSENT_MARK: Final = "consent"
# Stands in the automatic message for the words that say when people are back.
AWAY_WHEN: Final = "{quando}"
_WHO: Final = {"customer": "customer", "assistant": "assistant", "operator": "person"}


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a chat: the burst, the customer's words before it, what everybody said, what
    can be done for them, and what was said while a person had it.
    """

    said: Sequence[Inbound]
    earlier: tuple[str, ...]
    thread: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()
    recap: Kept | None = None


def situation(claimed: Claimed, known: Known, now: datetime, *, has_model: bool) -> Situation:
    # What was a wish about our marketing has had its answer when it came.
    said = [one for one in known.said if CONSENT_MARK not in one.payload]
    memory = _remembered(claimed.memory)
    likely = memory.language or claimed.contact_language or claimed.company_language
    # What a machine wrote of a picture or a document is not in the customer's language for sure.
    texts = [words for one in said if (words := one.text or (one.told if one.is_voice else ""))]
    guess = language.guess(texts, likely)
    return Situation(
        company=company(claimed),
        burst=tuple(map(_heard, said)),
        guess=guess if guess.certain else language.guess([*known.earlier, *texts], likely),
        earlier=known.earlier,
        memory=memory,
        disclosed=claimed.disclosed_at is not None,
        has_model=has_model,
        thread=tuple(Line(_WHO[origin], text) for origin, text in known.thread),
        lately=claimed.lately,
        back=people_back(claimed, now),
        actions=known.actions,
        generation=claimed.generation,
        recap=None if known.recap is None else _recap(known.recap),
    )


def _remembered(kept: Mapping[str, Any]) -> Memory:
    return Memory(
        offered=tuple(map(str, kept.get("offered", ()))),
        doubts=kept.get("doubts", 0),
        language=kept.get("language", ""),
        said=str(kept.get("said", "")),
        times=kept.get("times", 0),
        pending=kept.get("pending") or {},
    )


def _heard(one: Inbound) -> Heard:
    words = "\n".join(part for part in (one.text, one.told) if part)
    return Heard(one.type, words, _tapped(one.payload), read=bool(one.told))


def _recap(kept: Kept) -> Recap:
    return Recap(tuple(Line(_WHO[origin], text) for origin, text in kept.lines), kept.text)


def company(house: House) -> Company:
    return Company(
        name=house.company,
        assistant_name=house.assistant_name,
        language=house.company_language,
        signature=house.signature,
        answer_from=house.answer_from,
        clarify_from=house.clarify_from,
        manners=Manners(house.form, house.emoji, house.persona, tuple(house.forbidden)),
        topics=tuple(house.topics),
    )


def people_back(house: House, now: datetime) -> Back | None:
    zone = ZoneInfo(house.zone)
    calendar = company_calendar(
        house.opening,
        on_holidays_shut=house.shut_on_holidays,
        since=now.astimezone(zone).date(),
    )
    return back(calendar, zone, now)


def is_silent(house: House, now: datetime) -> bool:
    """Whether the assistant keeps silent at this hour."""
    zone = ZoneInfo(house.zone)
    return quiet_until(house.silent_from, house.silent_until, zone, now) is not None


def question_situation(
    house: House, question: str, *, has_model: bool, before: Sequence[Before] = ()
) -> Situation:
    """A question that is asked outside any chat of a customer's, with what was asked `before` it
    where somebody tries a chat; nobody is told again that this is an AI.
    """
    memory = _remembered(before[-1].memory) if before else Memory()
    earlier = tuple(one.question for one in before)
    likely = memory.language or house.company_language
    guess = language.guess([question], likely)
    if before and not guess.certain:
        guess = language.guess([*earlier, question], likely)
    said = [(("customer", one.question), ("assistant", one.answer)) for one in before]
    return Situation(
        company=replace(company(house), signature=""),
        burst=(Heard("text", question),),
        guess=guess,
        earlier=earlier,
        memory=memory,
        disclosed=True,
        has_model=has_model,
        thread=tuple(Line(who, text) for pair in said for who, text in pair if text),
    )


def away(claimed: Claimed, now: datetime) -> tuple[Bubble, ...]:
    """The company's automatic message, with when people are back where it asks for that."""
    text = claimed.away_message
    if not text:
        return ()
    spoken = claimed.contact_language or claimed.company_language
    coming = people_back(claimed, now)
    told = "" if coming is None else phrasebook.when(spoken, coming)
    text = text.replace(AWAY_WHEN, told).strip()
    return (Bubble("text", text, bubbles.text_body(text)),) if text else ()


def as_answer(end: End, memory: Mapping[str, Any]) -> Answer:
    """Rows for the outbox: bubbles one after the other, a list at the end if there is one."""
    kept = {**memory, **remembered(end.memory)}
    if isinstance(end, Silence):
        return Answer(bubbles=(), memory=kept)
    rows = [Bubble("text", text, bubbles.text_body(text)) for text in end.texts]
    if isinstance(end, Reply) and end.buttons:
        text = end.texts[-1]
        rows[-1] = Bubble("interactive", text, bubbles.button_body(text, end.buttons))
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


def as_turn(end: End, walked: Walked, house: House) -> Turn:
    """What is kept of a turn for whoever looks at its answer later."""
    nearest = () if isinstance(end, Silence) else end.nearest
    stood_on = end.stood_on if isinstance(end, Reply) else ()
    searched = bool(walked.question)
    return Turn(
        question=walked.question,
        language=end.memory.language,
        band=_band(end) if searched and not isinstance(end, Silence) else "",
        way=end.way if isinstance(end, Reply) else "phrase",
        reason=end.reason.value if isinstance(end, HandOver) else "",
        confidence=None if isinstance(end, Silence) else end.confidence,
        found=[
            {**told, "used": source in stood_on}
            for source, told in zip(nearest, _sources(nearest), strict=True)
        ],
        faults=walked.faults,
        cost_micros=walked.cost_micros,
        conduct_version=house.conduct_version,
        embedding=walked.embedding,
    )


def _band(end: Reply | Clarify | HandOver) -> str:
    match end:
        case Reply():
            return "answer"
        case Clarify():
            return "clarify"
        case HandOver():
            return "handover"


def _spaced(rows: list[Bubble]) -> tuple[Bubble, ...]:
    """The first at once, each further one as if it had to be typed."""
    spaced, wait_s = [], 0.0
    for place, row in enumerate(rows):
        wait_s += bubbles.gap_s(row.text) if place else 0.0
        spaced.append(replace(row, wait_s=wait_s))
    return tuple(spaced)


def remembered(memory: Memory) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "offered": list(memory.offered),
        "doubts": memory.doubts,
        "language": memory.language,
        "said": memory.said,
        "times": memory.times,
        "pending": dict(memory.pending),
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
