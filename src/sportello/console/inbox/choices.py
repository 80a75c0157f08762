"""Which templates can be sent from a number, and what each costs to a customer."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from sportello.console.inbox import fillings
from sportello.rules import template_send
from sportello.rules.markup import plain
from sportello.schema.channel import Number
from sportello.schema.templates import Template, Wish

_CHOICES_MAX: Final = 250
_APPROVED: Final = "APPROVED"


class NoTemplate(LookupError):  # noqa: N818  # an expected end, with its reason
    """Of that name there is none to send. `languages`: those in which there are some.

    `code`: template_unknown, language_unknown or template_unsupported.
    """

    def __init__(self, code: str, languages: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.languages = code, languages


@dataclass(frozen=True, slots=True)
class Choice:
    id: int
    name: str
    language: str
    category: str
    words: str


def named(number: Number, name: str, language: str) -> Template:
    """The template of the number's account; `language` may be left out where there is but one.

    Whether it is approved is the guard's to say. Raises NoTemplate.
    """
    rows = list(_of(number).filter(name=name)[:_CHOICES_MAX])
    if not rows:
        raise NoTemplate("template_unknown")
    languages = tuple(sorted(row.language for row in rows))
    fitting = [row for row in rows if row.language == language or not language]
    if len(fitting) != 1:
        raise NoTemplate("language_unknown", languages)
    return _supported(fitting[0])


def chosen(number: Number, template_id: int) -> Template:
    """Raises NoTemplate also for another account's."""
    row = _of(number).filter(pk=template_id).first()
    if row is None:
        raise NoTemplate("template_unknown")
    return _supported(row)


def choices(number: Number, q: str = "") -> list[Choice]:
    """The approved ones that a single send can fill, by name; `q`: in name, language or text."""
    rows = _of(number).filter(status=_APPROVED).exclude(wish=Wish.DELETE)
    if q:
        in_it = Q(name__icontains=q.replace(" ", "_")) | Q(components__icontains=q)
        rows = rows.filter(in_it | Q(language__iexact=q))
    found = (_choice(row) for row in rows.order_by("name", "language")[:_CHOICES_MAX])
    return [choice for choice in found if choice is not None]


def _of(number: Number) -> QuerySet[Template]:
    return Template.objects.filter(waba_id=number.waba_id, deleted_at=None)


def _supported(row: Template) -> Template:
    if not template_send.is_sendable(fillings.read(row)):
        raise NoTemplate("template_unsupported")
    return row


def _choice(row: Template) -> Choice | None:
    read = fillings.read(row)
    if not template_send.is_sendable(read) or read.parts.body is None:
        return None
    return Choice(row.pk, row.name, row.language, row.category, plain(read.parts.body.text))
