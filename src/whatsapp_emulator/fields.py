"""`fields=a,b{c}` and paging, as on every Graph node and list. Source: reference platform 1.6."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param
from whatsapp_emulator.wire import Json

T = TypeVar("T")
Show = Callable[[Any, Call], Any]
DEFAULT_LIMIT = 25
LIMIT_MAX = 1000


def split_fields(wish: str) -> list[str]:
    """The names in a `fields` parameter; what stands in braces or calls is left to the field."""
    names, depth, name = [], 0, ""
    for char in wish:
        if char in "{(":
            depth += 1
        if depth == 0 and char == ",":
            names.append(name)
            name = ""
            continue
        name += char
        if char in "})":
            depth -= 1
    names.append(name)
    return [n.strip() for n in names if n.strip()]


def bare(name: str) -> str:
    """The field's own name: `a` of `a{b}` and of `a.limit(1)`."""
    for mark in "{(.":
        name = name.split(mark, 1)[0]
    return name.strip()


def pick(
    shows: Mapping[str, Show], defaults: Sequence[str], node: Any, call: Call, kind: str
) -> Json:
    """The asked fields of a node, or its defaults; `id` always. Raises 100 for unknown ones."""
    wish = call.text("fields")
    names = [bare(name) for name in split_fields(wish)] if wish else list(defaults)
    answer: Json = {}
    for name in names:
        if name not in shows:
            raise GraphError(
                100,
                message=f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})",
            )
        value = shows[name](node, call)
        if value is not None:
            answer[name] = value
    answer["id"] = node.id
    return answer


def page(
    call: Call, found: Sequence[T], show: Callable[[T], Json], *, bad_cursor: int = 100
) -> Json:
    """One page of a list with cursors and links to its neighbours."""
    limit = _limit(call)
    start = 0
    after, before = call.text("after"), call.text("before")
    if after:
        start = _position(after, bad_cursor) + 1
    elif before:
        start = max(0, _position(before, bad_cursor) - limit)
    shown = found[start : start + limit]
    answer: Json = {"data": [show(item) for item in shown]}
    if shown:
        last = start + len(shown) - 1
        paging: Json = {"cursors": {"before": _cursor(start), "after": _cursor(last)}}
        if last + 1 < len(found):
            paging["next"] = _link(call, limit, "after", _cursor(last))
        if start > 0:
            paging["previous"] = _link(call, limit, "before", _cursor(start))
        answer["paging"] = paging
    if call.text("summary"):
        answer["summary"] = {"total_count": len(found)}
    return answer


def _limit(call: Call) -> int:
    wish = call.text("limit")
    if wish is None:
        return DEFAULT_LIMIT
    if not wish.isdigit() or int(wish) < 1:
        raise bad_param("limit", "must be a positive integer")
    return min(int(wish), LIMIT_MAX)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=") + "ZD"


def _position(cursor: str, bad_cursor: int) -> int:
    plain = cursor.removesuffix("ZD")
    try:
        return int(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)).decode())
    except ValueError:
        raise GraphError(bad_cursor, "Cursor is not valid") from None


def _link(call: Call, limit: int, way: str, cursor: str) -> str:
    fields = call.text("fields")
    wish = f"&fields={fields}" if fields else ""
    return (
        f"{call.base_url}/{call.version}/{call.node_id}/{call.edge}"
        f"?limit={limit}{wish}&{way}={cursor}"
    )
