"""What is served beside the pages: vendored files as they came, icons, words in both languages."""

import hashlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_CONSOLE = _ROOT / "src" / "sportello" / "console"
_VENDOR = _CONSOLE / "static" / "vendor"


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, _ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vendored_files_are_those_whose_checksums_were_kept() -> None:
    kept = dict(
        reversed(line.split("  ", 1)) for line in (_VENDOR / "CHECKSUMS").read_text().splitlines()
    )
    lying = {
        str(path.relative_to(_VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _VENDOR.rglob("*")
        if path.is_file() and path.name != "CHECKSUMS"
    }
    assert lying == kept


@pytest.mark.parametrize("folder", ["tabler", "inter", "icons"])
def test_every_vendored_folder_has_its_licence(folder: str) -> None:
    assert (_VENDOR / folder / "LICENSE").read_text().strip()


def test_the_sprite_holds_the_icons_in_use_and_no_others() -> None:
    icons = _tool("make_icons")
    assert icons.used() == icons.drawn()


def test_every_key_presses_something_that_is_there() -> None:
    """What a key or the palette names by its id is an id of some template."""
    templates = "".join(path.read_text() for path in _CONSOLE.rglob("*.html"))
    keys = (_CONSOLE / "static/js/keys.js").read_text()
    sheet = (_CONSOLE / "templates/inbox/keys.html").read_text()
    pressed = {*re.findall(r'press\("([\w-]+)"\)', keys), *re.findall(r'"#([\w-]+)"', keys)}
    needed = set(re.findall(r'data-needs="([\w-]+)"', sheet))

    ids = set(re.findall(r'\bid="([\w-]+)"', templates))

    assert len(pressed) >= 8
    assert (pressed | needed) - ids == set()
    done = set(re.findall(r'data-do="(.)"', sheet))
    known = re.findall(r'^  (?:(\w)|"(.)"): \(\)', keys, re.MULTILINE)
    assert done <= {one or two for one, two in known}


def test_no_page_names_a_class_that_was_left_out_of_the_style_sheet() -> None:
    """Whoever begins to use one of Tabler's runs `tools/make_styles.py`."""
    styles = _tool("make_styles")
    assert styles.named() & styles.left_out() == set()
    assert styles.classes(styles.SHEET.read_text()) & styles.left_out() == set()


def test_a_narrowed_style_sheet_keeps_what_can_be_meant() -> None:
    narrowed = _tool("make_styles").narrowed
    sheet = (
        '@charset "x";.a,.b>.c{x:1}.b:not(.c){x:2}'
        '@media (min-width:9.5px){.c{x:3}.a::after{y:"}.c"}}'
        "@media print{.c{x:4}}@keyframes c{0%{x:5}}h1:is(.a,.c){x:6}[data-x]{y:url(a.c)}"
    )
    assert narrowed(sheet, {"a", "b"}) == (
        '@charset "x";.a{x:1}.b:not(.c){x:2}@media (min-width:9.5px){.a::after{y:"}.c"}}'
        "@keyframes c{0%{x:5}}[data-x]{y:url(a.c)}"
    )


def test_the_catalogues_are_fresh_complete_and_compiled() -> None:
    assert _tool("compile_messages").problems() == []


def test_python_reads_the_compiled_catalogue() -> None:
    import gettext

    with (_CONSOLE / "locale/it/LC_MESSAGES/django.mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Take control") == "Prendi il controllo"
    assert words.ngettext("%(n)s source", "%(n)s sources", 2) == "%(n)s fonti"


@pytest.mark.parametrize(
    "path", sorted(_CONSOLE.rglob("*.html")), ids=lambda path: str(path.relative_to(_CONSOLE))
)
def test_no_template_carries_style_or_script_of_its_own(path: Path) -> None:
    """The policy forbids both; a browser would drop them without a word to the reader."""
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=[\"']|javascript:", text)
    # Data for a script is none: a browser runs no block of that type.
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text)


def test_no_style_sheet_reaches_outside() -> None:
    for path in _CONSOLE.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import", path.read_text()), path.name
