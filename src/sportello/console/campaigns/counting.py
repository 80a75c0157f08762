"""The audience of a draft, counted in portions: nobody waits for a page until a million people are
counted, and no statement takes longer because there are more of them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.core import signing
from django.db.models import BooleanField, Case, Count, Max, Min, OuterRef, Subquery, Value, When
from django.db.models.functions import Left
from django.db.models.lookups import IsNull

from sportello.console.access import DeskRequest
from sportello.console.campaigns import queries
from sportello.console.templates_desk.findings import digest
from sportello.rules import audience
from sportello.rules.audience import Listed
from sportello.schema.campaigns import Campaign
from sportello.schema.inbox import Conversation
from sportello.schema.people import Contact, ListMember

PORTION: Final = 10_000
# Of one page's patience: who waits longer is shown how far it is.
PATIENCE_S: Final = 0.6
# So long a count is that of this draft; whoever presses the button is counted anew at that instant.
_KEPT: Final = timedelta(minutes=5)
_SESSION: Final = "audience_counted"
_PRESSED: Final = "audience_counted_at_start"
_SALT: Final = "sportello.audience_counted"
# No calling code that has a price of its own is longer.
_CODE_LENGTH: Final = 4
# One promotion in all is no last one of several.
_WARNED_FROM: Final = 2
_YES: Final = Value(value=True, output_field=BooleanField())
_NO: Final = Value(value=False, output_field=BooleanField())


@dataclass(slots=True)
class Tally:
    """Of those counted so far, up to the contact `upto`. `heads`: how many receivers share the
    first figures of their numbers, a price each; `strangers`: receivers who never wrote to this
    number; `often`: for whom this promotion is the last one that the company allows itself.
    """

    heads: Counter[str | None] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    strangers: int = 0
    often: int = 0
    upto: int = 0
    is_whole: bool = False

    @property
    def people(self) -> int:
        return self.heads.total() + self.skipped.total()


def count(
    row: Campaign, now: datetime, tally: Tally | None = None, seconds: float | None = None
) -> Tally:
    """Goes on from there until everybody is counted, or for so many seconds and a portion."""
    tally = tally or Tally()
    begun = monotonic()
    while not tally.is_whole:
        _count_portion(row, now, tally)
        if seconds is not None and monotonic() - begun >= seconds:
            break
    return tally


def of_page(request: DeskRequest, row: Campaign) -> Tally:
    """As far as one page has the patience to count: what is not whole goes on with the next, kept
    in the session. A small audience is counted anew each time.
    """
    return _patiently(request, row, _SESSION)


def of_press(request: DeskRequest, row: Campaign) -> Tally:
    """As `of_page`, of whom the press of the button finds: a press after it counts anew."""
    tally = _patiently(request, row, _PRESSED)
    if tally.is_whole:
        request.session.pop(_PRESSED, None)
    return tally


def of_call(row: Campaign, now: datetime, so_far: str) -> tuple[Tally, str]:
    """As `of_page`, for whoever carries along by themselves what is counted so far: what to come
    back with, "" once it is whole. What was not given to them for this draft counts from the start.
    """
    try:
        kept = signing.loads(so_far, salt=_SALT)
    except signing.BadSignature:
        kept = {}
    tally, told = _onward(row, now, kept)
    return tally, "" if tally.is_whole else signing.dumps(told, salt=_SALT, compress=True)


def _patiently(request: DeskRequest, row: Campaign, where: str) -> Tally:
    kept = request.session.get(where) or {}
    tally, told = _onward(row, request.now, kept)
    if told:
        request.session[where] = told
    return tally


def _onward(row: Campaign, now: datetime, kept: Mapping[str, Any]) -> tuple[Tally, dict[str, Any]]:
    """From where it came to, if that was of this draft and of late, for one page's patience.

    With what is to be kept; nothing of an audience that is small.
    """
    name = digest((row.pk, row.audience, row.template_id, row.variables, row.media_column))
    since = str(kept.get("since", ""))
    is_ours = kept.get("name") == name and since > (now - _KEPT).isoformat()
    tally = count(row, now, _read(kept) if is_ours else None, PATIENCE_S)
    if tally.is_whole and not is_ours:
        return tally, {}
    return tally, _told(tally) | {"name": name, "since": since if is_ours else now.isoformat()}


def share(tally: Tally) -> float:
    """How much of the contacts lies behind us, 0 to 1."""
    return 1.0 if tally.is_whole else share_upto(tally.upto)


def share_upto(contact_id: int) -> float:
    """How much of the company's contacts, 0 to 1: ids come without great gaps."""
    ends = Contact.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["last"] is None or ends["last"] == ends["first"]:
        return 1.0
    gone: float = (contact_id - ends["first"]) / (ends["last"] - ends["first"])
    return min(1.0, max(0.0, gone))


def is_marketing(row: Campaign) -> bool:
    return row.template is not None and row.template.category == "MARKETING"


def _count_portion(row: Campaign, now: datetime, tally: Tally) -> None:
    last = portion_end(row, tally.upto)
    for group in _groups(row, now, tally.upto, last):
        n = group["n"]
        if group["reason"]:
            tally.skipped[group["reason"]] += n
            continue
        tally.heads[group["head"]] += n
        tally.strangers += n if group["stranger"] else 0
        tally.often += n if group["nearly"] else 0
    tally.is_whole = last is None
    tally.upto = tally.upto if last is None else last


def portion_end(row: Campaign, after: int) -> int | None:
    """With whom a portion ends; None for the last one."""
    meant = audience.audience(row.audience) if row.audience else None
    people: Any = Contact.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    if isinstance(meant, Listed):
        members = ListMember.objects.filter(list_id=meant.list_id, contact_id__gt=after)
        people = members.order_by("contact_id").values_list("contact_id", flat=True)
    ends: list[int] = list(people[PORTION - 1 : PORTION])
    return ends[0] if ends else None


def _groups(row: Campaign, now: datetime, after: int, last: int | None) -> Any:
    people = queries.judged(row, now).filter(pk__gt=after)
    people = people if last is None else people.filter(pk__lte=last)
    most = row.workspace.promotions_max
    stranger: Any = _NO
    nearly: Any = _NO
    if is_marketing(row):
        wrote = Conversation.objects.filter(
            contact=OuterRef("pk"), number=row.number_id, last_inbound_at__isnull=False
        )
        # One look into the index for each: EXISTS would have all chats hashed for each portion.
        stranger = IsNull(Subquery(wrote.values("pk")[:1]), True)  # noqa: FBT003  # as Django has it
        if most is not None and most >= _WARNED_FROM:
            nearly = Case(When(had=most - 1, then=_YES), default=_NO)
    alike = people.order_by().values(
        "reason", head=Left("wa_id", _CODE_LENGTH), stranger=stranger, nearly=nearly
    )
    return alike.annotate(n=Count("pk"))


def _told(tally: Tally) -> dict[str, Any]:
    """As the session keeps it: a head may be None, which no key of JSON is."""
    return {
        "heads": list(tally.heads.items()),
        "skipped": dict(tally.skipped),
        "strangers": tally.strangers,
        "often": tally.often,
        "upto": tally.upto,
        "is_whole": tally.is_whole,
    }


def _read(kept: Mapping[str, Any]) -> Tally:
    return Tally(
        heads=Counter(dict(kept["heads"])),
        skipped=Counter(kept["skipped"]),
        strangers=kept["strangers"],
        often=kept["often"],
        upto=kept["upto"],
        is_whole=kept["is_whole"],
    )
