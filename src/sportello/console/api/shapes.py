"""What the API takes and gives, as types: OpenAPI is made of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from sportello.console.inbox.deeds import TEXT_LENGTH_MAX
from sportello.console.inbox.fillings import VALUE_LENGTH_MAX
from sportello.console.library import deeds as library
from sportello.console.library import importing
from sportello.schema.inbox import Holder, Origin

_ID_MAX = 2**63 - 1
_VALUES_MAX = 200


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


class HeaderMedia(In):
    """The file in a template's header: one that was given to us before, or a link."""

    file: Id | None = Field(None, description="Id of a file, as `POST /files` answered it")
    link: Annotated[
        str,
        StringConstraints(max_length=2000, pattern=r"^(https://\S+)?$"),
        AfterValidator(_keepable),
    ] = Field("", description="An https address that Meta fetches")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.link) == (self.file is not None):
            raise ValueError("either a file or a link")
        return self


Value = Annotated[str, StringConstraints(max_length=VALUE_LENGTH_MAX), AfterValidator(_keepable)]
Name = Annotated[str, StringConstraints(max_length=80), AfterValidator(_keepable)]


class TemplateIn(In):
    """A template with what fills it."""

    template: Annotated[str, StringConstraints(max_length=512), AfterValidator(_keepable)] = Field(
        description="The template's name", examples=["promemoria_v1"]
    )
    language: Annotated[str, StringConstraints(max_length=16), AfterValidator(_keepable)] = Field(
        "", description="May be left out for a template in one language", examples=["it"]
    )
    variables: dict[Name, Value] | list[Value] = Field(
        default_factory=dict,
        max_length=_VALUES_MAX,
        description=(
            "Values by variable, or the body's in their order; `header.<name>` for the header's "
            "where the body has the same name, `button.<index>` for a button's"
        ),
        examples=[{"nome": "Anna", "button.0": "abc123"}],
    )
    header_media: HeaderMedia | None = None


class StartIn(TemplateIn):
    to: Keepable = Field(max_length=40, examples=["+39 347 123 4567"])
    number: Id | None = Field(
        None, description="Id of the business number; the first one if left out"
    )
    name: Annotated[str, StringConstraints(max_length=200), AfterValidator(_keepable)] = Field(
        "", description="What to call somebody who is not known yet"
    )


class MessageIn(In):
    """A text or a note has `text`; a template has what `POST /conversations` takes for one."""

    type: Literal["text", "note", "template"]
    text: Text | None = None
    reply_to: Id | None = Field(None, description="Id of the message that a text quotes")
    template: Annotated[str, StringConstraints(max_length=512), AfterValidator(_keepable)] = ""
    language: Annotated[str, StringConstraints(max_length=16), AfterValidator(_keepable)] = ""
    variables: dict[Name, Value] | list[Value] = Field(default_factory=dict, max_length=_VALUES_MAX)
    header_media: HeaderMedia | None = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        is_template = self.type == "template"
        if (self.text is None) != is_template or bool(self.template) != is_template:
            raise ValueError("text for a text or a note, template for a template")
        return self

    @property
    def as_template(self) -> TemplateIn:
        """The part of it that `POST /conversations` takes too."""
        return TemplateIn(
            template=self.template,
            language=self.language,
            variables=self.variables,
            header_media=self.header_media,
        )


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
    micros: int = Field(description="Millionths of the currency, without tax")
    currency: str
    category: str
    kind: str = Field(description="`regular`, or why it is free")
    is_stated: bool = Field(description="By WhatsApp, with the delivery; else as expected")


class Media(BaseModel):
    id: int
    mime_type: str
    filename: str
    size: int | None
    state: str
    reading: str = Field(description="`waiting`, `done` or `failed`; empty where nobody reads it")
    words: str = Field(description="What a machine read in it: a customer's words, to be doubted")
    unread_why: str = Field(description="Why there are no words, as a stable code")


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
    template: Any = Field(description="Of a template: header, body, footer and buttons, filled in")
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


class Started(Conversation):
    message: Message = Field(description="The template on its way; its status tells the rest")


class File(BaseModel):
    id: int
    mime_type: str
    filename: str
    size: int
    sha256: str


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
    silent_since: datetime | None
    messaging_limit: int | None = Field(description="People in a day; 0: without limit")
    payment: str
    seen_at: datetime | None


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
