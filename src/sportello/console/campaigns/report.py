"""A campaign's report: the counts that add up, why some did not get it, what became of each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models import When as Where
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from sportello.console.campaigns import costs, queries, words
from sportello.console.campaigns.remembered import remembered
from sportello.console.campaigns.words import Reason
from sportello.console.inbox.names import name_of
from sportello.rules import status
from sportello.rules.campaign import OUTCOMES, Outcome
from sportello.schema.campaigns import Campaign, Recipient, Tap
from sportello.schema.followups import Errand
from sportello.schema.inbox import Message, MessageStatus, Origin
from sportello.schema.money import Charge
from sportello.schema.people import ConsentAction, ConsentEvent

REASONS_MAX: Final = 30
TAPS_MAX: Final = 10
# Meta's type of what a tap on a template's reply button sends.
_TAP: Final = "button"
_COUNTED_BY_US: Final = "quick_reply_button"
_AFTERWARDS: Final = timedelta(days=7)
# Meta's clock, which cuts seconds off, and ours.
_CLOCKS_APART: Final = timedelta(minutes=5)
_JOINED: Final = ("campaign", "contact", "message", "verdict_by")
# Of a million lines nobody reads the parameters, the texts and the receipts.
_SHOWN: Final = (
    *("released_at", "skipped_why", "verdict", "verdict_at"),
    "campaign__state",
    *(f"contact__{name}" for name in ("name", "profile_name", "username", "wa_id")),
    *(f"message__{name}" for name in ("status", "conversation", "at", "sent_at")),
    *(f"message__{name}" for name in ("delivered_at", "read_at", "failed_at")),
    *(f"verdict_by__{name}" for name in ("name", "email")),
)
# What left, whatever became of it afterwards.
_LEFT: Final = (Outcome.SENT, Outcome.DELIVERED, Outcome.READ, Outcome.FAILED, Outcome.TO_VERIFY)
_TOLD: Final = [MessageStatus.REFUSED, MessageStatus.HELD, MessageStatus.CANCELLED]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Each person of the audience is in exactly one of `parts`, whose sum is `audience`.

    `sent`, `delivered` and `read` contain what comes after them. Some who read it answered, or
    asked us to stop: they are counted among the others. `tapped`: a reply button of the message.
    """

    parts: Mapping[Outcome, int]
    answered: int
    stopped: int
    tapped: int = 0

    @property
    def audience(self) -> int:
        return sum(self.parts.values())

    @property
    def sent(self) -> int:
        return self.parts[Outcome.SENT] + self.delivered

    @property
    def delivered(self) -> int:
        return self.parts[Outcome.DELIVERED] + self.read

    @property
    def read(self) -> int:
        return self.parts[Outcome.READ]

    @property
    def left(self) -> int:
        return sum(self.parts[outcome] for outcome in _LEFT)

    def count(self, outcome: str) -> int:
        return self.parts[Outcome(outcome)]


def funnel(row: Campaign, now: datetime) -> Funnel:
    return remembered("funnel", row, lambda: _funnel(row, now))


def _funnel(row: Campaign, now: datetime) -> Funnel:
    parts = {Outcome(name): n for name, n in queries.totals(row, now).items()}
    if row.started_at is None:
        return Funnel(parts, 0, 0)
    released = Recipient.objects.filter(campaign=row, released_at__isnull=False)
    return Funnel(parts, **counted_beside(released, row.started_at))


def counted_beside(released: QuerySet[Any], since: datetime) -> dict[str, int]:
    """Of recipients or errands that were let go since then, by `Funnel`'s names.

    Each by a statement of its own, and who asked to stop from the side of those who did: of a
    million people all at once takes longer than a page may.
    """
    asked = ConsentEvent.objects.filter(action=ConsentAction.WITHDRAW, at__gte=since)
    stopped = released.filter(_stopped(), contact__in=asked.values("contact"))
    return {
        "answered": released.filter(_answered()).count(),
        "stopped": stopped.count(),
        "tapped": released.filter(_wrote(), _tapped()).count(),
    }


def _wrote() -> Q:
    """Whoever tapped wrote by it, so that nobody else's chat is looked into."""
    wrote_at = "message__conversation__last_inbound_at__gte"
    return Q(**{wrote_at: F("released_at") - _CLOCKS_APART})


