"""A report as a page shows it: progress, findings with their evidence, and where buttons lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sportello.console.doctor import words
from sportello.console.doctor.words import ErrorWords, Steps, Words
from sportello.console.templatetags.desk import exact, said_at
from sportello.rules.diagnosis import Deed
from sportello.rules.diagnosis_codes import HERE
from sportello.rules.diagnosis_facts import Asked
from sportello.schema.campaigns import Campaign
from sportello.schema.doctor import Examination, ExaminationState, SubjectKind
from sportello.schema.inbox import Conversation, Message
from sportello.schema.sends import Send

# Longer than all looks together: then nobody is looking.
NOBODY_AFTER: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of evidence: “Meta, today 10:38: …”."""

    source: str
    words: str
    at: str = ""
    exactly: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """`url` "": it is a deed, to be posted."""

    deed: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it is shown."""

    code: str
    weight: str
    weight_words: str
    turn: str
    words: Words
    evidence: tuple[Seen, ...]
    button: Button | None
    way: Steps | None
    error: ErrorWords | None


@dataclass(frozen=True, slots=True)
class Glance:
    """A look and its end; `state`: asked, seen or missed."""

    name: str
    words: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`is_late`: nobody looks, so the worker does not run. `is_metas_no`: it was Meta that refused
    the deed.
    """

    lines: tuple[Line, ...]
    glances: tuple[Glance, ...]
    is_done: bool
    is_late: bool
    title: str
    back: tuple[str, str]
    deed_failed: str = ""
    is_metas_no: bool = False
    id: int = 0
    at: datetime | None = None

    @property
    def first(self) -> Line | None:
        return self.lines[0] if self.lines else None


def report_of(row: Examination, now: datetime, *, administers: bool = True) -> Report:
    """`administers`: who reads it may reconnect the number."""
    done = row.state == ExaminationState.DONE
    found = [one for one in row.findings if isinstance(one, dict)]
    lines = tuple(_line(one, row, now, administers=administers) for one in found)
    return Report(
        lines=lines,
        glances=tuple(_glances(row)),
        is_done=done,
        is_late=not done and row.created_at + NOBODY_AFTER < _database_time(row),
        title=_title(row),
        back=back(row),
        deed_failed=deed_failed(row),
        is_metas_no=bool(row.deed_error and row.deed_error.get("code") is not None),
        id=row.pk,
        at=row.done_at,
    )


def _database_time(row: Examination) -> datetime:
    """The database's, as `created_at`: the company's clock may be another."""
    stamped: datetime | None = getattr(row, "read_at", None)
    return stamped or row.created_at


def _line(kept: Mapping[str, Any], row: Examination, now: datetime, *, administers: bool) -> Line:
    code, values = str(kept.get("code", "")), dict(kept.get("values") or {})
    meta = kept.get("meta")
    return Line(
        code=code,
        weight=str(kept.get("weight", "")),
        weight_words=words.said("weight", str(kept.get("weight", ""))),
        turn=words.said("turn", str(kept.get("turn", ""))),
        words=words.finding(code, values),
        evidence=tuple(_seen(one, now) for one in kept.get("evidence") or ()),
        button=_button(str(kept.get("deed") or ""), row, administers=administers),
        way=words.way_of(code),
        error=words.of_error(meta) if isinstance(meta, int) else None,
    )


def _seen(kept: Mapping[str, Any], now: datetime) -> Seen:
    source = words.said("source", str(kept.get("source", "")))
    told = words.evidence(str(kept.get("what", "")), kept.get("values") or {})
    at = parse_datetime(kept["at"]) if isinstance(kept.get("at"), str) else None
    if at is None:
        return Seen(source, told)
    local = timezone.localtime(at)
    return Seen(source, told, said_at(local, timezone.localtime(now)), exact(local))


def _button(deed: str, row: Examination, *, administers: bool) -> Button | None:
    if not deed:
        return None
    told = words.said("deed", deed)
    if deed in HERE:
        return Button(deed, told)
    if deed in {Deed.RECONNECT, Deed.RENEW_TOKEN}:
        name = "channel:reconnection" if administers else "channel:number"
        return Button(deed, told, reverse(name, args=[row.number_id]))
    url = _place(deed, row)
    return None if url is None else Button(deed, told, url)


