"""What a browser sends a second time, because the answer to the first got lost, is written once."""

import re
from collections.abc import Callable
from typing import Final

from django.db import transaction

from sportello.console.inbox import deeds
from sportello.schema.team import IdempotentReply, User

_SHAPE: Final = re.compile(r"[0-9a-f]{32}")


def written(conversation_id: int, author: User, mark: str, write: Callable[[], object]) -> None:
    """`mark`: what the browser calls this one writing; one that is none protects nothing.

    All of it is written or nothing, and what was refused is not remembered: it may be allowed the
    next time. Raises what `write` raises, and Conversation.DoesNotExist.
    """
    with transaction.atomic():
        # Whoever comes second waits here until the first has committed.
        conversation = deeds.locked(conversation_id)
        if not _SHAPE.fullmatch(mark):
            write()
            return
        # A key of the API has no blanks.
        key = f"desk {author.pk} {conversation_id} {mark}"
        if IdempotentReply.objects.filter(key=key).exists():
            return
        write()
        IdempotentReply.objects.create(workspace_id=conversation.workspace_id, key=key)
