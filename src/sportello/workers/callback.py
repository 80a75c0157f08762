"""Meta calls us: the account's webhooks at our address, and no number's own address before it.

Subscribing without the address takes the account's address away, so both are always said together.
"""

from sportello.whatsapp import accounts
from sportello.workers.outward import Outward


async def call_here(context: Outward, waba_id: str, phone_number_id: str, token: str) -> None:
    """Meta shakes hands before it says yes. Bears being repeated. Raises `WhatsAppError`."""
    ours, client = context.ours, context.client
    await accounts.subscribe(
        client, waba_id, token, callback=ours.callback, verify_token=ours.verify_token
    )
    if ours.callback:
        own = await accounts.own_address(client, phone_number_id, token)
        if own not in {"", ours.callback}:
            await accounts.drop_own_address(client, phone_number_id, token)


async def elsewhere(
    context: Outward, override: str, phone_number_id: str, token: str
) -> str | None:
    """The address at which Meta calls instead of ours; "": none of the account's. None: ours.

    `override`: the account's address for our app. Raises `WhatsAppError`.
    """
    callback = context.ours.callback
    if not callback:
        return None
    if override != callback:
        return override
    own = await accounts.own_address(context.client, phone_number_id, token)
    return None if own in {"", callback} else own
