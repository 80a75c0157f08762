"""What a campaign risks before it leaves: the reasons, gravest first, and how grave they are."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Level(IntEnum):
    """How much is at stake for the number."""

    LOW = 0
    RAISED = 1
    HIGH = 2


class Risk(StrEnum):
    """A reason. Stable: pages put it into words."""

    NUMBER_RED = "number_red"
    TEMPLATE_RED = "template_red"
    NUMBER_YELLOW = "number_yellow"
    TEMPLATE_YELLOW = "template_yellow"
    NO_CANARY = "no_canary"
    MANY_STRANGERS = "many_strangers"
    OFTEN_WRITTEN_TO = "often_written_to"
    LIMIT_EXCEEDED = "limit_exceeded"
    FEW_LEFT = "few_left"


LEVELS: Final = {
    Risk.NUMBER_RED: Level.HIGH,
    Risk.TEMPLATE_RED: Level.HIGH,
    Risk.NUMBER_YELLOW: Level.RAISED,
    Risk.TEMPLATE_YELLOW: Level.RAISED,
    Risk.NO_CANARY: Level.RAISED,
    Risk.MANY_STRANGERS: Level.RAISED,
    Risk.OFTEN_WRITTEN_TO: Level.RAISED,
    Risk.LIMIT_EXCEEDED: Level.LOW,
    Risk.FEW_LEFT: Level.LOW,
}

# Enough people for their reports to move a number's quality.
_MANY: Final = 200
_STRANGERS_SHARE: Final = 0.5
_OFTEN_SHARE: Final = 0.1
_SKIPPED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """`strangers` never exchanged a message with us; `often` are one promotion short of the
    company's own restraint. Qualities are Meta's words. `left_today` None: without limit.
    """

    audience: int
    receive: int
    strangers: int = 0
    often: int = 0
    number_quality: str = "UNKNOWN"
    template_quality: str = "UNKNOWN"
    left_today: int | None = None
    canary: int | None = 50
    is_marketing: bool = True


def risks(known: Known) -> list[Risk]:
    """All that speak against it, gravest first."""
    promotes_to_many = known.is_marketing and known.receive >= _MANY
    holds = {
        Risk.NUMBER_RED: known.number_quality == "RED",
        Risk.TEMPLATE_RED: known.template_quality == "RED",
        Risk.NUMBER_YELLOW: known.number_quality == "YELLOW",
        Risk.TEMPLATE_YELLOW: known.template_quality == "YELLOW",
        Risk.NO_CANARY: known.canary is None and known.receive >= _MANY,
        Risk.MANY_STRANGERS: promotes_to_many
        and known.strangers > known.receive * _STRANGERS_SHARE,
        Risk.OFTEN_WRITTEN_TO: known.is_marketing and known.often > known.receive * _OFTEN_SHARE,
        Risk.LIMIT_EXCEEDED: known.left_today is not None and known.receive > known.left_today,
        Risk.FEW_LEFT: known.receive < known.audience * _SKIPPED_SHARE,
    }
    return [risk for risk, is_so in holds.items() if is_so]


def level(found: list[Risk]) -> Level:
    return max((LEVELS[risk] for risk in found), default=Level.LOW)
