"""Each step by which a number comes to Sportello, leaves it, or changes its profile.

A step asks Meta first and leaves what is to be written to `Doing.write`, which commits together
with the step's end. All of them bear being repeated.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sportello.rules import connecting
from sportello.rules.connecting import Flaw, Step, TokenFacts
from sportello.store import connections as rows
from sportello.store import templates as template_rows
from sportello.store import vault
from sportello.store.connections import Claimed, Found
from sportello.store.pool import Connection
from sportello.whatsapp import accounts, templates
from sportello.whatsapp.errors import InDoubtError, RejectedError
from sportello.workers.callback import call_here, elsewhere
from sportello.workers.outward import Outward
from sportello.workers.tend_numbers import look_at
from sportello.workers.tend_templates import read_account

NUMBERS_MAX: Final = 50
_NOT_REGISTERED: Final = 133010
_CALLBACK_WRONG: Final = 100
_NODE: Final = "id,status,platform_type,code_verification_status,is_pin_enabled"

Write = Callable[[Connection], Awaitable[object]]


class StoppedError(Exception):
    """A step that a person must help on. `kind` names why; `said` completes it, if anything."""

    def __init__(self, kind: str, said: str = "") -> None:
        super().__init__(kind)
        self.kind, self.said = kind, said


class UsedUpError(StoppedError):
    """As well, the secret of this name is worth nothing any more."""

    def __init__(self, kind: str, secret: str) -> None:
        super().__init__(kind)
        self.secret = secret


@dataclass(slots=True)
class Doing:
    """A connection in our hands: what is known of it, and what is to be written with the step."""

    context: Outward
    claimed: Claimed
    now: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    waba_id: str = ""
    phone_number_id: str = ""
    number_id: int | None = None
    writes: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        given = self.claimed
        self.facts = dict(given.facts)
        self.waba_id, self.phone_number_id = given.waba_id, given.phone_number_id
        self.number_id = given.number_id

    def found(self) -> Found:
        return Found(self.waba_id, self.phone_number_id, self.number_id, self.facts)

    async def write(self, connection: Connection) -> None:
        writes, self.writes = self.writes, []
        for write in writes:
            await write(connection)

    async def secret(self, name: str) -> str:
        """What was typed in or came from Meta on the way; empty where there is none."""
        async with self.context.pool.connection() as connection:
            sealed = (await rows.secrets(connection, self.claimed.id)).get(name)
        place = vault.secret_place(self.claimed.id, name)
        return "" if sealed is None else vault.unseal(self.context.key, sealed, place)

    async def token(self) -> str:
        """The one on the way, else the number's own. Raises StoppedError."""
        given = await self.secret("token")
        return given or (await self._kept())[0]

    async def pin(self) -> str:
        """The one on the way, else the number's own; empty where there is none."""
        return await self.secret("pin") or (await self._kept(optional=True))[1]

    async def _kept(self, *, optional: bool = False) -> tuple[str, str]:
        kept = None
        if self.number_id is not None:
            async with self.context.pool.connection() as connection:
                kept = await rows.token(connection, self.number_id)
        if kept is None or self.number_id is None:
            if optional:
                return "", ""
            raise StoppedError("token_missing")
        key, (sealed, pin) = self.context.key, kept
        token = vault.unseal(key, sealed, vault.token_place(self.number_id))
        return token, "" if pin is None else vault.unseal(key, pin, vault.pin_place(self.number_id))

    @property
    def number(self) -> int:
        assert self.number_id is not None, "the step `number` has come before"
        return self.number_id


async def _exchange(doing: Doing) -> None:
    """The dialogue's code for a token; a code is good once, so nothing is tried twice."""
    ours, client = doing.context.ours, doing.context.client
    if await doing.secret("token"):
        return
    code = await doing.secret("code")
    if not code:
        raise StoppedError("code_missing")
    if not (ours.app_id and ours.app_secret):
        raise StoppedError("app_not_set")
    try:
        token = await accounts.exchange(client, ours.app_id, ours.app_secret, code)
    except InDoubtError:
        raise UsedUpError("code_lost", "code") from None
    except RejectedError as error:
        kind = connecting.meaning(error.error.code, error.error.subcode)
        if kind in {"code_expired", "code_used"}:
            raise UsedUpError(kind, "code") from error
        raise
    key, place = doing.context.key, vault.secret_place(doing.claimed.id, "token")
    sealed = vault.seal(key, token, place)
    doing.writes.append(lambda at: rows.keep_secret(at, doing.claimed, "token", sealed))
    doing.writes.append(lambda at: rows.forget_secret(at, doing.claimed.id, "code"))


