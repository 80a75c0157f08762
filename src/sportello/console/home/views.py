"""Where one lands: the desk, since that is where the work lies; before that, the first steps."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest
from sportello.console.home import guide
from sportello.console.members import member
from sportello.schema.team import Membership


def home(request: HttpRequest) -> HttpResponse:
    """A new company begins with its first steps; the demo with its desk, which shows them too."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None or settings.SPORTELLO_PHONE_URL or not guide.is_open(membership):
        return redirect("inbox:desk")
    return redirect("home-guide")


@member
@require_GET
def first_steps(request: DeskRequest) -> HttpResponse:
    shown = {"guide": guide.of(request.membership), "is_demo": bool(settings.SPORTELLO_PHONE_URL)}
    return render(request, "home/guide.html", shown)


@member
@require_POST
def dismissal(request: DeskRequest) -> HttpResponse:
    guide.dismiss(request.membership, request.now)
    return redirect("inbox:desk")


@member
@require_POST
def restart(request: DeskRequest) -> HttpResponse:
    guide.restart(request.membership, request.now)
    return redirect("home-guide")
