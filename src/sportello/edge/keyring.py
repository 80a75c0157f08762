"""Whose signature a webhook may bear: the installation's app, or an app that a company brought.

A company's own secret speaks for that company alone: whoever knows it could sign whatever they
like, so the journal notes whose it was, and the fold lets it tell of that company's numbers only.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from sportello.store import connections, vault
from sportello.store.pool import connection_options
from sportello.whatsapp.signature import is_genuine

READ_EVERY_S: Final = 5.0
SECRETS_MAX: Final = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signer:
    """`workspace_id` None: the installation's own app."""

    workspace_id: int | None


class Keyring:
    """The installation's secrets from the start; those of companies as the database has them.

    Raises ValueError where the installation has none: then anybody could pose as Meta.
    """

    def __init__(self, url: str, own: Sequence[bytes], key: vault.Key | None) -> None:
        if not own or not all(own):
            raise ValueError("an app secret is needed to verify webhooks")
        self._url, self._own, self._key = url, tuple(own), key
        self._others: tuple[tuple[int, bytes], ...] = ()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Without the vault's key there are no others."""
        if self._key is not None:
            self._task = asyncio.create_task(self._keep_reading(self._key))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def signer(self, body: bytes, header: str | None) -> Signer | None:
        """Who signed these very bytes; None: nobody whom we know."""
        if is_genuine(body, header, self._own):
            return Signer(None)
        for workspace_id, secret in self._others:
            if is_genuine(body, header, (secret,)):
                return Signer(workspace_id)
        return None

    async def _keep_reading(self, key: vault.Key) -> None:
        while True:
            try:
                await self._read(key)
            except (psycopg.Error, OSError) as error:
                _log.warning("app secrets not read: %s", type(error).__name__)
            await asyncio.sleep(READ_EVERY_S)

    async def _read(self, key: vault.Key) -> None:
        options = connection_options("sportello-keyring")
        connection: AsyncConnection[Any] = await AsyncConnection.connect(
            self._url,
            autocommit=True,
            **options,  # type: ignore[arg-type]  # of several types, all of them right
        )
        async with connection:
            while True:
                found = await connections.app_secrets(connection, limit=SECRETS_MAX)
                self._others = tuple(
                    (one.workspace_id, secret) for one in found if (secret := _opened(key, one))
                )
                await asyncio.sleep(READ_EVERY_S)


def _opened(key: vault.Key, one: connections.AppSecret) -> bytes:
    """Empty, so that it fits nothing, where no key opens it."""
    try:
        place = vault.app_place(one.workspace_id, one.app_id)
        return vault.unseal(key, one.sealed, place).encode()
    except vault.UnsealError:
        _log.warning("an app's secret does not open: %s", one.id)
        return b""
