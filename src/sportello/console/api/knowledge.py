"""The company's knowledge: question-answer pairs."""

from ninja import Router, Status

from sportello.console.api import shapes, shown
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.library import deeds
from sportello.console.paging import newest_ids_first
from sportello.schema.library import Pair

router = Router(tags=["knowledge"])


@router.get("/pairs", response=shapes.Pairs, summary="List question-answer pairs, newest first")
@reading
def list_pairs(
    request: CallerRequest, cursor: shapes.Cursor = "", limit: shapes.Limit = 50
) -> shapes.Pairs:
    del request
    page = newest_ids_first(Pair.objects.filter(deleted_at=None), cursor, limit)
    items = [shown.pair(row) for row in page.items]
    return shapes.Pairs(items=items, next_cursor=page.next_cursor or None)


@router.post("/pairs", response={201: shapes.Pair}, summary="Add a pair")
@writing
def add_pair(request: CallerRequest, payload: shapes.PairIn) -> Status[shapes.Pair]:
    """It holds at once, untried; the assistant finds it within moments, and `indexed` says when.

    People see in the console what a change wins and loses before they publish it; a program asks
    its questions by `POST /assistant/ask`, or whoever runs it by `sportello eval run`.
    """
    draft = deeds.Draft(
        question=payload.question,
        answer=payload.answer,
        variants=payload.variants,
        language=payload.language,
    )
    return Status(201, shown.pair(deeds.add(request.auth.workspace_id, draft)))


@router.delete("/pairs/{int:pair_id}", response={204: None}, summary="Take a pair away")
@writing
def remove_pair(request: CallerRequest, pair_id: int) -> Status[None]:
    deeds.remove(pair_id, request.auth.now)
    return Status(204, None)
