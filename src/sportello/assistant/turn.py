"""A turn of the assistant as a generator: it yields what it needs, is told, and ends in one act.

Pure: no I/O, no clock. The worker `answer` performs `Search`, `Recall`, `RecallPassage`, `Ask` and
`Act`, sends back their results, and carries out the last step: `Reply`, `Clarify`, `HandOver`,
`Silence`.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from sportello.assistant import acting, endings, manners, route, temper, writing
from sportello.assistant.bubbles import Choices, Row
from sportello.assistant.route import Kind
from sportello.assistant.search import Found, Query
from sportello.assistant.steps import (
    Clarify,
    End,
    HandOver,
    Heard,
    Ranked,
    Recall,
    RecallPassage,
    Reply,
    Search,
    Silence,
    Situation,
    Source,
    Step,
    Steps,
    Told,
)
from sportello.rules.ownership import Reason
from sportello.store.library import Known

CHOICES_MAX: Final = 3
NONE_ROW: Final = "none"
_PAIR_ROW: Final = "pair:"
_PASSAGE_ROW: Final = "passage:"
# Longer, and nothing of the new words would be left in what is searched for.
_EARLIER_MAX: Final = 200
# The same words more often than this in a row, or more answers than this in ten minutes, and it is
# a machine that writes to us, or somebody whom we do not help.
REPEATED_MAX: Final = 3
LATELY_MAX: Final = 20
# So sure is only a question that is the pair's own, word for word.
_BEYOND_DOUBT: Final = 0.95


def take(situation: Situation) -> Steps:
    """The steps of one turn; the last one is an `End`."""
    if acting.tapped(situation):
        yield (yield from acting.answer_tap(situation))
        return
    chosen = _chosen(situation)
    if chosen is not None:
        yield from _answer_choice(situation, chosen)
        return
    unread = _unreadable(situation)
    if unread is not None:
        yield unread
        return
    kind = route.route(heard.text for heard in situation.burst)
    called = _misheard(situation, kind) or _for_a_person(situation, kind)
    if called is not None:
        yield called
        return
    if acting.awaited(situation, kind):
        gone_on = yield from acting.go_on(situation)
        if gone_on is not None:
            yield gone_on
            return
    if kind is Kind.QUESTION:
        yield from _answer_question(situation)
    else:
        yield _courtesy(situation, kind)


def _misheard(situation: Situation, kind: Kind) -> HandOver | None:
    """A wish about our marketing is kept as it comes in, from words alone. Where a machine read it
    in a file nothing was kept, and nobody may say that it was: a person looks.
    """
    written = route.route(heard.text for heard in situation.burst if not heard.read)
    if kind not in {Kind.STOP, Kind.RESUME} or written is kind:
        return None
    words = endings.words(situation)
    by_voice = any(heard.type == "audio" for heard in situation.burst)
    said = words.voice if by_voice else words.media
    return endings.hand_over(situation, Reason.MEDIA_UNREADABLE, said)


def _for_a_person(situation: Situation, kind: Kind) -> HandOver | None:
    """What the company, the customer's temper or a chat in circles takes away from a machine."""
    words, texts = endings.words(situation), [heard.text for heard in situation.burst]
    if kind in _NEVER_HELD_BACK:
        return None
    if temper.is_angry(texts):
        return endings.hand_over(situation, Reason.ANGER, words.upset)
    if manners.names_topic(texts, situation.company.topics, situation.guess.language):
        return endings.hand_over(situation, Reason.POLICY_TOPIC, words.for_a_person)
    if endings.remembered(situation).times > REPEATED_MAX or situation.lately > LATELY_MAX:
        return endings.hand_over(situation, Reason.LOOP, words.loop)
    return None


def trouble(situation: Situation) -> HandOver:
    """The end of a turn in which something broke: a customer is never left without a word."""
    return endings.hand_over(situation, Reason.ERROR, endings.words(situation).trouble)


def _chosen(situation: Situation) -> str | None:
    """What was chosen from the list that was offered: by a tap, or by its number in words."""
    last = situation.burst[-1] if situation.burst else Heard("text")
    if last.row:
        ours = last.row == NONE_ROW or last.row.startswith((_PAIR_ROW, _PASSAGE_ROW))
        return last.row if ours else None
    offered = situation.memory.offered
    if not offered or len(situation.burst) != 1:
        return None
    place = _PLACES.get(last.text.strip().strip(".!)").casefold())
    if place is None or place > len(offered):
        return None
    return NONE_ROW if place == 0 else offered[place - 1]


