"""What the guard looks at: everything that bears on one outgoing message, as frozen values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sportello.rules.campaign import State as CampaignState
from sportello.rules.consent import Standing
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership
from sportello.rules.pricing import Category, Price


class Origin(StrEnum):
    """Who wants to send."""

    OPERATOR = "operator"
    ASSISTANT = "assistant"
    AUTOMATION = "automation"
    CAMPAIGN = "campaign"


class Content(StrEnum):
    """What is to be sent. All but a template is free-form, and needs an open window."""

    TEXT = "text"
    MEDIA = "media"
    INTERACTIVE = "interactive"
    REACTION = "reaction"
    TEMPLATE = "template"


class NumberState(StrEnum):
    """Whether the business number can send. `paused` is our own doing, and passes."""

    READY = "ready"
    NOT_REGISTERED = "not_registered"
    DISCONNECTED = "disconnected"
    PAUSED = "paused"


class AccountState(StrEnum):
    """What Meta lets the WhatsApp Business account do."""

    OK = "ok"
    RESTRICTED = "restricted"  # may answer, may not write first
    BLOCKED = "blocked"  # may not send at all
    DISABLED = "disabled"
    UNPAID = "unpaid"  # nothing that is charged


class TemplateState(StrEnum):
    """A template in its language, as far as sending is concerned."""

    APPROVED = "approved"
    PAUSED = "paused"
    NOT_APPROVED = "not_approved"


class Media(StrEnum):
    """The file that the message carries, as far as Meta has it. A link is Meta's own matter."""

    NONE = "none"
    READY = "ready"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote the message, and what they held when they wrote it."""

    origin: Origin
    operator: OperatorId | None = None
    control_epoch: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """The chat at this instant. `awaiting_since` is set from our first template to the answer."""

    ownership: Ownership = field(default_factory=lambda: Ownership(Holder.ASSISTANT))
    window_closes_at: datetime | None = None
    awaiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """The person at the other end. `marketing_capped_until`: Meta's own cap for this person."""

    reachable: bool = True
    marketing: Standing = Standing.NONE
    marketing_capped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """The template to be sent, as Meta has it now. `fits`: it still takes what is to be sent."""

    state: TemplateState
    category: Category
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """The number and its account, with how long each limit makes this very message wait."""

    number: NumberState = NumberState.READY
    account: AccountState = AccountState.OK
    pair_wait: timedelta = timedelta(0)
    new_people_left_today: int | None = None  # of Meta's messaging limit; None is unlimited


@dataclass(frozen=True, slots=True)
class Policy:
    """What the company decided for itself."""

    one_template_until_they_answer: bool = True
    quiet_until: datetime | None = None
    budget_left_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the guard knows. `template` is set exactly when the content is one.

    `campaign`: the state of the campaign or automation that wants it sent; None where none does.
    `answered`: it was meant for a customer's silence, and they have written since.
    """

    sender: Sender
    content: Content
    conversation: Conversation = field(default_factory=Conversation)
    contact: Contact = field(default_factory=Contact)
    channel: Channel = field(default_factory=Channel)
    policy: Policy = field(default_factory=Policy)
    template: Template | None = None
    media: Media = Media.NONE
    price: Price | None = None
    campaign: CampaignState | None = None
    answered: bool = False

    @property
    def is_free_form(self) -> bool:
        """Whether only an open window lets it through."""
        return self.content is not Content.TEMPLATE

    @property
    def is_marketing(self) -> bool:
        """Whether it needs the person's consent to marketing."""
        return self.template is not None and self.template.category is Category.MARKETING
