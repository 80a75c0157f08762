"""The HTTP client against a real server on loopback, and against servers that misbehave."""

import asyncio
import contextlib
import gzip
import hashlib
import json
import socket

import pytest
from aiohttp import web

from sportello.rules.graph_errors import Kind
from sportello.whatsapp.client import Accepted, Client, Settings
from sportello.whatsapp.errors import (
    ForeignAddressError,
    InDoubtError,
    NotSentError,
    RejectedError,
    TooLargeError,
)

NUMBER, TOKEN = "200000000000001", "an-invented-token"
BODY = {"messaging_product": "whatsapp", "to": "+393331234567", "type": "text"}
QUICK = Settings(connect_s=0.5, read_s=0.3, total_s=2)
ANSWER = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+393331234567", "wa_id": "393331234567"}],
    "messages": [{"id": "wamid.OUT1", "message_status": "accepted"}],
}


def served(handler, work, *, settings=QUICK):
    """Runs the work with a client of a real server, whose every request goes to the handler."""

    async def run():
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{tail:.*}", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with Client(f"http://127.0.0.1:{port}", "v25.0", settings) as client:
                return await work(client, f"http://127.0.0.1:{port}")
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def answering(status=200, body=None, seen=None):
    async def handler(request):
        if seen is not None:
            seen.append(
                (request.method, request.path_qs, dict(request.headers), await request.read())
            )
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=raw, content_type="application/json")

    return handler


def sent(handler, **more):
    return served(handler, lambda client, _: client.send(NUMBER, TOKEN, BODY), **more)


def test_sends_the_request_and_reads_the_answer():
    seen = []
    accepted = sent(answering(body=ANSWER, seen=seen))
    assert accepted == Accepted("wamid.OUT1", wa_id="393331234567", message_status="accepted")
    ((method, path, headers, raw),) = seen
    assert (method, path) == ("POST", f"/v25.0/{NUMBER}/messages")
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(raw) == BODY


def test_somebody_without_a_number_is_accepted_by_user_id():
    answer = ANSWER | {"contacts": [{"input": "IT.1", "user_id": "IT.1"}]}
    assert sent(answering(body=answer)) == Accepted(
        "wamid.OUT1", user_id="IT.1", message_status="accepted"
    )


@pytest.mark.parametrize("http", [400, 403, 429, 500, 503])
def test_a_graph_error_rejects_whatever_its_http_status(http):
    with pytest.raises(RejectedError) as told:
        sent(answering(http, {"error": {"code": 131056, "message": "(#131056) Pair rate"}}))
    assert told.value.kind is Kind.THROTTLED


@pytest.mark.parametrize(
    ("http", "body"),
    [
        (500, b"<html>"),
        (502, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"messages":[{"id":""}]}'),
        (200, b'{"messages":"x"}'),
        (200, b'{"x":"' + b"a" * 1_100_000 + b'"}'),
    ],
)
def test_an_answer_that_says_nothing_leaves_doubt(http, body):
    with pytest.raises(InDoubtError):
        sent(answering(http, body))


def test_an_error_in_a_success_rejects():
    with pytest.raises(RejectedError):
        sent(answering(200, {"error": {"code": 131000}}))


def test_no_redirect_is_followed():
    async def elsewhere(request):
        raise web.HTTPTemporaryRedirect("http://127.0.0.1:9/")

    with pytest.raises(RejectedError):
        sent(elsewhere)


def test_a_server_that_never_answers_leaves_doubt():
    async def silent(request):
        await asyncio.sleep(0.5)

    with pytest.raises(InDoubtError):
        sent(silent)


def test_a_server_that_drips_for_ever_leaves_doubt():
    async def dripping(request):
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.1)
        return response

    with pytest.raises(InDoubtError):
        sent(dripping, settings=Settings(read_s=0.5, total_s=0.6))