def beside() -> dict[str, Count]:
    """What is counted of recipients or errands beside where they stand, by `Funnel`'s names."""
    return {
        "answered": Count("pk", filter=_answered()),
        "stopped": Count("pk", filter=Q(_stopped())),
        "tapped": Count("pk", filter=Q(_tapped())),
    }


def taps(row: Campaign) -> list[tuple[str, int]]:
    """By the words of each reply button how many people tapped it, most first."""
    return remembered("taps", row, lambda: _taps(row))


def _taps(row: Campaign) -> list[tuple[str, int]]:
    of = "errand" if row.automatic else "recipient"
    told = (
        Message.objects.filter(
            type=_TAP,
            origin=Origin.CUSTOMER,
            reply_to=F("conversation__message__wamid"),
            **{f"conversation__message__{of}__campaign": row},
        )
        .values("text")
        .annotate(n=Count("conversation", distinct=True))
        .order_by("-n", "text")[:TAPS_MAX]
    )
    return [(one["text"], one["n"]) for one in told]


def link_taps(row: Campaign) -> list[tuple[str, int]]:
    """By the words of each link button how often it was tapped, as Meta counts it of the template
    from the campaign's first day to a week after its last: not by whom, nor for which campaign.
    """
    if row.template_id is None or row.started_at is None:
        return []
    days = Tap.objects.filter(template=row.template_id, day__gte=row.started_at.date())
    if row.ended_at is not None:
        days = days.filter(day__lte=(row.ended_at + _AFTERWARDS).date())
    sums = days.exclude(kind=_COUNTED_BY_US).values("kind", "words").annotate(n=Sum("count"))
    found: dict[str, int] = {}
    # People rather than taps, where Meta tells both.
    for one in sums.order_by("-kind"):
        found[one["words"]] = one["n"]
    return sorted(found.items(), key=lambda one: -one[1])[:TAPS_MAX]


def reasons(row: Campaign) -> list[tuple[Reason, int]]:
    """Why some did not get it, the commonest first."""
    counts = remembered("reasons", row, lambda: _reasons(row))
    return [(words.reason(code), n) for code, n in counts]


def _reasons(row: Campaign) -> list[tuple[str, int]]:
    told = (
        with_reason((Errand if row.automatic else Recipient).objects.filter(campaign=row))
        .exclude(reason="")
        .values("reason")
        .annotate(n=Count("pk"))
        .order_by("-n")[:REASONS_MAX]
    )
    return [(one["reason"], one["n"]) for one in told]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the table is narrowed to; "" narrows nothing. `outcome` may be a deed too."""

    outcome: str = ""
    reason: str = ""

    @property
    def are_set(self) -> bool:
        return bool(self.outcome or self.reason)


# What the first bars of the funnel count: whoever came so far, wherever they are by now.
REACHED: Final = "reached"
ARRIVED: Final = "arrived"
ANSWERED: Final = "answered"
TAPPED: Final = "tapped"
STOPPED: Final = "stopped"


def recipients(row: Campaign, filters: Filters) -> QuerySet[Any]:
    """With all that a line shows; without an order."""
    people = Recipient.objects.filter(campaign=row)
    rows: QuerySet[Any] = people.select_related(*_JOINED).only(*_SHOWN)
    rows = told(rows).filter(narrowed(row, filters.outcome))
    return rows.filter(reason=filters.reason) if filters.reason else rows


def told(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Recipients or errands with what came of them, each: `has_answered`, `has_stopped`, the words
    `tapped` first, and the `reason` against it.
    """
    found: QuerySet[Any] = (
        rows.annotate(has_answered=Case(Where(_answered(), then=True), default=False))
        .annotate(has_stopped=Case(Where(_stopped(), then=True), default=False))
        .annotate(tapped=Coalesce(_first_tap(), Value(""), output_field=TextField()))
    )
    return with_reason(found)


def narrowed(row: Campaign, outcome: str) -> Q:
    came = that_came(outcome)
    if came is not None or not outcome:
        return came or Q()
    return queries.that_are(row, Outcome(outcome))


def that_came(far: str) -> Q | None:
    """Whom a bar of the funnel counts; None for a word that names none."""
    if far in _SO_FAR:
        return Q(message__status__in=_SO_FAR[far])
    return Q(_BESIDE[far]()) if far in _BESIDE else None


