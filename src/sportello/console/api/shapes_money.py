"""The ledger as the API gives it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

Month = Annotated[
    str,
    StringConstraints(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$", max_length=7),
    Field(examples=["2026-11"]),
]


class _Sums(BaseModel):
    messages: int = Field(description="Delivered, or still under way; none that failed")
    delivered: int
    without_price: int = Field(description="Delivered at a price that is not known")
    expected_micros: int = Field(description="Of all messages, as they left")
    billed_micros: int = Field(description="Of those delivered, as WhatsApp stated it")
    difference_micros: int = Field(description="Billed, less what was expected of the delivered")


class LedgerTotal(_Sums):
    currency: str


class LedgerLine(_Sums):
    currency: str
    category: str = Field(description="`marketing`, `utility`, `authentication`, `service`, …")
    market: str = Field(description="As Meta's price lists name it")


class LedgerDay(_Sums):
    currency: str
    day: date


class PriceList(BaseModel):
    currency: str
    effective_from: date | None
    checked_on: date | None = Field(description="When it was last compared with Meta's; or none")
    is_old: bool = Field(description="None, or compared more than 90 days ago")


class Ledger(BaseModel):
    month: str
    starts_on: date
    ends_on: date = Field(description="The first day that is not in it")
    totals: list[LedgerTotal]
    lines: list[LedgerLine]
    days: list[LedgerDay]
    differences: int = Field(description="Messages billed otherwise than expected")
    price_lists: list[PriceList]
