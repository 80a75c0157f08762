"""The part of a turn that a language model takes: rewording, answering, one mending, no trust.

What it writes is believed only where it cites what it was given and states nothing that does not
stand there (`rules/grounding.py`). In every other case the turn goes on as without a key.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sportello.assistant import prompt
from sportello.assistant.models import fits
from sportello.assistant.prompt import Line
from sportello.assistant.search import Found
from sportello.assistant.steps import Ask, Situation, Step, Told
from sportello.rules import grounding
from sportello.rules.grounding import Finding

# Below, nothing that was found has to do with the question: a model would only be led astray.
ASKED_FROM: Final = 0.01
_REWORDED_MAX: Final = 600
# Pictographs, dingbats and flags, with what joins and colours them.
_EMOJI: Final = re.compile(
    r" ?[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D\U0001F1E6-\U0001F1FF]+"
)


@dataclass(frozen=True, slots=True)
class Reworded:
    """`about`: question, person or other."""

    question: str
    about: str


@dataclass(frozen=True, slots=True)
class Composed:
    """What a model wrote and may be sent, with the places (from 0) of what it stands on.

    `text` "": nothing that may be sent; `insufficient`: it says that the sources do not answer.
    """

    text: str = ""
    used: tuple[int, ...] = ()
    insufficient: bool = False


def reword(situation: Situation, text: str) -> Generator[Step, Told, Reworded]:
    """The question as it would be asked without the chat before it; as it is where that fails."""
    company = situation.company
    told = yield Ask(
        "rewrite", prompt.REWRITING, prompt.to_reword(company.name, thread(situation), text)
    )
    if not isinstance(told, Mapping) or not fits(prompt.REWRITING, told):
        return Reworded(text, "question")
    question = str(told["question"]).strip()[:_REWORDED_MAX] or text
    return Reworded(question, str(told["about"]))


def compose(
    situation: Situation, question: str, found: Sequence[Found]
) -> Generator[Step, Told, Composed]:
    """An answer that stands on the sources; asked for once, and once more with what was wrong."""
    company = situation.company
    rules = prompt.instructions(company.name, situation.guess.language, company.manners)
    asked = prompt.to_answer(rules, thread(situation), question, found)
    told = yield Ask("answer", prompt.ANSWERING, asked)
    if not isinstance(told, Mapping) or not fits(prompt.ANSWERING, told):
        return Composed()
    composed, wrong = _judged(situation, told, found, rules)
    if not wrong:
        return composed
    faults = tuple(dict.fromkeys(one.fault.value for one in wrong))
    told = yield Ask("repair", prompt.ANSWERING, prompt.to_mend(asked, told, wrong), faults)
    if not isinstance(told, Mapping) or not fits(prompt.ANSWERING, told):
        return Composed()
    composed, wrong = _judged(situation, told, found, rules)
    return Composed() if wrong else composed


def thread(situation: Situation) -> Sequence[Line]:
    """What a model is shown of the chat: its end, below what was said while a person had it."""
    said = situation.thread or tuple(Line("customer", text) for text in situation.earlier)
    recap = situation.recap
    if recap is None:
        return said
    short = recap.text or " / ".join(f"{line.who}: {line.text}" for line in recap.lines)
    return (Line(prompt.RECAP, short), *said)


def _judged(
    situation: Situation, told: Mapping[str, Any], found: Sequence[Found], rules: str
) -> tuple[Composed, tuple[Finding, ...]]:
    """An answer that cites nothing, or what it was not given, is founded on nothing."""
    if told["sufficient"] is not True:
        return Composed(insufficient=True), ()
    manners = situation.company.manners
    text = str(told["answer"]).strip()
    text = text if manners.emoji else _EMOJI.sub("", text).strip()
    used = tuple(dict.fromkeys(number - 1 for number in told["used_source_ids"]))
    if not used or not all(0 <= place < len(found) for place in used):
        used = ()
    cited = "\n".join(_citable(found[place]) for place in used)
    wrong = grounding.findings(text, cited, forbidden=manners.forbidden, instructions=rules)
    if not used and not wrong:
        return Composed(insufficient=True), ()
    return Composed(text, used), wrong


def _citable(hit: Found) -> str:
    return f"{hit.title}\n{hit.answer}\n{hit.document}\n{hit.url}"
