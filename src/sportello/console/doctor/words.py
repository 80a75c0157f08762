"""The doctor's words in Italian and English, read once from the tables beside this file.

Beside the catalogues of gettext, for here a code has several sentences, they are long, and both
languages are read and mended side by side; tests keep the tables as complete as the codes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import get_language

LANGUAGES: Final = ("it", "en")
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Words:
    """What it is, what it means, what to do."""

    title: str
    meaning: str
    next_step: str


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """Of one of Meta's codes, or a range of them: what happened, whose turn it is, what to do."""

    first: int
    last: int
    turn: str
    title: str
    advice: str


@cache
def table(name: str) -> Mapping[str, Any]:
    """A table beside this file."""
    return MappingProxyType(tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8")))


def language() -> str:
    """Of the reader; Italian where theirs is neither."""
    found = (get_language() or "it")[:2]
    return found if found in LANGUAGES else "it"


def finding(code: str, values: Mapping[str, Any], spoken: str = "") -> Words:
    """A code of another version is shown as it is."""
    told = table("findings").get(code)
    if told is None:
        return Words(code, "", "")
    title, meaning, next_step = told[spoken or language()]
    return Words(*(_filled(part, values) for part in (title, meaning, next_step)))


def said(part: str, name: str, values: Mapping[str, Any] | None = None, spoken: str = "") -> str:
    """One of the short sentences; `part`: what, source, turn, weight, verdict, look, miss, deed,
    undone.
    """
    told = table("evidence")[part].get(name)
    return name if told is None else _filled(told[spoken or language()], values or {})


def evidence(what: str, values: Mapping[str, Any], spoken: str = "") -> str:
    """One thing that was seen; the question that was refused by its own words."""
    asked = values.get("asked")
    if isinstance(asked, str):
        values = {**values, "asked": said("look", asked, spoken=spoken)}
    return said("what", what, values, spoken)


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    """A value that is missing is a dash: no word of ours shall break a report."""
    return sentence.format_map(_Dashes(values)).replace(" «»", "").replace(" “”", "")


class _Dashes(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def of_error(code: int, spoken: str = "") -> ErrorWords | None:
    """The words of Meta's code; None for one that Meta does not list."""
    row = _errors().get(code)
    if row is None:
        return None
    title, advice = row[spoken or language()]
    return ErrorWords(row["code"], row.get("to", row["code"]), row["turn"], title, advice)


def meant(code: int | None, spoken: str = "") -> str:
    """What Meta's code says and what to do, in one text; empty where there is no such code."""
    known = None if code is None else of_error(code, spoken)
    return "" if known is None else f"{known.title}. {known.advice}"


def deed_refused(code: int | None, why: str, spoken: str = "") -> str:
    """Why a deed was not done: by Meta's code with Meta's words, else by a reason of ours."""
    if code is None:
        return said("undone", why, spoken=spoken)
    known = of_error(code, spoken)
    return f"{why if known is None else known.title} ({code})"


def errors(spoken: str = "") -> list[ErrorWords]:
    """All of them, in the order of their codes."""
    rows = table("errors")["error"]
    found = [of_error(row["code"], spoken) for row in rows]
    return sorted((one for one in found if one is not None), key=lambda one: one.first)


@cache
def _errors() -> Mapping[int, Mapping[str, Any]]:
    rows = table("errors")["error"]
    return {
        code: row for row in rows for code in range(row["code"], row.get("to", row["code"]) + 1)
    }


@dataclass(frozen=True, slots=True)
class Steps:
    """A way through Meta's pages."""

    name: str
    title: str
    why: str
    steps: tuple[str, ...]


def steps(spoken: str = "") -> list[Steps]:
    """The ways through Meta's pages, in the order of the report."""
    tongue = spoken or language()
    return [
        Steps(name, way[tongue]["title"], way[tongue]["why"], tuple(way[tongue]["steps"]))
        for name, way in table("steps").items()
    ]


# Which way cures which finding.
_WAYS: Final = {
    "payment_missing": "card",
    "payment_not_default": "card",
    "payment_unpaid": "unpaid",
    "number_disconnected": "reconnect",
    "number_unregistered": "reconnect",
    "number_unknown": "reconnect",
    "meta_fault": "reconnect",
    "account_blocked": "blocks",
    "account_restricted": "blocks",
    "account_ending": "blocks",
    "classification_violations": "blocks",
    "name_not_approved": "blocks",
    "template_disabled": "blocks",
    "template_paused": "blocks",
    "template_rejected": "approval",
    "template_pending": "approval",
    "media_refused": "pictures",
}


def way_of(code: str, spoken: str = "") -> Steps | None:
    """The steps at Meta's for a finding, where the cure lies there."""
    name = _WAYS.get(code)
    return next((way for way in steps(spoken) if way.name == name), None)
