"""Where one lands: the desk, since that is where the work lies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def home(_request: HttpRequest) -> HttpResponse:
    return redirect("inbox:desk")
