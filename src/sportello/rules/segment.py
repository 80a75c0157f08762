"""A segment: which contacts are meant, as a condition in a small typed language kept as JSON.

A condition is an object with one head: `all` and `any` (lists), `not`, or one of the tests below,
each described where it is parsed. `segment_sql` says the same in SQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar, assert_never

from phonenumbers import country_code_for_region

from sportello.rules.consent import Standing, Topic

DEPTH_MAX: Final = 6
TESTS_MAX: Final = 60
NAME_MAX: Final = 60
VALUE_MAX: Final = 500
DAYS_MAX: Final = 3_650


class UnfitSegment(ValueError):  # noqa: N818  # what was asked is unfit, nothing broke
    """The condition cannot be read. `code` is stable, `at` where: `all.0.value`."""

    def __init__(self, code: str, at: str = "") -> None:
        super().__init__(f"{at}: {code}")
        self.code, self.at = code, at


class Compare(StrEnum):
    """How a property is held against a value. Text knows no capitals."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    STARTS = "starts"
    KNOWN = "known"
    UNKNOWN = "unknown"
    ABOVE = "above"
    BELOW = "below"
    AFTER = "after"
    BEFORE = "before"


BARE: Final = frozenset({Compare.KNOWN, Compare.UNKNOWN})
OF_NUMBERS: Final = frozenset({Compare.ABOVE, Compare.BELOW})
OF_DATES: Final = frozenset({Compare.AFTER, Compare.BEFORE})


class Age(StrEnum):
    """When something last happened: in the last so many days, longer ago than that, or never."""

    WITHIN = "within"
    LONGER = "longer"
    NEVER = "never"


class Did(StrEnum):
    """What became of a campaign's message to somebody."""

    RECEIVED = "received"
    READ = "read"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everybody, if there is nothing to be met."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Nobody, if there is nothing to be met."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever does not meet it; who has no such thing at all is among them."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Property:
    """`value`: text, or what the comparison asks for; "" where it asks for none."""

    name: str
    compare: Compare
    value: str | Decimal | date = ""


@dataclass(frozen=True, slots=True)
class OnList:
    list_id: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """One of their conversations carries it."""

    label_id: int


@dataclass(frozen=True, slots=True)
class Wrote:
    """When the customer last wrote to us. `days` counts for nothing with `never`."""

    age: Age
    days: int = 0


@dataclass(frozen=True, slots=True)
class Contacted:
    """When a message of ours last left for them."""

    age: Age
    days: int = 0


@dataclass(frozen=True, slots=True)
class Consents:
    topic: Topic
    standing: Standing


@dataclass(frozen=True, slots=True)
class Country:
    """By the number's prefix: countries that share one are taken together."""

    code: str

    @property
    def prefix(self) -> str:
        return str(country_code_for_region(self.code))


@dataclass(frozen=True, slots=True)
class Language:
    code: str


