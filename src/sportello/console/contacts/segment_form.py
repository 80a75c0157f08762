"""A segment as a form and back: groups of tests, each group all, any or none of them.

Fields are named by their place: `how`, `g0-how`, `g0-r1-test`, `g0-r1-op`, `g0-r1-value`, ….
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sportello.rules import segment
from sportello.rules.segment import AllOf, AnyOf, Condition, Not, UnfitSegment

GROUPS_MAX: Final = 8
ROWS_MAX: Final = 12
VALUE_MAX: Final = segment.VALUE_MAX
OF_PROPERTY: Final = "property:"
_PLACES: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """A test as it was chosen: `test` is its head, a property's with its name behind a colon."""

    test: str = ""
    op: str = ""
    value: str = ""
    days: str = "30"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """`how`: all, any or none of the rows."""

    how: str = "all"
    rows: tuple[Row, ...] = (Row(),)


@dataclass(frozen=True, slots=True)
class Draft:
    """`how`: all or any of the groups."""

    how: str = "all"
    groups: tuple[Group, ...] = field(default=(Group(),))


def read(given: Mapping[str, str]) -> Draft:
    """Whatever was sent, bounded; what is missing is left blank."""
    groups = tuple(
        Group(_one_of(given, f"g{g}-how", ("all", "any", "none")), _rows(given, g))
        for g in range(GROUPS_MAX)
        if f"g{g}-how" in given
    )
    return Draft(_one_of(given, "how", ("all", "any")), groups or (Group(),))


def _rows(given: Mapping[str, str], g: int) -> tuple[Row, ...]:
    found = tuple(
        Row(
            test=given[f"g{g}-r{r}-test"][:VALUE_MAX],
            op=given.get(f"g{g}-r{r}-op", "")[:VALUE_MAX],
            value=given.get(f"g{g}-r{r}-value", "")[:VALUE_MAX],
            days=given.get(f"g{g}-r{r}-days", "30")[:VALUE_MAX],
        )
        for r in range(ROWS_MAX)
        if f"g{g}-r{r}-test" in given
    )
    return found or (Row(),)


def _one_of(given: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    found = given.get(name, "")
    return found if found in words else words[0]


def done(draft: Draft, deed: str) -> Draft:
    """After a button: `add-group`, `add-0`, `drop-0-1`; the draft itself for any other."""
    places = [int(one) for one in _PLACES.findall(deed)]
    groups = list(draft.groups)
    if deed == "add-group" and len(groups) < GROUPS_MAX:
        groups.append(Group())
    elif deed.startswith("add-") and len(places) == 1 and places[0] < len(groups):
        group = groups[places[0]]
        if len(group.rows) < ROWS_MAX:
            groups[places[0]] = replace(group, rows=(*group.rows, Row()))
    elif deed.startswith("drop-") and len(places) == 2 and places[0] < len(groups):
        group = groups[places[0]]
        left = tuple(row for place, row in enumerate(group.rows) if place != places[1])
        groups[places[0] : places[0] + 1] = [replace(group, rows=left)] if left else []
    return replace(draft, groups=tuple(groups) or (Group(),))


def condition(draft: Draft) -> Condition:
    """What the form says; a row without a test says nothing. Raises UnfitSegment."""
    return segment.parse(_told(draft))


def complained(draft: Draft, unfit: UnfitSegment) -> Draft:
    """With the complaint at the row that it is about."""
    places = [int(one) for one in _PLACES.findall(unfit.at)]
    groups = list(draft.groups)
    if len(places) < 2 or places[0] >= len(groups):
        return draft
    rows = list(groups[places[0]].rows)
    said = [place for place, row in enumerate(rows) if row.test]
    if places[1] < len(said):
        rows[said[places[1]]] = replace(rows[said[places[1]]], problem=unfit.code)
    groups[places[0]] = replace(groups[places[0]], rows=tuple(rows))
    return replace(draft, groups=tuple(groups))


def _told(draft: Draft) -> dict[str, Any]:
    groups = [_group(group) for group in draft.groups]
    return {draft.how: groups}


def _group(group: Group) -> dict[str, Any]:
    tests = [_test(row) for row in group.rows if row.test]
    if group.how == "none":
        return {"not": {"any": tests}}
    # A group in which nothing is chosen asks for nothing.
    return {group.how: tests} if tests else {"all": []}


def _test(row: Row) -> dict[str, Any]:
    if row.test.startswith(OF_PROPERTY):
        told = {"property": row.test.removeprefix(OF_PROPERTY), "op": row.op}
        bare = row.op in set(segment.BARE)
        return told if bare else told | {"value": row.value}
    match row.test:
        case "wrote" | "contacted":
            return {row.test: row.op} | ({} if row.op == "never" else {"days": _whole(row.days)})
        case "consent":
            standing, _, topic = row.op.partition(":")
            return {"consent": standing, "topic": topic}
        case "campaign":
            return {"campaign": _whole(row.value), "did": row.op}
        case "list" | "label":
            return {row.test: _whole(row.value)}
        case "unreachable":
            return {"unreachable": True}
        case _:
            return {row.test[:40]: row.value}


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else text


def draft_of(condition: Condition) -> Draft | None:
    """None for a condition with more levels than the form has: the API may say those."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            groups = [_group_of(part) for part in parts]
            how = "all" if isinstance(condition, AllOf) else "any"
        case _:
            groups, how = [_group_of(condition)], "all"
    told = tuple(one for one in groups if one is not None)
    if len(told) < len(groups) or len(told) > GROUPS_MAX:
        return None
    return Draft(how, told or (Group(),))


def _group_of(condition: Condition) -> Group | None:
    match condition:
        case AllOf(parts):
            return _rows_of("all", parts)
        case AnyOf(parts):
            return _rows_of("any", parts)
        case Not(AnyOf(parts)):
            return _rows_of("none", parts)
        case Not(part):
            return _rows_of("none", (part,))
        case _:
            return _rows_of("all", (condition,))


def _rows_of(how: str, parts: tuple[Condition, ...]) -> Group | None:
    rows = tuple(_row_of(part) for part in parts if not isinstance(part, AllOf | AnyOf | Not))
    if len(rows) < len(parts) or len(rows) > ROWS_MAX:
        return None
    return Group(how, rows or (Row(),))


def _row_of(test: segment.Test) -> Row:
    told = segment.dump(test)
    match test:
        case segment.Property():
            name = f"{OF_PROPERTY}{told['property']}"
            return Row(name, told["op"], told.get("value", ""))
        case segment.Wrote() | segment.Contacted():
            head = next(iter(told))
            return Row(head, told[head], days=str(told.get("days", 30)))
        case segment.Consents():
            return Row("consent", f"{told['consent']}:{told['topic']}")
        case segment.Received():
            return Row("campaign", told["did"], str(told["campaign"]))
        case segment.Unreachable():
            return Row("unreachable")
        case _:
            ((head, value),) = told.items()
            return Row(head, value=str(value))
