"""Accounts and numbers at Meta: tokens, registration, subscriptions, the profile's changes.

Source: reference, platform 1.2, account-and-errors 8.1, 8.2, 8.4, 8.5, webhooks 5.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sportello.rules.connecting import TokenFacts
from sportello.whatsapp.client import Client, id_of, text_of
from sportello.whatsapp.errors import InDoubtError, RejectedError

NUMBERS_MAX: Final = 25
_NUMBER: Final = "id,display_phone_number,verified_name,status,code_verification_status"
_ACCOUNT: Final = "id,name,currency,account_review_status,business_verification_status"
_INVALID: Final = 100


@dataclass(frozen=True, slots=True)
class Subscription:
    """How an account's webhooks come: apps that have them, and the address of ours."""

    app_ids: frozenset[str]
    override: str = ""


async def exchange(client: Client, app_id: str, app_secret: str, code: str) -> str:
    """The token for a code of the dialogue. Raises `WhatsAppError`."""
    query = {"client_id": id_of(app_id), "client_secret": app_secret, "code": code}
    told = await client.get("oauth/access_token", "", query)
    token = text_of(told, "access_token")
    if not token:
        raise InDoubtError("an exchange without a token")
    return token


async def token_facts(client: Client, token: str, asker: str) -> TokenFacts:
    """What a token is and may; `asker`: a token of the same app, the app's own or itself."""
    told = (await client.get("debug_token", asker, {"input_token": token})).get("data")
    shown: dict[str, Any] = told if isinstance(told, dict) else {}
    scopes = shown.get("scopes")
    expires = shown.get("expires_at")
    return TokenFacts(
        is_valid=shown.get("is_valid") is True,
        app_id=str(shown.get("app_id") or "")[:32],
        kind=text_of(shown, "type")[:32],
        scopes=frozenset(one for one in scopes if isinstance(one, str))
        if isinstance(scopes, list)
        else frozenset(),
        expires_at=expires if type(expires) is int and expires > 0 else 0,
        accounts=_accounts(shown.get("granular_scopes")),
    )


def _accounts(granular: Any) -> frozenset[str] | None:
    """The accounts named for managing; None where none are: then all of the owner's."""
    if not isinstance(granular, list):
        return None
    for one in granular:
        named = isinstance(one, dict) and one.get("scope") == "whatsapp_business_management"
        targets = one.get("target_ids") if named else None
        if isinstance(targets, list):
            return frozenset(str(target) for target in targets)
    return None


async def account(client: Client, waba_id: str, token: str) -> dict[str, Any]:
    """The account's node."""
    return await client.get(id_of(waba_id), token, {"fields": _ACCOUNT})


async def numbers(client: Client, waba_id: str, token: str) -> list[dict[str, str]]:
    """The account's numbers: id, how it is written, its name, status and verification."""
    query = {"fields": _NUMBER, "limit": str(NUMBERS_MAX)}
    told = (await client.get(f"{id_of(waba_id)}/phone_numbers", token, query)).get("data")
    found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    names = _NUMBER.split(",")
    return [{name: text_of(one, name)[:80] for name in names} for one in found[:NUMBERS_MAX]]


async def register(client: Client, phone_number_id: str, token: str, pin: str) -> None:
    body = {"messaging_product": "whatsapp", "pin": pin}
    await client.post(f"{id_of(phone_number_id)}/register", token, body)


async def deregister(client: Client, phone_number_id: str, token: str) -> None:
    await client.post(f"{id_of(phone_number_id)}/deregister", token, {})


async def subscribe(
    client: Client, waba_id: str, token: str, *, callback: str, verify_token: str
) -> None:
    """Has the account's webhooks come to `callback`; Meta shakes hands with it at once."""
    body = {"override_callback_uri": callback, "verify_token": verify_token} if callback else {}
    await client.post(f"{id_of(waba_id)}/subscribed_apps", token, body)


async def unsubscribe(client: Client, waba_id: str, token: str) -> None:
    url = client.address(f"{id_of(waba_id)}/subscribed_apps")
    await client.ask("DELETE", url, token)


async def subscription(client: Client, waba_id: str, token: str, app_id: str) -> Subscription:
    """`override` of the app `app_id`, or of the only one there is."""
    told = (await client.subscribed_apps(waba_id, token)).get("data")
    found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    overrides = {_app(one): text_of(one, "override_callback_uri") for one in found}
    only = next(iter(overrides)) if len(overrides) == 1 else ""
    return Subscription(frozenset(overrides), overrides.get(app_id or only, ""))


async def own_address(client: Client, phone_number_id: str, token: str) -> str:
    """Where the number's messages go before its account's address; empty where it has none.

    Source: reference, webhooks 5.1 (number, then account, then app). A version of the API that does
    not know the field refuses it: then no number has an address of its own.
    """
    try:
        node = await client.number(phone_number_id, token, "id,webhook_configuration")
    except RejectedError as error:
        if (error.error.code, error.error.subcode) != (_INVALID, 0):
            raise
        return ""
    told = node.get("webhook_configuration")
    return text_of(told, "phone_number") if isinstance(told, dict) else ""


async def drop_own_address(client: Client, phone_number_id: str, token: str) -> None:
    """An empty address takes it away: the account's counts again."""
    body = {"webhook_configuration": {"override_callback_uri": ""}}
    await client.post(id_of(phone_number_id), token, body)


def _app(one: Mapping[str, Any]) -> str:
    shown = one.get("whatsapp_business_api_data")
    return text_of(shown, "id") if isinstance(shown, dict) else ""


async def change_profile(
    client: Client, phone_number_id: str, token: str, changes: Mapping[str, Any]
) -> None:
    """About, address, description, email, websites, vertical, profile_picture_handle."""
    body = {"messaging_product": "whatsapp", **changes}
    await client.post(f"{id_of(phone_number_id)}/whatsapp_business_profile", token, body)
