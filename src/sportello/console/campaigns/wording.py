"""The second step: where each value comes from, and the message as any one person will see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from sportello.console.campaigns import enclosures, queries, words
from sportello.console.campaigns import slots as slot_rows
from sportello.console.campaigns.enclosures import Own, Seen
from sportello.console.campaigns.slots import PEOPLE_LOOKED_AT, Slot
from sportello.console.campaigns.when_words import hours_words, pace_words, start_words
from sportello.console.contacts.properties import definitions
from sportello.console.inbox import choices, fillings, first_words
from sportello.console.inbox.choices import Choice
from sportello.console.inbox.names import name_of
from sportello.console.templates_desk import bodies, captions, phone
from sportello.console.templates_desk.phone import Phone
from sportello.rules import audience, template_match
from sportello.rules.audience import Source
from sportello.rules.template_values import HeaderKind
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import NumberStatus
from sportello.schema.people import Contact

_OF_COLUMN: Final = "column:"
_COLUMN_MAX: Final = 120
_NO_FILES: Final = frozenset(f"column:{name}" for name in audience.OWN_COLUMNS)
_ACCEPTS: Final = {
    HeaderKind.IMAGE: "image/jpeg,image/png",
    HeaderKind.VIDEO: "video/mp4,video/3gpp",
    HeaderKind.GIF: "video/mp4",
    HeaderKind.DOCUMENT: ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One person's message. `before` and `after` are their neighbours in the audience."""

    contact: Contact | None
    name: str
    reason: words.Reason | None
    before: int | None
    after: int | None
    phone: Phone
    list_words: str
    own: Own
    own_words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All of the step; without a template only what can be chosen."""

    choices: list[Choice]
    slots: list[Slot]
    columns: list[tuple[str, str]]
    accepts: str
    media_label: str
    filename: str
    seen: Seen | None
    sight: Sight | None
    q: str

    @property
    def media_columns(self) -> list[tuple[str, str]]:
        """What the company noted: neither a name nor a number is a file."""
        return [one for one in self.columns if one[0] not in _NO_FILES]


def shown(row: Campaign, person: str, q: str, now: datetime) -> Shown:
    """`person`: a contact's id, `q` finds one by name or number; else the first."""
    if row.template is None:
        return Shown(choices.choices(row.number, q), [], [], "", "", "", None, None, q)
    read = fillings.read(row.template)
    media = template_match.needs(read.parts).media
    return Shown(
        choices=[],
        slots=slot_rows.slots(read, row.variables),
        columns=columns(row, now),
        accepts="" if media is None else _ACCEPTS.get(media, ""),
        media_label="" if media is None else str(first_words.HEADERS.get(media.lower(), "")),
        filename="" if row.file is None else row.file.filename or _("File"),
        seen=None if media is None else enclosures.seen(row),
        sight=_sight(row, person, q, now),
        q=q,
    )


