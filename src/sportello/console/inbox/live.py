"""The way to the live stream: an address with a ticket for one person and one workspace."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.http import urlencode

from sportello.rules import ticket
from sportello.rules.ids import UserId, WorkspaceId
from sportello.schema.team import User, Workspace

PATH = "/live"
# Long enough for a browser to reconnect by itself; live.js asks for a new one after that.
LASTS = timedelta(minutes=10)


def address(user: User, workspace: Workspace, now: datetime) -> str:
    key = settings.SECRET_KEY.encode()
    issued = ticket.issue(key, UserId(user.pk), WorkspaceId(workspace.pk), now + LASTS)
    return f"{PATH}?{urlencode({'ticket': issued})}"
