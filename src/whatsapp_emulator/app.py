"""The HTTP face: Graph routes with Meta's envelope and headers, media, /sim and the phone."""

import asyncio
import inspect
from collections.abc import AsyncIterator

from aiohttp import web

from whatsapp_emulator import (  # noqa: F401 - imported for the edges that they declare
    analytics,
    block_users,
    marketing_messages,
    media,
    messages,
    missing,
    number_settings,
    numbers,
    oauth,
    portfolios,
    registration,
    subscriptions,
    templates,
    templates_change,
    templates_ready,
    usage,
    usernames,
)
from whatsapp_emulator.call import LATEST, Call, fill, place
from whatsapp_emulator.clock import wall_now
from whatsapp_emulator.control import add_control
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.errors import GraphError, unknown_object
from whatsapp_emulator.faults import Fault
from whatsapp_emulator.ids import trace
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.media import DOWNLOAD_PATH, download
from whatsapp_emulator.phone import add_phone
from whatsapp_emulator.qr_codes import PICTURE_PATH, picture
from whatsapp_emulator.routes import ROOT, TABLE, Answer, Edge
from whatsapp_emulator.settings import Settings
from whatsapp_emulator.signup import add_signup
from whatsapp_emulator.tokens import authenticate, authorise
from whatsapp_emulator.uploads import SAMPLE_PATH, sample
from whatsapp_emulator.wire import Json, dumps

HEADERS = {
    "Content-Type": "application/json; charset=UTF-8",
    "Vary": "Origin, Accept-Encoding",
    "Access-Control-Allow-Origin": "*",
    "Strict-Transport-Security": "max-age=15552000; preload",
    "Pragma": "no-cache",
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "Expires": "Sat, 01 Jan 2000 00:00:00 GMT",
    "x-fb-rlafr": "0",
    "x-fb-rev": "1030000000",
    "X-FB-Connection-Quality": "EXCELLENT; q=0.9",
}
SECRETS = (
    "access_token", "client_secret", "code", "input_token", "fb_exchange_token", "appsecret_proof",
)  # fmt: skip
STATUS_ERRORS = {429: 130429, 500: 131000, 503: 131016, 401: 190, 403: 10, 404: 132001}


def make_app(settings: Settings) -> web.Application:
    """The whole emulator as an aiohttp application, to be served on any port."""
    app = web.Application(client_max_size=settings.bounds.body_bytes)
    app[EMULATOR] = Emulator(settings)
    app.cleanup_ctx.append(_running)
    common = r"/{version:v[0-9]+\.[0-9]+}/{node:[0-9]+}/{edge:[a-z_]+}"
    app.router.add_route("*", common, graph)
    add_control(app)
    add_phone(app)
    add_signup(app)
    app.router.add_get(DOWNLOAD_PATH, download)
    app.router.add_get(PICTURE_PATH + "{code}.{kind:svg|png}", picture)
    app.router.add_get(SAMPLE_PATH + "{id}", sample)
    app.router.add_route("*", "/{path:.*}", graph)
    return app


async def graph(request: web.Request) -> web.StreamResponse:
    """Any call to the Graph API: faults on order, the edge's function, the envelope, the log."""
    emulator = request.app[EMULATOR]
    emulator.clock.catch_up()
    now = emulator.clock.now()
    request_id = trace(emulator.chance)
    call = Call(
        emulator, request.method, LATEST, "", "", [], now, f"{request.scheme}://{request.host}"
    )
    if emulator.settings.public_url is None:
        emulator.base_url = call.base_url
    fault: Fault | None = None
    try:
        call.version, call.node_id, call.edge, call.tail = place(request.path)
        fault = emulator.faults.for_call(call.edge or "node", now)
        await fill(call, request)
        await _strike(request, fault)
        answer: object = await _handle(call)
        status = 200
    except GraphError as error:
        status, answer = error.http, error.envelope(request_id)
    except _Gone:
        status, answer = 0, None
    body = _body(answer, fault)
    if fault is not None:
        emulator.watchers.changed()
    emulator.journal.add(
        "api",
        at=now,
        wall=wall_now(),
        method=request.method,
        path=_logged_path(request),
        request=call.raw,
        status=status or None,
        response=body,
        request_id=request_id,
        fault=fault.id if fault else None,
    )
    emulator.delivery.flush()
    return await _respond(request, call, body, status, fault, request_id)


