"""Questions with their answers as a page marks them: structured data, `<details>`, accordions,
lists of definitions, headings that ask.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree, html

from sportello.reading.blocks import Block, Kind, flat
from sportello.reading.page_tree import Element, text_of

FAQS_MAX: Final = 1_000
_QUESTION_LENGTH_MAX: Final = 300
_ANSWER_LENGTH_MAX: Final = 3_500
_JSON_LENGTH_MAX: Final = 1_000_000
_STEPS_MAX: Final = 20_000
# What is no answer to the heading before it, but a question and answer of its own.
_OWN: Final = frozenset({"details", "dl", "footer", "nav"})
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Faqs:
    """`taken`: the elements that need not be read again."""

    blocks: tuple[Block, ...]
    taken: frozenset[Element]


def found(tree: Element) -> Faqs:
    """Each question once, by the surest of the ways in which the page tells it."""
    known: dict[str, Block] = {}
    taken: set[Element] = set()
    for asked, answer, elements in _all(tree):
        question, text = flat(asked)[:_QUESTION_LENGTH_MAX], answer.strip()[:_ANSWER_LENGTH_MAX]
        if len(question) < 6 or len(text) < 2:
            continue
        taken.update(elements)
        known.setdefault(question.casefold(), Block(Kind.FAQ, text, asked=question))
        if len(known) >= FAQS_MAX:
            break
    return Faqs(tuple(known.values()), frozenset(taken))


Told = tuple[str, str, tuple[Element, ...]]


def _all(tree: Element) -> Iterator[Told]:
    yield from _structured(tree)
    yield from _microdata(tree)
    yield from _details(tree)
    yield from _accordions(tree)
    yield from _definitions(tree)
    yield from _asking_headings(tree)


def _structured(tree: Element) -> Iterator[Told]:
    """JSON-LD of schema.org: whatever holds a Question with an acceptedAnswer."""
    for script in tree.xpath("//script[@type='application/ld+json']")[:50]:
        try:
            told = json.loads((script.text or "")[:_JSON_LENGTH_MAX])
        except (ValueError, RecursionError):
            continue
        for question in _questions(told):
            answer = question.get("acceptedAnswer") or question.get("suggestedAnswer")
            first = answer[0] if isinstance(answer, list) and answer else answer
            name, text = question.get("name"), None
            if isinstance(first, Mapping):
                text = first.get("text")
            if isinstance(name, str) and isinstance(text, str):
                yield _from_markup(name), _from_markup(text), ()


def _questions(told: Any) -> Iterator[Mapping[str, Any]]:
    """Without recursion, and within a number of steps: the JSON is the page's."""
    waiting = [told]
    for _ in range(_STEPS_MAX):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one[:FAQS_MAX]
        elif isinstance(one, Mapping):
            if one.get("@type") == "Question" or one.get("@type") == ["Question"]:
                yield one
            else:
                waiting[:0] = [one[key] for key in ("@graph", "mainEntity") if key in one]


def _from_markup(text: str) -> str:
    """The text of an answer that may be HTML, mostly escaped."""
    if "<" not in text and "&" not in text:
        return text
    try:
        fragment = html.fragment_fromstring(text, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return ""
    return text_of(fragment)


def _microdata(tree: Element) -> Iterator[Told]:
    for item in tree.xpath("//*[@itemscope and contains(@itemtype, 'schema.org/Question')]"):
        names = item.xpath(".//*[@itemprop='name']")
        texts = item.xpath(".//*[@itemprop='text']")
        if names and texts:
            yield text_of(names[0]), text_of(texts[0]), (item,)


def _details(tree: Element) -> Iterator[Told]:
    for item in tree.xpath("//details"):
        summary = item.find("summary")
        if summary is not None and _is_asking(text_of(summary), item):
            yield text_of(summary), text_of(item, but=summary), (item,)


def _accordions(tree: Element) -> Iterator[Told]:
    """A button that says which panel it opens; the panel is mostly hidden until then."""
    panels = {one.get("id"): one for one in tree.xpath("//*[@id]")}
    for button in tree.xpath("//*[@aria-controls and @aria-expanded]")[:FAQS_MAX]:
        panel = panels.get(button.get("aria-controls"))
        asked = text_of(button)
        if panel is not None and _reads_as_question(asked):
            yield asked, text_of(panel), (panel, button)


def _definitions(tree: Element) -> Iterator[Told]:
    for term in tree.xpath("//dl/dt | //dl/div/dt"):
        answer = term.getnext()
        asked = text_of(term)
        if answer is not None and answer.tag == "dd" and _reads_as_question(asked):
            yield asked, text_of(answer), (term, answer)


def _asking_headings(tree: Element) -> Iterator[Told]:
    """A heading with a question mark; its answer goes on until the next heading of its rank."""
    for title in tree.xpath("//h2 | //h3 | //h4 | //h5 | //h6"):
        asked = text_of(title)
        if asked.rstrip().endswith("?"):
            answer = list(_until_next(title))
            yield asked, "\n".join(text_of(one) for one in answer), (title, *answer)


def _until_next(title: Element) -> Iterator[Element]:
    level = _HEADINGS[title.tag]
    for one in title.itersiblings():
        if not isinstance(one.tag, str):
            continue
        if _HEADINGS.get(one.tag, 9) <= level or one.tag in _OWN or _holds_heading(one, level):
            return
        yield one


def _holds_heading(element: Element, level: int) -> bool:
    ranks: Iterable[str] = (f"h{rank}" for rank in range(1, level + 1))
    return any(element.find(f".//{rank}") is not None for rank in ranks)


def _is_asking(asked: str, item: Element) -> bool:
    """In `<details>` the summary need not end in a question mark where its neighbours are many."""
    parent = item.getparent()
    several = parent is not None and len(parent.findall("details")) > 2
    return _reads_as_question(asked) or (several and len(asked) <= _QUESTION_LENGTH_MAX)


def _reads_as_question(asked: str) -> bool:
    first = asked.casefold().split(" ", 1)[0].strip("¿«\"'")
    return "?" in asked or first in _ASKING


_ASKING: Final = frozenset(
    {"come", "cosa", "che", "chi", "quale", "quali", "quando", "quanto", "quanta", "quanti"}
    | {"quante", "dove", "perché", "posso", "possiamo", "si", "è", "c'è", "devo"}
    | {"how", "what", "which", "who", "when", "where", "why", "can", "do", "does", "is", "are"}
    | {"should", "will"}
)
