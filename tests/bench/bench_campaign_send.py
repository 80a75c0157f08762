"""A campaign's sends per second and their CPU, beside loops that post the same bodies bare.

One loop is plain aiohttp, the other a bot's: `pywa` in asyncio. Neither notes anything down,
guards anything, or could be killed without losing or doubling somebody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter, process_time
from uuid import UUID

import aiohttp
import httpx
import uvloop
from pywa.types.templates import BodyText, TemplateLanguage
from pywa_async import WhatsApp

from tests.bench import mailings
from tests.bench.desks import Figure, beside, fresh_database, heard
from tests.bench.meta import answer
from tests.workers.desk import PHONE_ID, TOKEN, Desk, open_desk
from tests.workers.mailing import CONTENT

MESSAGES = 12_000
# Of one number no more than 1,000 a second leave, so several send at once.
NUMBERS = 4
# Twice as many before them, for connections to know their statements and plans, as after an hour.
WARM = 1_000
MESSAGES_OF_PYWA = 1_000
IN_FLIGHT = 256
# At which pywa is at its quickest: with hundreds in flight its pool of connections collapses.
IN_FLIGHT_OF_PYWA = 4
ROUNDS = 3
_SECONDS_MAX = 200.0

Rate = tuple[float, float]  # sends a second, CPU seconds of the sender for a thousand


def run() -> list[Figure]:
    with beside(answer) as server:
        base = f"http://127.0.0.1:{heard(server)}"
        bares = [uvloop.run(_bare(base)) for _ in range(ROUNDS)]
        plain = max(asyncio.run(_bare(base)) for _ in range(ROUNDS))
        bots = [uvloop.run(_pywa(base)) for _ in range(ROUNDS)]
        ours = [_campaign(base) for _ in range(ROUNDS)]
    bare, bot, best = max(bares), max(bots), max(ours)
    cpu, database_cpu = best[1], best[2]
    return [
        (
            f"campaigns' sends, {NUMBERS} numbers",
            best[0],
            "/s",
            best[0] / bare[0],
        ),
        ("a bare aiohttp loop, nothing noted", bare[0], "/s", 1.0),
        ("the same on asyncio's own loop", plain[0], "/s", plain[0] / bare[0]),
        ("against that", best[0] / plain[0], "times", None),
        ("pywa in an asyncio loop, nothing noted", bot[0], "/s", bot[0] / bare[0]),
        ("against pywa", best[0] / bot[0], "times", None),
        ("CPU for 1,000 sends, our process", cpu, "s", bare[1] / cpu),
        ("CPU for 1,000 sends, PostgreSQL", database_cpu, "s", None),
        ("CPU for 1,000 sends, the bare loop", bare[1], "s", 1.0),
        ("CPU for 1,000 sends, pywa", bot[1], "s", bare[1] / bot[1]),
    ]


def _campaign(base: str) -> tuple[float, float, float]:
    with fresh_database(durable=True) as url:
        desk = open_desk(url)
        mailings.mailings(desk, 2 * WARM + MESSAGES, numbers=NUMBERS, mps=1_000)
        return uvloop.run(_sent(desk, base))


async def _sent(desk: Desk, base: str) -> tuple[float, float, float]:
    """From the last of the warming to the last acceptance; planning is another bench's."""
    async with mailings.outward(desk, base) as context, mailings.sending(context):
        await _accepted(desk, WARM)
        # As autovacuum does by itself within half a minute: until then even foreign keys are
        # checked by plans that were made for empty tables.
        await desk.change("ANALYZE")
        warmed = await _accepted(desk, 2 * WARM)
        begun, (ours, theirs) = perf_counter(), mailings.cpu_s(desk)
        await _accepted(desk, 2 * WARM + MESSAGES)
        took, (ours_now, theirs_now) = perf_counter() - begun, mailings.cpu_s(desk)
    count = 2 * WARM + MESSAGES - warmed
    thousands = count / 1_000
    return count / took, (ours_now - ours) / thousands, (theirs_now - theirs) / thousands


async def _accepted(desk: Desk, count: int) -> int:
    """Waits until so many are; how many then are."""
    sql = "sportello_send WHERE state = 'accepted'"
    async with asyncio.timeout(_SECONDS_MAX):
        while (found := await asyncio.to_thread(mailings.counted, desk, sql)) < count:  # noqa: ASYNC110  # rows make no sound
            await asyncio.sleep(0.2)
    return found


async def _bare(base: str) -> Rate:
    """The ceiling: so many at a time, and nothing noted down."""
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(n: int) -> None:
            whole = {**mailings.body(n), "biz_opaque_callback_data": str(UUID(int=n))}
            url = f"{base}/v25.0/{PHONE_ID}/messages"
            async with session.post(url, json=whole) as told:
                assert "messages" in await told.json()

        return await _timed(post, MESSAGES, IN_FLIGHT)


async def _pywa(base: str) -> Rate:
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    session = httpx.AsyncClient(transport=_Here(base, limits), timeout=60)
    client = WhatsApp(phone_id=PHONE_ID, token=TOKEN, session=session)
    name, language = str(CONTENT["name"]), TemplateLanguage.ITALIAN

    async def post(n: int) -> None:
        told = await client.send_template(
            to=str(393330000000 + n),
            name=name,
            language=language,
            params=[BodyText.params(f"Persona {n}")],
            tracker=str(UUID(int=n)),
        )
        assert told.id

    async with session:
        return await _timed(post, MESSAGES_OF_PYWA, IN_FLIGHT_OF_PYWA)


class _Here(httpx.AsyncHTTPTransport):
    """Carries what is meant for Meta to the bench's server; the client knows nothing of it."""

    def __init__(self, base: str, limits: httpx.Limits) -> None:
        super().__init__(limits=limits)
        self._there = httpx.URL(base)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        there = self._there
        request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
        return await super().handle_async_request(request)


async def _timed(post: Callable[[int], Awaitable[None]], count: int, lanes: int) -> Rate:
    numbers = iter(range(count))

    async def lane() -> None:
        for n in numbers:
            await post(n)

    begun, cpu = perf_counter(), process_time()
    await asyncio.gather(*(lane() for _ in range(lanes)))
    return count / (perf_counter() - begun), (process_time() - cpu) / (count / 1_000)
