"""The shapes of numbers being connected, and of their profile."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

MetaId = Annotated[str, Field(pattern=r"^[0-9]{5,32}$")]
Pin = Annotated[SecretStr, Field(min_length=6, max_length=6)]
Secret = Annotated[SecretStr, Field(min_length=16, max_length=2000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConnectIn(_In):
    """Either `code`, of Meta's dialogue, good for 30 seconds, or `token`."""

    code: Secret | None = None
    token: Secret | None = None
    waba_id: MetaId | None = None
    phone_number_id: MetaId | None = None
    pin: Pin | None = None
    app_secret: Secret | None = None


class ReconnectIn(_In):
    """What is left out is as it is kept here."""

    number: int | None = Field(None, description="Its id; left out: the first number")
    token: Secret | None = None
    pin: Pin | None = None
    app_secret: Secret | None = None


class NumberIn(_In):
    number: int | None = Field(None, description="Its id; left out: the first number")


class StepError(BaseModel):
    kind: str
    message: str
    code: int | None


class Step(BaseModel):
    name: str
    state: str
    at: datetime | None
    error: StepError | None


class Connection(BaseModel):
    id: int
    kind: str
    state: str = Field(description="running, stopped, done, given_up")
    number: int | None
    steps: list[Step]


class Profile(BaseModel):
    number: int
    about: str
    address: str
    description: str
    email: str
    websites: list[str]
    vertical: str
    picture: bool
    complete_percent: int
    missing: list[str]


class ProfileIn(_In):
    """What is left out stays."""

    number: int | None = None
    about: Annotated[str, Field(min_length=1, max_length=139)] | None = None
    address: Annotated[str, Field(max_length=256)] | None = None
    description: Annotated[str, Field(max_length=512)] | None = None
    email: Annotated[str, Field(max_length=128)] | None = None
    websites: Annotated[list[str], Field(max_length=2)] | None = None
    vertical: str | None = None