@dataclass(frozen=True, slots=True)
class Received:
    campaign_id: int
    did: Did


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Meta said that this number has no WhatsApp, or that they cannot be written to."""


# What no clock changes.
Timeless = Property | OnList | Labelled | Consents | Country | Language | Received | Unreachable
Test = Timeless | Wrote | Contacted
Condition = AllOf | AnyOf | Not | Test


def parse(given: object) -> Condition:
    """From JSON. Raises UnfitSegment."""
    reader = _Reader()
    return reader.condition(given, "", DEPTH_MAX)


def dump(condition: Condition) -> dict[str, Any]:
    """As JSON: `parse` reads the very same condition from it."""
    match condition:
        case AllOf(parts):
            return {"all": [dump(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [dump(part) for part in parts]}
        case Not(part):
            return {"not": dump(part)}
        case Wrote(age, days):
            return {"wrote": age.value} | ({} if age is Age.NEVER else {"days": days})
        case Contacted(age, days):
            return {"contacted": age.value} | ({} if age is Age.NEVER else {"days": days})
        case _:
            return _timeless(condition)


def _timeless(test: Timeless) -> dict[str, Any]:
    match test:
        case Property(name, compare, value):
            bare = {"property": name, "op": compare.value}
            return bare if compare in BARE else bare | {"value": str(value)}
        case OnList(list_id):
            return {"list": list_id}
        case Labelled(label_id):
            return {"label": label_id}
        case Consents(topic, standing):
            return {"consent": standing.value, "topic": topic.value}
        case Country(code):
            return {"country": code}
        case Language(code):
            return {"language": code}
        case Received(campaign_id, did):
            return {"campaign": campaign_id, "did": did.value}
        case Unreachable():
            return {"unreachable": True}
        case _:
            assert_never(test)


class _Reader:
    """Counts the tests, for all parts together."""

    def __init__(self) -> None:
        self._left = TESTS_MAX

    def condition(self, given: object, at: str, depth: int) -> Condition:
        if not isinstance(given, Mapping):
            raise UnfitSegment("not_a_condition", at)
        if depth == 0:
            raise UnfitSegment("too_deep", at)
        self._left -= 1
        if self._left < 0:
            raise UnfitSegment("too_many_tests", at)
        heads = [head for head in (*_JOINTS, *_TESTS) if head in given]
        if len(heads) != 1:
            raise UnfitSegment("unknown_test", at)
        head = heads[0]
        if head in _JOINTS:
            return self._joint(head, given, at, depth)
        read, more = _TESTS[head]
        _only(given, {head, *more}, at)
        return read(given, at)

    def _joint(self, head: str, given: Mapping[str, Any], at: str, depth: int) -> Condition:
        _only(given, {head}, at)
        here = _below(at, head)
        if head == "not":
            return Not(self.condition(given[head], here, depth - 1))
        if not isinstance(given[head], list):
            raise UnfitSegment("not_a_list", here)
        parts = tuple(
            self.condition(part, _below(here, str(place)), depth - 1)
            for place, part in enumerate(given[head])
        )
        return AllOf(parts) if head == "all" else AnyOf(parts)


def _property(given: Mapping[str, Any], at: str) -> Property:
    """`{"property": "città", "op": "is", "value": "Bari"}`; a date as 2026-11-22."""
    name = _text(given, "property", at, NAME_MAX)
    compare = _word(Compare, given, "op", at)
    if compare in BARE:
        if "value" in given:
            raise UnfitSegment("unexpected", _below(at, "value"))
        return Property(name, compare)
    text = _text(given, "value", at, VALUE_MAX)
    try:
        if compare in OF_NUMBERS:
            return Property(name, compare, _number(text))
        if compare in OF_DATES:
            return Property(name, compare, date.fromisoformat(text))
    except (ValueError, InvalidOperation) as error:
        wanted = "not_a_number" if compare in OF_NUMBERS else "not_a_date"
        raise UnfitSegment(wanted, _below(at, "value")) from error
    return Property(name, compare, text)


def _number(text: str) -> Decimal:
    found = Decimal(text.replace(",", "."))
    if not found.is_finite() or abs(found) >= _NUMBER_MAX:
        raise ValueError("out of range")
    return found


def _list(given: Mapping[str, Any], at: str) -> OnList:
    """`{"list": 3}`."""
    return OnList(_id(given, "list", at))


def _label(given: Mapping[str, Any], at: str) -> Labelled:
    """`{"label": 5}`."""
    return Labelled(_id(given, "label", at))


def _wrote(given: Mapping[str, Any], at: str) -> Wrote:
    """`{"wrote": "within", "days": 30}`, `{"wrote": "never"}`."""
    return Wrote(*_age(given, "wrote", at))


def _contacted(given: Mapping[str, Any], at: str) -> Contacted:
    """`{"contacted": "longer", "days": 90}`."""
    return Contacted(*_age(given, "contacted", at))


def _consent(given: Mapping[str, Any], at: str) -> Consents:
    """`{"consent": "granted", "topic": "marketing"}`; marketing where no topic is named."""
    topic = _word(Topic, given, "topic", at) if "topic" in given else Topic.MARKETING
    return Consents(topic, _word(Standing, given, "consent", at))


def _country(given: Mapping[str, Any], at: str) -> Country:
    """`{"country": "IT"}`."""
    code = _text(given, "country", at, 2).upper()
    if country_code_for_region(code) == 0:
        raise UnfitSegment("unknown_country", _below(at, "country"))
    return Country(code)


def _language(given: Mapping[str, Any], at: str) -> Language:
    """`{"language": "it"}`."""
    return Language(_text(given, "language", at, 8).lower())


def _received(given: Mapping[str, Any], at: str) -> Received:
    """`{"campaign": 7, "did": "read"}`; received where it is not said."""
    did = _word(Did, given, "did", at) if "did" in given else Did.RECEIVED
    return Received(_id(given, "campaign", at), did)


def _unreachable(given: Mapping[str, Any], at: str) -> Unreachable:
    """`{"unreachable": true}`; the contrary is a `not` around it."""
    if given["unreachable"] is not True:
        raise UnfitSegment("not_true", _below(at, "unreachable"))
    return Unreachable()


Word = TypeVar("Word", bound=StrEnum)
_JOINTS: Final = ("all", "any", "not")
_Read = Callable[[Mapping[str, Any], str], Test]
# By head: what reads it, and what may stand beside it.
_TESTS: Final[Mapping[str, tuple[_Read, tuple[str, ...]]]] = MappingProxyType(
    {
        "property": (_property, ("op", "value")),
        "list": (_list, ()),
        "label": (_label, ()),
        "wrote": (_wrote, ("days",)),
        "contacted": (_contacted, ("days",)),
        "consent": (_consent, ("topic",)),
        "country": (_country, ()),
        "language": (_language, ()),
        "campaign": (_received, ("did",)),
        "unreachable": (_unreachable, ()),
    }
)
_NUMBER_MAX: Final = 10**15
_ID_MAX: Final = 2**63 - 1


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _only(given: Mapping[str, Any], known: set[str], at: str) -> None:
    for name in given:
        if name not in known:
            raise UnfitSegment("unexpected", _below(at, str(name)[:NAME_MAX]))


def _text(given: Mapping[str, Any], name: str, at: str, longest: int) -> str:
    """Without blanks around. PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    found = given.get(name, "")
    here = _below(at, name)
    if not isinstance(found, str) or not found.strip():
        raise UnfitSegment("missing", here)
    if len(found) > longest:
        raise UnfitSegment("too_long", here)
    if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
        raise UnfitSegment("not_text", here)
    return found.strip()


def _id(given: Mapping[str, Any], name: str, at: str) -> int:
    found = given[name]
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= _ID_MAX:
        raise UnfitSegment("not_an_id", _below(at, name))
    return found


def _word(words: type[Word], given: Mapping[str, Any], name: str, at: str) -> Word:
    found = given.get(name)
    if found not in set(words):
        raise UnfitSegment("unknown_word", _below(at, name))
    return words(found)


def _age(given: Mapping[str, Any], name: str, at: str) -> tuple[Age, int]:
    age = _word(Age, given, name, at)
    here = _below(at, "days")
    if age is Age.NEVER:
        if "days" in given:
            raise UnfitSegment("unexpected", here)
        return age, 0
    days = given.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= DAYS_MAX:
        raise UnfitSegment("not_days", here)
    return age, days
