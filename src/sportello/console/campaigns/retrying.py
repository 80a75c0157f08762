"""What Meta refused for a reason that passes, tried anew: in portions, for it may be a million.

A press goes through what had been let go until then, oldest first, and carries along how far it
came: each is tried anew once by it, whoever presses twice or leaves in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

from django.core import signing
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from sportello.console.campaigns import deeds
from sportello.console.campaigns.deeds import NotNow
from sportello.console.campaigns.verdicts import Doubtful
from sportello.rules import retry
from sportello.rules.campaign import Reopened
from sportello.rules.followup import NOT_REACHED
from sportello.rules.graph_errors import GRAPH_CODES
from sportello.schema.campaigns import Campaign, CampaignState, Recipient
from sportello.schema.followups import Errand
from sportello.schema.inbox import MessageStatus

RETRIES_MAX: Final = 3
PORTION: Final = 2_000
# Of one request: the worker, and who pauses it, wait for the campaign so long at most.
PATIENCE_S: Final = 0.6
_SALT: Final = "sportello.tried_anew"
_BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TriedAnew:
    """`count` people by this press so far. `so_far`: what goes on with it, "" once it is whole;
    then `percent` is 100.
    """

    count: int
    percent: int
    so_far: str


def retry_failed(
    kind: type[Doubtful], campaign_id: int, now: datetime, so_far: str = ""
) -> TriedAnew:
    """Gives those back to the campaign whom Meta refused for a reason that passes.

    They are written to anew, as new messages; nobody more than three times. What was to follow may
    follow again. As far as one request has the patience for. Raises NotNow.
    """
    row = deeds.locked(campaign_id)
    if row.state in {CampaignState.DRAFT, CampaignState.CANCELLED}:
        raise NotNow(row.state)
    press = _press(kind, row, so_far)
    begun = monotonic()
    while press.upto is not None:
        press.count += _portion(kind, row, press)
        if monotonic() - begun >= PATIENCE_S:
            break
    if press.count and row.state == CampaignState.COMPLETED:
        row.ended_at = None
        deeds.move(row, Reopened(), now)
    return TriedAnew(press.count, _percent(row, press), _sealed(press))


def retryable(kind: type[Doubtful], row: Campaign) -> QuerySet[Doubtful]:
    """Whose message failed for a reason that says nothing against trying again."""
    safe = Q()
    for code in GRAPH_CODES:
        if retry.is_safe_to_repeat(code.first):
            safe |= Q(message__error__code__gte=code.first, message__error__code__lte=code.last)
    failed = kind.objects.filter(
        _is_wanted(kind),
        campaign=row,
        message__status=MessageStatus.FAILED,
        retries__lt=RETRIES_MAX,
    )
    return failed.filter(safe)


@dataclass(slots=True)
class _Press:
    """`upto`: who was let go until then is behind it, None once all are; `until`: the last one."""

    of: list[Any]
    upto: datetime | None
    until: datetime
    count: int = 0
    looked_at: int = 0


def _press(kind: type[Doubtful], row: Campaign, so_far: str) -> _Press:
    """The one that goes on, or a new one; what it did not get from us counts for nothing."""
    of = [kind.__name__, row.pk]
    try:
        kept: Mapping[str, Any] = signing.loads(so_far, salt=_SALT)
    except signing.BadSignature:
        kept = {}
    if kept.get("of") == of:
        upto, until = (datetime.fromisoformat(kept[name]) for name in ("upto", "until"))
        return _Press(of, upto, until, kept["count"], kept["looked_at"])
    until = kind.objects.filter(campaign=row).aggregate(at=Max("released_at"))["at"]
    return _Press(of, _BEFORE_ALL if until else None, until or _BEFORE_ALL)


def _sealed(press: _Press) -> str:
    if press.upto is None:
        return ""
    instants = {"upto": press.upto.isoformat(), "until": press.until.isoformat()}
    kept = {"of": press.of, "count": press.count, "looked_at": press.looked_at}
    return signing.dumps(kept | instants, salt=_SALT)


def _percent(row: Campaign, press: _Press) -> int:
    if press.upto is None:
        return 100
    return min(99, 100 * press.looked_at // max(1, row.let_go))


def _portion(kind: type[Doubtful], row: Campaign, press: _Press) -> int:
    """How many of the next ones are tried anew; moves the press on."""
    here = kind.objects.filter(
        campaign=row, released_at__gt=press.upto, released_at__lte=press.until
    )
    ends = here.order_by("released_at").values_list("released_at", flat=True)
    last = next(iter(ends[PORTION - 1 : PORTION]), press.until)
    failed = retryable(kind, row).filter(released_at__gt=press.upto, released_at__lte=last)
    ids = list(failed.values_list("pk", flat=True)[:PORTION])
    # Of many who were let go in the same instant the rest comes next.
    if len(ids) < PORTION:
        press.upto = None if last == press.until else last
        press.looked_at += PORTION
    return _given_back(kind, row, ids) if ids else 0


def _given_back(kind: type[Doubtful], row: Campaign, ids: list[int]) -> int:
    # Once more where the row itself is changed: somebody may answer between the look and the deed.
    found = kind.objects.filter(_is_wanted(kind), pk__in=ids).update(
        message=None, released_at=None, retries=F("retries") + 1, verdict="", verdict_at=None
    )
    _take_up(kind, row, ids)
    Campaign.objects.filter(pk=row.pk).update(let_go=Greatest(F("let_go") - found, 0))
    return found


def _is_wanted(kind: type[Doubtful]) -> Q:
    """What was meant for somebody's silence is needless once they have answered."""
    if kind is Recipient:
        return Q()
    return Q(unless_answered=False) | Q(answered_at__isnull=True)


def _take_up(kind: type[Doubtful], row: Campaign, ids: list[int]) -> None:
    """The follow-ups of these that were given up since what went before them had failed: each
    counts again from the message that is still to come.
    """
    people: Any = ids
    if kind is Errand:
        people = Errand.objects.filter(pk__in=ids).values("recipient")
    again = Q(message__isnull=True, released_at__isnull=True, skipped_why="", retries__gt=0)
    before = Errand.objects.filter(
        again, recipient=OuterRef("recipient"), position__lt=OuterRef("position")
    )
    first = Recipient.objects.filter(again, pk=OuterRef("recipient"))
    given_up = Errand.objects.filter(
        campaign=row, recipient__in=people, position__gte=1, skipped_why=NOT_REACHED
    )
    given_up.filter(Exists(before) | Exists(first)).update(
        skipped_why="", due_at=None, after_message=None
    )
