"""What the doctor's buttons ask of Meta before it looks: the webhooks, one template anew."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from sportello.rules.diagnosis_codes import Undone
from sportello.store import doctor, templates, vault
from sportello.store.doctor import Wanted
from sportello.whatsapp import templates as meta
from sportello.whatsapp.errors import UNKNOWN_CODE, NotSentError, RejectedError, WhatsAppError
from sportello.workers.callback import call_here
from sportello.workers.outward import Outward
from sportello.workers.tend_news import news_of

_S_MAX: Final = 8.0
_SAID_MAX: Final = 300


class _UndoneError(Exception):
    """Meta was not asked."""

    def __init__(self, why: Undone) -> None:
        super().__init__(why)
        self.why = why


async def perform(context: Outward, wanted: Wanted) -> Mapping[str, Any] | None:
    """None where it went well, or nothing was to be done; else Meta's code and words, or, without
    a code, why Meta did not decide.
    """
    if not wanted.deed:
        return None
    try:
        async with asyncio.timeout(_S_MAX):
            await _perform(context, wanted)
    except RejectedError as error:
        return _refused(error)
    except _UndoneError as error:
        return _undone(error.why)
    except vault.UnsealError:
        return _undone(Undone.NO_TOKEN)
    except NotSentError:
        return _undone(Undone.UNREACHABLE)
    except (WhatsAppError, TimeoutError, ValueError):
        return _undone(Undone.NO_ANSWER)
    return None


def _refused(error: RejectedError) -> Mapping[str, Any]:
    told = error.error
    if told.code == UNKNOWN_CODE:
        return _undone(Undone.TURNED_AWAY)
    return {"code": told.code, "said": (told.details or told.message)[:_SAID_MAX]}


def _undone(why: Undone) -> Mapping[str, Any]:
    return {"code": None, "said": why.value}


async def _perform(context: Outward, wanted: Wanted) -> None:
    async with context.pool.connection() as connection:
        row = await doctor.number(connection, wanted.number_id)
    if row is None or row["sealed"] is None:
        raise _UndoneError(Undone.NO_TOKEN)
    token = vault.unseal(context.key, row["sealed"], vault.token_place(row["id"]))
    if wanted.deed == "resubscribe":
        await _resubscribe(context, row, token)
    else:
        await _refresh(context, wanted, token)


async def _resubscribe(context: Outward, row: Mapping[str, Any], token: str) -> None:
    """At our address. Nothing is mended at Meta's against a block of Meta's; and whoever does not
    know the address asks nothing, for that would take away the one that Meta has.
    """
    if row["status"] == "banned" or row["paused_why"] == "blocked":
        raise _UndoneError(Undone.BLOCKED)
    if not (context.ours.callback and context.ours.verify_token):
        raise _UndoneError(Undone.NO_ADDRESS)
    await call_here(context, row["waba_id"], row["phone_number_id"], token)


async def _refresh(context: Outward, wanted: Wanted, token: str) -> None:
    """The template as Meta has it now."""
    async with context.pool.connection() as connection:
        found = await doctor.template_of(connection, wanted)
    if found is None or not found["meta_id"]:
        raise _UndoneError(Undone.NO_TEMPLATE)
    node = await meta.shown(context.client, found["meta_id"], token)
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        await templates.tell(connection, wanted.workspace_id, found["waba_id"], news_of(node), now)