async def _handle(call: Call) -> Answer:
    edge = _edge(call)
    if edge.node is not ROOT or edge.needs is not None:
        call.token = authenticate(call)
        authorise(call, call.token, edge.needs)
        usage.count(call, edge)
    try:
        answer = edge.handler(call)
        return await answer if inspect.isawaitable(answer) else answer
    except RecursionError:
        raise GraphError(100, "The parameters are nested too deeply") from None


def _edge(call: Call) -> Edge:
    """The edge that the path means. Raises GraphError for objects and edges that are not."""
    root = TABLE.edges.get((call.method, ROOT, call.node_id.partition(":")[0]))
    if root is None:
        root = TABLE.edges.get((call.method, ROOT, f"{call.node_id}/{call.edge}"))
    if root is not None:
        return root
    node = call.emulator.world.node(call.node_id)
    if node is None:
        authenticate(call)
        if call.node_id.isdigit():
            raise unknown_object(call.node_id, call.method)
        raise GraphError(2500, message=f"Unknown path components: /{call.node_id}")
    call.node = node
    edge = _declared(call)
    if edge is None:
        authenticate(call)
        if not call.edge or any(k[1] is type(node) and k[2] == call.edge for k in TABLE.edges):
            raise unknown_object(call.node_id, call.method)
        raise GraphError(2500, message=f"Unknown path components: /{call.edge}")
    return edge


def _declared(call: Call) -> Edge | None:
    """The edge declared as `a`; with more path behind it as `a/b` or `a/*`."""
    kind = type(call.node)
    if not call.tail:
        return TABLE.edges.get((call.method, kind, call.edge))
    if len(call.tail) > 1:
        return None
    exact = TABLE.edges.get((call.method, kind, f"{call.edge}/{call.tail[0]}"))
    return exact or TABLE.edges.get((call.method, kind, f"{call.edge}/*"))


class _Gone(Exception):  # noqa: N818 - not an error: the connection is to be cut
    """The call is not answered at all."""


async def _strike(request: web.Request, fault: Fault | None) -> None:
    """The faults that come before the call is handled. Raises what they are."""
    if fault is None:
        return
    if fault.kind == "slow":
        await asyncio.sleep(min(fault.seconds, 60.0))
    elif fault.kind in ("reset", "timeout"):
        if fault.kind == "timeout":
            await _hold(request)
        raise _Gone
    elif fault.kind == "error":
        code = 131000 if fault.code is None else fault.code
        raise GraphError(code, fault.details, subcode=fault.subcode)
    elif fault.kind == "proxy":
        # Something in between turns it away; its page takes the place of the answer.
        raise GraphError(10, http=403)
    elif fault.kind.startswith("status_"):
        http = int(fault.kind.removeprefix("status_"))
        usual = STATUS_ERRORS.get(http, 131000 if http >= 500 else 100)
        code = usual if fault.code is None else fault.code
        raise GraphError(code, fault.details, subcode=fault.subcode, http=http)


async def _respond(  # noqa: PLR0917 - an answer is made of these
    request: web.Request,
    call: Call,
    body: bytes,
    status: int,
    fault: Fault | None,
    request_id: str,
) -> web.StreamResponse:
    if fault is not None and fault.kind == "timeout_after_accept":
        await _hold(request)
    if status == 0 or (fault and fault.kind in ("timeout_after_accept", "reset_after_accept")):
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    headers = {
        **HEADERS,
        "facebook-api-version": call.version,
        "x-fb-request-id": request_id,
        "x-fb-trace-id": request_id[:11],
        "X-FB-Debug": request_id,
        **call.usage,
    }
    if fault is not None:
        headers["x-emulator-fault"] = fault.id
    return web.Response(body=body, status=status, headers=headers)


async def _hold(request: web.Request) -> None:
    """Say nothing for a bounded time, or until the caller has gone."""
    steps = int(request.app[EMULATOR].settings.bounds.held_answer_s / 0.05)
    for _ in range(steps):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(0.05)


def _body(answer: object, fault: Fault | None) -> bytes:
    if answer is None:
        return b""
    if fault is not None and fault.kind in ("garbage", "proxy"):
        return b"<html><body>Sorry, something went wrong.</body></html>"
    done: Json = {"success": True}
    return dumps(done if answer is True else answer)


def _logged_path(request: web.Request) -> str:
    """Path and query; secrets in the query are not written down."""
    if not request.query_string:
        return request.path_qs
    hidden = {name: "-" for name in SECRETS if name in request.query}
    return str(request.rel_url.update_query(hidden)) if hidden else request.path_qs


async def _running(app: web.Application) -> AsyncIterator[None]:
    emulator = app[EMULATOR]
    await emulator.start()
    yield
    await emulator.stop()
