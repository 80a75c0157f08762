"""The colleagues whom a note can name."""

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.console.team.words import ROLE
from sportello.schema.team import Membership, Role

_NAMES_MAX: Final = 200


@member
@require_GET
def names(request: DeskRequest) -> HttpResponse:
    """`{"items": [{"name", "role"}]}`: who works here and has a name, but for who asks. An `@` and
    the name in a note tell that person (schema/notices.py).
    """
    rows = Membership.objects.filter(workspace=request.workspace, deactivated_at=None)
    named = rows.exclude(user=request.user).exclude(user__name="").select_related("user")
    ordered = named.order_by("user__name", "pk")[:_NAMES_MAX]
    items = [{"name": row.user.name, "role": str(ROLE[Role(row.role)])} for row in ordered]
    return JsonResponse({"items": items})
