"""Webhooks on an ordinary day: twice, late, left out; to all apps again; ended with a notice."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from whatsapp_emulator.mood import CALM, MILD, WILD, Mood
from whatsapp_emulator.world import App, Subscription

ANNA = "393471112201"
TEXT = {"type": "text", "text": {"body": "x"}}


def test_delivered_may_be_left_out_and_read_then_tells_the_price(play):
    async def scene(p):
        await p.says("Ciao")
        wamid = await p.text("Eccomi")
        await p.advance(10)
        told = p.receiver.statuses(wamid)
        assert [s["status"] for s in told] == ["sent", "read"]
        assert all("pricing" in s for s in told)

    play(scene, mood=Mood(0, 0, 0, delivered_skipped=1.0, experiment=0, marketing_cap=0))


def test_pricing_stands_on_sent_and_on_one_of_delivered_and_read(play):
    async def scene(p):
        await p.says("Ciao")
        sent = [await p.text(str(i)) for i in range(30)]
        await p.advance(60)
        for wamid in sent:
            told = p.receiver.statuses(wamid)
            assert next(s["status"] for s in told if "pricing" in s) == "sent"
            assert sum("pricing" in s for s in told) == 2

    play(scene, mood=Mood(0, 0, 0, delivered_skipped=0.5, experiment=0, marketing_cap=0))


def test_a_moody_platform_repeats_and_reorders_but_loses_nothing(play):
    async def scene(p):
        await p.says("Ciao")
        sent = [await p.text(str(i)) for i in range(40)]
        await p.advance(300)
        told = [(s["id"], s["status"]) for s in p.receiver.statuses()]
        assert len(told) > len(set(told))
        for wamid in sent:
            assert {"sent", "delivered", "read"} == {s for i, s in told if i == wamid}
        first = [[s for i, s in told if i == wamid] for wamid in sent]
        assert any(s.index("sent") > s.index("delivered") for s in first)

    play(scene, mood=Mood(0.3, 0.4, 30.0, 0, 0, 0), batch_max=1)


def test_a_retry_goes_to_every_app_again(play):
    async def scene(p):
        waba = p.emulator.world.wabas[p.waba]
        first = p.emulator.world.apps[p.settings.app_id]
        second = App("500000000000002", "Another", "secret2")
        url = first.subscription.callback_url
        second.subscription = Subscription(url, p.settings.verify_token)
        p.emulator.world.apps[second.id] = second
        waba.subscribed[second.id] = None
        first.subscription = Subscription("http://127.0.0.1:9/", "x", verified=True)
        await p.says("Ciao")
        await p.settle()
        assert len(p.receiver.raw) == 1
        await p.advance(5)
        assert len(p.receiver.raw) == 2
        assert p.receiver.raw[0] == p.receiver.raw[1]

    play(scene)


def test_a_disabled_subscription_is_noticed(play):
    async def scene(p):
        p.receiver.status = 500
        await p.says("Ciao")
        for _ in range(60):
            await p.advance(6 * 3600)
        (notice,) = (await p.sim("GET", "notices"))["notices"]
        assert "has been disabled" in notice["text"]
        log = await p.sim("GET", "log")
        assert [e["kind"] for e in log["entries"]].count("notice") == 1

    play(scene)


ACTS = st.lists(
    st.sampled_from(["text", "says", "template", "bad", "crowd", "wait", "hours", "block"]),
    min_size=3,
    max_size=10,
)


@settings(max_examples=8, deadline=None)
@given(acts=ACTS, mood=st.sampled_from([CALM, MILD, WILD]), seed=st.integers(0, 99))
def test_same_seed_and_same_calls_give_the_same_log(play, acts, mood, seed):
    async def scene(p):
        for act in acts:
            await ACTING[act](p)
        await p.advance(7200)
        log = (await p.sim("GET", "log"))["entries"]
        for entry in log:
            del entry["wall"]
        # Whole authorities: five digits of a port alone may stand in somebody's number.
        hook, own = (URL(url).authority for url in (p.settings.webhook_url, p.url))
        return json.dumps(log).replace(hook, "HOOK").replace(own, "OWN")

    assert play(scene, mood=mood, seed=seed) == play(scene, mood=mood, seed=seed)


async def _text(p):
    await p.send(TEXT)


async def _says(p):
    async with p.http.post(f"{p.url}/sim/people/{ANNA}/messages", json=TEXT) as reply:
        assert reply.status in (200, 400)


async def _template(p):
    await p.send({"type": "template", "template": {"name": "n", "language": {"code": "it"}}})


async def _bad(p):
    await p.send({"type": "text"})


async def _crowd(p):
    habits = {"answers": 0.5, "answer_s": 60, "blocks": 0.1}
    crowd = await p.sim("POST", "crowds", {"count": 5, "habits": habits})
    for wa_id in crowd["sample"]:
        await p.says("Ciao", wa_id)
        await p.send(TEXT, to=wa_id)


async def _block(p):
    await p.sim("POST", f"people/{ANNA}/block")


ACTING = {
    "text": _text, "says": _says, "template": _template, "bad": _bad, "crowd": _crowd,
    "wait": lambda p: p.advance(1), "hours": lambda p: p.advance(20_000), "block": _block,
}  # fmt: skip


@pytest.mark.parametrize("mood", [CALM, MILD, WILD])
def test_shares_lie_between_nothing_and_all(mood):
    shares = (mood.duplicates, mood.disorder, mood.delivered_skipped, mood.experiment)
    assert all(0 <= share <= 1 for share in shares)
