"""What the API takes and gives, as types: OpenAPI is made of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from sportello.console.inbox.actions import TEXT_LENGTH_MAX
from sportello.console.library import actions as library
from sportello.console.library import importing
from sportello.schema.inbox import Holder, Origin

_ID_MAX = 2**63 - 1


def _keepable(text: str) -> str:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("holds signs that cannot be kept")
    return text


Id = Annotated[int, Field(ge=1, le=_ID_MAX)]
Keepable = Annotated[str, AfterValidator(_keepable)]
Search = Annotated[str, StringConstraints(max_length=100), AfterValidator(_keepable)]
Cursor = Annotated[str, StringConstraints(max_length=200), AfterValidator(_keepable)]
Limit = Annotated[int, Field(ge=1, le=200)]
State = Literal["", "open", "assistant", "queue", "operator", "closed"]


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH_MAX),
    AfterValidator(_keepable),
]
Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=library.QUESTION_LENGTH_MAX),
    AfterValidator(_keepable),
]
AnswerText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=library.ANSWER_LENGTH_MAX),
    AfterValidator(_keepable),
]


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class In(BaseModel):
    """A body that is taken: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class MessageIn(In):
    type: Literal["text", "note"]
    text: Text
    reply_to: Id | None = Field(None, description="Id of the message that a text quotes")


class PairIn(In):
    question: Question
    answer: AnswerText
    variants: list[Question] = Field(default_factory=list, max_length=library.VARIANTS_MAX)
    language: str = Field("it", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,4})?$")


class PairRowIn(In):
    """A row of an import: judged row by row, so that one bad row does not refuse the others."""

    question: str = ""
    answer: str = ""
    variants: list[str] = Field(default_factory=list)
    language: str = ""
    enabled: bool = True


class PairsIn(In):
    rows: list[PairRowIn] = Field(min_length=1, max_length=importing.ROWS_MAX)
    language: str = Field("it", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,4})?$")


class QuestionIn(In):
    question: Question


class ContactIn(In):
    phone: Keepable = Field(max_length=40, examples=["+39 347 123 4567"])
    name: Keepable = Field("", max_length=200)
    language: str = Field("", pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,4})?)?$")


class Window(BaseModel):
    open: bool
    closes_at: datetime | None


class Contact(BaseModel):
    id: int
    name: str
    phone: str | None = Field(description="E.164, with its plus")
    wa_id: str | None
    user_id: str | None
    username: str
    profile_name: str
    language: str
    created_at: datetime


class Operator(BaseModel):
    id: int
    name: str


class LastMessage(BaseModel):
    text: str
    origin: str
    at: datetime


class NumberRef(BaseModel):
    id: int
    phone_number_id: str
    display_number: str


class Conversation(BaseModel):
    id: int
    holder: Holder
    operator: Operator | None = Field(description="Null with holder operator: the API holds it")
    handover_reason: str
    window: Window
    contact: Contact
    number: NumberRef
    last_message: LastMessage | None
    unread: int
    awaiting_customer_since: datetime | None
    held_since: datetime | None
    created_at: datetime


class Price(BaseModel):
    micros: int
    currency: str


class Media(BaseModel):
    id: int
    mime_type: str
    filename: str
    size: int | None
    state: str


class Message(BaseModel):
    id: int
    conversation_id: int
    wamid: str | None
    direction: Direction = Field(description="`internal` for a note, which nobody sends")
    origin: Origin
    author: Operator | None
    type: str
    text: str
    status: str
    error: Any
    sources: list[Any]
    confidence: float | None
    receipt: Any = Field(description="The guard's verdict with the facts it looked at")
    price: Price | None
    reply_to: str
    reactions: Any
    media: list[Media]
    at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    edited_at: datetime | None
    revoked_at: datetime | None


class Pair(BaseModel):
    id: int
    question: str
    answer: str
    variants: list[str]
    language: str
    enabled: bool
    indexed: bool = Field(description="Whether the assistant already finds this version")
    created_at: datetime
    updated_at: datetime


class RowError(BaseModel):
    row: int = Field(description="Line of the file, or place among `rows` from 1")
    at: str
    code: str
    message: str


class Imported(BaseModel):
    added: int
    changed: int
    unchanged: int
    rejected: int
    errors: list[RowError] = Field(description="The first 200")


class Answer(BaseModel):
    band: Literal["answer", "clarify", "handover"]
    text: str
    sources: list[Any] = Field(description="Best first")
    confidence: float | None


class Number(BaseModel):
    id: int
    phone_number_id: str
    waba_id: str
    app_id: str
    display_number: str
    verified_name: str
    status: str
    quality: str
    throughput_mps: int
    assistant_on: bool
    paused_why: str
    paused_at: datetime | None
    last_event_at: datetime | None


class Channel(BaseModel):
    numbers: list[Number]


class Conversations(BaseModel):
    items: list[Conversation]
    next_cursor: str | None


class Messages(BaseModel):
    items: list[Message]
    next_cursor: str | None


class Pairs(BaseModel):
    items: list[Pair]
    next_cursor: str | None


class Contacts(BaseModel):
    items: list[Contact]
    next_cursor: str | None


class Problem(BaseModel):
    """RFC 9457. `reason` is stable and meant for programs; `detail` is meant for people."""

    type: str
    title: str
    status: int
    detail: str
    reason: str = ""
    errors: list[Any] = Field(default_factory=list)
