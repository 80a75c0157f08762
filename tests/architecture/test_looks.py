"""Every page of the console is looked at: in both languages, themes and widths, by axe as well."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver

from sportello.console import urls
from tests.browser.looked import LOOKED, NO_PAGE

_BROWSER = Path(__file__).parent.parent / "browser"


def test_every_address_that_may_be_a_page_has_a_look() -> None:
    asked = set(_asked(urls.urlpatterns))

    assert asked - LOOKED.keys() - NO_PAGE.keys() == set(), "a page without a look (looked.py)"
    assert (LOOKED.keys() | NO_PAGE.keys()) - asked == set(), "no such address any more"
    assert LOOKED.keys() & NO_PAGE.keys() == set()


def test_every_look_is_taken() -> None:
    """That it shows that very page is seen when it is taken."""
    modules = [path for path in _BROWSER.glob("*.py") if path.name != "looked.py"]
    named = {word for path in modules for word in _words(path)}

    assert set(LOOKED.values()) - named == set()
    assert len(set(LOOKED.values())) == len(LOOKED)


def _asked(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """The addresses that answer GET; the API's are no pages."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and route != "api/v1/":
            yield from _asked(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and _methods(pattern.callback) != ["POST"]:
            yield route


def _methods(view: Callable[..., Any]) -> list[str]:
    """What Django's own decorators let through; nothing where they do not stand."""
    inner: Any = view
    while inner is not None:
        names = inner.__code__.co_freevars if hasattr(inner, "__code__") else ()
        if "request_method_list" in names:
            found: list[str] = inner.__closure__[names.index("request_method_list")].cell_contents
            return found
        inner = getattr(inner, "__wrapped__", None)
    return []


def _words(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
