"""The figures of the desk as the API gives them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class Range(BaseModel):
    days: Literal["", "7", "30", "90"] = ""
    from_: str = Field("", alias="from", max_length=10, examples=["2026-11-01"])
    to: str = Field("", max_length=10, examples=["2026-11-22"])
    number: str = Field("", max_length=18, description="The id of one number")


class Figure(BaseModel):
    key: str = Field(examples=["asked", "answered_median", "alone", "cost"])
    title: str
    meaning: str = Field(description="How it is counted")
    unit: str = Field(description="`count`, `seconds`, `share` of one, or a currency's code")
    value: float | None = Field(description="Money in millionths; null where there is none")
    before: float | None = Field(description="Of as many days before")


class Table(BaseModel):
    columns: list[str]
    units: list[str]
    rows: list[list[Any]]


class Analytics(BaseModel):
    first_on: date
    last_on: date
    time_zone: str
    compared_with: list[date] = Field(description="First and last day of the range before")
    counted_since: datetime = Field(description="Earlier only new conversations are known")
    figures: list[Figure]
    tables: dict[str, Table] = Field(
        description="`days`, `people`, `numbers`, `reasons`, `topics`, `unanswered`"
    )
