"""The demo company: an invented shop in Faenza, what it knows, and who writes to it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """The shop's business number as Meta's profile shows it."""

    display_number: str
    verified_name: str
    about: str
    description: str
    address: str
    email: str
    website: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer. `key` names it in the labelled questions, nowhere else."""

    key: str
    question: str
    answer: str
    variants: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody invented; `wa_id` is digits only and made up."""

    name: str
    wa_id: str
    language: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list for a first campaign. `habits`: how their phone behaves."""

    name: str
    wa_id: str
    town: str
    agreed: bool
    habits: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """Meta's creation body, the file that its header shows, and what the review decides."""

    body: dict[str, Any]
    decision: dict[str, str]
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """The look at a customer's order: the words around what the order system answers."""

    name: str
    purpose: str
    reply: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Shop:
    name: str
    slug: str
    trade: str
    town: str
    assistant_name: str
    signature: str
    tone: str
    number: Number


@dataclass(frozen=True, slots=True)
class DemoContent:
    shop: Shop
    pairs: tuple[Pair, ...]
    customers: tuple[Customer, ...]


@cache
def read() -> DemoContent:
    """All of it, from the TOML files beside this module."""
    told = tomllib.loads(_text("shop.toml"))
    number = Number(**told.pop("number"))
    pairs = tomllib.loads(_text("pairs.toml"))["pair"]
    customers = tomllib.loads(_text("customers.toml"))["customer"]
    return DemoContent(
        shop=Shop(**told, number=number),
        pairs=tuple(_pair(row) for row in pairs),
        customers=tuple(_customer(row) for row in customers),
    )


@cache
def templates() -> tuple[Template, ...]:
    """The shop's templates; whoever changes a body takes a copy."""
    return tuple(_template(row) for row in tomllib.loads(_text("templates.toml"))["template"])


@cache
def people() -> tuple[Person, ...]:
    """The list that a first campaign can be sent to."""
    return tuple(_person(row) for row in tomllib.loads(_text("list.toml"))["person"])


@cache
def action() -> Action:
    told = tomllib.loads(_text("orders.toml"))["action"]
    return Action(**{key: words.strip() for key, words in told.items()})


def orders() -> dict[str, dict[str, str]]:
    """The latest order of each number that has one."""
    told: dict[str, dict[str, str]] = tomllib.loads(_text("orders.toml"))["order"]
    return told


def picture(name: str) -> bytes:
    """A picture beside this module."""
    return files(__name__).joinpath(name).read_bytes()


def questions() -> str:
    """The shop's labelled questions, in the form that `assistant.labelled` reads."""
    return _text("questions.toml")


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _template(row: dict[str, Any]) -> Template:
    body = row["body"]
    for part in body["components"]:
        if "text" in part:
            part["text"] = part["text"].strip()
    decision: dict[str, str] = {
        key: row[key] for key in ("decision", "reason", "category") if key in row
    }
    return Template(body, decision, row.get("picture", ""))


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(
        key=row["key"],
        question=row["question"],
        answer=row["answer"].strip(),
        variants=tuple(row["variants"]),
        language=row.get("language", "it"),
    )


def _person(row: dict[str, Any]) -> Person:
    told = ("reachable", "reads", "replies")
    habits: dict[str, Any] = {key: row[key] for key in told if key in row}
    return Person(row["name"], row["wa_id"], row["town"], row.get("agreed", True), habits)


def _customer(row: dict[str, Any]) -> Customer:
    return Customer(name=row["name"], wa_id=row["wa_id"], language=row.get("language", "it"))
