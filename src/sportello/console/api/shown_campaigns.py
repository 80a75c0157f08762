"""Rows of campaigns as the API shows them."""

from datetime import datetime
from typing import Any, Final

from ninja import Status

from sportello.console.api import shapes_campaigns as of
from sportello.console.api import shapes_reports as told
from sportello.console.campaigns import costs, queries, retrying
from sportello.console.campaigns import counting as counts
from sportello.console.campaigns import report as reports
from sportello.console.campaigns.counting import Tally
from sportello.console.campaigns.report import Funnel
from sportello.console.campaigns.verdicts import Doubtful
from sportello.rules.campaign import Outcome
from sportello.schema import campaigns as rows

RETRIED: Final[dict[int, Any]] = {200: told.Retried, 202: told.Retried}


def campaign(row: rows.Campaign, now: datetime) -> of.Campaign:
    """Asks for its totals; template and number selected with it."""
    return of.Campaign(
        id=row.pk,
        name=row.name,
        state=rows.CampaignState(row.state),
        planned=row.planned,
        paused_why=row.paused_why or None,
        braked=None if row.braked is None else of.Braked(**row.braked),
        template=None if row.template is None else row.template.name,
        language=None if row.template is None else row.template.language,
        number_id=row.number_id,
        list_id=row.audience.get("list"),
        segment_id=row.audience.get("segment"),
        starts_at=row.starts_at,
        finish_by=row.finish_by,
        zone=row.zone,
        rate=row.rate,
        canary=row.canary,
        header_media_column=row.media_column,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        totals={Outcome(name): count for name, count in queries.totals(row, now).items()},
    )


def counting(tally: Tally, so_far: str) -> of.Counting:
    percent = round(100 * counts.share(tally))
    return of.Counting(counted=tally.people, percent=percent, so_far=so_far)


def tried_anew(
    kind: type[Doubtful], campaign_id: int, now: datetime, given: of.CountIn | None
) -> Status[told.Retried]:
    """Goes on with what was given. Raises NotNow."""
    found = retrying.retry_failed(kind, campaign_id, now, given.so_far if given else "")
    retried = told.Retried(count=found.count, percent=found.percent, so_far=found.so_far or None)
    return Status(202 if found.so_far else 200, retried)


def report(row: rows.Campaign, funnel: Funnel) -> told.Report:
    """Of a campaign, or of an automation's; asks for costs, taps and reasons."""
    return told.Report(
        audience=funnel.audience,
        totals=dict(funnel.parts),
        sent=funnel.sent,
        delivered=funnel.delivered,
        read=funnel.read,
        answered=funnel.answered,
        stopped=funnel.stopped,
        tapped=funnel.tapped,
        buttons=[told.Taps(words=words, count=n) for words, n in reports.taps(row)],
        links=[told.Taps(words=words, count=n) for words, n in reports.link_taps(row)],
        costs=[
            told.Cost(currency=one.currency, micros=one.micros, is_whole=one.is_whole)
            for one in costs.costs(row)
        ],
        reasons=[
            told.ReasonCount(code=one.code, is_meta=one.is_meta, title=one.title, count=count)
            for one, count in reports.reasons(row)
        ],
    )


def recipient(row: rows.Recipient) -> of.Recipient:
    """Contact, campaign and message selected with it."""
    contact, message = row.contact, row.message
    return of.Recipient(
        id=row.pk,
        contact=of.RecipientContact(
            id=contact.pk,
            name=contact.name or contact.profile_name,
            phone=None if contact.wa_id is None else f"+{contact.wa_id}",
        ),
        outcome=queries.outcome_of(row),
        reason=_reason(row),
        message_id=row.message_id,
        conversation_id=None if message is None else message.conversation_id,
        at=row.released_at,
        error=None if message is None else message.error,
    )


def _reason(row: rows.Recipient) -> str | None:
    """Why it was not written to, or did not arrive."""
    if row.skipped_why or row.message is None:
        return row.skipped_why or None
    if row.message.error is not None:
        return str(row.message.error.get("code", "")) or None
    kept = row.message.receipt or {}
    return kept.get("code") if row.message.status in {"refused", "held"} else None
