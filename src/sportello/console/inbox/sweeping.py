"""A deed done to all that a filter finds: asked for here, done by `workers.tend` in batches."""

from dataclasses import dataclass
from datetime import datetime

from sportello.console.inbox import captions
from sportello.console.inbox.listing import Filter, everything
from sportello.rules.sweeping import BATCH, CONVERSATIONS_MAX, UNDO_FOR
from sportello.schema.desk import Folder, Label, Sweep, SweepDeed, SweepState, Swept
from sportello.schema.team import Membership, User


class UnfitDeed(ValueError):  # noqa: N818  # the deed is unfit, nothing broke
    """The colleague, label or folder that a deed speaks of is not there."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the list says of a sweep; `may_undo` for a while only."""

    sweep: Sweep
    words: str
    may_undo: bool
    is_going: bool


def begin(
    chosen: Filter, deed: SweepDeed, target: int | None, by: Membership, now: datetime
) -> Sweep:
    """Notes which conversations the filter finds now, and leaves the deed to the worker."""
    user, workspace_id = by.user, by.workspace_id
    _check(deed, target, workspace_id)
    found = everything(chosen, user, now).order_by("pk").values_list("pk", flat=True)
    ids = list(found[:CONVERSATIONS_MAX])
    sweep = Sweep.objects.create(
        workspace_id=workspace_id, by=user, deed=deed, target=target, at=now, total=len(ids)
    )
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    Swept.objects.bulk_create(
        Swept(workspace_id=workspace_id, sweep=sweep, conversations=batch) for batch in batches
    )
    return sweep


def undo(sweep_id: int, user: User, now: datetime) -> bool:
    """Whether there was something to be undone, by whoever did it, for a while."""
    return bool(
        Sweep.objects.filter(
            pk=sweep_id,
            by=user,
            at__gt=now - UNDO_FOR,
            state__in=[SweepState.DOING, SweepState.DONE],
        ).update(state=SweepState.UNDOING)
    )


def latest(user: User, now: datetime) -> Progress | None:
    """The newest sweep of a person, as long as it goes on or can be undone."""
    sweep = Sweep.objects.filter(by=user).order_by("-pk").first()
    if sweep is None:
        return None
    is_going = sweep.state in {SweepState.DOING, SweepState.UNDOING}
    may_undo = sweep.at > now - UNDO_FOR and sweep.state in {SweepState.DOING, SweepState.DONE}
    words = str(captions.DEEDS[SweepDeed(sweep.deed)])
    return Progress(sweep, words, may_undo, is_going) if is_going or may_undo else None


def _check(deed: SweepDeed, target: int | None, workspace_id: int) -> None:
    if deed is SweepDeed.ASSIGN:
        people = Membership.objects.filter(workspace_id=workspace_id, user_id=target or 0)
        is_known = people.exclude(role="reader").exists()
    elif deed in {SweepDeed.LABEL, SweepDeed.UNLABEL}:
        is_known = Label.objects.filter(pk=target or 0, deleted_at=None).exists()
    elif deed is SweepDeed.FILE:
        is_known = target is None or Folder.objects.filter(pk=target or 0, deleted_at=None).exists()
    else:
        is_known = target is None
    if not is_known:
        raise UnfitDeed