def _answer_choice(situation: Situation, row: str) -> Steps:
    words = endings.words(situation)
    number = row.removeprefix(_PAIR_ROW).removeprefix(_PASSAGE_ROW)
    if row == NONE_ROW or not (number.isascii() and number.isdigit() and len(number) < 19):
        yield endings.hand_over(situation, Reason.NOT_KNOWN, words.no_choice_fits)
        return
    of_document = row.startswith(_PASSAGE_ROW)
    known = yield RecallPassage(int(number)) if of_document else Recall(int(number))
    if not isinstance(known, Known):
        yield endings.hand_over(situation, Reason.NOT_KNOWN, words.withdrawn)
        return
    action = acting.of_pair(situation, known.pair_id)
    if action is not None:
        yield (yield from acting.begin(situation, action))
        return
    source = Source(known.pair_id, known.title, 1.0, known.document_id)
    texts, way = endings.authored(situation, known.answer, known.language), "own"
    if not known.authored:
        texts = _quoted(situation, known.answer, known.document, known.url, known.language)
        way = "quoted"
    yield endings.reply(situation, texts, 1.0, (source,), way=way)


def _unreadable(situation: Situation) -> HandOver | None:
    types = {heard.type for heard in situation.burst if not heard.read}
    words = endings.words(situation)
    if "audio" in types:
        return endings.hand_over(situation, Reason.MEDIA_UNREADABLE, words.voice)
    if types & _MEDIA or (types - _READABLE and not any(h.text for h in situation.burst)):
        return endings.hand_over(situation, Reason.MEDIA_UNREADABLE, words.media)
    return None


def _courtesy(situation: Situation, kind: Kind) -> End:
    words = endings.words(situation)
    company = situation.company.name
    match kind:
        case Kind.PERSON:
            return endings.hand_over(situation, Reason.ASKED, words.asked_for_person)
        case Kind.INSULT if situation.memory.doubts:
            return endings.hand_over(situation, Reason.LOW_CONFIDENCE_TWICE, words.upset)
        case Kind.INSULT:
            doubting = replace(situation.memory, doubts=1)
            return endings.reply(
                replace(situation, memory=doubting), [words.insult], 1.0, keep=True
            )
        case Kind.SILENCE | Kind.EMPTY if situation.disclosed:
            return Silence(situation.memory)
        case Kind.BOT:
            told = endings.disclosed_as(situation)
            return endings.reply(replace(situation, disclosed=True), [f"{told} {words.bot}"], 1.0)
        case Kind.THANKS | Kind.GOODBYE | Kind.OFF_TOPIC | Kind.STOP | Kind.RESUME:
            text: str = getattr(words, _PHRASE_OF[kind])
            return endings.reply(situation, [text.format(company=company)], 1.0)
        case _:
            text = words.greeting_again if situation.disclosed else words.greeting
            return endings.reply(situation, [text], 1.0)


def _answer_question(situation: Situation) -> Steps:
    text = route.question(heard.text for heard in situation.burst)
    if situation.has_model and (situation.thread or situation.earlier):
        reworded = yield from writing.reword(situation, text)
        if reworded.about != "question":
            yield _courtesy(situation, _ABOUT[reworded.about])
            return
        ranked = yield from _search_as(situation, reworded.question, text)
    else:
        ranked = yield from _search_as(situation, text, text)
    ranked = yield from _leaning(situation, text, ranked)
    acted = yield from _acting(situation, text, ranked)
    if acted is not None:
        yield acted
        return
    if situation.has_model and ranked.found and ranked.confidence >= writing.ASKED_FROM:
        composed = yield from writing.compose(situation, text, ranked.found)
        if composed.text:
            yield _composed(situation, composed, ranked)
            return
        if composed.insufficient and ranked.confidence < _BEYOND_DOUBT:
            # A model that finds no answer in the sources is no proof, but a doubt.
            doubted = min(ranked.confidence, _below(situation.company.answer_from))
            ranked = replace(ranked, confidence=doubted)
    yield _by_band(situation, ranked)


def _acting(situation: Situation, text: str, ranked: Ranked) -> Generator[Step, Told, End | None]:
    """What is done where the question found sets an action off, or a model chooses one."""
    sure = ranked.found and ranked.confidence >= situation.company.answer_from
    action = acting.of_pair(situation, ranked.found[0].pair_id) if sure else None
    if action is not None:
        return (yield from acting.begin(situation, action))
    if situation.has_model and situation.actions:
        return (yield from acting.choose(situation, text))
    return None


def _search_as(situation: Situation, question: str, text: str) -> Generator[Step, Told, Ranked]:
    """What was found for the reworded question, or for the words as they came if that is better."""
    ranked = yield from _search(situation, question)
    if question != text:
        plain = yield from _search(situation, text)
        ranked = max(ranked, plain, key=lambda one: one.confidence)
    return ranked


def _leaning(situation: Situation, text: str, ranked: Ranked) -> Generator[Step, Told, Ranked]:
    """A few words may mean something only with the question before them."""
    unsure = ranked.confidence < situation.company.answer_from
    if not (unsure and route.is_follow_up(text)):
        return ranked
    for before in _before(situation):
        leaning = yield from _search(situation, f"{before[:_EARLIER_MAX]}\n{text}")
        ranked = max(ranked, leaning, key=lambda one: one.confidence)
    return ranked


