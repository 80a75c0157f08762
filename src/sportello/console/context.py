"""What every page knows beside its own matter: the rail, the theme, the company's time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy

from sportello.console import permits
from sportello.console.access import DeskRequest
from sportello.console.home import guide
from sportello.rules.permissions import Role
from sportello.schema.channel import Quarantined


@dataclass(frozen=True, slots=True)
class Entry:
    """A room of the console. `route` names its page, `rooms` what lies behind it."""

    room: str
    route: str
    icon: str
    words: Any


RAIL = (
    Entry("inbox", "inbox:desk", icon="messages", words=gettext_lazy("Conversations")),
    Entry("templates", "templates:list", icon="template", words=gettext_lazy("Templates")),
    Entry("contacts", "contacts:contacts", icon="users", words=gettext_lazy("Contacts")),
    Entry("campaigns", "campaigns:list", icon="speakerphone", words=gettext_lazy("Campaigns")),
    Entry("automations", "automations:list", icon="rotate", words=gettext_lazy("Automations")),
    Entry("library", "library:pairs", icon="book-2", words=gettext_lazy("Knowledge")),
    Entry("assistant", "assistant", icon="sparkles", words=gettext_lazy("Assistant")),
    Entry("analytics", "analytics:overview", icon="chart-bar", words=gettext_lazy("Analytics")),
    Entry("channel", "channel:numbers", icon="phone", words=gettext_lazy("Number")),
    Entry("settings", "settings:company", icon="settings", words=gettext_lazy("Settings")),
)

_TROUBLES_MAX = 99
_RAIL_ROOMS = frozenset(entry.room for entry in RAIL)
# Pages that lie under another room's tabs.
_WITHIN = {
    "policy": "channel",
    "policy-campaigns": "campaigns",
    "doctor": "channel",
    "campaign-steps": "campaigns",
    "people": "settings",
    "notice-wishes": "notices",
}
# How allauth's names of a person's own pages begin: password, second factor, devices.
_OWN = ("account_", "mfa_", "usersessions_")


def frame(request: HttpRequest) -> dict[str, Any]:
    """For a signed-in member the rail as well; for anybody the theme and the language."""
    desk = cast("DeskRequest", request)
    always = {"theme": getattr(desk, "theme", "auto"), "phone_url": settings.SPORTELLO_PHONE_URL}
    if getattr(desk, "membership", None) is None:
        return always
    return always | {
        "rail": _rail(desk.membership.role),
        "room": _room(request),
        "now": desk.now,
        "troubles": _troubles,
        "first_steps": lambda: guide.is_open(desk.membership),
    }


def _rail(role: str) -> Callable[[], list[dict[str, Any]]]:
    """Asked by pages that have a rail; the pages of errors stand alone."""
    return lambda: _rooms(role)


@lru_cache(maxsize=len(Role))
def _rooms(role: str) -> list[dict[str, Any]]:
    """Those that the role may look into: neither roles nor addresses change while we run."""
    known = [(entry, reverse(entry.route)) for entry in RAIL]
    open_to = {url: permits.of_page(resolve(url)) for _entry, url in known}
    return [
        {"entry": entry, "url": url}
        for entry, url in known
        if (permit := open_to[url]) is not None and permit.allows(role, "GET")
    ]


def _room(request: HttpRequest) -> str:
    """The rail's entry under which the page lies, by the route's namespace or name.

    A room without a namespace has pages named after it: `assistant`, `assistant-tone`.
    """
    match = request.resolver_match
    name = "" if match is None else match.namespace or match.url_name or ""
    if name.startswith(_OWN):
        return "profile"
    room = _WITHIN.get(name, name)
    first = room.partition("-")[0]
    return first if first in _RAIL_ROOMS else room


def _troubles() -> int:
    """Events set aside and not yet looked at; asked only where a page shows it."""
    waiting = Quarantined.objects.filter(resolved_at=None)[: _TROUBLES_MAX + 1]
    return len(waiting.values_list("pk"))
