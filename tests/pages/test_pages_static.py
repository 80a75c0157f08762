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
