"""Gathers the icons that the pages use into one SVG sprite.

    npm pack @tabler/icons@3.51.0 && tar xzf tabler-icons-3.51.0.tgz
    python tools/make_icons.py package/icons/outline

Names are read from the templates (`{% icon "send" %}`) and from `console/icons.py`; so the sprite
holds what is used and nothing else. `tests/console/test_pages_static.py` compares the two.
"""

import re
import sys
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent.parent / "src" / "sportello" / "console"
SPRITE = CONSOLE / "static" / "vendor" / "icons" / "sprite.svg"
_IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")
_IN_PYTHON = re.compile(r"""\bicon="([a-z0-9-]+)\"""")
_DRAWN = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_GROUND = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def used() -> set[str]:
    """Every icon's name that a template or a module of the console mentions."""
    templates = "".join(path.read_text() for path in sorted(CONSOLE.rglob("*.html")))
    modules = "".join(path.read_text() for path in sorted(CONSOLE.rglob("*.py")))
    return set(_IN_TEMPLATE.findall(templates)) | set(_IN_PYTHON.findall(modules))


def drawn() -> set[str]:
    """The names in the sprite as it lies there."""
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))


def _symbol(folder: Path, name: str) -> str:
    inner = _DRAWN.search((folder / f"{name}.svg").read_text())
    if inner is None:
        raise SystemExit(f"{name}.svg is no drawing")
    paths = _GROUND.sub("", inner[1])
    flat = " ".join(paths.split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{flat}</symbol>\n'


def main(folder: Path) -> None:
    symbols = "".join(_symbol(folder, name) for name in sorted(used()))
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n')
    sys.stdout.write(f"{len(used())} icons, {SPRITE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
