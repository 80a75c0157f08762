"""Who may call: access tokens, their permissions, and the accounts they may touch."""

import hashlib
import hmac

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, unknown_object
from whatsapp_emulator.world import (
    App,
    Media,
    Number,
    Portfolio,
    Template,
    Token,
    TokenState,
    Waba,
    World,
)


def authenticate(call: Call) -> Token:
    """The token of the call. Raises GraphError 104 or 190 (HTTP 401) as Meta does."""
    scheme, _, given = call.authorization.partition(" ")
    value = given.strip() if scheme.lower() in ("bearer", "oauth") else ""
    value = value or str(call.params.get("access_token") or "")
    if not value:
        raise GraphError(
            104, message="(#104) An access token is required to request this resource."
        )
    token = find(call.emulator.world, value)
    if token is None:
        raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")
    _check_proof(call, token)
    return alive(token, call.now)


def find(world: World, value: str) -> Token | None:
    """The token with that value, whatever its state."""
    return world.tokens.get(value) or _app_token(world, value)


def alive(token: Token, now: float) -> Token:
    """The token itself. Raises GraphError 190 if its time or its grant is over."""
    expired = token.expires_at is not None and now >= token.expires_at
    if token.state is TokenState.EXPIRED or expired:
        raise GraphError(
            190,
            message="Error validating access token: Session has expired.",
            subcode=463,
        )
    if token.state is TokenState.REVOKED:
        raise GraphError(
            190,
            message="Error validating access token: The session has been invalidated.",
            subcode=460,
        )
    return token


def _check_proof(call: Call, token: Token) -> None:
    """`appsecret_proof` must be right where it is given, and given where the app requires it."""
    app = call.emulator.world.apps.get(token.app_id)
    given = call.text("appsecret_proof")
    if app is None or (given is None and not app.file.proof_required) or token.kind == "APP":
        return
    if given is None:
        raise GraphError(
            100,
            message="API calls from the server require an appsecret_proof argument",
            kind="GraphMethodException",
        )
    right = hmac.new(app.secret.encode(), token.value.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
        raise GraphError(
            100,
            message="Invalid appsecret_proof provided in the API argument",
            kind="GraphMethodException",
        )


def authorise(call: Call, token: Token, needs: str | None) -> None:
    """Raises GraphError 10 without the permission, 100/33 without the account, 200 where the
    account may only be looked at.
    """
    if needs is not None and needs not in token.scopes:
        raise GraphError(10)
    if isinstance(call.node, Portfolio) and not _reaches(call.emulator.world, token, call.node):
        raise unknown_object(call.node_id, call.method)
    account = account_of(call.node)
    if account is None:
        return
    if token.assets is not None and account not in token.assets:
        raise unknown_object(call.node_id, call.method)
    if account in token.views and call.method != "GET":
        raise GraphError(
            200,
            message="(#200) You do not have the necessary permissions required to send messages "
            "on behalf of this WhatsApp Business Account",
        )


def account_of(node: object) -> str | None:
    """The business account to which an object belongs."""
    match node:
        case Waba():
            return node.id
        case Number() | Template() | Media():
            return node.waba_id
        case _:
            return None


def _reaches(world: World, token: Token, portfolio: Portfolio) -> bool:
    """Whether one of the token's accounts is the portfolio's."""
    return token.assets is None or any(
        world.wabas[waba_id].portfolio_id == portfolio.id
        for waba_id in token.assets
        if waba_id in world.wabas
    )


def _app_token(world: World, value: str) -> Token | None:
    """`APP_ID|APP_SECRET`, the app's own token: it touches no account."""
    app_id, bar, secret = value.partition("|")
    app: App | None = world.apps.get(app_id)
    if bar and app is not None and secret == app.secret:
        return Token(value, app_id, kind="APP", assets=set())
    return None