async def _token(doing: Doing) -> None:
    """What the token is and may, and whether we can verify the webhooks of its app."""
    token = await doing.token()
    facts = await accounts.token_facts(doing.context.client, token, token)
    doing.facts["token"] = {
        "kind": facts.kind,
        "scopes": sorted(facts.scopes),
        "missing": list(connecting.missing_permissions(facts)),
        "expires_at": facts.expires_at,
        "app_id": facts.app_id,
    }
    known = await _known_apps(doing, facts)
    flaw = connecting.token_flaw(facts, doing.waba_id, known)
    if flaw is Flaw.PERMISSION:
        raise StoppedError(flaw.value, ", ".join(connecting.missing_permissions(facts)))
    if flaw is not None:
        raise StoppedError(flaw.value, facts.app_id if flaw is Flaw.APP else "")
    if not doing.waba_id and facts.accounts is not None and len(facts.accounts) == 1:
        (doing.waba_id,) = facts.accounts


async def _known_apps(doing: Doing, facts: TokenFacts) -> list[str]:
    """Raises StoppedError for a secret that is not this app's."""
    ours, given = doing.context.ours, await doing.secret("app_secret")
    async with doing.context.pool.connection() as connection:
        known = [ours.app_id, *await rows.apps(connection, doing.claimed.workspace_id)]
    if given and facts.app_id == ours.app_id and ours.app_secret:
        if not hmac.compare_digest(given.encode(), ours.app_secret.encode()):
            raise StoppedError("app_secret_wrong")
        return known
    secret = given or ("" if ours.app_id else ours.app_secret)
    if secret and facts.app_id:
        await _prove(doing, facts.app_id, secret)
        if given:
            place = vault.app_place(doing.claimed.workspace_id, facts.app_id)
            sealed = vault.seal(doing.context.key, given, place)
            workspace_id = doing.claimed.workspace_id
            doing.writes.append(
                lambda at: rows.keep_app_secret(at, workspace_id, facts.app_id, sealed)
            )
        return [*known, facts.app_id]
    return known


async def _prove(doing: Doing, app_id: str, secret: str) -> None:
    """Meta takes `APP_ID|APP_SECRET` as the app's token: only the right secret is taken."""
    asker = f"{app_id}|{secret}"
    try:
        await accounts.token_facts(doing.context.client, await doing.token(), asker)
    except RejectedError as error:
        raise StoppedError("app_secret_wrong") from error


async def _account(doing: Doing) -> None:
    """The account is seen, and which of its numbers is meant."""
    client, token = doing.context.client, await doing.token()
    if not doing.waba_id:
        raise StoppedError("account_missing")
    node = await accounts.account(client, doing.waba_id, token)
    numbers = await accounts.numbers(client, doing.waba_id, token)
    doing.facts["account"] = str(node.get("name") or "")[:200]
    doing.facts["numbers"] = numbers
    ids = [one["id"] for one in numbers]
    if not doing.phone_number_id and len(ids) == 1:
        (doing.phone_number_id,) = ids
    if not ids:
        raise StoppedError("no_number")
    if not doing.phone_number_id:
        raise StoppedError("number_to_choose")
    if doing.phone_number_id not in ids:
        raise StoppedError("number_of_another_account")


async def _number(doing: Doing) -> None:
    """The number's row and its token. A number lives in one company alone."""
    workspace_id = doing.claimed.workspace_id
    token, pin = await doing.token(), await doing.secret("pin")
    node = await doing.context.client.number(doing.phone_number_id, token)
    async with doing.context.pool.connection() as connection:
        owner = await rows.owner(connection, doing.phone_number_id)
    if owner is not None and owner != workspace_id:
        raise StoppedError("number_elsewhere")
    told = doing.facts.get("token")
    number = {
        "workspace_id": workspace_id,
        "phone_number_id": doing.phone_number_id,
        "waba_id": doing.waba_id,
        "app_id": told.get("app_id", "") if isinstance(told, dict) else "",
        "display_number": str(node.get("display_phone_number") or "")[:24],
        "verified_name": str(node.get("verified_name") or "")[:200],
    }
    # With the step's end, but before it: the end names the number's row.
    async with doing.context.pool.connection() as connection, connection.transaction():
        number_id = await rows.add_number(connection, number)
        if number_id is None:
            raise StoppedError("number_elsewhere")
        await _keep_token(doing, connection, number_id, token, pin)
    doing.number_id = number_id


async def _keep_token(
    doing: Doing, connection: Connection, number_id: int, token: str, pin: str
) -> None:
    key = doing.context.key
    sealed = vault.seal(key, token, vault.token_place(number_id))
    sealed_pin = vault.seal(key, pin, vault.pin_place(number_id)) if pin else None
    await rows.keep_token(
        connection, doing.claimed.workspace_id, number_id, sealed, sealed_pin, last4=token[-4:]
    )


async def _register(doing: Doing) -> None:
    """One that is registered stays so, unless it is to be reconnected and its PIN is known."""
    client, token, pin = doing.context.client, await doing.token(), await doing.pin()
    node = await client.number(doing.phone_number_id, token, _NODE)
    is_there = node.get("status") == "CONNECTED" and node.get("platform_type") == "CLOUD_API"
    if is_there and not (doing.claimed.kind == "reconnect" and pin):
        return
    if node.get("code_verification_status") == "NOT_VERIFIED":
        raise StoppedError("verify_first")
    if not pin:
        raise StoppedError("pin_missing")
    try:
        await accounts.register(client, doing.phone_number_id, token, pin)
    except RejectedError as error:
        if connecting.meaning(error.error.code) == "pin_wrong":
            raise UsedUpError("pin_wrong", "pin") from error
        raise
    number_id = doing.number
    doing.writes.append(lambda at: _keep_token(doing, at, number_id, token, pin))


