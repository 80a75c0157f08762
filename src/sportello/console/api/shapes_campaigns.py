"""What the API takes and gives of campaigns."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from sportello.console.api.shapes import Id, In, Keepable
from sportello.console.campaigns.deeds import NAME_MAX, RATE_MAX, VALUE_MAX
from sportello.rules.campaign import Outcome
from sportello.rules.followup import STEPS_MAX
from sportello.schema.campaigns import CampaignState

VARIABLES_MAX = 50
# A price for each calling code there is, several times over.
SO_FAR_MAX = 32_768
Outcomes = Literal[
    "",
    "waiting",
    "sent",
    "delivered",
    "read",
    "failed",
    "skipped",
    "cancelled",
    "to_verify",
]
Reason = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9_]*$")]


class ColumnIn(In):
    """A contact's column; `otherwise` stands in where it is empty."""

    column: Keepable = Field(min_length=1, max_length=NAME_MAX)
    otherwise: Keepable = Field("", max_length=VALUE_MAX)


class ValueIn(In):
    """The same for all."""

    value: Keepable = Field(min_length=1, max_length=VALUE_MAX)


class ScheduleIn(In):
    """When it may write. `days`: Monday is "0", spans on the clock of `zone`.

    `finish_by` sets the rate by which all have left then; it goes before `rate`.
    """

    starts_at: datetime | None = None
    days: dict[Literal["0", "1", "2", "3", "4", "5", "6"], list[tuple[str, str]]] | None = None
    holidays: list[str] = Field(default_factory=list, max_length=100)
    zone: Literal["company", "customer"] = "company"
    finish_by: datetime | None = None


class FollowupIn(In):
    """One more template, so long after the step before it; `always`: also to who has answered."""

    template: Keepable = Field(max_length=512)
    language: Keepable = Field(max_length=16)
    after: int = Field(ge=1, le=1_440)
    unit: Literal["minutes", "hours", "days", "weeks", "months"]
    always: bool = False
    variables: dict[str, Keepable | ColumnIn | ValueIn] = Field(
        default_factory=dict, max_length=VARIABLES_MAX
    )
    header_media: Id | None = Field(None, description="Id of a file given to us")


Steps = list[FollowupIn]


class FollowupsIn(In):
    """All of them, in their order."""

    followups: list[FollowupIn] = Field(max_length=STEPS_MAX)


class Followup(BaseModel):
    """`totals`: a count for each outcome; their sum is the audience. `skipped`: by reason."""

    position: int
    template: str | None
    language: str | None
    after: int
    unit: str
    always: bool
    totals: dict[Outcome, int]
    skipped: dict[str, int]


class Followups(BaseModel):
    items: list[Followup]
    next_cursor: str | None = None


class CampaignIn(In):
    """For one of: a `list` or a `segment`, by id or name; `everybody`.

    `variables`: by placeholder a column or a value. A placeholder is the variable's name in the
    body, `header.<name>` or `button.<index>`.
    """

    name: Keepable = Field(min_length=1, max_length=NAME_MAX)
    list: Id | Keepable | None = None
    segment: Id | Keepable | None = None
    everybody: Literal[True] | None = None
    template: Keepable = Field(max_length=512)
    language: Keepable = Field(max_length=16)
    variables: dict[str, Keepable | ColumnIn | ValueIn] = Field(
        default_factory=dict, max_length=VARIABLES_MAX
    )
    header_media: Id | None = Field(None, description="Id of a file given to us")
    header_media_column: Keepable = Field(
        "",
        max_length=NAME_MAX,
        description="Property that holds a link to each one's own file; `header_media` is then for"
        " whoever has none",
    )
    number: Id | None = Field(None, description="Else the company's first number")
    schedule: ScheduleIn | None = None
    rate: int | None = Field(None, ge=1, le=RATE_MAX, description="Messages a minute")
    canary: int | None = Field(50, ge=1, le=RATE_MAX, description="How many go first; null: none")
    followups: Steps = Field([], max_length=STEPS_MAX)


class Braked(BaseModel):
    """What the automatic brake saw, and what it allows."""

    alarm: str
    seen: float
    allowed: float


class Campaign(BaseModel):
    """`totals`: a count for each outcome; their sum is the audience."""

    id: int
    name: str
    state: CampaignState
    planned: bool
    paused_why: str | None
    braked: Braked | None
    template: str | None
    language: str | None
    number_id: int
    list_id: int | None
    segment_id: int | None
    starts_at: datetime | None
    finish_by: datetime | None
    zone: str
    rate: int | None
    canary: int | None
    header_media_column: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    totals: dict[Outcome, int]


class Campaigns(BaseModel):
    items: list[Campaign]
    next_cursor: str | None


class Preview(BaseModel):
    """`audience` is `receive` and all of `skipped` together."""

    audience: int
    receive: int
    skipped: dict[str, int]


class CountIn(In):
    """`so_far`: as the answer before said, which had not counted everybody."""

    so_far: Keepable = Field("", max_length=SO_FAR_MAX)


class Counting(BaseModel):
    """Not everybody is counted yet: ask again, with `so_far`. Kept for five minutes."""

    counted: int
    percent: int
    so_far: str


class RecipientContact(BaseModel):
    id: int
    name: str
    phone: str | None


class Recipient(BaseModel):
    """`reason`: the guard's code, or Meta's, where it did not arrive."""

    id: int
    contact: RecipientContact
    outcome: Outcome
    reason: str | None
    message_id: int | None
    conversation_id: int | None
    at: datetime | None
    error: dict[str, Any] | None


class Recipients(BaseModel):
    items: list[Recipient]
    next_cursor: str | None
