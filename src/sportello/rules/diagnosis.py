"""Why it does not leave: all that was seen of a subject, as findings in the order of the report.

Decides over facts alone; `workers.tend_doctor` gathers them. No finding means that all is well:
what was looked at says so.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sportello.rules.diagnosis_causes import (
    STUCK_AFTER_S,
    causes,
    of_chat,
    of_error,
    of_guard,
    of_hold,
)
from sportello.rules.diagnosis_codes import (
    DEEDS,
    ORDER,
    TURNS,
    Code,
    Deed,
    Evidence,
    Finding,
    Source,
    Turn,
    Weight,
)
from sportello.rules.diagnosis_facts import Campaign, Facts, Subject
from sportello.rules.diagnosis_live import LOCKED, has_problem, live, missed

__all__ = ["Code", "Deed", "Finding", "Turn", "Weight", "deed_of", "diagnose", "turn_of"]

FINDINGS_MAX: Final = 20
CLOCK_S_MAX: Final = 60.0
_WEIGHTS: Final = {weight: place for place, weight in enumerate(Weight)}
_EVIDENCE_MAX: Final = 4
_TOP: Final = 3
_REPEATABLE: Final = frozenset({"failed", "refused", "cancelled"})


def diagnose(facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """The cause first: what stops it, what it waits for, what was seen in passing."""
    found = [
        *live(facts, now),
        *causes(facts, now),
        *of_chat(facts, now),
        *_of_campaign(facts, now),
        *_of_house(facts, now),
    ]
    found = found or list(missed(facts))
    merged = _merged(found)
    if any(one.weight is Weight.STOPS for one in merged):
        merged = [one for one in merged if one.code is not Code.ON_ITS_WAY]
    return tuple(sorted(merged, key=_place)[:FINDINGS_MAX])


def turn_of(finding: Finding) -> Turn:
    return TURNS[finding.code]


def deed_of(finding: Finding, facts: Facts) -> Deed | None:
    """What a button may do about it; nothing that could send a message twice."""
    deed = finding.deed or DEEDS.get(finding.code)
    message = facts.message
    if deed is Deed.REPEAT and (message is None or not _may_repeat(facts)):
        return None
    if deed is Deed.WRITE_TEMPLATE and facts.chat is None:
        return None
    if deed is Deed.RESUBSCRIBE and (_is_blocked(facts) or facts.number.paused_why == "blocked"):
        return None
    return _instead_of_resuming(facts) if deed is Deed.RESUME else deed


def _is_blocked(facts: Facts) -> bool:
    return facts.number.status == "banned" or has_problem(facts, LOCKED) is not None


def _instead_of_resuming(facts: Facts) -> Deed | None:
    """What was disconnected is connected again; a block is Meta's to lift before it is ours."""
    if facts.number.paused_why == "disconnected":
        return Deed.RECONNECT
    return None if _is_blocked(facts) and facts.number.paused_why == "blocked" else Deed.RESUME


def _may_repeat(facts: Facts) -> bool:
    """It is certain that it did not arrive, and nobody has sent it anew."""
    message = facts.message
    return (
        message is not None
        and message.status in _REPEATABLE
        and not message.was_repeated
        and not message.may_have_left
    )


def _place(finding: Finding) -> tuple[int, int]:
    return _WEIGHTS[finding.weight], ORDER[finding.code]


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """One finding a code, with the evidence of all, and as grave as the gravest."""
    known: dict[Code, Finding] = {}
    for one in found:
        other = known.get(one.code)
        if other is None:
            known[one.code] = one
            continue
        known[one.code] = Finding(
            one.code,
            min(one.weight, other.weight, key=lambda weight: _WEIGHTS[weight]),
            (*other.evidence, *one.evidence)[:_EVIDENCE_MAX],
            {**other.values, **one.values},
            meta=other.meta if other.meta is not None else one.meta,
            deed=other.deed or one.deed,
        )
    return list(known.values())


def _of_campaign(facts: Facts, now: datetime) -> Iterator[Finding]:
    campaign = facts.campaign
    if campaign is None or facts.subject is not Subject.CAMPAIGN:
        return
    yield from _state_of(campaign, now)
    for hold, count in campaign.holds[:_TOP]:
        code = of_guard(hold) or of_hold(hold)
        told = Evidence(Source.OUTBOX, "campaign_holds", now, {"count": count, "code": hold})
        yield Finding(code, Weight.WAITS, (told,), {"count": count})
    for error, count in campaign.failed[:_TOP]:
        yield _failed(error, count, now)