def raw_server(answer: bytes):
    """Runs a send against a server that says these bytes and hangs up, for none at once."""

    async def run():
        over = asyncio.Event()

        async def take(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            if answer:
                writer.write(answer)
                writer.write_eof()
                await reader.read()
            writer.transport.abort()
            over.set()

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                async with Client(f"http://127.0.0.1:{port}", settings=QUICK) as client:
                    return await client.send(NUMBER, TOKEN, BODY)
            finally:
                await over.wait()

    return asyncio.run(run())


_RAW = json.dumps(ANSWER).encode()
_ZIPPED = gzip.compress(_RAW)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n\r\n" + _RAW,
        b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(_RAW), _RAW),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (len(_RAW), _RAW),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
        % (len(_ZIPPED), _ZIPPED),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(_RAW), _RAW),
    ],
    ids=["until the end", "old", "in chunks", "zipped", "announced"],
)
def test_an_answer_is_read_however_it_comes(answer):
    assert raw_server(answer).wamid == "wamid.OUT1"


def lines_of(client_work, *, headers=None):
    """From which ports of ours its requests came."""
    ports = []

    async def handler(request):
        ports.append(request.transport.get_extra_info("peername")[1])
        await request.read()
        return web.json_response(ANSWER, headers=headers)

    served(handler, client_work)
    return ports


async def two_sends(client, _):
    for _ in range(2):
        await client.send(NUMBER, TOKEN, BODY)


def test_the_next_message_goes_by_the_same_connection():
    first, second = lines_of(two_sends)
    assert first == second


def test_a_connection_that_meta_closes_is_not_used_again():
    first, second = lines_of(two_sends, headers={"Connection": "close"})
    assert first != second


def test_a_send_that_is_given_up_frees_its_place_and_leaves_no_answer_to_the_next():
    arrived, over = asyncio.Event(), asyncio.Event()
    ports = []

    async def handler(request):
        ports.append(request.transport.get_extra_info("peername")[1])
        if len(ports) == 1:
            arrived.set()
            await over.wait()
        return web.json_response(ANSWER)

    async def work(client, _):
        given_up = asyncio.create_task(client.send(NUMBER, TOKEN, BODY))
        await arrived.wait()
        given_up.cancel()
        await asyncio.wait([given_up])
        assert given_up.cancelled()
        await client.send(NUMBER, TOKEN, BODY)
        over.set()

    served(handler, work, settings=Settings(connections_max=1))
    assert len(set(ports)) == 2


@pytest.mark.parametrize("token", ["a\r\nX-More: b", "a\nb", "a\0b"])
def test_a_token_of_two_lines_goes_nowhere(token):
    seen = []
    with pytest.raises(ValueError, match="a token"):
        served(
            answering(body=ANSWER, seen=seen), lambda client, _: client.send(NUMBER, token, BODY)
        )
    assert seen == []


def test_a_connection_cut_after_the_request_leaves_doubt():
    with pytest.raises(InDoubtError):
        raw_server(b"")


def test_an_answer_cut_in_the_middle_leaves_doubt():
    with pytest.raises(InDoubtError):
        raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")


def test_garbage_instead_of_http_leaves_doubt():
    with pytest.raises(InDoubtError):
        raw_server(b"\x00\x01garbage\r\n\r\n")


def failing_before_the_request(url, settings=QUICK):
    async def run():
        async with Client(url, settings=settings) as client:
            await client.send(NUMBER, TOKEN, BODY)

    with pytest.raises(NotSentError):
        asyncio.run(run())


def test_a_refused_connection_sent_nothing():
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        failing_before_the_request(f"http://127.0.0.1:{unheard.getsockname()[1]}")


def test_a_name_that_does_not_resolve_sent_nothing():
    failing_before_the_request("http://nobody.invalid")


def test_a_tls_handshake_that_fails_sent_nothing():
    async def run():
        async def plain(reader, writer):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Client(f"https://127.0.0.1:{port}", settings=QUICK) as client:
            await client.send(NUMBER, TOKEN, BODY)

    with pytest.raises(NotSentError):
        asyncio.run(run())


def test_waiting_for_a_free_connection_sends_nothing():
    async def slow(request):
        await asyncio.sleep(0.4)
        return web.json_response(ANSWER)

    async def work(client, _):
        both = [client.send(NUMBER, TOKEN, BODY) for _ in range(2)]
        return await asyncio.gather(*both, return_exceptions=True)

    narrow = Settings(connect_s=0.1, read_s=2, total_s=3, connections_max=1)
    outcomes = served(slow, work, settings=narrow)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Accepted", "NotSentError"]


