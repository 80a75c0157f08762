"""Keeps the catalogues: gathers the words of code and templates, and compiles .po into .mo.

    python tools/compile_messages.py            # adds new words, drops gone ones, writes .mo
    python tools/compile_messages.py --check    # fails if anything of that is still to be done

Needs Python and Django alone: GNU gettext is not on every machine.
"""

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "src" / "sportello" / "console"
LANGUAGES = ("it", "en")
# What the code calls: name -> how many of its first arguments are words.
_CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}
_HEADER = (
    "Project-Id-Version: sportello\\nLanguage: {language}\\nMIME-Version: 1.0\\n"
    "Content-Type: text/plain; charset=UTF-8\\nContent-Transfer-Encoding: 8bit\\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\\n"
).replace("\\n", "\n")

# A message's words: the singular alone, or singular and plural.
Words = tuple[str, ...]
Catalogue = dict[Words, Words]


def gathered() -> list[Words]:
    """Every message that code and templates ask for, in alphabetical order."""
    found = {words for path in CONSOLE.rglob("*.py") for words in _in_code(path.read_text())}
    for path in CONSOLE.rglob("*.html"):
        found |= set(_in_template(path.read_text()))
    found |= set(_in_rules())
    # One message with and without a plural would be one entry of gettext's.
    plural = {words[0] for words in found if len(words) > 1}
    return sorted(words for words in found if len(words) > 1 or words[0] not in plural)


def _in_rules() -> Iterator[Words]:
    """The rules' own sentences, one for each code: the pages translate them by their English."""
    sys.path.insert(0, str(ROOT / "src"))
    from sportello.rules.template_codes import MESSAGES
    from sportello.rules.template_match import GAP_MESSAGES

    for sentence in (*MESSAGES.values(), *GAP_MESSAGES.values()):
        yield (sentence,)


def _in_code(text: str) -> Iterator[Words]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        wanted = node.args[: _CALLS.get(name, 0)]
        words = tuple(
            part.value
            for part in wanted
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if words and len(words) == len(wanted):
            yield words


def _in_template(text: str) -> Iterator[Words]:
    """Django writes a template as something like Python for xgettext; so its calls are found."""
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(text)):
        yield tuple(ast.literal_eval(part) for part in call.groups() if part is not None)


_STRING = r"""(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))"""
_CALL = re.compile(rf"\b(?:n?gettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?")


def read(path: Path) -> Catalogue:
    """A .po file as this tool writes it: no contexts, no fuzzy entries."""
    known: Catalogue = {}
    if not path.exists():
        return known
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")  # noqa: PLW2901  # the rest is the string
            fields[name] = fields.get(name, "") + ast.literal_eval(line)
        if fields.get("msgid"):
            known[_key(fields)] = _value(fields)
    return known


def _key(fields: dict[str, str]) -> Words:
    plural = fields.get("msgid_plural")
    return (fields["msgid"],) if plural is None else (fields["msgid"], plural)


def _value(fields: dict[str, str]) -> Words:
    if "msgid_plural" in fields:
        return fields.get("msgstr[0]", ""), fields.get("msgstr[1]", "")
    return (fields.get("msgstr", ""),)


def written(language: str, catalogue: Catalogue) -> str:
    """The text of a .po file."""
    blocks = ['msgid ""\nmsgstr ""\n' + _lines(_HEADER.format(language=language))]
    for key, value in sorted(catalogue.items()):
        block = f"msgid {_quoted(key[0])}\n"
        if len(key) > 1:
            block += f"msgid_plural {_quoted(key[1])}\n"
            block += "\n".join(f"msgstr[{n}] {_quoted(one)}" for n, one in enumerate(value))
        else:
            block += f"msgstr {_quoted(value[0])}"
        blocks.append(block)
    return "\n\n".join(blocks) + "\n"


def _lines(text: str) -> str:
    return "\n".join(_quoted(line) for line in text.splitlines(keepends=True))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def compiled(language: str, catalogue: Catalogue) -> bytes:
    """The bytes of a .mo file. Source: GNU gettext's manual, "The Format of GNU MO Files"."""
    entries = {"": _HEADER.format(language=language)}
    entries |= {"\0".join(key): "\0".join(value) for key, value in catalogue.items() if all(value)}
    pairs = [(key.encode(), entries[key].encode()) for key in sorted(entries, key=str.encode)]
    offset = 28 + 16 * len(pairs)
    tables: list[bytes] = []
    for column in (0, 1):
        table = b""
        for pair in pairs:
            table += struct.pack("<II", len(pair[column]), offset)
            offset += len(pair[column]) + 1
        tables.append(table)
    head = struct.pack(
        "<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 28 + 16 * len(pairs)
    )
    texts = b"".join(pair[column] + b"\0" for column in (0, 1) for pair in pairs)
    return head + b"".join(tables) + texts


def renewed(language: str, known: Catalogue) -> Catalogue:
    """Old translations for the words of today; English is its own translation."""
    return {
        words: words if language == "en" else known.get(words, ("",) * len(words))
        for words in gathered()
    }


def problems() -> list[str]:
    """What `--check` complains of."""
    found: list[str] = []
    asked = set(gathered())
    for language in LANGUAGES:
        folder = CONSOLE / "locale" / language / "LC_MESSAGES"
        known = read(folder / "django.po")
        found += [f"{language}: not in the catalogue: {w[0]!r}" for w in asked - known.keys()]
        found += [f"{language}: nobody asks for: {w[0]!r}" for w in known.keys() - asked]
        found += [f"{language}: without words: {w[0]!r}" for w, v in known.items() if not all(v)]
        found += [
            f"{language}: other placeholders: {w[0]!r}" for w in known if _differ(w, known[w])
        ]
        mo = folder / "django.mo"
        if not mo.exists() or mo.read_bytes() != compiled(language, known):
            found.append(f"{language}: django.mo is not what django.po says")
    return found


def _differ(key: Words, value: Words) -> bool:
    """Whether a translation lacks a placeholder of the original, or has one of its own."""
    wanted = set(_PLACEHOLDER.findall(key[-1]))
    return all(value) and set(_PLACEHOLDER.findall(value[-1])) != wanted


_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def main() -> int:
    parser = argparse.ArgumentParser(description="Gather and compile the words of the console.")
    parser.add_argument("--check", action="store_true", help="change nothing, report what is due")
    if parser.parse_args().check:
        found = problems()
        sys.stderr.writelines(f"{problem}\n" for problem in found)
        return 1 if found else 0
    for language in LANGUAGES:
        folder = CONSOLE / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = renewed(language, read(folder / "django.po"))
        (folder / "django.po").write_text(written(language, catalogue), encoding="utf-8")
        (folder / "django.mo").write_bytes(compiled(language, catalogue))
        empty = [words[0] for words, value in catalogue.items() if not all(value)]
        sys.stdout.write(f"{language}: {len(catalogue)} messages, {len(empty)} without words\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
