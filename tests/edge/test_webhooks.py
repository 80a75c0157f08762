"""The webhook's promise: 200 means on disk, 403 a stranger, 503 come again."""

import asyncio
import io
from collections.abc import Sequence

import aiohttp
import psycopg
import pytest

from sportello.edge.keyring import Keyring, Signer
from sportello.store.vault import app_place, key_of, seal
from tests.edge.serving import SECRET, VERIFY_TOKEN, edge, served, signature
from tests.loop import in_loop

_PATH = "/webhooks/whatsapp"
_BODY = b'{"object":"whatsapp_business_account","entry":[]}'


async def _post(base: str, body: bytes, header: str | None, count: int = 1) -> list[int]:
    async def one(session: aiohttp.ClientSession) -> int:
        headers = {} if header is None else {"X-Hub-Signature-256": header}
        async with session.post(base + _PATH, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession() as session:
        return list(await asyncio.gather(*[one(session) for _ in range(count)]))


def _journal(url: str) -> Sequence[bytes]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT body FROM sportello_journalentry ORDER BY id").fetchall()
    return [bytes(body) for (body,) in rows]


@in_loop
async def test_a_signed_body_answered_200_is_in_the_journal_byte_for_byte(database: str) -> None:
    body = b'{"text":"caff\\u00e8 \\/ \xf0\x9f\x99\x82 \x00"}'
    async with served(edge(database)) as base:
        assert await _post(base, body, signature(body)) == [200]

    assert _journal(database) == [body]


@in_loop
async def test_many_at_once_are_all_kept_in_fewer_commits(database: str) -> None:
    async with served(edge(database)) as base:
        assert set(await _post(base, _BODY, signature(_BODY), count=200)) == {200}

    assert len(_journal(database)) == 200
    with psycopg.connect(database) as connection:
        commits = connection.execute(
            "SELECT count(DISTINCT xmin::text) FROM sportello_journalentry"
        ).fetchone()
    assert commits is not None
    assert commits[0] < 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        signature(_BODY)[:-1],
        signature(_BODY).upper(),
        "sha1=" + "0" * 40,
        signature(_BODY, b"another secret"),
        signature(_BODY + b" "),
    ],
)
@in_loop
async def test_a_body_without_its_signature_is_refused_and_not_kept(
    database: str, header: str | None
) -> None:
    async with served(edge(database)) as base:
        assert await _post(base, _BODY, header) == [403]

    assert _journal(database) == []


@in_loop
async def test_each_of_several_app_secrets_is_accepted(database: str) -> None:
    async with served(edge(database, secrets=(b"new-secret", SECRET))) as base:
        assert await _post(base, _BODY, signature(_BODY, b"new-secret")) == [200]
        assert await _post(base, _BODY, signature(_BODY, SECRET)) == [200]


@pytest.mark.parametrize("secrets", [(), (b"",), (SECRET, b"")])
def test_an_edge_without_a_secret_does_not_start(secrets: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="app secret"):
        edge("postgresql:///never-asked", secrets=secrets)


@in_loop
async def test_more_than_8_mb_is_refused_before_all_of_it_is_read(database: str) -> None:
    async with served(edge(database)) as base:
        host, port = base.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {9 * 2**20}\r\n\r\n"
        writer.write(head.encode() + b"{")
        assert b"413" in await reader.readline()
        writer.close()


@in_loop
async def test_a_body_that_grows_beyond_8_mb_unannounced_is_refused(database: str) -> None:
    async def endless() -> object:
        for _ in range(9):
            yield b"x" * 2**20

    async with (
        served(edge(database)) as base,
        aiohttp.request("POST", base + _PATH, data=endless()) as answer,
    ):
        assert answer.status == 413

    assert _journal(database) == []


@in_loop
async def test_a_body_of_3_mb_is_kept(database: str) -> None:
    body = b"[" + b"1," * (3 * 2**19) + b"1]"
    async with served(edge(database)) as base:
        assert await _post(base, body, signature(body)) == [200]

    assert _journal(database) == [body]


