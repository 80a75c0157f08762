"""Leaves of Tabler's style sheet what the pages can mean: a seventh, which browsers read and match
at every load and every change of a page.

    npm pack @tabler/core@1.6.1 && tar xzf tabler-core-1.6.1.tgz
    python tools/make_styles.py package/dist/css/tabler.min.css

A rule stays if each class that it asks for is a word somewhere in the console: in a template, a
module, a script or a style sheet of ours. What was left out is listed beside this file, so that
`tests/pages/test_pages_static.py` finds a page that names one of these.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent.parent / "src" / "sportello" / "console"
SHEET = CONSOLE / "static" / "vendor" / "tabler" / "tabler.min.css"
LEFT_OUT = Path(__file__).with_name("tabler_left_out.txt")
_WORDS_IN = ("templates/**/*.html", "static/js/*.js", "static/css/*.css", "**/*.py")
_NESTED = ("@media", "@supports", "@container", "@layer")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)")
_NOT = re.compile(r":not\([^)]*\)")
_TEXT = re.compile(r"""url\([^)]*\)|"[^"]*"|'[^']*'|\d*\.\d+""")
_NAMED = re.compile(r'class="([^"]*)"')
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


def classes(sheet: str) -> set[str]:
    """The classes that a style sheet asks for."""
    return {name.replace("\\", "") for name in _CLASS.findall(_TEXT.sub("", sheet))}


def named() -> set[str]:
    """The classes that the templates name."""
    texts = (path.read_text() for path in CONSOLE.rglob("*.html"))
    listed = (_TAG.sub(" ", one) for text in texts for one in _NAMED.findall(text))
    return {name for one in listed for name in one.split()}


def left_out() -> set[str]:
    """The classes of Tabler's that the sheet does not have."""
    return set(LEFT_OUT.read_text().split())


def narrowed(sheet: str, words: set[str]) -> str:
    """The same sheet without the rules that nothing can match."""
    parts: list[str] = []
    for head, body in _rules(sheet):
        if body is None:
            parts.append(f"{head};")
        elif head.startswith(_NESTED):
            inner = narrowed(body, words)
            parts += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            parts.append(f"{head}{{{body}}}")
        else:
            kept = [one for one in _selectors(head) if _is_meant(one, words)]
            parts += [f"{','.join(kept)}{{{body}}}"] if kept else []
    return "".join(parts)


def _rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """What stands before a block, and the block; None for a statement without one."""
    begun = at = 0
    while (at := _next(sheet, at, "{;")) < len(sheet):
        head = sheet[begun:at].strip()
        if sheet[at] == ";":
            at += 1
            yield head, None
        else:
            end = _end(sheet, at)
            yield head, sheet[at + 1 : end]
            at = end + 1
        begun = at


def _next(sheet: str, at: int, signs: str) -> int:
    """Where one of the signs stands next, outside of words in quotes; else the sheet's length."""
    while at < len(sheet) and sheet[at] not in signs:
        at = sheet.index(sheet[at], at + 1) + 1 if sheet[at] in "\"'" else at + 1
    return at


def _end(sheet: str, at: int) -> int:
    """Where the block that begins there ends."""
    depth = 1
    while depth:
        at = _next(sheet, at + 1, "{}")
        depth += 1 if sheet[at] == "{" else -1
    return at


def _selectors(head: str) -> Iterator[str]:
    """Those that commas outside of brackets part."""
    depth, begun = 0, 0
    for at, sign in enumerate(head):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            yield head[begun:at]
            begun = at + 1
    yield head[begun:]


def _is_meant(selector: str, words: set[str]) -> bool:
    return classes(_NOT.sub("", selector)) <= words


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    comment, _, sheet = Path(sys.argv[1]).read_text().rpartition("*/")
    texts = (path.read_text() for pattern in _WORDS_IN for path in CONSOLE.glob(pattern))
    words = {word for text in texts for word in _WORD.findall(text)}
    kept = narrowed(sheet, words)
    SHEET.write_text(f"{comment}*/{kept}\n")
    names = sorted(classes(sheet) - classes(kept))
    LEFT_OUT.write_text("\n".join(names) + "\n")


if __name__ == "__main__":
    main()
