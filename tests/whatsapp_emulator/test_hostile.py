"""Whatever is thrown at it, the emulator answers in Meta's envelope and keeps its neighbours."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ANNA = "393471112201"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = [
    "text", "image", "audio", "document", "video", "sticker", "location", "contacts",
    "interactive", "template", "reaction", "context", "status", "message_id", "recipient",
    "typing_indicator", "biz_opaque_callback_data", "recipient_type",
]  # fmt: skip
INNER = [
    "body", "id", "link", "type", "action", "buttons", "sections", "rows", "name", "language",
    "code", "components", "parameters", "cards", "header", "footer", "emoji", "message_id",
    "latitude", "longitude", "policy", "title", "reply", "text", "format",
]  # fmt: skip
PART = st.dictionaries(
    st.sampled_from(INNER),
    JSON
    | st.sampled_from(
        ["button", "list", "flow", "carousel", "text", "image", "promemoria_v1", "it", "body"]
    )
    | st.lists(st.dictionaries(st.sampled_from(INNER), JSON, max_size=4), max_size=3),
    max_size=6,
)
MESSAGE = st.fixed_dictionaries(
    {"messaging_product": st.just("whatsapp"), "to": st.just(ANNA) | JSON},
    optional={
        "type": st.sampled_from(KEYS) | JSON,
        **{key: PART | st.lists(PART, max_size=2) | JSON for key in KEYS},
    },
)


def test_no_message_body_breaks_the_emulator(play):
    async def scene(p):
        await p.template()
        await p.says("Ciao")
        loop = asyncio.get_running_loop()

        def ask(body):
            future = asyncio.run_coroutine_threadsafe(
                p.graph("POST", f"{p.number}/messages", body), loop
            )
            return future.result(20)

        @given(MESSAGE)
        @settings(
            max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        def attack(body):
            status, answer = ask(body)
            assert status in (200, 400, 403, 404)
            assert status == 200 or answer["error"]["code"] in (
                10, 100, 131008, 131009, 131021, 131053, 131056, 130429, 132000, 132001, 132005,
                132012, 132018,
            )  # fmt: skip

        await asyncio.to_thread(attack)
        await p.advance(100)
        await p.sim("GET", f"people/{ANNA}/chat")

    play(scene)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[1,2,3]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"messaging_product":"whatsapp","to":"\\ud800","type":"text","text":{"body":"\\ud800"}}',
    ],
)
def test_a_body_that_is_no_message_is_a_400(play, raw):
    async def scene(p):
        headers = {
            "Authorization": f"Bearer {p.settings.access_token}",
            "Content-Type": "application/json",
        }
        url = f"{p.url}/v26.0/{p.number}/messages"
        async with p.http.post(url, data=raw, headers=headers) as reply:
            assert reply.status == 400
            assert (await reply.json())["error"]["fbtrace_id"]

    play(scene)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "\x00",
        "\u202e\u0645\u0631\u062d\u0628\u0627",
        "<script>alert(1)</script>",
        "😀" * 4096,
    ],
)
def test_odd_texts_travel_unharmed_both_ways(play, text):
    async def scene(p):
        said = {"type": "text", "text": {"body": text}}
        await p.sim("POST", f"people/{ANNA}/messages", said)
        await p.text(text)
        await p.advance(10)
        assert [m["text"] for m in await p.chat()] == [text, text]
        assert p.receiver.messages()[0]["text"]["body"] == text

    play(scene)
