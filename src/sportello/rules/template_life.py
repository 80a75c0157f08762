"""What may be done with a template as it stands, and the way back of one that was rejected.

Source: reference, templates 4.3 (editing, deletion) and 4.5 (status values).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sportello.rules.template_likeness import likeness
from sportello.rules.template_text import plain_name

DRAFT: Final = "draft"
SUBMITTING: Final = "submitting"
FAILED: Final = "failed"
OURS: Final = frozenset({DRAFT, SUBMITTING, FAILED})

EDITABLE: Final = frozenset({"APPROVED", "REJECTED", "PAUSED"})
EDIT_EVERY: Final = timedelta(hours=24)
EDITS_MAX: Final = 10
EDITS_WITHIN: Final = timedelta(days=30)
NAME_LOCKED: Final = timedelta(days=30)
# From here on a text is so like the rejected one that it would meet the same fate.
ALIKE: Final = 0.7


class Obstacle(StrEnum):
    """Why something cannot be done with a template now. Stable: pages and scripts rely on it."""

    BUSY = "busy"
    NOT_SUBMITTED = "not_submitted"
    ALREADY_SUBMITTED = "already_submitted"
    IN_REVIEW = "in_review"
    DISABLED = "disabled"
    ARCHIVED = "archived"
    BEING_DELETED = "being_deleted"
    NOT_EDITABLE = "not_editable"
    CATEGORY_FIXED = "category_fixed"
    EDITED_TODAY = "edited_today"
    EDITED_OFTEN = "edited_often"


@dataclass(frozen=True, slots=True)
class Objection:
    """`until`: when it passes by itself; None where it does not, or nobody knows when."""

    obstacle: Obstacle
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A template as the row tells it. `edits`: those that Meta took while it was approved.

    `has_wish`: something asked of Meta is still under way.
    """

    status: str
    category: str = ""
    has_wish: bool = False
    edits: Sequence[datetime] = ()


_NEVER: Final[Mapping[str, Obstacle]] = MappingProxyType(
    {
        DRAFT: Obstacle.NOT_SUBMITTED,
        SUBMITTING: Obstacle.BUSY,
        FAILED: Obstacle.NOT_SUBMITTED,
        "PENDING": Obstacle.IN_REVIEW,
        "IN_APPEAL": Obstacle.IN_REVIEW,
        "DISABLED": Obstacle.DISABLED,
        "ARCHIVED": Obstacle.ARCHIVED,
        "PENDING_DELETION": Obstacle.BEING_DELETED,
        "DELETED": Obstacle.BEING_DELETED,
    }
)


def against_submitting(life: Life) -> Objection | None:
    """A draft, or what Meta refused at the door, may be submitted."""
    if life.has_wish or life.status == SUBMITTING:
        return Objection(Obstacle.BUSY)
    return None if life.status in OURS else Objection(Obstacle.ALREADY_SUBMITTED)


def against_editing(life: Life, now: datetime, *, category: str = "") -> Objection | None:
    """Why Meta would refuse an edit now. `category`: the one wished for; empty: as it is."""
    if life.has_wish:
        return Objection(Obstacle.BUSY)
    if life.status not in EDITABLE:
        return Objection(_NEVER.get(life.status, Obstacle.NOT_EDITABLE))
    if life.status != "APPROVED":
        return None
    if category and category != life.category:
        return Objection(Obstacle.CATEGORY_FIXED)
    return _against_pace(life.edits, now)


def _against_pace(edits: Sequence[datetime], now: datetime) -> Objection | None:
    """Once in 24 hours, ten times in 30 days; the later of the two ends counts."""
    recent = sorted(at for at in edits if at > now - EDITS_WITHIN)
    objections = []
    if recent and recent[-1] > now - EDIT_EVERY:
        objections.append(Objection(Obstacle.EDITED_TODAY, recent[-1] + EDIT_EVERY))
    if len(recent) >= EDITS_MAX:
        until = recent[-EDITS_MAX] + EDITS_WITHIN
        objections.append(Objection(Obstacle.EDITED_OFTEN, until))
    return max(objections, key=lambda one: one.until or now, default=None)


def against_deleting(life: Life) -> Objection | None:
    """One that Meta disabled stays; one that is going goes by itself."""
    if life.has_wish or life.status == SUBMITTING:
        return Objection(Obstacle.BUSY)
    if life.status in {"PENDING_DELETION", "DELETED"}:
        return Objection(Obstacle.BEING_DELETED)
    return Objection(Obstacle.DISABLED) if life.status == "DISABLED" else None


def name_free_at(deleted_at: datetime | None, *, was_approved: bool) -> datetime | None:
    """When Meta frees the name of a template that is gone; None: it is free."""
    return deleted_at + NAME_LOCKED if deleted_at is not None and was_approved else None


def locks_its_name(status: str, *, was_approved: bool) -> bool:
    """Whether deleting it now costs its name for `NAME_LOCKED`: the warning before it."""
    return status not in OURS and (was_approved or status in {"APPROVED", "PAUSED", "ARCHIVED"})


class Step(StrEnum):
    """What the way back of a rejected template asks for, in this order."""

    NEW_NAME = "new_name"
    NEW_CONTENT = "new_content"
    COMPLETE_PROFILE = "complete_profile"
    WAIT = "wait"


class Profile(StrEnum):
    """What of a number's profile Meta's reviewers look for. Source: product, T4."""

    PHOTO = "photo"
    DESCRIPTION = "description"
    EMAIL = "email"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Wording:
    """A template as far as it is compared."""

    name: str
    body: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class WayBack:
    """`same_name`: only capitals or signs tell it apart. `alike`: 0 to 1, by `likeness`.

    `missing`: of the profile; it delays the review and forbids nothing.
    """

    same_name: bool
    alike: float
    missing: tuple[Profile, ...]

    @property
    def too_alike(self) -> bool:
        """The same fate awaits it."""
        return self.alike >= ALIKE

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """What is still to be done; waiting always is."""
        steps = ((Step.NEW_NAME, self.same_name), (Step.NEW_CONTENT, self.too_alike))
        left = [step for step, is_open in steps if is_open]
        if self.missing:
            left.append(Step.COMPLETE_PROFILE)
        return (*left, Step.WAIT)

    @property
    def may_submit(self) -> bool:
        """Name and content differ enough to be worth a reviewer's look."""
        return not self.same_name and not self.too_alike


def way_back(
    rejected: Wording, new: Wording, profile: Mapping[str, object] = MappingProxyType({})
) -> WayBack:
    """How far a new template is from the rejected one. `profile`: Meta's, as last seen."""
    return WayBack(
        same_name=plain_name(rejected.name) == plain_name(new.name),
        alike=likeness(_text(rejected), _text(new)),
        missing=missing_of(profile),
    )


def missing_of(profile: Mapping[str, object]) -> tuple[Profile, ...]:
    """What the profile of the number lacks."""
    said = {
        Profile.PHOTO: profile.get("profile_picture_url"),
        Profile.DESCRIPTION: profile.get("description"),
        Profile.EMAIL: profile.get("email"),
        Profile.WEBSITE: profile.get("websites"),
    }
    return tuple(part for part, value in said.items() if not value)


def _text(wording: Wording) -> str:
    return f"{wording.body}\n{wording.footer}".strip()
