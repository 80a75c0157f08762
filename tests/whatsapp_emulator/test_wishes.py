"""What the phone and the hand of /sim ask of the emulator beside Meta's own calls."""

import asyncio

import pytest

from tests.whatsapp_emulator.test_media_ways import shelf
from whatsapp_emulator.settings import Bounds

ANNA = "393471112201"
LOOPBACK = "http://127.0.0.1"


async def linked(p, url):
    """A picture by link, sent and arrived; its bubble."""
    status, _ = await p.send({"type": "image", "image": {"link": url}})
    assert status == 200
    await p.advance(5)
    return (await p.chat())[-1]


def test_the_phone_shows_what_a_link_led_to(play):
    async def scene(p):
        await p.says("Ciao")
        async with shelf() as (url, _):
            shown = await linked(p, f"{url}/a.png")
        assert shown["payload"]["image"] == {"link": f"{url}/a.png"}
        media_id = shown["fetched"][f"{url}/a.png"]
        async with p.http.get(f"{p.url}/phone/media/{media_id}") as reply:
            assert (reply.status, reply.content_type) == (200, "image/png")
            assert await reply.read() == b"0" * 100
        status, _ = await p.graph("GET", media_id)
        assert status == 400

    play(scene)


def test_bytes_of_links_are_bounded_the_oldest_go(play):
    async def scene(p):
        await p.says("Ciao")
        async with shelf() as (url, _):
            first = await linked(p, f"{url}/a.png")
            second = await linked(p, f"{url}/b.png")
            third = await linked(p, f"{url}/c.png")
        chat = {m["id"]: m["fetched"] for m in await p.chat()}
        assert chat[first["id"]] == {}
        assert chat[second["id"]]
        assert chat[third["id"]]
        assert p.emulator.world.media_bytes == 200

    play(scene, bounds=Bounds(link_bytes=250))


def test_with_a_data_folder_the_phone_shows_media_too(play, tmp_path):
    async def scene(p):
        said = await p.sim("POST", f"people/{ANNA}/messages", {"type": "audio", "audio": {}})
        media_id = said["payload"]["audio"]["id"]
        async with p.http.get(f"{p.url}/phone/media/{media_id}") as reply:
            content = await reply.read()
        assert content.startswith(b"OggS")
        assert len(content) > 4_000, "a voice note that can be heard"

    play(scene, data=tmp_path)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("text", {"body": "uno"}, {"body": "due"}),
        ("image", {"caption": "uno"}, {"caption": "due"}),
    ],
)
def test_an_edited_message_says_so(play, kind, before, after):
    async def scene(p):
        said = await p.sim("POST", f"people/{ANNA}/messages", {"type": kind, kind: before})
        assert said["edited"] is False
        inner = {"original_message_id": said["id"], "message": {"type": kind, kind: after}}
        await p.sim("POST", f"people/{ANNA}/messages", {"type": "edit", "edit": inner})
        (shown,) = await p.chat()
        assert (shown["edited"], shown["text"]) == (True, "due")
        assert shown["payload"][kind].items() >= after.items()
        assert ("id" in shown["payload"][kind]) == (kind == "image")

    play(scene)


def test_the_state_tells_the_token_and_what_it_may(play):
    async def scene(p):
        app = (await p.sim("GET", "state"))["apps"][0]
        assert app["token"] == "ok"
        assert "whatsapp_business_messaging" in app["permissions"]
        changed = await p.sim("PATCH", "apps/default", {"token": "revoked", "permissions": []})
        assert (changed["token"], changed["permissions"]) == ("revoked", [])

    play(scene)


def test_a_receiver_out_of_reach_hears_nothing_until_the_order_is_withdrawn(play):
    async def scene(p):
        order = {"where": "webhooks", "kind": "unreachable"}
        fault = await p.sim("POST", "faults", order)
        await p.says("Ciao")
        await p.advance(400)
        assert p.receiver.raw == []
        entries = (await p.sim("GET", "log"))["entries"]
        assert [e["attempt"] for e in entries if e["kind"] == "webhook"] == [1, 2, 3, 4, 5]
        assert {e["fault"] for e in entries if e["kind"] == "webhook"} == {fault["id"]}
        await p.sim("DELETE", "faults")
        await p.advance(900)
        assert [m["text"]["body"] for m in p.receiver.messages()] == ["Ciao"]

    play(scene)


def test_a_receiver_out_of_reach_for_a_week_is_disabled_and_not_tried_again(play):
    async def scene(p):
        await p.sim("POST", "faults", {"where": "webhooks", "kind": "unreachable"})
        await p.says("Ciao")
        await p.advance(6 * 86_400)
        await p.says("Ci siete?")
        await p.advance(86_400 + 30_000)
        app = (await p.sim("GET", "state"))["apps"][0]
        assert app["webhook"]["disabled"] is True
        last = (await p.sim("GET", "log"))["entries"][-1]["seq"]
        await p.advance(7 * 86_400)
        later = (await p.sim("GET", f"log?since={last}"))["entries"]
        assert {e["note"] for e in later} <= {"not sent: the subscription is disabled"}
        assert len(later) <= 1
        (notice,) = (await p.sim("GET", "notices"))["notices"]
        assert "has been disabled" in notice["text"]

    play(scene)


