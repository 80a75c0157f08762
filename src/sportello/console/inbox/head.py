"""What the head of a chat needs to offer labels, folder, colleague and reminder."""

from typing import Any

from sportello.console.access import DeskRequest
from sportello.console.inbox import left, reminding
from sportello.console.inbox.counting import GROUPS_MAX
from sportello.schema.desk import Folder, Label, Labelling
from sportello.schema.inbox import Conversation


def tools(request: DeskRequest, conversation: Conversation) -> dict[str, Any]:
    carried = Labelling.objects.filter(conversation=conversation).values_list("label_id", flat=True)
    known = set(carried)
    labels = Label.objects.filter(deleted_at=None).order_by("name")[:GROUPS_MAX]
    folders = Folder.objects.filter(deleted_at=None).order_by("name")[:GROUPS_MAX]
    return {
        "own_labels": [one for one in labels if one.pk in known],
        "other_labels": [one for one in labels if one.pk not in known],
        "own_folder": conversation.folder_id,
        "all_folders": list(folders),
        "all_people": list(left.colleagues(request.workspace.pk)),
        "own_reminder": reminding.of(conversation, request.user),
        "reminder_offers": reminding.offers(request.now),
    }
