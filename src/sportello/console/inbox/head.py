"""What the head of a chat needs to offer labels, folder, colleague and reminder."""

from typing import Any

from sportello.console.access import DeskRequest
from sportello.console.inbox import reminding
from sportello.console.inbox.counting import Group
from sportello.schema.desk import Labelling
from sportello.schema.inbox import Conversation


def tools(request: DeskRequest, conversation: Conversation, labels: list[Group]) -> dict[str, Any]:
    """`labels` are the company's, as the list's column has them already."""
    carried = Labelling.objects.filter(conversation=conversation).values_list("label_id", flat=True)
    known = set(carried)
    return {
        "own_labels": [one for one in labels if one.id in known],
        "other_labels": [one for one in labels if one.id not in known],
        "own_folder": conversation.folder_id,
        "own_reminder": reminding.of(conversation, request.user),
        "reminder_offers": reminding.offers(request.now),
    }