def _before(situation: Situation) -> tuple[str, ...]:
    """The customer's last words, and those of the person who had the chat before."""
    lines = situation.recap.lines if situation.recap is not None else ()
    of_person = [line.text for line in lines if line.who == "person"]
    return (*situation.earlier[-1:], *of_person[-1:])


def _composed(situation: Situation, composed: writing.Composed, ranked: Ranked) -> Reply:
    sources = [endings.source(hit) for hit in ranked.found]
    stood_on = tuple(sources[place] for place in composed.used)
    reply = endings.reply(
        situation, [composed.text], ranked.confidence, stood_on, tuple(sources), way="model"
    )
    return replace(reply, confidence=ranked.confidence)


def _below(share: float) -> float:
    return max(share - 0.01, 0.0)


def _search(situation: Situation, text: str) -> Generator[Step, Told, Ranked]:
    guess = situation.guess
    told = yield Search(Query(text, guess.language, certain=guess.certain))
    return told if isinstance(told, Ranked) else Ranked((), 0.0)


def _by_band(situation: Situation, ranked: Ranked) -> End:
    company = situation.company
    nearest = tuple(endings.source(hit) for hit in ranked.found)
    if ranked.found and ranked.confidence >= company.answer_from:
        best = ranked.found[0]
        texts, way = endings.authored(situation, best.answer, best.language), "own"
        if not best.authored:
            said, way = best.quote or best.answer, "quoted"
            texts = _quoted(situation, said, best.document, best.url, best.language)
        return endings.reply(situation, texts, ranked.confidence, nearest[:1], nearest, way=way)
    if ranked.found and ranked.confidence >= company.clarify_from:
        if situation.memory.doubts:
            words = endings.words(situation).still_unsure
            reason = Reason.LOW_CONFIDENCE_TWICE
            return endings.hand_over(situation, reason, words, ranked.confidence, nearest)
        return _clarify(situation, ranked, nearest)
    words = endings.words(situation).not_known
    return endings.hand_over(situation, Reason.NOT_KNOWN, words, ranked.confidence, nearest)


def _clarify(situation: Situation, ranked: Ranked, nearest: tuple[Source, ...]) -> Clarify:
    words = endings.words(situation)
    offered = ranked.found[:CHOICES_MAX]
    rows = [Row(_row_of(hit), _row_title(hit)) for hit in offered]
    rows.append(Row(NONE_ROW, words.none_of_these, words.none_described))
    return Clarify(
        texts=endings.opened(situation, ()),
        choices=Choices(words.clarify, words.clarify_button, tuple(rows)),
        memory=replace(
            endings.remembered(situation),
            offered=tuple(_row_of(hit) for hit in offered),
            doubts=situation.memory.doubts + 1,
        ),
        confidence=ranked.confidence,
        nearest=nearest,
        disclosed=not situation.disclosed,
    )


def _quoted(situation: Situation, said: str, document: str, url: str, language: str) -> list[str]:
    """A document's own words between the company's: an opening line, the quote, the source."""
    words = endings.words(situation)
    source = words.source.format(source=f"{document}, {url}" if url else document)
    return endings.authored(situation, f"{words.quoting}\n\n{said}\n\n{source}", language)


def _row_of(hit: Found) -> str:
    if hit.pair_id is not None:
        return f"{_PAIR_ROW}{hit.pair_id}"
    return f"{_PASSAGE_ROW}{hit.passage_id}"


def _row_title(hit: Found) -> str:
    """Of headings the innermost: a list has room for little."""
    return hit.title if hit.authored else hit.title.rpartition(" › ")[2]


_NEVER_HELD_BACK: Final = frozenset({Kind.STOP, Kind.RESUME, Kind.PERSON, Kind.SILENCE, Kind.EMPTY})
_ABOUT: Final = {"person": Kind.PERSON, "other": Kind.OFF_TOPIC}
_MEDIA: Final = frozenset({"image", "video", "document"})
_READABLE: Final = frozenset({"text", "interactive", "button", "sticker", "reaction"})
_PHRASE_OF: Final = {
    Kind.THANKS: "thanks",
    Kind.GOODBYE: "goodbye",
    Kind.OFF_TOPIC: "off_topic",
    Kind.STOP: "stopped",
    Kind.RESUME: "resumed",
}
_PLACES: Final = {
    word: place
    for place, told in enumerate(
        (
            "0|nessuna|nessuno|nessuna di queste|no|none|none of these|nope",
            "1|uno|una|la prima|il primo|prima|primo|one|first|the first|the first one|si|sì|yes",
            "2|due|la seconda|il secondo|seconda|two|second|the second|the second one",
            "3|tre|la terza|il terzo|terza|three|third|the third|the third one",
        )
    )
    for word in told.split("|")
}
