"""The only HTTP to Meta: messages, media, numbers, subscriptions; `templates` goes through it too.

Every call has its time-outs and its largest answer, follows no redirect, and raises the tree of
`errors`. Neither bodies nor tokens are ever logged or put into an exception.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
import msgspec
from yarl import URL

from sportello.whatsapp import storable
from sportello.whatsapp.errors import (
    ForeignAddressError,
    InDoubtError,
    NotSentError,
    TooLargeError,
    WhatsAppError,
    error_of,
)
from sportello.whatsapp.outbound import read_mark
from sportello.whatsapp.posts import USER_AGENT, Posts, whole_of

DOWNLOAD_BYTES_MAX: Final = 100 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_ADDRESSES_MAX: Final = 1_000
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_VERSION: Final = re.compile(r"v[0-9]{1,3}\.0")
_NUMBER_FIELDS: Final = (
    "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,"
    "status,throughput,account_mode,health_status"
)
# Where Meta keeps media. The token travels along, so it must go nowhere else.
MEDIA_HOSTS: Final = frozenset({"lookaside.fbsbx.com", "mmg.whatsapp.net"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How patient and how broad the client is. Seconds and counts."""

    connect_s: float = 5.0
    read_s: float = 20.0
    total_s: float = 60.0
    connections_max: int = 64
    media_hosts: frozenset[str] = field(default=MEDIA_HOSTS)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Meta took the message on: which is no promise that it will arrive.

    `wa_id` is empty for somebody known by user id alone. `message_status` comes with templates:
    accepted, held_for_quality_assessment or paused.
    """

    wamid: str
    wa_id: str = ""
    user_id: str = ""
    message_status: str = ""


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where a media's bytes are to be had, for five minutes."""

    url: str
    mime_type: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came; the digest is ours, in hex."""

    size_bytes: int
    mime_type: str
    sha256: str


class Client:
    """One pool of connections; the token is given with each call, for there are many accounts."""

    def __init__(
        self, base_url: str, version: str = "v25.0", settings: Settings | None = None
    ) -> None:
        """Opens nothing yet. Raises ValueError for a version that is none."""
        if not _VERSION.fullmatch(version):
            raise ValueError("a version reads v25.0")
        self._base = URL(base_url)
        self._version = version
        self._settings = settings or Settings()
        self._session: aiohttp.ClientSession | None = None
        self._posts: Posts | None = None
        # Each message of a number goes to the same place.
        self._addresses: dict[str, URL] = {}

    async def __aenter__(self) -> Self:
        """Within a running loop, once."""
        patience = aiohttp.ClientTimeout(
            total=self._settings.total_s,
            connect=self._settings.connect_s,
            sock_connect=self._settings.connect_s,
            sock_read=self._settings.read_s,
        )
        self._session = aiohttp.ClientSession(
            timeout=patience,
            connector=aiohttp.TCPConnector(limit=self._settings.connections_max),
            trace_configs=[_watching_connections()],
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
            auto_decompress=True,
        )
        self._posts = Posts(self._base, self._session)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes all connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, phone_number_id: str, token: str, body: Mapping[str, Any]) -> Accepted:
        """Sends a whole request of `outbound.addressed`. Raises `WhatsAppError`.

        An answer of success in which no wamid can be found is in doubt too.
        """
        return accepted(await self._message(phone_number_id, token, body))

    async def mark_read(
        self, phone_number_id: str, token: str, wamid: str, *, typing: bool = False
    ) -> None:
        """Shows the customer that we have read, and with `typing` that an answer is coming."""
        await self._message(phone_number_id, token, read_mark(wamid, typing=typing))

    async def _message(
        self, phone_number_id: str, token: str, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._posts is None:
            raise RuntimeError("use the client within `async with`")
        address = self.address(f"{id_of(phone_number_id)}/messages")
        return _told(*await self._posts.post(address, token, msgspec.json.encode(body)))

    async def media_address(
        self, media_id: str, token: str, phone_number_id: str = ""
    ) -> MediaAddress:
        """Asks where to download; a phone number id makes Meta check that it is that number's."""
        query = {"phone_number_id": id_of(phone_number_id)} if phone_number_id else {}
        answer = await self.get(id_of(media_id), token, query)
        size = str(answer.get("file_size"))
        return MediaAddress(
            url=text_of(answer, "url"),
            mime_type=text_of(answer, "mime_type"),
            sha256=text_of(answer, "sha256"),
            # A string in Meta's own description, a number in some answers.
            size_bytes=int(size) if size.isdecimal() and len(size) < 16 else 0,
        )

    async def download(
        self,
        url: str,
        token: str,
        sink: Callable[[bytes], object],
        *,
        size_bytes_max: int = DOWNLOAD_BYTES_MAX,
    ) -> Downloaded:
        """Feeds the media's bytes to `sink` as they come.

        Raises `ForeignAddressError` for an address that is neither Meta's nor our base's: the token
        would go there. Raises `TooLargeError` once more has come than wanted.
        """
        address = self._media_url(url)
        digest, size = hashlib.sha256(), 0
        async with self._request("GET", address, token) as response:
            if response.status != 200:
                raise error_of(response.status, await whole_of(response.content))
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                size += len(chunk)
                if size > size_bytes_max:
                    raise TooLargeError(f"more than {size_bytes_max} bytes")
                digest.update(chunk)
                sink(chunk)
            return Downloaded(size, response.content_type, digest.hexdigest())

    async def upload(
        self, phone_number_id: str, token: str, content: bytes, *, mime_type: str, filename: str
    ) -> str:
        """The media id of bytes that Meta keeps for 30 days."""
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime_type)
        form.add_field("file", content, filename=filename, content_type=mime_type)
        address = self.address(f"{id_of(phone_number_id)}/media")
        return text_of(await self.ask("POST", address, token, data=form), "id")

    async def number(
        self, phone_number_id: str, token: str, fields: str = _NUMBER_FIELDS
    ) -> dict[str, Any]:
        """The number's node, as Meta has it now."""
        return await self.get(id_of(phone_number_id), token, {"fields": fields})

    async def subscribed_apps(self, waba_id: str, token: str) -> dict[str, Any]:
        """Which apps the account sends its webhooks to."""
        return await self.get(f"{id_of(waba_id)}/subscribed_apps", token, {})

    async def get(self, path: str, token: str, query: Mapping[str, str]) -> dict[str, Any]:
        """What a node or an edge shows. Raises `WhatsAppError`."""
        return await self.ask("GET", self.address(path).with_query(query), token)

    async def post(self, path: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What Meta answers to a body of JSON. Raises `WhatsAppError`."""
        raw = msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        return await self.ask("POST", self.address(path), token, data=raw, headers=headers)

    async def ask(self, method: str, url: URL, token: str, **more: Any) -> dict[str, Any]:
        """The JSON object of a success. Raises `WhatsAppError` for all else.

        `headers` among `more` come on top of the token's, `Authorization` in its place.
        """
        async with self._request(method, url, token, **more) as response:
            raw = await whole_of(response.content)
        return _told(response.status, raw)

    def _request(self, method: str, url: URL, token: str, **more: Any) -> "_Exchange":
        if self._session is None:
            raise RuntimeError("use the client within `async with`")
        # Only the exchange of a login code has no token yet.
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        headers = bearer | more.pop("headers", {})
        watch = SimpleNamespace(connected=False)
        going = self._session.request(
            method, url, headers=headers, allow_redirects=False, trace_request_ctx=watch, **more
        )
        return _Exchange(going, watch)

    def address(self, path: str, *, encoded: bool = False) -> URL:
        """Under our base and version; `encoded`: the path is a URL's already, query and all."""
        if encoded:
            return URL(f"{self._base / self._version}/{path}", encoded=True)
        known = self._addresses.get(path)
        if known is None:
            if len(self._addresses) >= _ADDRESSES_MAX:
                self._addresses.clear()
            known = self._addresses[path] = self._base / self._version / path
        return known

    def _media_url(self, url: str) -> URL:
        try:
            address = URL(url)
        except ValueError:
            raise ForeignAddressError("no address") from None
        is_base = address.origin() == self._base.origin() if address.is_absolute() else False
        is_meta = address.scheme == "https" and address.host in self._settings.media_hosts
        if not (is_base or is_meta):
            raise ForeignAddressError("an address that is not Meta's")
        return address


class _Exchange:
    """A request and its answer, in which every failure is told as what it means for a send."""

    def __init__(self, going: Any, watch: SimpleNamespace) -> None:
        self._going = going
        self._watch = watch

    async def __aenter__(self) -> aiohttp.ClientResponse:
        try:
            response: aiohttp.ClientResponse = await self._going.__aenter__()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._meaning(error) from error
        return response

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._going.__aexit__(kind, error, trace)
        if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
            raise self._meaning(error) from error

    def _meaning(self, error: Exception) -> WhatsAppError:
        """Only without a connection is it certain that not a byte of the request has left."""
        name = type(error).__name__
        return InDoubtError(name) if self._watch.connected else NotSentError(name)


def _watching_connections() -> aiohttp.TraceConfig:
    """Notes in each request's watch that it has got a connection, new (TLS done) or used."""

    async def connected(_: aiohttp.ClientSession, context: Any, __: Any) -> None:
        context.trace_request_ctx.connected = True

    watching = aiohttp.TraceConfig()
    watching.on_connection_create_end.append(connected)
    watching.on_connection_reuseconn.append(connected)
    return watching


def _told(status: int, raw: bytes) -> dict[str, Any]:
    """The JSON object of a success. Raises `WhatsAppError` for all else."""
    if not 200 <= status < 300:
        raise error_of(status, raw)
    try:
        answer = storable.read(raw)
    except storable.UnstorableError as error:
        raise InDoubtError("an answer that is not JSON") from error
    if not isinstance(answer, dict):
        raise InDoubtError("an answer that is not an object")
    if "error" in answer:
        raise error_of(400, raw)
    return answer


def accepted(answer: Mapping[str, Any]) -> Accepted:
    """What a successful answer says. Raises `InDoubtError` if it names no message."""
    message, contact = _first(answer, "messages"), _first(answer, "contacts")
    wamid = text_of(message, "id")
    if not wamid or len(wamid) > 256:
        raise InDoubtError("a success without a message id")
    return Accepted(
        wamid=wamid,
        wa_id=text_of(contact, "wa_id")[:20],
        user_id=text_of(contact, "user_id")[:160],
        message_status=text_of(message, "message_status")[:64],
    )


def _first(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = answer.get(name)
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, dict) else {}


def text_of(of: Mapping[str, Any], name: str) -> str:
    found = of.get(name)
    return found if isinstance(found, str) else ""


def id_of(value: str) -> str:
    """An id as part of a path. Raises ValueError for what could lead elsewhere."""
    if not _ID.fullmatch(value):
        raise ValueError("an id of letters and digits")
    return value
