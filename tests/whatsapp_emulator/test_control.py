"""/sim: reset, time, log, faults, events, coverage, and equal worlds from equal seeds."""

import asyncio
import json

import aiohttp
import pytest

ANNA = "393471112201"
TEXT = {"type": "text", "text": {"body": "x"}}


def test_reset_gives_a_fresh_world(play):
    async def scene(p):
        await p.says("Ciao")
        await p.advance(1000)
        await p.sim("POST", "reset", {"seed": 7})
        assert await p.chat() == []
        assert (await p.sim("GET", "log"))["entries"] == []
        clock = await p.sim("GET", "clock")
        assert clock["timestamp"] == p.settings.start
        await p.says("Eccomi")
        await p.settle()
        assert p.receiver.messages()[-1]["text"]["body"] == "Eccomi"

    play(scene)


def test_equal_seeds_and_calls_give_equal_logs_apart_from_wall_times(play):
    async def scene(p):
        await p.template()
        await p.says("Ciao")
        for index in range(20):
            await p.text(str(index))
            await p.advance(0.3)
        await p.send({"type": "text"})
        await p.advance(3600)
        log = (await p.sim("GET", "log"))["entries"]
        for entry in log:
            entry.pop("wall")
        return json.dumps(log).replace(str(p.receiver_port), "PORT")

    async def with_port(p):
        p.receiver_port = p.settings.webhook_url.split(":")[2].split("/")[0]
        return await scene(p)

    assert play(with_port) == play(with_port)
    assert play(with_port) != play(with_port, seed=2)


def test_the_log_is_read_on_from_a_sequence_number(play):
    async def scene(p):
        await p.says("Ciao")
        await p.text("Uno")
        await p.settle()
        log = await p.sim("GET", "log")
        assert [e["kind"] for e in log["entries"]] == ["webhook", "api"]
        api = log["entries"][1]
        assert (api["method"], api["status"]) == ("POST", 200)
        assert api["path"] == f"/v26.0/{p.number}/messages"
        assert api["request"]["text"]["body"] == "Uno"
        assert api["response"]["messages"][0]["id"].startswith("wamid.")
        rest = await p.sim("GET", f"log?since={log['entries'][0]['seq']}")
        assert [e["seq"] for e in rest["entries"]] == [api["seq"]]

    play(scene)


@pytest.mark.parametrize(
    ("kind", "http", "code"),
    [("status_429", 429, 130429), ("status_500", 500, 131000), ("status_503", 503, 131016)],
)
def test_a_fault_answers_in_place_of_meta_as_often_as_ordered(play, kind, http, code):
    async def scene(p):
        await p.says("Ciao")
        order = await p.sim("POST", "faults", {"where": "messages", "kind": kind, "times": 1})
        status, answer = await p.send(TEXT)
        assert (status, answer["error"]["code"]) == (http, code)
        log = await p.sim("GET", "log")
        assert log["entries"][-1]["fault"] == order["id"]
        await p.text("ora va")

    play(scene)


def test_timeout_after_accept_accepts_and_then_cuts_the_line(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim(
            "POST", "faults", {"where": "messages", "kind": "timeout_after_accept", "times": 1}
        )
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await p.graph(
                "POST",
                f"{p.number}/messages",
                {"messaging_product": "whatsapp", "to": ANNA, **TEXT},
                timeout=aiohttp.ClientTimeout(total=0.3),
            )
        await p.advance(10)
        assert [m["text"] for m in await p.chat()] == ["Ciao", "x"]

    play(scene)


def test_a_reset_before_the_call_accepts_nothing(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("POST", "faults", {"where": "messages", "kind": "reset", "times": 1})
        with pytest.raises(aiohttp.ClientError):
            await p.send(TEXT)
        await p.advance(10)
        assert [m["text"] for m in await p.chat()] == ["Ciao"]

    play(scene)


def test_faults_end_by_time_by_number_and_by_hand(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("POST", "faults", {"where": "messages", "kind": "status_500", "for_s": 60})
        assert (await p.send(TEXT))[0] == 500
        await p.advance(61)
        assert (await p.send(TEXT))[0] == 200
        await p.sim("POST", "faults", {"where": "*", "kind": "error", "code": 4})
        assert (await p.send(TEXT))[1]["error"]["code"] == 4
        assert (await p.sim("DELETE", "faults"))["cleared"] == 2
        assert (await p.send(TEXT))[0] == 200

    play(scene)


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "explode"},
        {"where": "webhooks", "kind": "reset"},
        {"kind": "error"},
        {"kind": "slow", "rate": 0},
        {"kind": "slow", "rate": "much"},
        {"kind": "status_200"},
    ],
)
def test_an_order_that_makes_no_sense_is_explained(play, wish):
    async def scene(p):
        async with p.http.post(f"{p.url}/sim/faults", json=wish) as reply:
            assert reply.status == 400
            assert (await reply.json())["error"]

    play(scene)


