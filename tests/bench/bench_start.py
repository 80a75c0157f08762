"""From the command to a usable page, the environment being there: on new data, and on used data.

A page is usable when the sign-in link leads to the list of conversations.
"""

import tempfile
import urllib.request
from pathlib import Path
from time import monotonic

from tests.bench.desks import Figure
from tests.flow.running import Demo

# The aim of the product.
_CEILING_S = 5.0


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="sportello-start-") as folder:
        data = Path(folder) / "data"
        return [_figure("with a new data folder", data), _figure("with yesterday's data", data)]


def _figure(name: str, data: Path) -> Figure:
    demo = Demo(data)
    began = monotonic()
    try:
        demo.start()
        _enter(demo)
        seconds = monotonic() - began
    finally:
        demo.stop()
    return f"to a usable page, {name}", seconds, "s", seconds / _CEILING_S


def _enter(demo: Demo) -> None:
    """As a browser does; the demo's own link signs in at once."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(demo.block["login_url"], timeout=10) as page:
        assert 'id="rows"' in page.read().decode(), "the list of conversations"
