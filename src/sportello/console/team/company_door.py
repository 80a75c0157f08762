"""Signing in through the company: its address, the way to its provider, and the way back."""

import asyncio
import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, cast

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sportello import clock
from sportello.console import access, actor, sealing
from sportello.console.team import admitting
from sportello.console.team.sign_in_words import REFUSED, words_of_flaw
from sportello.fetching import openid
from sportello.fetching.client import Settings
from sportello.schema.sign_in import IdentityProvider
from sportello.schema.team import User, Workspace

COOKIE: Final = "sportello_company"
_COOKIE_S: Final = 400 * 24 * 3600
_SESSION: Final = "company_door"
# Between leaving for the provider and coming back.
_WAY_TAKES: Final = timedelta(minutes=10)
# Sign-ins under way in one browser: as many tabs.
_KNOCKS_MAX: Final = 5
_SECONDS_MAX: Final = 6.0
_REFUSED: Final = 403
_GONE: Final = 404
_log = logging.getLogger(__name__)


def limits() -> Settings:
    return Settings(private_hosts=settings.SPORTELLO_PRIVATE_HOSTS, seconds_max=_SECONDS_MAX)


def returns_to() -> str:
    """What the company enters at its provider."""
    return f"{settings.SPORTELLO_PUBLIC_URL}{reverse('company-return')}"


@login_not_required
@never_cache
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Asks for the company, and remembers it on this device."""
    if request.user.is_authenticated:
        return redirect("home")
    wished = request.GET.get("company", "").strip().lower()
    known = request.COOKIES.get(COOKIE, "")
    if not wished and _provider(known) is not None and "other" not in request.GET:
        return redirect("company-door", known)
    if wished and _provider(wished) is not None:
        return redirect("company-door", wished)
    shown = {"wished": wished[:60], "unknown": bool(wished)}
    return render(request, "team/company_find.html", shown, status=_GONE if wished else None)


@login_not_required
@never_cache
@require_GET
def door(request: HttpRequest, company: str) -> HttpResponse:
    """The company's own page: one button."""
    if request.user.is_authenticated:
        return redirect("home")
    provider = _provider(company)
    if provider is None:
        return render(
            request, "team/company_find.html", {"wished": company, "unknown": True}, status=_GONE
        )
    answered = render(request, "team/company_door.html", _of(provider))
    answered.set_cookie(
        COOKIE, company, max_age=_COOKIE_S, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answered


@login_not_required
@never_cache
@require_POST
def knock(request: HttpRequest, company: str) -> HttpResponse:
    """Leads to the provider by `Refresh`: a redirect would belong to the form, whose way
    Content-Security-Policy keeps inside the house.
    """
    if request.user.is_authenticated:
        return redirect("home")
    if not ratelimit.consume(request, action="company_door"):
        return cast("HttpResponse", ratelimit.respond_429(request))
    provider = _provider(company)
    if provider is None:
        return redirect("company-find")
    try:
        found = asyncio.run(openid.discover(provider.issuer, limits()))
    except openid.OpenIdError as error:
        return _turned(request, provider, error.code, words_of_flaw(error.code))
    knocked = openid.new_knock()
    _remember(request, knocked, found, company)
    address = openid.address(found, _client(provider), knocked)
    shown = {"address": address, **_of(provider)}
    answered = render(request, "team/company_leaving.html", shown)
    answered.headers["Refresh"] = f"0; url={address}"
    return answered


@login_not_required
@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people to. Nothing in the address is believed but what fits the
    session of this browser.
    """
    if request.user.is_authenticated:
        return redirect("home")
    kept = _recalled(request, clock.now())
    provider = _provider(kept["company"]) if kept else None
    if kept is None or provider is None or provider.issuer != kept["provider"]["issuer"]:
        return _turned(request, None, "no_way", REFUSED["no_way"])
    if "error" in request.GET or not request.GET.get("code"):
        return _turned(request, provider, "broken_off", REFUSED["broken_off"])
    if request.GET.get("iss", provider.issuer) != provider.issuer:
        return _turned(request, provider, openid.Flaw.TOKEN_UNTRUE, REFUSED["token_untrue"])
    return _arrived(request, provider, kept)


def _arrived(
    request: HttpRequest, provider: IdentityProvider, kept: dict[str, Any]
) -> HttpResponse:
    now = clock.now()
    found, knocked = openid.Provider(**kept["provider"]), openid.Knock(**kept["knock"])
    way = openid.redeem(found, _client(provider), knocked, request.GET["code"], limits())
    try:
        claims = asyncio.run(way)
        user = _admitted(request, provider, claims, now)
    except openid.OpenIdError as error:
        return _turned(request, provider, error.code, words_of_flaw(error.code))
    except admitting.TurnedAway as turned:
        return _turned(request, provider, turned.why, REFUSED[turned.why])
    # From here on as after a password: a second factor is asked for by whoever has one.
    return cast("HttpResponse", perform_login(request, user, redirect_url=reverse("home")))


def _admitted(
    request: HttpRequest, provider: IdentityProvider, claims: openid.Claims, now: datetime
) -> User:
    with access.workspace_transaction(None):
        access.narrow(provider.workspace_id, actor.of_guest(request, now))
        # One at a time: two tabs that come back at once link the person once.
        IdentityProvider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
        return admitting.admit(provider, claims, now)


def _provider(company: str) -> IdentityProvider | None:
    """The one in use whose address names the company."""
    if not company:
        return None
    with access.workspace_transaction(None):
        access.name_door(company)
        return IdentityProvider.objects.filter(door=company, enabled=True).first()


def _of(provider: IdentityProvider) -> dict[str, Any]:
    with access.workspace_transaction(provider.workspace_id):
        company = Workspace.objects.get(pk=provider.workspace_id).name
    return {"provider": provider, "company": company}


def _client(provider: IdentityProvider) -> openid.Client:
    secret = sealing.provider(provider.pk, bytes(provider.sealed))
    return openid.Client(provider.client_id, secret, returns_to())


def _remember(
    request: HttpRequest, knocked: openid.Knock, found: openid.Provider, company: str
) -> None:
    kept = dict(list(request.session.get(_SESSION, {}).items())[1 - _KNOCKS_MAX :])
    kept[knocked.state] = {
        "company": company,
        "knock": asdict(knocked),
        "provider": asdict(found),
        "until": (clock.now() + _WAY_TAKES).isoformat(),
    }
    request.session[_SESSION] = kept


def _recalled(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """Each way back is gone once."""
    kept = dict(request.session.get(_SESSION, {}))
    found = kept.pop(request.GET.get("state", ""), None)
    if found is None:
        return None
    request.session[_SESSION] = kept
    return found if now < datetime.fromisoformat(found["until"]) else None


def _turned(
    request: HttpRequest, provider: IdentityProvider | None, code: str, words: Any
) -> HttpResponse:
    _log.info("company sign-in refused", extra={"why": str(code)})
    shown = {"code": str(code), "words": words, "provider": provider}
    return render(request, "team/company_refused.html", shown, status=_REFUSED)