def _place(deed: str, row: Examination) -> str | None:
    """Where a button leads that opens another page."""
    chat = _chat_id(row)
    match deed:
        case Deed.OPEN_POLICY:
            return reverse("policy")
        case Deed.OPEN_TEMPLATE:
            found = _template_id(row)
            return reverse("templates:template", args=[found]) if found else None
        case Deed.WRITE_TEMPLATE | Deed.OPEN_CHAT:
            return reverse("inbox:conversation", args=[chat]) if chat else None
        case Deed.OPEN_CONTACT:
            return reverse("contacts:contact", args=[_contact_id(chat)]) if chat else None
        case _:
            return None


def _chat_id(row: Examination) -> int | None:
    if row.subject == SubjectKind.CONVERSATION:
        return row.subject_id
    if row.subject != SubjectKind.MESSAGE:
        return None
    found = Message.objects.filter(pk=row.subject_id)
    return found.values_list("conversation_id", flat=True).first()


def _contact_id(chat_id: int) -> int:
    found: int = Conversation.objects.values_list("contact_id", flat=True).get(pk=chat_id)
    return found


def _template_id(row: Examination) -> int | None:
    if row.subject == SubjectKind.TEMPLATE:
        return row.subject_id
    if row.subject == SubjectKind.MESSAGE:
        found = Send.objects.filter(message_id=row.subject_id)
        return found.values_list("template_id", flat=True).first()
    if row.subject == SubjectKind.CAMPAIGN:
        campaigns = Campaign.objects.filter(pk=row.subject_id)
        return campaigns.values_list("template_id", flat=True).first()
    return None


def _glances(row: Examination) -> list[Glance]:
    """Every look that belongs to the subject, in order; those still out are being asked."""
    templated = row.subject in {SubjectKind.TEMPLATE, SubjectKind.CAMPAIGN}
    shown = [
        asked
        for asked in Asked
        if asked in row.looks or ((asked is not Asked.TEMPLATE or templated) and not _done(row))
    ]
    return [_glance(asked, row.looks.get(asked.value)) for asked in shown]


def _done(row: Examination) -> bool:
    return row.state == ExaminationState.DONE


def _glance(asked: Asked, look: Mapping[str, Any] | None) -> Glance:
    told = words.said("look", asked.value)
    if look is None:
        return Glance(asked.value, told, "asked")
    if not look.get("miss"):
        return Glance(asked.value, told, "seen")
    detail = words.said("miss", str(look["miss"]), {"code": look.get("code") or ""})
    return Glance(asked.value, told, "missed", detail)


def _title(row: Examination) -> str:
    return {
        SubjectKind.NUMBER: _("Is the number in order?"),
        SubjectKind.MESSAGE: _("Why does this message not leave?"),
        SubjectKind.CONVERSATION: _("Why can nobody write in this conversation?"),
        SubjectKind.CAMPAIGN: _("Why does this campaign not leave?"),
        SubjectKind.TEMPLATE: _("Why does this template not leave?"),
    }[SubjectKind(row.subject)]


def back(row: Examination) -> tuple[str, str]:
    """Where the question came from: address and words."""
    chat = _chat_id(row)
    if row.subject == SubjectKind.NUMBER:
        return reverse("channel:number", args=[row.subject_id]), _("Back to the number")
    if row.subject == SubjectKind.CAMPAIGN:
        return reverse("campaigns:campaign", args=[row.subject_id]), _("Back to the campaign")
    if chat is not None:
        return reverse("inbox:conversation", args=[chat]), _("Back to the conversation")
    if row.subject == SubjectKind.TEMPLATE:
        return reverse("templates:template", args=[row.subject_id]), _("Back to the template")
    return reverse("doctor:doctor"), _("All examinations")


def deed_failed(row: Examination) -> str:
    """Why the deed was not done, by Meta's word or ours; empty where it was."""
    if row.deed_error is None:
        return ""
    code, said = row.deed_error.get("code"), str(row.deed_error.get("said") or "")
    return words.deed_refused(code if isinstance(code, int) else None, said)