def test_who_looks_on_is_told_which_chat_changed(play):
    async def scene(p):
        async with p.http.get(f"{p.url}/sim/events") as stream:
            first = json.loads((await stream.content.readline()).removeprefix(b"data: "))
            assert first["clock"]["speed"] == 0
            await stream.content.readline()
            await p.says("Ciao")
            line = await asyncio.wait_for(stream.content.readline(), 5)
            assert json.loads(line.removeprefix(b"data: ")) == {"person": ANNA}

    play(scene)


def test_everyone_is_listed_with_the_last_message_and_the_unread(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"people/{ANNA}", {"reads": False})
        await p.text("Uno")
        await p.text("Due")
        await p.advance(10)
        everyone = await p.sim("GET", "people")
        anna = everyone["people"][0]
        assert (anna["wa_id"], anna["unread"]) == (ANNA, 2)
        assert anna["last"]["text"] in ("Uno", "Due")
        await p.sim("POST", f"people/{ANNA}/read")
        await p.settle()
        assert sorted(s["status"] for s in p.receiver.statuses())[-2:] == ["sent", "sent"]
        assert [s["status"] for s in p.receiver.statuses()].count("read") == 2

    play(scene)


def test_a_blocked_business_reaches_nobody_and_hears_nobody(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("POST", f"people/{ANNA}/block")
        wamid = await p.text("Ci sei?")
        await p.advance(60)
        assert [s["status"] for s in p.receiver.statuses(wamid)] == ["sent"]
        said = {"type": "text", "text": {"body": "x"}}
        async with p.http.post(f"{p.url}/sim/people/{ANNA}/messages", json=said) as reply:
            assert reply.status == 400
        await p.sim("POST", f"people/{ANNA}/unblock")
        await p.says("Eccomi")

    play(scene)


def test_the_state_and_the_coverage_are_complete_json(play):
    async def scene(p):
        state = await p.sim("GET", "state")
        assert state["apps"][0]["webhook"]["callback_url"] == p.settings.webhook_url
        assert state["wabas"][0]["payment"] == "ok"
        assert state["numbers"][0]["quality"] == "GREEN"
        told = await p.sim("GET", "coverage")
        assert "POST /{Number}/messages" in {e["call"] for e in told["emulated"]}
        assert told["missing"]
        assert told["approximated"]

    play(scene)


def test_speed_makes_virtual_time_run(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("POST", "clock", {"speed": 1000})
        wamid = await p.text("Subito")
        for _ in range(200):
            if len(p.receiver.statuses(wamid)) == 3:
                break
            await asyncio.sleep(0.01)
        assert [s["status"] for s in p.receiver.statuses(wamid)] == ["sent", "delivered", "read"]

    play(scene)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clock/advance", {"seconds": -1}),
        ("POST", "clock/advance", {"seconds": "many"}),
        ("POST", "clock", {"speed": 10**9}),
        ("POST", "people", {"wa_id": "anna"}),
        ("POST", "people", {"wa_id": "393", "name": "troppo corto"}),
        ("PATCH", f"people/{ANNA}", {"shoe_size": 42}),
        ("PATCH", f"people/{ANNA}", {"read_s": [3, 1]}),
        ("PATCH", f"people/{ANNA}", {"read_s": "soon"}),
        ("POST", f"people/{ANNA}/messages", {"type": "telegram"}),
        ("POST", f"people/{ANNA}/messages", {"type": "text", "text": "x"}),
        ("POST", f"people/{ANNA}/messages", {"type": "image", "image": {"data": "!"}}),
        ("PATCH", "wabas/100000000000001", {"payment": "gold"}),
        ("PATCH", "wabas/100000000000001", {"messaging_limit": "TIER_7"}),
        ("PATCH", "numbers/200000000000001", {"quality": "PURPLE"}),
        ("PATCH", "apps/default", {"token": "lost"}),
        ("POST", "reset", {"seed": "x"}),
    ],
)
def test_a_wish_that_cannot_be_is_a_400_in_words(play, method, path, body):
    async def scene(p):
        async with p.http.request(method, f"{p.url}/sim/{path}", json=body) as reply:
            assert reply.status == 400
            assert (await reply.json())["error"]

    play(scene)
