"""A report's rows as its file has them: plain values alone, in words once for each code.

A million rows are read so: instants are written by the database on the company's clock, and nothing
becomes an object of its own.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Case, CharField, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.campaigns import queries, report, steps_words, words
from sportello.console.campaigns.report import Filters
from sportello.console.inbox.names import name_of
from sportello.rules import campaign as rules
from sportello.rules.followup import outcome
from sportello.rules.status import State
from sportello.schema.campaigns import Campaign, Recipient
from sportello.schema.followups import Errand
from sportello.schema.people import Contact

Cells = list[str | int | float]
MICRO: Final = 1_000_000
_WALL: Final = "YYYY-MM-DD HH24:MI:SS"
# The newest thing that is known of a message; of whom none was written for, when they were let go.
_LAST: Final = [
    *(f"message__{name}" for name in ("read_at", "delivered_at", "failed_at", "sent_at", "at")),
    "released_at",
]
_NAMES: Final = [f"contact__{name}" for name in ("name", "profile_name", "username", "wa_id")]
_ERASED: Final = "contact__erased_at"
_ANSWERS: Final = ("has_answered", "tapped", "has_stopped")
_DECIDED: Final = {
    "resent": gettext_lazy("sent again by %(name)s"),
    "sent": gettext_lazy("taken as sent by %(name)s"),
}


def head() -> list[str]:
    return [
        _("Name"), _("Number"), _("State"), _("When"), _("Reason"), _("Code"), _("Price"),
        _("Currency"), _("Answered"), _("Tapped button"), _("Asked to stop"), _("Decided"),
    ]  # fmt: skip


def step_head(position: int) -> list[str]:
    names = (_("State"), _("When"), _("Reason"), _("Price"))
    return [f"{_('Follow-up')} {position}: {name}" for name in names]


class Rows:
    """Of one campaign, in one language. `zone`: IANA name of the company's; `steps`: positions."""

    def __init__(self, row: Campaign, zone: str, steps: Collection[int]) -> None:
        self._row, self._zone, self._steps = row, zone, steps
        self._reasons: dict[str, str] = {"": ""}
        self._outcomes: dict[tuple[str, str | None], str] = {}
        self._yes = _("yes")

    def head(self) -> list[str]:
        return head() + [name for step in self._steps for name in step_head(step)]

    def after(self, recipient_id: int, filters: Filters, limit: int) -> tuple[list[Cells], int]:
        """The next so many by id, and the last one's id."""
        people = report.told(Recipient.objects.filter(campaign=self._row)).filter(
            report.narrowed(self._row, filters.outcome), pk__gt=recipient_id
        )
        if filters.reason:
            people = people.filter(reason=filters.reason)
        found = list(self._values(people.order_by("pk"))[:limit])
        later = self._later([one[0] for one in found]) if self._steps else {}
        empty: Cells = [""] * 4
        cells = [
            self._cells(*one)
            + [cell for step in self._steps for cell in later.get((one[0], step), empty)]
            for one in found
        ]
        return cells, found[-1][0] if found else 0

    def _values(self, people: QuerySet[Any]) -> QuerySet[Any, Any]:
        told: QuerySet[Any, Any] = people.annotate(
            wall=self._wall(Coalesce(*_LAST)), micros=_price()
        )
        rows: QuerySet[Any, Any] = told.values_list(
            "pk", *_NAMES, _ERASED, "skipped_why", "message__status", "wall", "reason", "micros",
            "message__charge__currency", *_ANSWERS, "verdict", "verdict_by__name",
            "verdict_by__email",
        )  # fmt: skip
        return rows

    def _cells(  # noqa: PLR0913, PLR0917  # the columns, in their order
        self, _id: int, name: str, profile: str, username: str, wa_id: str | None, erased: Any,
        skipped: str, status: str | None, wall: str | None, reason: str, micros: int | None,
        currency: str | None, answered: Any, tapped: str, stopped: Any, verdict: str,
        by: str | None, email: str | None,
    ) -> Cells:  # fmt: skip
        return [
            name or profile or _called(username, wa_id, erased),
            f"+{wa_id}" if wa_id else "",
            self._outcome(skipped, status),
            wall or "",
            self._reason(reason) if reason else "",
            reason,
            "" if micros is None else micros / MICRO,
            currency or "",
            self._yes if answered else "",
            tapped,
            self._yes if stopped else "",
            str(_DECIDED[verdict]) % {"name": by or email or ""} if verdict else "",
        ]

    def _later(self, ids: Collection[int]) -> dict[tuple[int, int], Cells]:
        """By recipient and position what became of their follow-ups."""
        told = Errand.objects.filter(recipient_id__in=ids).annotate(
            wall=self._wall(F("released_at")),
            micros=_price(),
            code=Coalesce(
                KeyTextTransform("code", "message__error"), Value(""), output_field=TextField()
            ),
        )
        values = "recipient_id", "position", "skipped_why", "message__status", "wall", "code"
        return {
            (person, position): [
                str(words.OUTCOME[outcome(skipped, status and State(status), self._state)]),
                wall or "",
                self._reason(skipped or code),
                "" if micros is None else micros / MICRO,
            ]
            for person, position, skipped, status, wall, code, micros in told.values_list(
                *values, "micros"
            )
        }

    @property
    def _state(self) -> rules.State:
        return rules.State(self._row.state)

    def _outcome(self, skipped: str, status: str | None) -> str:
        known = self._outcomes.get((skipped, status))
        if known is None:
            known = str(words.OUTCOME[queries.outcome(self._row, skipped, status)])
            self._outcomes[skipped, status] = known
        return known

    def _reason(self, code: str) -> str:
        known = self._reasons.get(code)
        if known is None:
            known = self._reasons[code] = steps_words.reason(code)
        return known

    def _wall(self, instant: Any) -> Func:
        """As the company's clock showed it."""
        shown = Func(Value(self._zone), instant, function="timezone")
        return Func(shown, Value(_WALL), function="to_char", output_field=CharField())


def _price() -> Case:
    """Millionths: as billed where Meta has said it; None while nothing is owed or known."""
    charge = "message__charge__"
    told = Coalesce(f"{charge}micros", f"{charge}expected_micros")
    return Case(When(Q(**{f"{charge}fell_through": False}), then=told))


def _called(username: str, wa_id: str | None, erased: Any) -> str:
    return name_of(Contact(username=username, wa_id=wa_id, erased_at=erased))
