"""The list of templates: found by filters, alarms first, with when each was last sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict

from sportello.console.library.forms import LANGUAGES
from sportello.console.templates_desk import captions
from sportello.console.templates_desk.findings import digest
from sportello.schema.channel import Number
from sportello.schema.sends import Send, SendState
from sportello.schema.templates import Template, TemplateChange

NUMBERS_MAX: Final = 50
_SEARCH_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; "" narrows nothing. `account` is a WhatsApp account's id."""

    status: str = ""
    category: str = ""
    language: str = ""
    account: str = ""
    search: str = ""

    @property
    def are_set(self) -> bool:
        return any((self.status, self.category, self.language, self.account, self.search))


def filters_of(query: QueryDict) -> Filters:
    """A word that is no choice narrows nothing."""

    def one(name: str, most: int = 32) -> str:
        return query.get(name, "").replace("\0", "").strip()[:most]

    return Filters(
        one("status"), one("category"), one("language", 16), one("account"), one("q", _SEARCH_MAX)
    )


def listed(filters: Filters) -> QuerySet[Template]:
    """Alarms first, then what was touched last. What Meta deleted unasked stays until seen."""
    alarms = TemplateChange.objects.filter(
        template=OuterRef("pk"), is_alarm=True, seen_at__isnull=True
    )
    sends = Send.objects.filter(template=OuterRef("pk"), state=SendState.ACCEPTED).order_by("-pk")
    found = (
        Template.objects.annotate(
            has_alarm=Exists(alarms), last_sent=Subquery(sends.values("message__at")[:1])
        )
        .filter(Q(deleted_at=None) | Q(has_alarm=True))
        .select_related("sample")
        .defer("sample__content")
    )
    narrowed = {
        "status": filters.status,
        "category": filters.category,
        "language": filters.language,
        "waba_id": filters.account,
        "name__icontains": filters.search,
    }
    found = found.filter(**{name: value for name, value in narrowed.items() if value})
    return found.order_by("-has_alarm", "-updated_at", "-pk")


@dataclass(frozen=True, slots=True)
class Row:
    """A template as a row. `key` changes when anything shown does."""

    id: int
    name: str
    category: str
    coming: str
    language: str
    status: captions.Caption
    status_code: str
    quality: captions.Caption
    last_sent: datetime | None
    account: str
    has_alarm: bool
    key: str


def rows(found: Iterable[Template], accounts: Mapping[str, str], now: datetime) -> list[Row]:
    return [_row(template, accounts, now) for template in found]


def _row(template: Template, accounts: Mapping[str, str], now: datetime) -> Row:
    last_sent: datetime | None = template.last_sent  # type: ignore[attr-defined]  # annotated
    has_alarm: bool = template.has_alarm  # type: ignore[attr-defined]  # annotated
    account = accounts.get(template.waba_id, "")
    parts = (
        template.name,
        template.category,
        template.coming_category,
        template.language,
        template.status,
        template.quality,
        last_sent,
        has_alarm,
        account,
        now.date(),
    )
    return Row(
        id=template.pk,
        name=template.name,
        category=captions.category(template.category),
        coming=captions.category(template.coming_category) if template.coming_category else "",
        language=language_name(template.language),
        status=captions.status(template.status),
        status_code=template.status,
        quality=captions.QUALITIES[template.quality],
        last_sent=last_sent,
        account=account if len(accounts) > 1 else "",
        has_alarm=has_alarm,
        key=digest(parts),
    )


_OURS: Final = dict(LANGUAGES)


def language_name(code: str) -> str:
    """`Italiano`; a language that we have no word for keeps Meta's code."""
    base, _, country = code.partition("_")
    words = str(_OURS.get(base, base))
    return f"{words} ({country})" if country else words


def accounts() -> dict[str, str]:
    """The WhatsApp accounts by id, each named by its numbers."""
    named: dict[str, str] = {}
    for number in Number.objects.order_by("pk")[:NUMBERS_MAX]:
        words = number.verified_name or number.display_number or number.phone_number_id
        known = named.get(number.waba_id)
        named[number.waba_id] = words if known is None or known == words else f"{known}, {words}"
    return named


def synchronised_at() -> datetime | None:
    """When the account that waits longest was last brought up to date; None: one never was."""
    times = list(
        Number.objects.order_by("pk").values_list("templates_synchronised_at", flat=True)[
            :NUMBERS_MAX
        ]
    )
    known = [at for at in times if at is not None]
    return min(known) if known and len(known) == len(times) else None


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to: only what there is."""
    kept = Template.objects.filter(deleted_at=None)

    def values(column: str) -> list[str]:
        return sorted(kept.order_by().values_list(column, flat=True).distinct()[:100])

    return {
        "status": [(word, str(captions.status(word).words)) for word in values("status")],
        "category": [(word, captions.category(word)) for word in values("category")],
        "language": [(word, language_name(word)) for word in values("language")],
    }
