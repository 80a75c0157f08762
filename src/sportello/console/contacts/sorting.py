"""Orders of the contacts' table, each with pages by keyset."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import (
    Case,
    DateField,
    DecimalField,
    F,
    Func,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from sportello.console.paging import PAGE_MAX, Page, WrongCursor, newest_ids_first
from sportello.schema.people import Contact, plain
from sportello.schema.properties import PropertyKind, PropertyName

NEWEST, OLDEST, BY_NAME, NAME_DOWN = "newest", "oldest", "name", "-name"
_OF_PROPERTY: Final = "p:"
_CURSOR_MAX: Final = 1000
# Beyond every value of its kind: who has none stands at the end, in both directions.
_NUMBERS: Final = (Decimal(10) ** 16, -(Decimal(10) ** 16))
_DATES: Final = (date(9999, 12, 31), date(1, 1, 1))


@dataclass(frozen=True, slots=True)
class Order:
    """`key`: what is compared, before the id; None for the id alone. `kind`: how it is written."""

    falls: bool
    key: Any = None
    kind: str = ""


def orders(column: str, known: Sequence[PropertyName]) -> tuple[str, str] | None:
    """The names of a column's two orders, the first that one expects first; None: it has none."""
    if column == "since":
        return NEWEST, OLDEST
    if column == "name":
        return BY_NAME, NAME_DOWN
    is_known = column.removeprefix(_OF_PROPERTY) in {one.name for one in known}
    return (column, f"-{column}") if column.startswith(_OF_PROPERTY) and is_known else None


def of(name: str, known: Sequence[PropertyName]) -> Order:
    """The newest first where the name says nothing."""
    match name:
        case "oldest":
            return Order(falls=False)
        case "name" | "-name":
            return Order(name.startswith("-"), F("sought"), "text")
    falls, column = name.startswith("-"), name.removeprefix("-")
    for one in known:
        if column == f"{_OF_PROPERTY}{one.name}":
            return Order(falls, _key(one, falls=falls), one.kind)
    return Order(falls=True)


def text(value: str) -> Value:
    return Value(value, output_field=TextField())


def _key(one: PropertyName, *, falls: bool) -> Any:
    value = Cast(KeyTextTransform(one.name, "properties"), TextField())
    match one.kind:
        case PropertyKind.NUMBER:
            number = DecimalField(max_digits=32, decimal_places=6)
            told = Func(value, function="sportello_number_of", output_field=number)
            return _or(told, Value(_NUMBERS[falls], output_field=number))
        case PropertyKind.DATE:
            day = Func(value, function="sportello_date_of", output_field=DateField())
            return _or(day, Value(_DATES[falls], output_field=DateField()))
        case _:
            # By bytes: what is compared is without capitals and accents, and the last sign last.
            end = "" if falls else "\U0010ffff"
            named = Func(plain(value), template='(%(expressions)s COLLATE "C")')
            filled = Case(When(_filled(one.name), then=named), default=text(end))
            return Func(filled, template='(%(expressions)s COLLATE "C")', output_field=TextField())


def _or(told: Any, otherwise: Any) -> Func:
    return Func(told, otherwise, function="coalesce", output_field=told.output_field)


def _filled(name: str) -> Q:
    return Q(properties__has_key=name) & ~Q(**{f"properties__{name}": ""})


def page(rows: QuerySet[Contact], order: Order, cursor: str, limit: int) -> Page[Contact]:
    """A page by (key, id). Raises WrongCursor."""
    if order.key is None and order.falls:
        return newest_ids_first(rows, cursor, limit)
    keyed: QuerySet[Any] = rows.annotate(key=F("pk") if order.key is None else order.key)
    if cursor:
        value, row_id = _read(cursor, order)
        step = "lt" if order.falls else "gt"
        # The first filter is what an index can use; the second tells equal keys apart.
        keyed = keyed.filter(**{f"key__{step}e": value}).filter(
            Q(**{f"key__{step}": value}) | Q(**{f"pk__{step}": row_id})
        )
    size = max(1, min(limit, PAGE_MAX))
    by = ("-key", "-pk") if order.falls else ("key", "pk")
    found = list(keyed.order_by(*by)[: size + 1])
    items: list[Contact] = found[:size]
    return Page(items, _write(items[-1]) if len(found) > size else "")


def _write(last: Any) -> str:
    told = json.dumps([str(last.key), last.pk]).encode()
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _read(cursor: str, order: Order) -> tuple[Any, int]:
    if len(cursor) > _CURSOR_MAX:
        raise WrongCursor("too long")
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        told = _value(str(value), order)
    except (binascii.Error, ValueError, TypeError, InvalidOperation) as error:
        raise WrongCursor("not one of ours") from error
    if type(row_id) is not int or not 0 <= row_id < 2**63 or "\0" in str(value):
        raise WrongCursor("not one of ours")
    return told, row_id


def _value(value: str, order: Order) -> Any:
    """Raises ValueError, InvalidOperation."""
    if order.key is None:
        return int(value)
    if order.kind == PropertyKind.NUMBER:
        number = Decimal(value)
        if not number.is_finite() or abs(number) > _NUMBERS[0]:
            raise ValueError("out of range")
        return number
    return date.fromisoformat(value) if order.kind == PropertyKind.DATE else value
