"""What the API takes and gives of documents, web pages and sites."""

import re
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from sportello.console.api.shapes import In, Keepable
from sportello.console.library.holdings import SITE_PAGES_MAX

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")

Language = Annotated[str, Field(pattern=f"^{LANGUAGE.pattern}$")]
Hours = Literal[0, 24, 168]


class PageIn(In):
    url: Keepable = Field(min_length=1, max_length=1000)
    language: Language = "it"
    every_hours: Hours = Field(0, description="When it is read again; 0: never by itself")
    publishes_itself: bool = Field(
        default=False, description="Without asking; else each change waits in state `review`"
    )


class SiteIn(PageIn):
    pages_max: int = Field(100, ge=1, le=SITE_PAGES_MAX)


class Passages(BaseModel):
    found: int
    total: int
    seconds_left: int


class Document(BaseModel):
    id: int
    kind: str
    title: str
    filename: str
    url: str
    format: str
    language: str
    enabled: bool
    size: int
    state: str = Field(description="waiting, reading, review, indexing, ready or failed")
    reason: str = Field(description="Why it failed, a stable code; else empty")
    reason_words: str
    passages: Passages
    site_id: int | None
    read_at: datetime | None
    created_at: datetime


class Documents(BaseModel):
    items: list[Document]
    next_cursor: str | None


class Site(BaseModel):
    id: int
    url: str
    language: str
    pages_max: int
    every_hours: int
    publishes_itself: bool
    state: str = Field(description="waiting, reading, ready or failed")
    reason: str
    reason_words: str
    pages_read: int
    pages_known: int
    read_at: datetime | None
    created_at: datetime


class Sites(BaseModel):
    items: list[Site]
    next_cursor: str | None
