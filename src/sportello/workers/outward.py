"""The context of the two workers that speak to Meta."""

from dataclasses import dataclass, field

from sportello.whatsapp.client import Client
from sportello.workers.context import Context


@dataclass(frozen=True, slots=True)
class Ours:
    """The installation's own app at Meta, and where its webhooks come. Empty: not set."""

    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward(Context):
    """`client` is open while the workers run."""

    client: Client
    ours: Ours = field(default_factory=Ours)
