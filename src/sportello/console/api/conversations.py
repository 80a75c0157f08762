"""Conversations: listing, reading, taking and giving back control, writing."""

from ninja import Query, Router, Status

from sportello.console.api import first, shapes, shapes_desk, shown
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.inbox import deeds, openings, queries
from sportello.console.inbox.listing import Filter, listed
from sportello.console.inbox.queries import Narrowing, View
from sportello.schema.inbox import Conversation

router = Router(tags=["conversations"])

_STATES = {
    "": View.ANY,
    "open": View.ALL,
    "assistant": View.ASSISTANT,
    "queue": View.WAITING,
    "operator": View.OPERATOR,
    "closed": View.CLOSED,
}


@router.get("", response=shapes.Conversations, summary="List conversations, newest first")
@reading
def list_conversations(
    request: CallerRequest,
    state: shapes.State = "",
    q: shapes.Search = "",
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
    *,
    narrowed: Query[shapes_desk.Narrowed],
) -> shapes.Conversations:
    """`q` is looked for in names, numbers and messages: beginnings of words, any part of a name.

    `label`, `folder` and `operator` are ids; several of these narrow the list together.
    """
    now = request.auth.now
    chosen = Filter(_STATES[state], q, _narrowing(narrowed))
    page = listed(chosen, None, now, cursor=cursor, limit=limit)
    items = [shown.conversation(row, now) for row in page.items]
    return shapes.Conversations(items=items, next_cursor=page.next_cursor or None)


def _narrowing(given: shapes_desk.Narrowed) -> Narrowing:
    labels = () if given.label is None else (given.label,)
    return Narrowing(given.folder, labels, given.operator)


@router.post("", response={201: shapes.Started}, summary="Write first, with a template")
@writing
def start_conversation(request: CallerRequest, payload: shapes.StartIn) -> Status[shapes.Started]:
    """To a number, whether we know it or not; without its country's code it is the company's own.

    Refused with 409 and its `reason` as a template in a conversation is. A message that has to
    wait (for its file, for Meta's limits) is taken, and leaves by itself.
    """
    now = request.auth.now
    recipient = first.recipient(payload)
    filled = first.filled(recipient.number, payload)
    message = openings.write_first(recipient, None, filled, now)
    row = queries.conversation(message.conversation_id)
    told = shown.conversation(row, now)
    started = shapes.Started(**dict(told), message=shown.message(message))
    return Status(201, started)


@router.get("/{int:conversation_id}", response=shapes.Conversation, summary="One conversation")
@reading
def get_conversation(request: CallerRequest, conversation_id: int) -> shapes.Conversation:
    return shown.conversation(queries.conversation(conversation_id), request.auth.now)


@router.get(
    "/{int:conversation_id}/messages", response=shapes.Messages, summary="What was said in it"
)
@reading
def list_messages(
    request: CallerRequest,
    conversation_id: int,
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> shapes.Messages:
    """The newest page, in the order in which it was said; the cursor leads to older pages."""
    del request
    if not Conversation.objects.filter(pk=conversation_id).exists():
        raise Conversation.DoesNotExist
    page = queries.timeline(conversation_id, cursor=cursor, limit=limit)
    items = [shown.message(row) for row in page.items]
    return shapes.Messages(items=items, next_cursor=page.next_cursor or None)


@router.post(
    "/{int:conversation_id}/messages", response={201: shapes.Message}, summary="Write into it"
)
@writing
def post_message(
    request: CallerRequest, conversation_id: int, payload: shapes.MessageIn
) -> Status[shapes.Message]:
    """A text needs manual control and an open window, or is refused with 409 and its `reason`.

    A template needs neither; but while a customer to whom we wrote first has not answered, a
    second one is refused.
    """
    now, text = request.auth.now, payload.text or ""
    if payload.type == "template":
        number = queries.conversation(conversation_id).number
        filled = first.filled(number, payload.as_template)
        message = openings.write_template(conversation_id, None, filled, now)
    elif payload.type == "note":
        message = deeds.write_note(conversation_id, None, text, now)
    else:
        message = deeds.write_text(conversation_id, None, text, now, payload.reply_to)
    return Status(201, shown.message(message))


@router.post(
    "/{int:conversation_id}/control", response=shapes.Conversation, summary="Take manual control"
)
@writing
def take_control(request: CallerRequest, conversation_id: int) -> shapes.Conversation:
    """From the answer on no message of the assistant leaves, until control is given back."""
    now = request.auth.now
    return shown.conversation(deeds.take_control(conversation_id, None, now), now)


@router.delete(
    "/{int:conversation_id}/control", response=shapes.Conversation, summary="Give it back"
)
@writing
def release_control(request: CallerRequest, conversation_id: int) -> shapes.Conversation:
    """The assistant has it again, and answers what stands unanswered."""
    now = request.auth.now
    return shown.conversation(deeds.release(conversation_id, now), now)
