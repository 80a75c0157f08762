"""Whoever is alike in a claim is decided once: so nobody may be alike whose facts differ."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from sportello.rules.consent import Standing
from sportello.rules.expected import Account, Quote
from sportello.rules.facts import TemplateState
from sportello.rules.pricing import Category, Kind, Price
from sportello.rules.tariff import Tariff
from sportello.rules.template_parse import parse
from sportello.store.prices import Till
from sportello.workers.dispatch_around import Around, Known
from sportello.workers.dispatch_facts import Moment, alike, facts_of
from sportello.workers.dispatch_tallies import Tally
from tests.workers.desk import NOW
from tests.workers.mailing import CONTENT

_LATER: Final = NOW + timedelta(hours=3)


def _body(*texts: str, kind: str = "template") -> dict[str, Any]:
    parameters = [{"type": "text", "text": text} for text in texts]
    return {"type": kind, "template": {"components": [{"type": "body", "parameters": parameters}]}}


_SEND: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "origin": "campaign", "author_id": None, "control_epoch": 1, "body": _body("Anna"),
        "template_id": 7, "file_id": None, "campaign_state": "running", "answered": False,
    }
)  # fmt: skip
_CHAT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "contact_id": 5, "holder": "closed", "operator_id": None, "control_epoch": 1,
        "window_closes_at": None, "awaiting_customer_since": None, "unreachable_since": None,
        "marketing_capped_until": None,
    }
)  # fmt: skip
_NUMBER: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "status": "connected", "payment": "", "paused_why": "", "messaging_limit": 250,
        "one_template_until_they_answer": True, "quiet_from": None, "quiet_until": None,
        "time_zone": "Europe/Rome",
    }
)  # fmt: skip
# Other values that a row may have; each makes other facts.
_OTHER_SENDS: Final[Mapping[str, tuple[Any, ...]]] = {
    "origin": ("assistant", "operator", "automation"),
    "author_id": (3,),
    "control_epoch": (2,),
    "body": (_body(), _body("Anna", "Rossi"), _body("Anna", kind="image")),
    "template_id": (8, 9, None),
    "file_id": (1, 2, 3),
    "campaign_state": (None, "paused", "cancelled"),
    "answered": (True,),
}
_OTHER_CHATS: Final[Mapping[str, tuple[Any, ...]]] = {
    "contact_id": (6, 8),
    "holder": ("assistant", "queue", "operator"),
    "operator_id": (4,),
    "control_epoch": (2,),
    "window_closes_at": (_LATER,),
    "awaiting_customer_since": (NOW,),
    "unreachable_since": (NOW,),
    "marketing_capped_until": (_LATER,),
}
_DEARER: Final = Price(2, "EUR", Category.MARKETING, Kind.REGULAR)
_OTHER_MOMENTS: Final = (
    Moment(NOW, pair_wait=timedelta(seconds=6)),
    Moment(NOW, quote=None),
    Moment(
        NOW, quote=Quote(Price(2, "EUR", Category.MARKETING, Kind.REGULAR), "I", "39", NOW.date())
    ),
)


def test_whose_facts_differ_is_not_alike() -> None:
    seen: dict[Any, Any] = {}
    for send, chat, moment, around in _cases():
        known = alike(send, chat, moment, around)
        facts = facts_of(send, chat, _NUMBER, moment, around)
        assert seen.setdefault(known, facts) == facts

    assert len(seen) > 30, "the cases do differ"


def test_other_words_of_the_same_shape_are_alike() -> None:
    around = _around()
    first = alike(_SEND, _CHAT, _moment(), around)

    assert alike({**_SEND, "body": _body("Bruno")}, _CHAT, _moment(), around) == first


def _cases() -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Moment, Around]]:
    """One thing at a time is another, on each of two grounds."""
    for origin in ("campaign", "operator"):
        plain = {**_SEND, "origin": origin}
        yield plain, _CHAT, _moment(), _around()
        for column, values in _OTHER_SENDS.items():
            yield from (({**plain, column: one}, _CHAT, _moment(), _around()) for one in values)
        for holder in ("closed", "operator"):
            chat = {**_CHAT, "holder": holder}
            for column, values in _OTHER_CHATS.items():
                yield from ((plain, {**chat, column: one}, _moment(), _around()) for one in values)
        yield from ((plain, _CHAT, moment, _around()) for moment in _OTHER_MOMENTS)
        yield plain, _CHAT, _moment(), _around(reached=5)
        yield plain, _CHAT, _moment(), _around(people=Tally(counted=12))
        yield plain, _CHAT, _moment(), _around(people=None)
        yield plain, _CHAT, _moment(), _around(budget_left=10)


def _moment() -> Moment:
    price = Price(1, "EUR", Category.MARKETING, Kind.REGULAR)
    return Moment(NOW, quote=Quote(price, "Italy", "39", NOW.date()))


_PEOPLE: Final = Tally(counted=11)


def _around(
    *, reached: int = 0, people: Tally | None = _PEOPLE, budget_left: int | None = None
) -> Around:
    known = Known(TemplateState.APPROVED, Category.MARKETING, parse({"id": 7, **CONTENT}))
    till = Till(1, 1, Tariff(), Account("EUR", "UTC"), NOW, budget_left=budget_left)
    return Around(
        templates={7: known, 8: replace(known, state=TemplateState.PAUSED)},
        uploads={1: {"state": "kept"}, 2: {"state": "refused"}},
        standings={5: Standing.GRANTED, 6: Standing.WITHDRAWN},
        reached={reached},
        people=people,
        till=till,
    )
