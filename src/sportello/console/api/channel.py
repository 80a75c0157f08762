"""The company's WhatsApp numbers."""

from ninja import Router

from sportello.console.api import shapes, shown
from sportello.console.api.access import CallerRequest, reading
from sportello.schema.channel import Number

router = Router(tags=["channel"])
_NUMBERS_MAX = 50


@router.get("", response=shapes.Channel, summary="The numbers and their health")
@reading
def get_channel(request: CallerRequest) -> shapes.Channel:
    del request
    rows = Number.objects.order_by("pk")[:_NUMBERS_MAX]
    return shapes.Channel(numbers=[shown.number(row) for row in rows])
