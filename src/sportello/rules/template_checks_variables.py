"""Checks of variables and their examples in header, body and footer."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from sportello.rules.template_codes import Code
from sportello.rules.template_scene import CHECKED_MAX, Scene, Text, rewrite, scene_of
from sportello.rules.template_text import (
    NAME,
    POSITION,
    UNUSABLE,
    Braces,
    braces,
    collapsed,
    masked,
    names,
    plain_name,
    variables,
)
from sportello.rules.template_values import (
    Arrange,
    Edit,
    Finding,
    Part,
    Passage,
    Remove,
    Write,
)

# A text needs 2n + 1 words of its own for n variables: the figure that providers published after
# trying Meta's answer 2388293; it fits every public case read (2026-11-22).
WORDS_PER_VARIABLE: Final = 2
_ALONE: Final = re.compile(r"[\s*_~`•·.,;:–—-]*\{\{[^{}\s]+\}\}[\s*_~`.,;:–—-]*")
_OPENING: Final = {"it": "Buongiorno, ", "en": "Hello, "}
_CLOSING: Final = {"it": ". Grazie.", "en": ". Thank you."}
_BETWEEN: Final = {"it": " e ", "en": " and "}


def variables_and_examples(scene: Scene) -> Iterator[Finding]:
    """All about variables, part by part."""
    for text in scene.texts:
        if len(text.passage.text) > CHECKED_MAX:
            continue
        if text.part is Part.FOOTER:
            yield from _footer(scene, text)
            continue
        yield from _forms(scene, text)
        is_of_one_style = not (wrong := list(_style(scene, text)))
        yield from wrong
        if is_of_one_style:
            yield from _counting(scene, text)
            yield from _examples(scene, text)
        yield from _places(scene, text)


def _footer(scene: Scene, text: Text) -> Iterator[Finding]:
    found = braces(text.text)
    if found:
        bare = text.text
        for one in reversed(found):
            bare = bare[: one.start] + bare[one.end :]
        has_words = any(sign.isalnum() for sign in bare)
        yield scene.about(
            text,
            Code.FOOTER_VARIABLES,
            span=(found[0].start, found[0].end),
            fix=rewrite(text, collapsed(bare)) if has_words else (),
        )


def _forms(scene: Scene, text: Text) -> Iterator[Finding]:
    """Braces that are no variable, and names that are none."""
    for one in braces(text.text):
        shown = text.text[one.start : one.end]
        code = _flaw_of(one)
        if code is not None:
            fix = _renamed(text, one)
            span = (one.start, one.end)
            yield scene.about(text, code, span=span, fix=fix, value=shown)


def _flaw_of(one: Braces) -> Code | None:
    if not one.good or (one.name.isdigit() and not POSITION.fullmatch(one.name)):
        return Code.VARIABLE_MALFORMED
    return None if NAME.fullmatch(one.name) else Code.VARIABLE_CHARACTERS


def _renamed(text: Text, one: Braces) -> tuple[Edit, ...]:
    """The variable as Meta wants it, in the text and among the examples."""
    name = plain_name(one.name).lstrip("0")
    if not name or (name.isdigit() and not POSITION.fullmatch(name)):
        return ()
    new = f"{text.text[: one.start]}{{{{{name}}}}}{text.text[one.end :]}"
    edits = rewrite(text, new)
    if not edits or len(new) > len(text.passage.text) + 4:
        return ()
    return edits + tuple(
        Write((*text.passage.examples_path, at, "param_name"), name)
        for at, (given, _) in enumerate(text.passage.examples)
        if given == one.name and not given.isdigit()
    )


def _style(scene: Scene, text: Text) -> Iterator[Finding]:
    """Numbers where names are declared, or the other way round."""
    found = [one for one in variables(text.text) if _flaw_of(one) is None]
    numbered = [one for one in found if one.name.isdigit()]
    if not found:
        return
    if 0 < len(numbered) < len(found):
        last = found[-1]
        yield scene.about(text, Code.VARIABLES_MIXED, span=(last.start, last.end))
    elif bool(numbered) == scene.template.named:
        declared, other = ("named", "numbered") if scene.template.named else ("numbered", "named")
        one = found[0]
        yield scene.about(
            text,
            Code.VARIABLE_STYLE,
            span=(one.start, one.end),
            fix=_declared_anew(scene),
            declared=declared,
            found=other,
        )


def _declared_anew(scene: Scene) -> tuple[Edit, ...]:
    """Declares the other style, if no text of the template goes by the present one."""
    template = scene.template
    bubbles = [template.parts, *template.cards]
    styles = {
        name.isdigit()
        for parts in bubbles
        for text in scene_of(template, parts).texts
        for name in names(text.text)
    }
    style = "POSITIONAL" if template.named else "NAMED"
    return (Write(("parameter_format",), style),) if len(styles) == 1 else ()


def _counting(scene: Scene, text: Text) -> Iterator[Finding]:
    """Numbered variables count up, in the order of the text; a header has one."""
    found = names(text.text)
    if text.part is Part.HEADER and len(found) > 1:
        second = next(one for one in variables(text.text) if one.name == found[1])
        span = (second.start, second.end)
        yield scene.about(text, Code.HEADER_VARIABLES, span=span)
    numbers = [int(name) for name in found if POSITION.fullmatch(name)]
    if len(numbers) != len(found) or not numbers:
        return
    wanted = list(range(1, len(numbers) + 1))
    if sorted(numbers) != wanted:
        yield _renumbered(scene, text, Code.VARIABLES_NOT_CONSECUTIVE, sorted(numbers))
    elif numbers != wanted:
        yield _renumbered(scene, text, Code.VARIABLES_OUT_OF_ORDER, numbers)


def _renumbered(scene: Scene, text: Text, code: Code, numbers: list[int]) -> Finding:
    """`numbers` in their new order become 1, 2, 3 …, and the examples follow."""
    new = {str(old): str(at + 1) for at, old in enumerate(numbers)}
    first = next(one for one in variables(text.text) if new[one.name] != one.name)
    fix = rewrite(text, _replaced(text.text, new))
    if len(text.passage.examples) >= max(numbers):
        fix += (Arrange(text.passage.examples_path, tuple(old - 1 for old in numbers)),)
    return scene.about(text, code, span=(first.start, first.end), fix=fix)


def _replaced(text: str, new: Mapping[str, str]) -> str:
    for one in reversed(variables(text)):
        text = f"{text[: one.start]}{{{{{new[one.name]}}}}}{text[one.end :]}"
    return text


def _examples(scene: Scene, text: Text) -> Iterator[Finding]:
    """One for each variable, none beyond, each a value that could be sent."""
    passage, found = text.passage, names(text.text)
    given = _given(scene, passage, found)
    for name in found:
        if _flaw_of(Braces(name, 0, 0, good=True)) is None and not given.get(name, "").strip():
            yield scene.about(
                text, Code.EXAMPLE_MISSING, value=f"{{{{{name}}}}}", span=_span(text, name)
            )
    are_all_read = all(one.good for one in braces(text.text))
    if are_all_read and (surplus := _surplus(scene, passage, found)):
        yield scene.about(text, Code.EXAMPLE_UNNEEDED, fix=surplus)
    for at, (name, example) in enumerate(passage.examples):
        if UNUSABLE.search(example):
            step: tuple[str | int, ...] = (at, "example") if scene.template.named else (at,)
            clean = collapsed(example.replace("{{", "").replace("}}", ""))
            fix = (Write((*passage.examples_path, *step), clean),) if clean else ()
            yield scene.about(text, Code.EXAMPLE_UNUSABLE, fix=fix, value=f"{{{{{name}}}}}")


def _given(scene: Scene, passage: Passage, found: tuple[str, ...]) -> dict[str, str]:
    """Examples by variable. With a gap in the numbers the examples count without it."""
    if scene.template.named or any(str(at + 1) not in found for at in range(len(found))):
        ranked = sorted((name for name in found if name.isdigit()), key=int)
        by_rank = dict(zip(ranked, (example for _, example in passage.examples), strict=False))
        return dict(passage.examples) if scene.template.named else by_rank
    return dict(passage.examples)


def _surplus(scene: Scene, passage: Passage, found: tuple[str, ...]) -> tuple[Edit, ...]:
    """The fix that takes needless examples away; empty when there are none."""
    if not passage.example_path:
        return ()
    if not found:
        return (Remove(passage.example_path),)
    if scene.template.named:
        kept = tuple(at for at, (name, _) in enumerate(passage.examples) if name in found)
    else:
        most = max((int(name) for name in found if name.isdigit()), default=0)
        kept = tuple(range(min(len(passage.examples), most)))
    if len(kept) == len(passage.examples):
        return ()
    return (Arrange(passage.examples_path, kept),)


def _span(text: Text, name: str) -> tuple[int, int] | None:
    spans = ((one.start, one.end) for one in variables(text.text) if one.name == name)
    return next(spans, None)


def _places(scene: Scene, text: Text) -> Iterator[Finding]:
    """Where variables stand among the words; for the ends and the count the body alone."""
    found = variables(text.text)
    if not found or not any(sign.isalnum() for sign in masked(text.text)):
        return
    for left, right in itertools.pairwise(found):
        if not text.text[left.end : right.start].strip():
            span = (left.start, right.end)
            fix = rewrite(text, _parted(scene, text, left, right))
            yield scene.about(text, Code.VARIABLES_ADJACENT, span=span, fix=fix)
    if text.part is Part.BODY:
        yield from _ends(scene, text, found)
        yield from _density(scene, text)
        yield from _alone(scene, text)


def _parted(scene: Scene, text: Text, left: Braces, right: Braces) -> str:
    between = text.text[left.end : right.start]
    word = f",{between}" if "\n" in between else _BETWEEN.get(scene.language, ", ")
    return text.text[: left.end] + word + text.text[right.start :]


def _ends(scene: Scene, text: Text, found: tuple[Braces, ...]) -> Iterator[Finding]:
    first, last = found[0], found[-1]
    opening, closing = _OPENING.get(scene.language), _CLOSING.get(scene.language)
    if not text.text[: first.start].strip():
        fix = rewrite(text, opening + text.text.lstrip()) if opening else ()
        span = (first.start, first.end)
        yield scene.about(text, Code.VARIABLE_AT_START, span=span, fix=fix)
    if not text.text[last.end :].strip():
        fix = rewrite(text, text.text.rstrip() + closing) if closing else ()
        span = (last.start, last.end)
        yield scene.about(text, Code.VARIABLE_AT_END, span=span, fix=fix)


def _density(scene: Scene, text: Text) -> Iterator[Finding]:
    count = len(names(text.text))
    needed = WORDS_PER_VARIABLE * count + 1
    tokens = masked(text.text).split()
    words = sum(any(sign.isalnum() for sign in token) for token in tokens)
    if words < needed:
        yield scene.about(
            text, Code.VARIABLES_TOO_MANY, variables=count, needed=needed, words=words
        )


def _alone(scene: Scene, text: Text) -> Iterator[Finding]:
    """Lines with nothing but a variable, unless they are the body's ends."""
    lines = text.text.split("\n")
    at = 0
    for number, line in enumerate(lines):
        is_end = number in {0, len(lines) - 1}
        if not is_end and _ALONE.fullmatch(line):
            yield scene.about(
                text, Code.VARIABLE_ALONE, span=(at, at + len(line)), value=line.strip()
            )
        at += len(line) + 1
