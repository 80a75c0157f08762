"""What the doctor's buttons ask of Meta before it looks: the subscription, one template anew."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from sportello.store import doctor, templates, vault
from sportello.store.doctor import Wanted
from sportello.whatsapp import templates as meta
from sportello.whatsapp.errors import RejectedError, WhatsAppError
from sportello.workers.outward import Outward
from sportello.workers.tend_news import news_of

_S_MAX: Final = 8.0
_SAID_MAX: Final = 300


class _BlockedError(Exception):
    """Nothing is mended at Meta's against a block of Meta's."""


async def perform(context: Outward, wanted: Wanted) -> Mapping[str, Any] | None:
    """None where it went well, or nothing was to be done; else Meta's code and words."""
    if not wanted.deed:
        return None
    try:
        async with asyncio.timeout(_S_MAX):
            await _perform(context, wanted)
    except RejectedError as error:
        told = error.error
        return {"code": told.code, "said": (told.details or told.message)[:_SAID_MAX]}
    except _BlockedError:
        return {"code": None, "said": "account_blocked"}
    except (WhatsAppError, vault.UnsealError, TimeoutError, ValueError) as error:
        return {"code": None, "said": type(error).__name__}
    return None


async def _perform(context: Outward, wanted: Wanted) -> None:
    async with context.pool.connection() as connection:
        row = await doctor.number(connection, wanted.number_id)
    if row is None or row["sealed"] is None:
        raise vault.UnsealError("none")
    token = vault.unseal(context.key, row["sealed"], vault.token_place(row["id"]))
    if wanted.deed == "resubscribe":
        if row["status"] == "banned" or row["paused_why"] == "blocked":
            raise _BlockedError
        await context.client.subscribe_app(row["waba_id"], token)
    else:
        await _refresh(context, wanted, token)


async def _refresh(context: Outward, wanted: Wanted, token: str) -> None:
    """The template as Meta has it now."""
    async with context.pool.connection() as connection:
        found = await doctor.template_of(connection, wanted)
    if found is None or not found["meta_id"]:
        raise ValueError("no template")
    node = await meta.shown(context.client, found["meta_id"], token)
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        await templates.tell(connection, wanted.workspace_id, found["waba_id"], news_of(node), now)
