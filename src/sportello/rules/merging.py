"""Two contacts that are one person: what the one that stays takes over from the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from sportello.rules.consent import Standing


@dataclass(frozen=True, slots=True)
class Known:
    """What a contact says of the person."""

    name: str
    language: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clash:
    """A property that both have, each with another value: the first stays."""

    name: str
    stays: str
    goes: str


def merged(stays: Known, goes: Known) -> Known:
    """What stays is not changed; what it lacks is filled in."""
    own = {name: value for name, value in stays.properties.items() if value}
    return Known(
        name=stays.name or goes.name,
        language=stays.language or goes.language,
        properties={**goes.properties, **own},
    )


def clashes(stays: Known, goes: Known) -> list[Clash]:
    """By name."""
    return [
        Clash(name, value, goes.properties[name])
        for name, value in sorted(stays.properties.items())
        if value and goes.properties.get(name, value) not in {"", value}
    ]


def stricter(one: Standing, other: Standing) -> Standing:
    """A no of either is the person's no; a yes is only that number's."""
    return Standing.WITHDRAWN if Standing.WITHDRAWN in {one, other} else one
