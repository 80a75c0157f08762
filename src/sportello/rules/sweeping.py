"""What a deed done to many does to each conversation, and how it is taken back."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, assert_never

from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Close, Holder, Ownership, Reason, TakeControl, advance

# How long a sweep can be undone.
UNDO_FOR: Final = timedelta(minutes=30)
CONVERSATIONS_MAX: Final = 100_000
BATCH: Final = 200


class Deed(StrEnum):
    CLOSE = "close"
    ASSIGN = "assign"
    LABEL = "label"
    UNLABEL = "unlabel"
    FILE = "file"
    READ = "read"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as a sweep finds it. `is_awaiting`: we wrote first, nobody has answered."""

    ownership: Ownership
    unread: int
    folder_id: int | None
    has_label: bool
    is_awaiting: bool


def done(chat: Chat, deed: Deed, target: int | None) -> Chat | None:
    """The chat after the deed; None where it changes nothing or may not be done."""
    after = _done(chat, deed, target)
    return None if after == chat else after


def undone(now: Chat, before: Chat, after: Chat) -> Chat | None:
    """The chat as it was before the deed; None where somebody changed the same since."""
    is_ours = now.ownership == after.ownership != before.ownership
    back = _back(now.ownership, before.ownership) if is_ours else now.ownership
    restored = Chat(
        ownership=back,
        unread=before.unread if now.unread == after.unread else now.unread,
        folder_id=before.folder_id if now.folder_id == after.folder_id else now.folder_id,
        has_label=before.has_label,
        is_awaiting=now.is_awaiting,
    )
    return None if restored == now else restored


def _done(chat: Chat, deed: Deed, target: int | None) -> Chat:
    match deed:
        case Deed.CLOSE:
            return replace(chat, ownership=advance(chat.ownership, Close()))
        case Deed.ASSIGN:
            held = chat.ownership
            # Nobody takes a chat that we began until the customer has answered.
            if target is None or chat.is_awaiting:
                return chat
            return replace(chat, ownership=advance(held, TakeControl(OperatorId(target))))
        case Deed.LABEL | Deed.UNLABEL:
            return replace(chat, has_label=deed is Deed.LABEL)
        case Deed.FILE:
            return replace(chat, folder_id=target)
        case Deed.READ:
            return replace(chat, unread=0)
        case Deed.UNREAD:
            return replace(chat, unread=max(1, chat.unread))
        case _:
            assert_never(deed)


def _back(now: Ownership, before: Ownership) -> Ownership:
    """To whoever had it, one epoch later: what was prepared meanwhile stays void."""
    return Ownership(
        holder=before.holder,
        operator=before.operator,
        reason=before.reason,
        control_epoch=now.control_epoch + 1,
    )


def noted(chat: Chat) -> dict[str, object]:
    """As JSON, so that it can be taken back."""
    held = chat.ownership
    return {
        "holder": held.holder.value,
        "operator": held.operator,
        "reason": None if held.reason is None else held.reason.value,
        "epoch": held.control_epoch,
        "unread": chat.unread,
        "folder": chat.folder_id,
        "label": chat.has_label,
    }


def read(note: dict[str, object]) -> Chat:
    """What `noted` wrote."""
    operator, reason, folder = note["operator"], note["reason"], note["folder"]
    return Chat(
        ownership=Ownership(
            holder=Holder(str(note["holder"])),
            operator=None if operator is None else OperatorId(int(str(operator))),
            reason=None if reason is None else Reason(str(reason)),
            control_epoch=int(str(note["epoch"])),
        ),
        unread=int(str(note["unread"])),
        folder_id=None if folder is None else int(str(folder)),
        has_label=bool(note["label"]),
        is_awaiting=False,
    )