def test_no_exception_shows_the_token_or_the_body():
    with pytest.raises(InDoubtError) as told:
        raw_server(b"")
    chain = f"{told.value!r} {told.value.__cause__!r}"
    assert TOKEN not in chain
    assert "393331234567" not in chain


@pytest.mark.parametrize("bad", ["", "1/2", "..", "1?x=2", "1#", "a" * 65, "1\n"])
def test_an_id_that_could_lead_elsewhere_is_refused(bad):
    with pytest.raises(ValueError, match="an id"):
        served(answering(), lambda client, _: client.send(bad, TOKEN, BODY))


def test_a_version_that_is_none_is_refused():
    with pytest.raises(ValueError, match="v25"):
        Client("http://127.0.0.1", "25/../x")


def test_marks_as_read_with_typing():
    seen = []
    served(
        answering(body={"success": True}, seen=seen),
        lambda client, _: client.mark_read(NUMBER, TOKEN, "wamid.IN1", typing=True),
    )
    assert json.loads(seen[0][3]) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.IN1",
        "typing_indicator": {"type": "text"},
    }


def test_asks_where_a_media_is():
    answer = {"url": "https://lookaside.fbsbx.com/x", "mime_type": "image/jpeg", "sha256": "ab"}
    for size, read in (("303833", 303833), (7, 7), (None, 0), ("many", 0), (-1, 0)):
        address = served(
            answering(body=answer | {"file_size": size}),
            lambda client, _: client.media_address("4000", TOKEN, NUMBER),
        )
        assert address.size_bytes == read
    assert address.url == answer["url"]


def downloaded(handler, chunks, url="/media", **more):
    async def work(client, base):
        address = url if url.startswith(("http", "x")) else base + url
        return await client.download(address, TOKEN, chunks.append, **more)

    return served(handler, work)


def test_downloads_with_the_token_and_tells_size_and_digest():
    seen, chunks = [], []
    content = bytes(range(256)) * 1000
    told = downloaded(answering(body=content, seen=seen), chunks)
    assert b"".join(chunks) == content
    assert (told.size_bytes, told.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert seen[0][2]["Authorization"] == f"Bearer {TOKEN}"


def test_a_download_stops_at_the_size_that_is_wanted():
    chunks = []
    with pytest.raises(TooLargeError):
        downloaded(answering(body=b"a" * 200_000), chunks, size_bytes_max=100_000)
    assert sum(map(len, chunks)) <= 100_000


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/media",
        "https://example.com/media",
        "http://lookaside.fbsbx.com/media",
        "https://lookaside.fbsbx.com.example.com/media",
        "https://lookaside.fbsbx.com@example.com/",
        "x",
        "http://[::1",
    ],
)
def test_the_token_goes_to_nobody_else(url):
    with pytest.raises(ForeignAddressError):
        downloaded(answering(body=b""), [], url=url)


def test_an_expired_address_is_a_rejection():
    with pytest.raises(RejectedError):
        downloaded(answering(404, b"gone"), [])


def test_uploads_as_a_form():
    seen = []
    media_id = served(
        answering(body={"id": "4001"}, seen=seen),
        lambda client, _: client.upload(
            NUMBER, TOKEN, b"\x89PNG", mime_type="image/png", filename="a.png"
        ),
    )
    assert media_id == "4001"
    assert seen[0][1] == f"/v25.0/{NUMBER}/media"
    for part in (b'name="messaging_product"', b"whatsapp", b'filename="a.png"', b"\x89PNG"):
        assert part in seen[0][3]


def test_reads_the_node_of_a_number_and_the_accounts_apps():
    seen = []

    async def work(client, _):
        await client.number(NUMBER, TOKEN, "id,status")
        await client.subscribed_apps("100", TOKEN)

    served(answering(body={"data": []}, seen=seen), work)
    assert [(method, path) for method, path, _, _ in seen] == [
        ("GET", f"/v25.0/{NUMBER}?fields=id,status"),
        ("GET", "/v25.0/100/subscribed_apps"),
    ]
