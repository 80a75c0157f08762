"""OpenID Connect as a client: who a provider says that somebody is, and nothing believed unproved.

SOURCE: OpenID Connect Core 1.0 sections 3.1 and 5.3, Discovery 1.0 section 4, RFC 7636 (PKCE),
RFC 9207 (`iss` in the answer). Each token's signature is checked, though it came over TLS.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import jwt

from sportello.fetching import addresses
from sportello.fetching.call import Answered, look, submit
from sportello.fetching.client import Settings

_ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_CLAIMS: Final = ("iss", "sub", "aud", "exp", "iat", "nonce")
# Between two clocks.
_LEEWAY_S: Final = 60
_SUBJECT_MAX: Final = 255
_CODE_MAX: Final = 4_000


class Flaw(StrEnum):
    """Why nobody is believed; or, beside these, a code of `fetching.call.Answered.why`."""

    INSECURE = "insecure"
    NOT_A_PROVIDER = "not_a_provider"
    OTHER_ISSUER = "other_issuer"
    CODE_REFUSED = "code_refused"
    TOKEN_UNTRUE = "token_untrue"  # noqa: S105  # the name of a flaw


class OpenIdError(Exception):
    """`code`: a Flaw, or why the provider could not be asked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider's own description says, as far as it is needed."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    # The secret goes into the form: the provider knows no other way.
    posts_secret: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the provider; `returns_to` is where it sends people back."""

    client_id: str
    secret: str = field(repr=False)
    returns_to: str


@dataclass(frozen=True, slots=True)
class Knock:
    """What binds one sign-in together: the browser, the token, the code."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claims:
    """`email` is "" unless the provider names one; `verified` only where it says so itself."""

    subject: str
    email: str
    verified: bool
    name: str


def new_knock() -> Knock:
    return Knock(*(secrets.token_urlsafe(32) for _ in range(3)))


async def discover(issuer: str, settings: Settings) -> Provider:
    """Raises OpenIdError."""
    _demand_secure(issuer, settings)
    told = _object(
        await look(f"{issuer.rstrip('/')}/.well-known/openid-configuration", settings),
        Flaw.NOT_A_PROVIDER,
    )
    if told.get("issuer") != issuer:
        raise OpenIdError(Flaw.OTHER_ISSUER)
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    provider = Provider(
        issuer=issuer,
        authorization=str(told.get("authorization_endpoint", "")),
        token=str(told.get("token_endpoint", "")),
        keys=str(told.get("jwks_uri", "")),
        userinfo=str(told.get("userinfo_endpoint", "")),
        posts_secret=isinstance(ways, list) and "client_secret_basic" not in ways,
    )
    for url in (provider.authorization, provider.token, provider.keys):
        _demand_secure(url, settings)
    return provider


def address(provider: Provider, client: Client, knock: Knock) -> str:
    """Where the browser goes to be asked who it is."""
    hashed = hashlib.sha256(knock.verifier.encode()).digest()
    asked = urlencode(
        {
            "response_type": "code",
            "scope": "openid email profile",
            "client_id": client.client_id,
            "redirect_uri": client.returns_to,
            "state": knock.state,
            "nonce": knock.nonce,
            "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
    )
    joint = "&" if urlsplit(provider.authorization).query else "?"
    return f"{provider.authorization}{joint}{asked}"


async def redeem(
    provider: Provider, client: Client, knock: Knock, code: str, settings: Settings
) -> Claims:
    """Who came back with `code`. Raises OpenIdError."""
    tokens = await _tokens(provider, client, knock, code, settings)
    keys = _object(await look(provider.keys, settings), Flaw.NOT_A_PROVIDER)
    claims = _verified(str(tokens.get("id_token", "")), keys, provider, client)
    if not hmac.compare_digest(str(claims["nonce"]).encode(), knock.nonce.encode()):
        raise OpenIdError(Flaw.TOKEN_UNTRUE)
    if "email" not in claims and provider.userinfo:
        claims = {**await _more(provider, str(tokens.get("access_token", "")), claims, settings)}
    return _told(claims)


async def _tokens(
    provider: Provider, client: Client, knock: Knock, code: str, settings: Settings
) -> Mapping[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code[:_CODE_MAX],
        "redirect_uri": client.returns_to,
        "code_verifier": knock.verifier,
    }
    headers: dict[str, str] = {}
    if provider.posts_secret:
        form |= {"client_id": client.client_id, "client_secret": client.secret}
    else:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return _object(await submit(provider.token, form, headers, settings), Flaw.CODE_REFUSED)


def _verified(
    token: str, keys: Mapping[str, Any], provider: Provider, client: Client
) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, keys),
            algorithms=list(_ALGORITHMS),
            audience=client.client_id,
            issuer=provider.issuer,
            leeway=_LEEWAY_S,
            options={"require": list(_CLAIMS)},
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise OpenIdError(Flaw.TOKEN_UNTRUE) from error
    # Made for several, a token names the one for whom it was issued.
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client.client_id) != client.client_id:
        raise OpenIdError(Flaw.TOKEN_UNTRUE)
    return claims


def _key(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    """The one that the token names, or the only one. Raises PyJWTError."""
    known = jwt.PyJWKSet.from_dict(dict(keys)).keys
    signing = [key for key in known if key.public_key_use in {None, "sig"}]
    named = jwt.get_unverified_header(token).get("kid")
    fitting = [key for key in signing if named is None or key.key_id == named]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError("no such key")
    return fitting[0]


async def _more(
    provider: Provider, access_token: str, claims: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    """What some tell only when they are asked once more, of the very same person."""
    _demand_secure(provider.userinfo, settings)
    headers = {"Authorization": f"Bearer {access_token}"}
    told = _object(await look(provider.userinfo, settings, headers), Flaw.TOKEN_UNTRUE)
    if told.get("sub") != claims["sub"]:
        raise OpenIdError(Flaw.TOKEN_UNTRUE)
    return {**claims, **{one: told[one] for one in _OF_PERSON if one in told}}


_OF_PERSON: Final = ("email", "email_verified", "name")


def _told(claims: Mapping[str, Any]) -> Claims:
    subject, email, name = (claims.get(one) for one in ("sub", "email", "name"))
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_MAX or "\0" in subject:
        raise OpenIdError(Flaw.TOKEN_UNTRUE)
    return Claims(
        subject=subject,
        email=email if isinstance(email, str) else "",
        verified=claims.get("email_verified") is True,
        name=name.replace("\0", "") if isinstance(name, str) else "",
    )


def _object(answer: Answered, otherwise: Flaw) -> Mapping[str, Any]:
    """Raises OpenIdError: `otherwise` where somebody answered, but not as a provider does."""
    if answer.told is not None and not answer.why:
        return answer.told
    answered = answer.status and answer.why not in {"redirects", "failed_there"}
    raise OpenIdError(otherwise if answered else answer.why or otherwise)


def _demand_secure(url: str, settings: Settings) -> None:
    """https, but for hosts of the house that the installation names."""
    parts = urlsplit(addresses.plain(url) or "")
    if parts.scheme != "https" and (parts.hostname or "") not in settings.private_hosts:
        raise OpenIdError(Flaw.INSECURE)