@dataclass(frozen=True, slots=True)
class Line:
    """A person in the table."""

    id: int
    contact_id: int
    name: str
    wa_id: str
    outcome: Outcome
    reason: Reason | None
    at: datetime | None
    micros: int | None
    currency: str
    conversation_id: int | None
    has_answered: bool
    has_stopped: bool
    tapped: str
    verdict: str
    verdict_by: str
    verdict_at: datetime | None

    @property
    def is_doubtful(self) -> bool:
        return self.outcome is Outcome.TO_VERIFY

    @property
    def outcome_words(self) -> str:
        return str(words.OUTCOME[self.outcome])


def lines(rows: Iterable[Recipient]) -> list[Line]:
    """Of `recipients`; asks for their prices once."""
    found = list(rows)
    priced = costs.by_message(found)
    return [_line(row, priced.get(row.message_id)) for row in found]


def _line(row: Recipient, charge: Charge | None) -> Line:
    told: Any = row
    message, contact, by = row.message, row.contact, row.verdict_by
    return Line(
        id=row.pk,
        contact_id=contact.pk,
        name=name_of(contact),
        wa_id=contact.wa_id or "",
        outcome=queries.outcome_of(row),
        reason=words.reason(told.reason) if told.reason else None,
        at=row.released_at if message is None else _last(message),
        micros=costs.price(charge),
        currency="" if charge is None else charge.currency,
        conversation_id=None if message is None else message.conversation_id,
        has_answered=told.has_answered,
        has_stopped=told.has_stopped,
        tapped=told.tapped,
        verdict=row.verdict,
        verdict_by="" if by is None else by.name or by.email,
        verdict_at=row.verdict_at,
    )


def _last(message: Any) -> datetime:
    """The newest thing that is known of it."""
    known = (message.read_at, message.delivered_at, message.failed_at, message.sent_at)
    found: datetime = next((at for at in known if at is not None), message.at)
    return found


def with_reason(rows: QuerySet[Any]) -> QuerySet[Any]:
    """`reason`: the guard's code, a gap's, or Meta's; "" for whom nothing speaks against."""
    meta = Coalesce(KeyTextTransform("code", "message__error"), Value(words.UNTOLD))
    guards = Coalesce(KeyTextTransform("code", "message__receipt"), Value(""))
    found: QuerySet[Any] = rows.annotate(
        reason=Case(
            Where(~Q(skipped_why=""), then=F("skipped_why")),
            Where(message__status=MessageStatus.FAILED, then=meta),
            Where(message__status__in=_TOLD, then=guards),
            default=Value(""),
            output_field=CharField(),
        )
    )
    return found


def _answered() -> Q:
    """The customer wrote after it had left; Meta's seconds are whole."""
    return Q(message__conversation__last_inbound_at__gte=F("released_at")) & Q(
        message__status__in=_ARRIVED
    )


_ARRIVED: Final = [
    state.value for state in status.State if OUTCOMES[state] in {*_LEFT} - {Outcome.FAILED}
]


def _states(*outcomes: Outcome) -> list[str]:
    return [state.value for state in status.State if OUTCOMES[state] in outcomes]


_SO_FAR: Final = {
    REACHED: _states(Outcome.SENT, Outcome.DELIVERED, Outcome.READ),
    ARRIVED: _states(Outcome.DELIVERED, Outcome.READ),
}


def _reply() -> QuerySet[Message]:
    """Taps on a reply button under the message, the first before the others."""
    return Message.objects.filter(
        type=_TAP,
        origin=Origin.CUSTOMER,
        conversation=OuterRef("message__conversation"),
        reply_to=OuterRef("message__wamid"),
    ).order_by("at", "pk")


def _first_tap() -> Subquery:
    return Subquery(_reply().values("text")[:1])


def _tapped() -> Exists:
    return Exists(_reply())


def _stopped() -> Exists:
    return Exists(
        ConsentEvent.objects.filter(
            contact=OuterRef("contact"),
            action=ConsentAction.WITHDRAW,
            at__gte=OuterRef("released_at"),
        )
    )


_BESIDE: Final[dict[str, Callable[[], Q | Exists]]] = {
    ANSWERED: _answered,
    TAPPED: _tapped,
    STOPPED: _stopped,
}
