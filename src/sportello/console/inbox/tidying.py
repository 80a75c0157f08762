"""Labels, folders, colleagues and what is unread: what a person does to one conversation."""

from datetime import datetime

from sportello.console.inbox import deeds
from sportello.schema.desk import Folder, Label, Labelling
from sportello.schema.inbox import Conversation
from sportello.schema.team import Membership, User


def label(conversation: Conversation, label_id: int, *, carries: bool) -> None:
    """Raises Label.DoesNotExist, also for one that was deleted."""
    one = Label.objects.get(pk=label_id, deleted_at=None)
    if carries:
        Labelling.objects.get_or_create(
            conversation=conversation, label=one, workspace_id=conversation.workspace_id
        )
    else:
        Labelling.objects.filter(conversation=conversation, label=one).delete()


def put(conversation: Conversation, folder_id: int | None) -> None:
    """Into a folder, or out of any. Raises Folder.DoesNotExist."""
    folder = None if folder_id is None else Folder.objects.get(pk=folder_id, deleted_at=None)
    Conversation.objects.filter(pk=conversation.pk).update(folder=folder)


def assign(conversation_id: int, operator_id: int, now: datetime) -> Conversation:
    """As if that colleague took control. Raises User.DoesNotExist, or Refused as taking does."""
    workspace_id = deeds.locked(conversation_id).workspace_id
    members = Membership.objects.filter(workspace_id=workspace_id).exclude(role="reader")
    colleague = User.objects.get(pk=operator_id, pk__in=members.values("user"))
    return deeds.take_control(conversation_id, colleague, now)


def mark_unread(conversation_id: int) -> None:
    Conversation.objects.filter(pk=conversation_id, unread_count=0).update(unread_count=1)