def sources(row: Campaign, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the form says of each variable, as a campaign keeps it; gaps are left out."""
    if row.template is None:
        return {}
    return slot_rows.sources(fillings.read(row.template), given)


def media_column(given: Mapping[str, str]) -> str:
    """The property that the form names for each one's own file; "" for none."""
    told = given.get("media_from", "").replace("\0", "")
    is_column = told.startswith(_OF_COLUMN) and told not in _NO_FILES
    return told.removeprefix(_OF_COLUMN)[:_COLUMN_MAX] if is_column else ""


def columns(row: Campaign, now: datetime) -> list[tuple[str, str]]:
    """What contacts have: their own columns, and what the company noted of the first of them."""
    people = queries.audience_of(row, now).order_by("pk")
    defined = [one.name for one in definitions()]
    noted = people.values_list("properties", flat=True)[:PEOPLE_LOOKED_AT]
    return slot_rows.columns(noted, defined)


def values_for(row: Campaign, person: Contact | None) -> dict[str, str]:
    """The values of the message to somebody; to nobody known the fixed words alone."""
    mapped = {name: Source(**source) for name, source in row.variables.items()}
    known = (
        {}
        if person is None
        else audience.columns(
            person.name or person.profile_name, person.wa_id or "", person.properties
        )
    )
    return audience.values(mapped, known)


def first_person(row: Campaign, now: datetime) -> Contact | None:
    """The first who will receive it; else the first at all."""
    people = queries.judged(row, now).order_by("pk")
    found: Contact | None = people.filter(reason="").first() or people.first()
    return found


def first_people(row: Campaign, count: int, now: datetime) -> list[Contact]:
    """Some of those who will receive it."""
    return list(queries.judged(row, now).filter(reason="").order_by("pk")[:count])


def chosen_people(row: Campaign, person: str, now: datetime) -> list[Contact]:
    """The one whom the preview shows."""
    found = _one(queries.judged(row, now).order_by("pk"), person, "")
    return [] if found is None else [found]


def _sight(row: Campaign, person: str, q: str, now: datetime) -> Sight:
    people = queries.judged(row, now).order_by("pk")
    found: Any = _one(people, person, q)
    before = None if found is None else people.filter(pk__lt=found.pk).last()
    after = None if found is None else people.filter(pk__gt=found.pk).first()
    own = enclosures.own(row, found)
    read = phone.phone_of(
        bodies.of_row(row.template) if row.template is not None else {},
        row.number.verified_name,
        own.file,
        _filling(row, found),
    )
    return Sight(
        contact=found,
        name="" if found is None else name_of(found),
        reason=words.reason(found.reason) if found is not None and found.reason else None,
        before=None if before is None else before.pk,
        after=None if after is None else after.pk,
        phone=read,
        list_words=phone.list_words(read.language),
        own=own,
        own_words=words.detail(own.detail) if own.detail else "",
    )


def _filling(row: Campaign, person: Contact | None) -> template_match.Filling:
    """Empty values are none: so the preview shows the variable that is still to be filled."""
    given = {name: value for name, value in values_for(row, person).items() if value}
    return audience.filling(given, None)


def _one(people: QuerySet[Any], person: str, q: str) -> Any:
    if q.strip():
        digits = "".join(sign for sign in q if sign.isascii() and sign.isdigit())
        named = Q(name__icontains=q.strip()) | Q(profile_name__icontains=q.strip())
        found = people.filter(named | Q(wa_id__contains=digits) if digits else named).first()
        if found is not None:
            return found
    if person.isascii() and person.isdigit() and len(person) < 19:
        found = people.filter(pk=int(person)).first()
        if found is not None:
            return found
    return people.first()


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the state of health."""

    label: str
    words: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Files:
    """What is known of files of their own before a campaign starts; `flaws` in words."""

    seen: Seen
    flaws: list[tuple[str, int]]


def files_words(row: Campaign) -> Files | None:
    """None where everybody gets the same file, or none."""
    if not row.media_column:
        return None
    seen = enclosures.seen(row)
    return Files(seen, [(words.detail(code), count) for code, count in seen.flaws])


def health(row: Campaign) -> list[Fact]:
    """Of template and number, as Meta has told it last."""
    found: list[Fact] = []
    if row.template is not None:
        status, quality = captions.status(row.template.status), captions.QUALITIES
        found.append(Fact(_("Template"), str(status.words), status.tone, status.icon))
        told = quality[row.template.quality]
        found.append(Fact(_("Quality of the template"), str(told.words), told.tone, told.icon))
    told = captions.QUALITIES[row.number.quality]
    found.append(Fact(_("Quality of the number"), str(told.words), told.tone, told.icon))
    if row.number.status != NumberStatus.CONNECTED:
        found.append(Fact(_("Number"), _("cannot send now"), "bad", "ban"))
    elif row.number.paused_why:
        found.append(Fact(_("Number"), _("paused"), "bad", "player-pause"))
    else:
        found.append(Fact(_("Number"), _("connected"), "good", "circle-check"))
    if row.number.payment:
        found.append(Fact(_("Payment"), _("missing at Meta"), "bad", "alert-circle"))
    return found


def summary(row: Campaign) -> list[tuple[str, str]]:
    """What will happen, in a few lines."""
    name = "" if row.template is None else row.template.name
    return [
        (_("Template"), name),
        (_("Start"), start_words(row)),
        (_("Hours"), hours_words(row)),
        (_("Pace"), pace_words(row)),
    ]


def figure(count: int) -> str:
    """`1.240` in Italian, `1,240` in English."""
    return number_format(count, 0, use_l10n=True, force_grouping=True)
