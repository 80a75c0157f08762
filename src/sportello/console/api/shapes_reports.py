"""What the API takes and gives of a campaign's checks, its report, and the rules for all."""

from pydantic import BaseModel, Field

from sportello.console.api.shapes import In, Keepable
from sportello.rules.campaign import Outcome


class Rules(In):
    """Shares are parts of one. `canary` null: nobody first; `promotions_max` null: no limit."""

    brake_failures: float = Field(ge=0, le=0.5)
    brake_stops: float = Field(ge=0, le=0.2)
    brake_marketing_cap: float = Field(ge=0, le=0.9)
    brake_sample_min: int = Field(ge=10, le=1_000)
    canary: int | None = Field(ge=1, le=60_000)
    promotions_max: int | None = Field(ge=1, le=100)
    promotions_days: int = Field(ge=1, le=90)


class CheckedCost(BaseModel):
    """Millionths of the currency's unit, before tax; `without_price` people are not in them.

    `worst_micros`: all arrive and nobody answers; `followups_micros` is the follow-ups' part of it.
    """

    currency: str
    likely_micros: int
    worst_micros: int
    followups_micros: int
    without_price: int
    budget_left_micros: int | None


class CheckedLimit(BaseModel):
    """Meta's, in people who may be written to first in a rolling day.

    `followups`: how often one of them may be counted again on later days, if nobody answers.
    """

    most: int
    used: int
    wanted: int
    followups: int


class Checks(BaseModel):
    """`risk`: low, raised or high; `risks`: codes, gravest first."""

    audience: int
    receive: int
    skipped: dict[str, int]
    cost: CheckedCost | None
    limit: CheckedLimit | None
    risk: str
    risks: list[str]


class Cost(BaseModel):
    """As billed where Meta has said it, else as expected. Not whole: of some no price is known."""

    currency: str
    micros: int
    is_whole: bool


class ReasonCount(BaseModel):
    code: str
    is_meta: bool
    title: str
    count: int


class Taps(BaseModel):
    """A button by its words, and how often it was tapped."""

    words: str
    count: int


class Report(BaseModel):
    """`totals` add up to `audience`; `sent` contains `delivered`, and that `read`. `buttons`: reply
    buttons by people, `links`: as Meta counts them of the template in these days.
    """

    audience: int
    totals: dict[Outcome, int]
    sent: int
    delivered: int
    read: int
    answered: int
    stopped: int
    tapped: int
    buttons: list[Taps]
    links: list[Taps]
    costs: list[Cost]
    reasons: list[ReasonCount]


class TrialIn(In):
    """`agrees`: it is their own number, and they want it; goes into the consent ledger."""

    to: Keepable = Field(max_length=40)
    agrees: bool = False


class Sent(BaseModel):
    message_id: int
    conversation_id: int


class Retried(BaseModel):
    """`count` by this attempt so far; `so_far` for the next request, None once it is whole."""

    count: int
    percent: int
    so_far: str | None
