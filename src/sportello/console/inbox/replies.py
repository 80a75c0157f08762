"""What a customer answers without typing: a tap, a form, a cart, a leave to call."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sportello.console.inbox.piece import Piece
from sportello.console.templatetags.desk import whole_day

_LINES_MAX = 20
_LENGTH_MAX = 200
# Of a form: what ties it to its conversation, and says nothing to a person.
_UNTOLD = frozenset({"flow_token", "saved_address_id"})


def tapped(part: Mapping[str, Any]) -> Piece:
    """A button or a line of a list; also a shape of tomorrow that has a title."""
    for answer in (part, *(value for value in part.values() if isinstance(value, Mapping))):
        title = answer.get("title") or answer.get("text")
        if isinstance(title, str) and title:
            detail = answer.get("description")
            detail = detail if isinstance(detail, str) else ""
            return Piece("choice", title, detail, says_all=True)
    return Piece("choice", _("An answer to our form"), says_all=True)


def form(reply: Mapping[str, Any]) -> Piece:
    """A filled form, line by line; of an address Meta sends the words too, which stay."""
    is_address = reply.get("name") == "address_message"
    title = _("Address") if is_address else _("Form filled in")
    return Piece("form", title, cards=_lines(reply.get("response_json")), says_all=not is_address)


def _lines(response: Any) -> tuple[tuple[str, str], ...]:
    """(answer, question) of a form's JSON; none of one that is no object."""
    try:
        told = json.loads(response) if isinstance(response, str) else {}
    except (ValueError, RecursionError):
        return ()
    if not isinstance(told, dict):
        return ()
    inner = told.get("values")
    told = told | inner if isinstance(inner, dict) else told
    kept = [(_short(answer), _short(name)) for name, answer in told.items() if name not in _UNTOLD]
    return tuple(one for one in kept if one[0])[:_LINES_MAX]


def _short(value: Any) -> str:
    """A form's answer as text; objects within it are not unfolded."""
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value if isinstance(one, str | int | float))
    return str(value)[:_LENGTH_MAX] if isinstance(value, str | int | float) else ""


def call_permission(reply: Mapping[str, Any]) -> Piece:
    if reply.get("response") != "accept":
        return Piece("choice", _("Does not want to be called"), says_all=True)
    until = reply.get("expiration_timestamp")
    detail = ""
    if isinstance(until, int) and not reply.get("is_permanent"):
        detail = _day(until)
    return Piece("choice", _("May be called"), detail, says_all=True)


def _day(seconds: int) -> str:
    """`until 28 nov 2026`; nothing for an instant that no calendar has."""
    try:
        local = timezone.localtime(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""
    return _("until %(day)s") % {"day": whole_day(local)}


def cart(order: Mapping[str, Any]) -> Piece:
    """The lines of an order and their sum; the customer's own words stay beside it."""
    listed = order.get("product_items")
    items = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    count = sum(_quantity(item) for item in items)
    articles = ngettext("%(n)d article", "%(n)d articles", count) % {"n": count}
    return Piece(
        "order",
        _("Order"),
        " · ".join(part for part in (articles if items else "", _total(items)) if part),
        cards=tuple(_line(item) for item in items[:_LINES_MAX]),
        says_all=not order.get("text"),
    )


def _line(item: Mapping[str, Any]) -> tuple[str, str]:
    price = item.get("item_price")
    words = f"{_quantity(item)}"
    if isinstance(price, int | float):
        words += f" × {_money(price, item)}"
    return str(item.get("product_retailer_id") or "?")[:_LENGTH_MAX], words


def _total(items: list[Mapping[str, Any]]) -> str:
    """Only of prices in one currency."""
    prices = [item.get("item_price") for item in items]
    if len({item.get("currency") for item in items}) != 1:
        return ""
    total = 0.0
    for item, price in zip(items, prices, strict=True):
        if not isinstance(price, int | float):
            return ""
        total += price * _quantity(item)
    return _money(total, items[0])


def _money(amount: float, item: Mapping[str, Any]) -> str:
    return f"{formats.number_format(amount, 2)} {str(item.get('currency') or '')[:3]}".strip()


def _quantity(item: Mapping[str, Any]) -> int:
    quantity = item.get("quantity", 1)
    return quantity if isinstance(quantity, int) else 1
