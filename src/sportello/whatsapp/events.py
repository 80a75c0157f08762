"""What webhooks tell, one frozen value for each thing that happened.

Every event carries the account (`waba_id`) and, where Meta names one, the business number
(`phone_number_id`, else empty) that it concerns.
"""

from datetime import datetime
from typing import Any

import msgspec

from sportello.rules.status import State
from sportello.rules.window import Entry
from sportello.whatsapp.contents import Content


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A customer: known by number (`wa_id`, digits), by business-scoped id, or by both."""

    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str = ""
    name: str = ""
    username: str = ""
    identity_key_hash: str = ""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a message answers, or that it was passed on."""

    sender: str = msgspec.field(name="from", default="")
    id: str = ""
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: dict[str, Any] = msgspec.field(default_factory=dict)


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """The advertisement or post by which the customer came."""

    source_url: str = ""
    source_id: str = ""
    source_type: str = ""
    headline: str = ""
    body: str = ""
    media_type: str = ""
    image_url: str = ""
    video_url: str = ""
    thumbnail_url: str = ""
    ctwa_clid: str = ""
    welcome_message: dict[str, Any] = msgspec.field(default_factory=dict)


class MetaError(msgspec.Struct, frozen=True, kw_only=True):
    """An error inside a webhook: of a failed status, of a message, of the account."""

    code: int
    title: str = ""
    message: str = ""
    details: str = ""
    href: str = ""


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    waba_id: str
    phone_number_id: str = ""


class InboundMessage(_Event, frozen=True, kw_only=True):
    """A customer's message. `raw` is its whole JSON object, storable, whatever we know of it."""

    person: Person
    wamid: str
    at: datetime
    type: str
    content: Content
    context: Context | None = None
    referral: Referral | None = None
    group_id: str = ""
    errors: tuple[MetaError, ...] = ()
    raw: dict[str, Any]

    @property
    def entry(self) -> Entry:
        """How the customer came, for the free entry point."""
        return Entry.DIRECT if self.referral is None else Entry.AD


class StatusEvent(_Event, frozen=True, kw_only=True):
    """What became of a message of ours. `state` is None for a word that is not known here."""

    wamid: str
    at: datetime
    status: str
    state: State | None
    recipient: Person
    group_id: str = ""
    attempt: str = ""
    errors: tuple[MetaError, ...] = ()
    pricing: dict[str, Any] | None = None
    conversation: dict[str, Any] | None = None


class UserPreference(_Event, frozen=True, kw_only=True):
    """A customer stopped, resumed or signed up for marketing in WhatsApp's own settings."""

    person: Person
    category: str
    value: str
    at: datetime
    detail: str = ""
    signup_id: str = ""


class TemplateEvent(_Event, frozen=True, kw_only=True):
    """A template changed: status, quality, category or parts; `value` is all that was said."""

    field: str
    template_id: str
    name: str
    language: str
    event: str
    value: dict[str, Any]
    at: datetime | None


class AccountEvent(_Event, frozen=True, kw_only=True):
    """Any other field, of account, number or app, known today or not."""

    field: str
    value: dict[str, Any]
    at: datetime | None


class AccountError(_Event, frozen=True, kw_only=True):
    """An error that Meta reports beside messages and statuses, about none of them."""

    error: MetaError


class Poison(_Event, frozen=True, kw_only=True):
    """A part that could not be read: why, and its beginning as text, storable."""

    waba_id: str = ""
    field: str = ""
    reason: str
    raw: str


Event = (
    InboundMessage
    | StatusEvent
    | UserPreference
    | TemplateEvent
    | AccountEvent
    | AccountError
    | Poison
)
