"""Whom the audit log names for a change: the person or the key, the deed, the address, the time."""

import json
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from sportello.console.access import DeskRequest


def of_page(request: DeskRequest) -> str:
    """A signed-in person at one of the console's pages."""
    return _told(request, request.now, {"user": request.user.pk})


def of_key(request: HttpRequest, prefix: str, now: datetime) -> str:
    """A program that calls the API."""
    return _told(request, now, {"key": prefix})


def of_guest(request: HttpRequest, now: datetime) -> str:
    """Somebody who is not signed in, as who accepts an invitation."""
    return _told(request, now, {})


def _told(request: HttpRequest, now: datetime, who: dict[str, object]) -> str:
    """JSON, as the trigger `sportello_audit` reads it."""
    match = request.resolver_match
    deed = "" if match is None else f"{request.method} {match.route}"
    where = str(get_adapter().get_client_ip(request))
    return json.dumps({**who, "deed": deed[:200], "ip": where, "at": now.isoformat()})