def _failed(error: int | None, count: int, now: datetime) -> Finding:
    if error is None:
        uncoded = Evidence(Source.OUTBOX, "campaign_failed_uncoded", now, {"count": count})
        return Finding(Code.NOT_UNDERSTOOD, Weight.WARNS, (uncoded,), {"count": count})
    values: dict[str, str | int] = {"count": count, "code": error}
    told = Evidence(Source.META, "campaign_failed", now, values)
    return Finding(of_error(error), Weight.WARNS, (told,), {"count": count}, meta=error)


def _state_of(campaign: Campaign, now: datetime) -> Iterator[Finding]:
    told = Evidence(Source.DESK, "campaign", None, {"state": campaign.state})
    match campaign.state:
        case "draft":
            yield Finding(Code.CAMPAIGN_DRAFT, Weight.STOPS, (told,))
        case "paused" if campaign.alarm:
            values: dict[str, str | int] = {
                "alarm": campaign.alarm,
                "seen": _share(campaign.seen),
                "allowed": _share(campaign.allowed),
            }
            seen = Evidence(Source.DESK, "braked", None, values)
            yield Finding(Code.CAMPAIGN_BRAKED, Weight.STOPS, (seen,), values)
        case "paused":
            yield Finding(Code.CAMPAIGN_PAUSED, Weight.STOPS, (told,))
        case "scheduled":
            at = Evidence(Source.DESK, "starts", campaign.starts_at)
            yield Finding(Code.CAMPAIGN_SCHEDULED, Weight.STOPS, (at,))
        case "completed" | "cancelled":
            yield Finding(Code.CAMPAIGN_OVER, Weight.WAITS, (told,))
        case _:
            if campaign.opens_at is not None and campaign.opens_at > now:
                at = Evidence(Source.DESK, "opens", campaign.opens_at)
                yield Finding(Code.CAMPAIGN_HOURS, Weight.WAITS, (at,))
    yield from _nobody(campaign)


def _nobody(campaign: Campaign) -> Iterator[Finding]:
    """Everybody on the list is skipped."""
    skipped = sum(count for _, count in campaign.skipped)
    if campaign.audience and skipped >= campaign.audience:
        reason, count = campaign.skipped[0]
        values: dict[str, str | int] = {"code": reason, "count": count, "of": campaign.audience}
        told = Evidence(Source.GUARD, "skipped", None, values)
        yield Finding(Code.CAMPAIGN_NOBODY, Weight.STOPS, (told,), values)


def _share(share: float) -> str:
    return f"{share * 100:.1f} %"


def _of_house(facts: Facts, now: datetime) -> Iterator[Finding]:
    house, whole = facts.house, facts.subject is Subject.NUMBER
    weight = Weight.STOPS if whole else Weight.WARNS
    late = house.outbox_late and house.outbox_late_s > STUCK_AFTER_S
    if late and not facts.number.paused_why:
        values: dict[str, str | int] = {
            "count": house.outbox_late,
            "seconds": int(house.outbox_late_s),
        }
        yield Finding(Code.OUTBOX_STUCK, weight, (Evidence(Source.HOUSE, "outbox", now, values),))
    if house.inbox_waiting and house.inbox_late_s > STUCK_AFTER_S:
        values = {"count": house.inbox_waiting, "seconds": int(house.inbox_late_s)}
        yield Finding(Code.INBOX_STUCK, weight, (Evidence(Source.HOUSE, "inbox", now, values),))
    if house.disk_free_bytes is not None and house.disk_free_bytes < house.disk_needed_bytes:
        values = {"mib": house.disk_free_bytes // 2**20}
        yield Finding(Code.DISK_FULL, weight, (Evidence(Source.HOUSE, "disk", now, values),))
    if abs(house.behind_s) > CLOCK_S_MAX:
        values = {"seconds": int(abs(house.behind_s))}
        yield Finding(Code.CLOCK_WRONG, weight, (Evidence(Source.HOUSE, "clock", now, values),))
    if house.set_aside:
        values = {"count": house.set_aside}
        told = Evidence(Source.HOUSE, "set_aside", now, values)
        yield Finding(Code.SET_ASIDE, Weight.WARNS, (told,), values)
