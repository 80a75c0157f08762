"""What the API takes and gives of automations."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from sportello.console.api.shapes import Id, In, Keepable
from sportello.console.api.shapes_campaigns import (
    VARIABLES_MAX,
    ColumnIn,
    RecipientContact,
    ScheduleIn,
    ValueIn,
)
from sportello.console.automations.deeds import CONSENT_MAX, RATE, SOURCE_MAX
from sportello.console.campaigns.deeds import NAME_MAX, RATE_MAX
from sportello.rules.campaign import Outcome
from sportello.rules.event import PATH_MAX, PROPERTIES_MAX
from sportello.rules.followup import STEPS_MAX

Path = Annotated[str, StringConstraints(max_length=PATH_MAX)]
Position = Annotated[int | None, Field(ge=1, le=STEPS_MAX)]
Unit = Literal["minutes", "hours", "days", "weeks", "months"]


class FieldsIn(In):
    """Where each thing stands in your event, as a path: `order.customer.phone`.

    `event`: its own id, so that it is taken once. `consent`: it must lead to a yes.
    """

    phone: Path = Field("phone")
    name: Path = Field("")
    event: Path = Field("")
    consent: Path = Field("")
    properties: dict[str, Path] = Field(default_factory=dict, max_length=PROPERTIES_MAX)


class AutomationIn(In):
    """`list`: for the trigger `list`. `after`: how long after the event, or how long silence lasts.

    `consent_text` and `consent_source`: the words that people agreed to and where; without them an
    event records no consent.
    """

    name: Keepable = Field(min_length=1, max_length=NAME_MAX)
    trigger: Literal["webhook", "list", "silence"]
    template: Keepable = Field(max_length=512)
    language: Keepable = Field(max_length=16)
    variables: dict[str, Keepable | ColumnIn | ValueIn] = Field(
        default_factory=dict, max_length=VARIABLES_MAX
    )
    header_media: Id | None = Field(None, description="Id of a file given to us")
    number: Id | None = Field(None, description="Else the company's first number")
    list: Id | None = None
    after: int = Field(0, ge=0, le=1_440)
    unit: Unit = "minutes"
    repeats: bool = Field(default=False, description="Each event anew; else each contact once")
    fields: FieldsIn = Field(default_factory=FieldsIn)
    consent_text: Keepable = Field("", max_length=CONSENT_MAX)
    consent_source: Keepable = Field("", max_length=SOURCE_MAX)
    signed: bool = Field(default=False, description="Events must bear our signature")
    schedule: ScheduleIn | None = None
    rate: int | None = Field(RATE, ge=1, le=RATE_MAX, description="Messages a minute")


class Automation(BaseModel):
    """`address`: where to call, a secret; `totals`: a count for each outcome of its executions."""

    id: int
    name: str
    state: str
    paused_why: str | None
    trigger: str
    template: str | None
    language: str | None
    number_id: int
    list_id: int | None
    after: int
    unit: str
    repeats: bool
    address: str | None
    signing_key: str | None
    created_at: datetime
    totals: dict[Outcome, int]


class Automations(BaseModel):
    items: list[Automation]
    next_cursor: str | None


class Execution(BaseModel):
    """`at`: when it went into the outbox; `due_at`: when it falls due, while it waits. `tapped`:
    the words of the reply button; `micros`: null while nothing is owed, or no price is known.
    `retries`: how often it was tried anew.
    """

    id: int
    automation: str
    contact: RecipientContact
    outcome: Outcome
    reason: str | None
    reason_words: str | None
    is_trial: bool
    taken_at: datetime
    due_at: datetime | None
    at: datetime | None
    message_id: int | None
    conversation_id: int | None
    answered: bool
    tapped: str | None
    stopped: bool
    micros: int | None
    currency: str | None
    verdict: str | None
    retries: int


class Executions(BaseModel):
    items: list[Execution]
    next_cursor: str | None


class FollowedUp(BaseModel):
    """What one person's follow-up became, as an execution tells it; `position`: the follow-up's."""

    id: int
    position: int
    contact: RecipientContact
    outcome: Outcome
    reason: str | None
    reason_words: str | None
    due_at: datetime | None
    at: datetime | None
    message_id: int | None
    conversation_id: int | None
    answered: bool
    tapped: str | None
    stopped: bool
    micros: int | None
    currency: str | None
    verdict: str | None
    retries: int


class FollowedUps(BaseModel):
    items: list[FollowedUp]
    next_cursor: str | None