async def _subscribe(doing: Doing) -> None:
    ours, token = doing.context.ours, await doing.token()
    try:
        await call_here(doing.context, doing.waba_id, doing.phone_number_id, token)
    except RejectedError as error:
        about_address = "callback" in (error.error.details + error.error.message)
        if error.error.code == _CALLBACK_WRONG and about_address:
            raise StoppedError("callback_not_public", ours.callback) from error
        if connecting.meaning(error.error.code) == "webhook_unreachable":
            raise StoppedError("webhook_unreachable", ours.callback) from error
        raise


async def _webhook(doing: Doing) -> None:
    """Meta repeats what it was told: our app, at our address."""
    told, token = doing.facts.get("token"), await doing.token()
    app_id = told.get("app_id", "") if isinstance(told, dict) else ""
    found = await accounts.subscription(doing.context.client, doing.waba_id, token, app_id)
    if app_id and app_id not in found.app_ids:
        raise StoppedError("not_subscribed")
    calls = await elsewhere(doing.context, found.override, doing.phone_number_id, token)
    if calls is not None:
        raise StoppedError("webhook_elsewhere", calls)


async def _look(doing: Doing) -> None:
    """Name, quality, limit, profile and all else, as Meta has them; then it may send."""
    seen = await look_at(
        doing.context, doing.number, doing.phone_number_id, doing.waba_id, await doing.token()
    )
    # Before what was seen: of a number that is disconnected here, Meta's word of its state is none.
    if doing.claimed.kind in {"connect", "reconnect"}:
        doing.writes.append(lambda at: rows.let_go(at, doing.number))
    doing.writes.append(lambda at: seen.write(at, doing.now))


async def _templates(doing: Doing) -> None:
    workspace_id, waba_id = doing.claimed.workspace_id, doing.waba_id
    await read_account(doing.context, workspace_id, waba_id, doing.now)
    async with doing.context.pool.connection() as connection:
        count = await rows.count_templates(connection, workspace_id, waba_id)
    doing.facts["templates"] = count


async def _stop(doing: Doing) -> None:
    """Nothing leaves any more; campaigns are paused by the tables themselves."""
    doing.writes.append(lambda at: rows.stop(at, doing.number))


async def _unsubscribe(doing: Doing) -> None:
    """Unless another number of ours lives by the same account's webhooks."""
    async with doing.context.pool.connection() as connection:
        others = await rows.neighbours(connection, doing.waba_id, doing.number)
    doing.facts["neighbours"] = others
    if not others:
        await accounts.unsubscribe(doing.context.client, doing.waba_id, await doing.token())


async def _deregister(doing: Doing) -> None:
    try:
        await accounts.deregister(doing.context.client, doing.phone_number_id, await doing.token())
    except RejectedError as error:
        if error.error.code != _NOT_REGISTERED:
            raise


async def _photo(doing: Doing) -> None:
    """By the resumable upload; its handle goes into the profile."""
    context, token = doing.context, await doing.token()
    async with context.pool.connection() as connection:
        file_id = int(doing.facts.get("photo") or 0)
        file = await template_rows.file(connection, doing.claimed.workspace_id, file_id)
    if file is None:
        raise StoppedError("no_file")
    app_id = str(doing.facts.get("app_id") or "") or await templates.app_of(
        context.client, doing.waba_id, token
    )
    if not app_id:
        raise StoppedError("no_app")
    doing.facts["handle"] = await templates.sample(
        context.client, app_id, token, file.content,
        mime_type=file.mime_type, filename=file.filename or "photo",
    )  # fmt: skip


async def _save(doing: Doing) -> None:
    wish = doing.facts.get("wish")
    changes: dict[str, Any] = dict(wish) if isinstance(wish, dict) else {}
    if doing.facts.get("handle"):
        changes["profile_picture_handle"] = doing.facts["handle"]
    await accounts.change_profile(
        doing.context.client, doing.phone_number_id, await doing.token(), changes
    )


STEPS: Final[Mapping[str, Callable[[Doing], Awaitable[None]]]] = MappingProxyType(
    {
        Step.EXCHANGE: _exchange,
        Step.TOKEN: _token,
        Step.ACCOUNT: _account,
        Step.NUMBER: _number,
        Step.REGISTER: _register,
        Step.SUBSCRIBE: _subscribe,
        Step.WEBHOOK: _webhook,
        Step.LOOK: _look,
        Step.TEMPLATES: _templates,
        Step.STOP: _stop,
        Step.UNSUBSCRIBE: _unsubscribe,
        Step.DEREGISTER: _deregister,
        Step.PHOTO: _photo,
        Step.SAVE: _save,
    }
)