def test_faults_are_told_to_who_looks_on(play):
    async def scene(p):
        async with p.http.get(f"{p.url}/sim/events") as stream:
            await stream.content.readline()
            for act in (
                ("POST", "faults", {"where": "media", "kind": "slow"}),
                ("DELETE", "faults"),
            ):
                await p.sim(*act)
                told = b""
                while b'"world":true' not in told:
                    told = await asyncio.wait_for(stream.content.readline(), 5)

    play(scene)


def test_a_fault_that_strikes_or_ends_is_told_too(play):
    async def scene(p):
        await p.sim("POST", "faults", {"where": "media", "kind": "status_500", "times": 1})
        await p.sim("POST", "faults", {"where": "webhooks", "kind": "duplicate"})
        await p.sim("POST", "faults", {"where": "messages", "kind": "slow", "for_s": 60})
        async with p.http.get(f"{p.url}/sim/events") as stream:
            await stream.content.readline()
            for act in (
                lambda: p.graph("GET", f"{p.number}/media"),
                lambda: p.says("Ciao"),
                lambda: p.emulator.clock.advance(60),
            ):
                await act()
                told = b""
                while b'"world":true' not in told:
                    told = await asyncio.wait_for(stream.content.readline(), 5)
        assert [f["hits"] for f in (await p.sim("GET", "faults"))["faults"]] == [1, 1, 0]

    play(scene)


@pytest.mark.parametrize(
    ("said", "latest_s"),
    [
        ({"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "due"}}}}, 900),
        ({"type": "revoke", "revoke": {}}, 172_800),
    ],
)
def test_a_word_is_changed_and_taken_back_in_time_and_by_who_said_it(play, said, latest_s):
    async def scene(p):
        own = (await p.says("uno"))["id"]
        theirs = await p.text("Buongiorno")
        await p.advance(latest_s)
        kind = said["type"]

        async def tries(message_id):
            wish = {**said, kind: {**said[kind], "original_message_id": message_id}}
            async with p.http.post(f"{p.url}/sim/people/{ANNA}/messages", json=wish) as reply:
                return reply.status

        assert await tries(theirs) == 400
        assert await tries(own) == 200
        await p.advance(1)
        assert await tries(own) == 400

    play(scene)


def test_a_page_that_has_gone_frees_its_place(play):
    async def scene(p):
        async with p.http.get(f"{p.url}/sim/events") as stream:
            await stream.content.readline()
            assert len(p.emulator.watchers) == 1
            stream.close()
        for _ in range(100):
            if len(p.emulator.watchers) == 0:
                return
            await asyncio.sleep(0.05)
        pytest.fail("the page's place is still held")

    play(scene)


def test_people_are_found_by_name_user_name_and_number(play):
    async def scene(p):
        await p.sim("POST", "crowds", {"count": 300})
        await p.sim("PATCH", f"people/{ANNA}", {"username": "anna.b"})
        for words, expected in (("BIANCHI", ANNA), ("anna.b", ANNA), ("347 111 22 01", ANNA)):
            found = await p.sim("GET", f"people?limit=5&q={words}")
            assert [x["wa_id"] for x in found["people"]] == [expected]
            assert (found["found"], found["total"]) == (1, 306)
        assert (await p.sim("GET", "people?q=nessuno"))["people"] == []

    play(scene)


def test_an_account_that_may_not_add_numbers_adds_none(play):
    async def scene(p):
        wish = {"cc": "39", "phone_number": "0612399999", "verified_name": "Filiale"}
        path = f"{p.waba}/phone_numbers"
        await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": 1})
        status, answer = await p.graph("POST", path, wish)
        assert (status, answer["error"]["code"]) == (403, 368)
        await p.advance(86_401)
        assert (await p.graph("POST", path, wish))[0] == 200
        await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": "lock"})
        status, answer = await p.graph("POST", path, {**wish, "phone_number": "0612388888"})
        assert answer["error"]["code"] == 131031

    play(scene)


def test_a_new_business_has_two_numbers(play):
    async def scene(p):
        await p.sim(
            "PATCH", f"wabas/{p.waba}", {"portfolio_verified": False, "messaging_limit": "TIER_250"}
        )
        codes = []
        for index in range(2):
            wish = {"cc": "39", "phone_number": f"06123999{index}0", "verified_name": "Filiale"}
            status, _ = await p.graph("POST", f"{p.waba}/phone_numbers", wish)
            codes.append(status)
        assert codes == [200, 400]

    play(scene)
