"""The table of Graph edges: which call on which kind of object leads to which function.

Every edge is declared next to its code with `edge`; `/sim/coverage` is made from this table.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from whatsapp_emulator.errors import BY_FAULT_ALONE, KNOWN
from whatsapp_emulator.wire import Json

if TYPE_CHECKING:
    from whatsapp_emulator.call import Call

Answer = Json | list[Json] | bool
Handler = Callable[["Call"], Answer | Awaitable[Answer]]
H = TypeVar("H", bound=Handler)

ROOT = type(None)


@dataclass(frozen=True)
class Edge:
    """One call: `GET /{Number}/media` has method GET, node Number, name `media`."""

    method: str
    node: type
    name: str
    handler: Handler
    needs: str | None
    approximates: str | None


@dataclass
class Table:
    edges: dict[tuple[str, type, str], Edge] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


TABLE = Table()


def edge(
    method: str,
    node: type,
    name: str = "",
    *,
    needs: str | None = None,
    approximates: str | None = None,
) -> Callable[[H], H]:
    """Declare the function that answers `method` on edge `name` of a `node`.

    `needs` is the permission that the token must hold; `approximates` tells, in the coverage,
    what is not as Meta does it.
    """

    def declare(handler: H) -> H:
        key = (method, node, name)
        if key in TABLE.edges:
            raise AssertionError(f"{key} is declared twice")
        TABLE.edges[key] = Edge(method, node, name, handler, needs, approximates)
        return handler

    return declare


def admit_missing(what: str, why: str) -> None:
    """State, next to the code, something of Meta's that this emulator does not have."""
    TABLE.missing.append((what, why))


def admit_approximation(what: str, how: str) -> None:
    """State, next to the code, a behaviour that is simpler than Meta's."""
    TABLE.notes.append((what, how))


def coverage(served: Iterable[tuple[str, str]] = ()) -> Json:
    """What is emulated, approximated and missing, as declared beside the code.

    `served` are the (method, path) of what is answered beside the Graph edges.
    """
    edges = sorted(TABLE.edges.values(), key=lambda e: (e.node.__name__, e.name, e.method))
    return {
        "emulated": [_shown(e) for e in edges if e.approximates is None],
        "approximated": [{**_shown(e), "how": e.approximates} for e in edges if e.approximates]
        + [{"what": what, "how": how} for what, how in sorted(TABLE.notes)],
        "missing": [{"what": what, "why": why} for what, why in sorted(TABLE.missing)],
        "errors": {
            "answered": sorted(KNOWN.keys() - BY_FAULT_ALONE),
            "by_fault_alone": sorted(BY_FAULT_ALONE),
        },
        "beside": [{"call": f"{method} {path}"} for method, path in sorted(set(served))],
    }


def _shown(item: Edge) -> Json:
    node = "" if item.node is ROOT else f"/{{{item.node.__name__}}}"
    return {
        "call": f"{item.method} {node}{'/' + item.name if item.name else ''}",
        "needs": item.needs,
    }