@in_loop
async def test_without_a_database_the_answer_is_503_within_two_seconds() -> None:
    nowhere = "postgresql://postgres@127.0.0.1:1/none"
    async with served(edge(nowhere)) as base:
        before = asyncio.get_running_loop().time()
        assert set(await _post(base, _BODY, signature(_BODY), count=50)) == {503}
        assert asyncio.get_running_loop().time() - before < 2

        async with aiohttp.request("GET", f"{base}/readyz") as answer:
            assert answer.status == 503
        async with aiohttp.request("GET", f"{base}/livez") as answer:
            assert answer.status == 200


@in_loop
async def test_a_locked_journal_means_503_within_two_seconds_and_then_200_again(
    database: str,
) -> None:
    async with served(edge(database)) as base:
        with psycopg.connect(database) as connection:
            connection.execute("LOCK TABLE sportello_journalentry IN ACCESS EXCLUSIVE MODE")
            before = asyncio.get_running_loop().time()
            assert set(await _post(base, _BODY, signature(_BODY), count=20)) == {503}
            assert asyncio.get_running_loop().time() - before < 2

        async with asyncio.timeout(5):
            while await _post(base, _BODY, signature(_BODY)) != [200]:  # noqa: ASYNC110  # another process is watched
                await asyncio.sleep(0.05)

    assert _journal(database) == [_BODY]


@in_loop
async def test_a_connection_cut_between_two_webhooks_is_not_noticed_outside(
    database: str,
) -> None:
    async with served(edge(database)) as base:
        assert await _post(base, _BODY, signature(_BODY)) == [200]
        with psycopg.connect(database, autocommit=True) as connection:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sportello-edge' AND datname = current_database()"
            ).fetchall()
        assert cut == [(True,)]

        assert await _post(base, _BODY, signature(_BODY)) == [200]

    assert len(_journal(database)) == 2


@in_loop
async def test_the_handshake_gives_the_challenge_back_bare(database: str) -> None:
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": VERIFY_TOKEN,
    }
    async with served(edge(database)) as base:
        async with aiohttp.request("GET", base + _PATH, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "1158201444")
        wrong = query | {"hub.verify_token": "guess"}
        async with aiohttp.request("GET", base + _PATH, params=wrong) as answer:
            assert answer.status == 403
        hostile = query | {"hub.challenge": "<script>"}
        async with aiohttp.request("GET", base + _PATH, params=hostile) as answer:
            assert answer.status == 400


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
@in_loop
async def test_other_methods_are_answered_405(database: str, method: str) -> None:
    async with served(edge(database)) as base, aiohttp.request(method, base + _PATH) as answer:
        assert answer.status == 405


@in_loop
async def test_every_other_path_goes_to_the_console(database: str) -> None:
    async with (
        served(edge(database)) as base,
        aiohttp.request("GET", f"{base}/conversations/8") as answer,
    ):
        assert await answer.text() == "the console: /conversations/8"


@in_loop
async def test_health_and_measures_answer(database: str) -> None:
    async with served(edge(database)) as base:
        await _post(base, _BODY, signature(_BODY))
        async with aiohttp.request("GET", f"{base}/readyz") as answer:
            assert answer.status == 200
        async with aiohttp.request("GET", f"{base}/metrics") as answer:
            assert 'sportello_webhooks_total{status="200"}' in await answer.text()


@in_loop
async def test_the_secret_of_a_company_s_own_app_is_accepted_and_noted(database: str) -> None:
    key = key_of("k" * 40)
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "INSERT INTO sportello_workspace (name, slug) VALUES ('A', 'a') RETURNING id"
        ).fetchone()
        assert row is not None
        sealed = seal(key, SECRET.decode(), app_place(row[0], "77"))
        connection.execute(
            "INSERT INTO sportello_appsecret (workspace_id, app_id, sealed) VALUES (%s, '77', %s)",
            [row[0], sealed],
        )
    keyring = Keyring(database, (b"another",), key)
    await keyring.start()
    try:
        async with asyncio.timeout(30):
            while keyring.signer(_BODY, signature(_BODY)) is None:  # noqa: ASYNC110  # it reads by itself
                await asyncio.sleep(0.02)
        assert keyring.signer(_BODY, signature(_BODY)) == Signer(row[0])
        assert keyring.signer(_BODY, signature(_BODY, b"another")) == Signer(None)
        assert keyring.signer(_BODY, signature(_BODY, b"nobody")) is None
    finally:
        await keyring.stop()
