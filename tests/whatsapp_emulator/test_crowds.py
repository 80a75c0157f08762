"""People: crowds with habits, change of number, user ids alone."""

import pytest

ANNA = "393471112201"
DAY = 86_400
OFFER = {"type": "template", "template": {"name": "offerta", "language": {"code": "it"}}}


async def crowd_of(p, count, habits=None, **wish):
    return await p.sim("POST", "crowds", {"count": count, "habits": habits or {}, **wish})


async def everyone(p, crowd):
    found, start = [], 0
    while start is not None:
        page = await p.sim("GET", f"crowds/{crowd['id']}?start={start}&limit=700")
        found += page["people"]
        start = page["next"]
    return found


async def campaign(p, people):
    """The offer to all of them, addressed as each can be."""
    await p.sim("PATCH", f"numbers/{p.number}", {"throughput": 1_000_000})
    await p.sim("PATCH", f"wabas/{p.waba}", {"messaging_limit": "TIER_UNLIMITED"})
    await p.sim("PATCH", f"wabas/{p.waba}", {"pacing_batch": 1_000_000})
    body = [{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}]
    await p.template(name="offerta", category="MARKETING", components=body)
    for person in people:
        to = {"recipient": person["user_id"]} if person["hides_number"] else {"to": person["wa_id"]}
        whole = {"messaging_product": "whatsapp", **to, **OFFER}
        status, answer = await p.graph("POST", f"{p.number}/messages", whole)
        assert status == 200, answer
    for _ in range(4):
        await p.advance(1800)


def test_a_crowd_reads_answers_stops_blocks_and_reports_in_its_shares(play):
    async def scene(p):
        habits = {
            "unreachable": 0.1, "reads": 0.5, "answers": 0.2, "stops": 0.1, "opts_out": 0.05,
            "blocks": 0.05, "reports": 0.03, "hides_number": 0.2, "media": 0.5, "no_receipts": 0,
        }  # fmt: skip
        crowd = await crowd_of(p, 600, habits, countries={"39": 3, "34": 1})
        people = await everyone(p, crowd)
        assert len({x["wa_id"] for x in people}) == 600
        spanish = sum(x["wa_id"].startswith("34") for x in people)
        assert 100 < spanish < 200
        await campaign(p, people)
        counts = {}
        for told in p.receiver.statuses():
            counts[told["status"]] = counts.get(told["status"], 0) + 1
        assert 520 < counts["delivered"] < 560
        assert counts["delivered"] + counts["failed"] == 600
        assert 0.35 < counts["read"] / counts["delivered"] < 0.65
        words = [m["text"]["body"].lower() for m in p.receiver.messages() if m["type"] == "text"]
        assert any("stop" in w or "basta" in w or "cancellami" in w for w in words)
        kinds = {m["type"] for m in p.receiver.messages()}
        assert {"image", "audio", "document", "text"} <= kinds
        assert len(p.receiver.changes("user_preferences")) > 10
        chats = [person.chats.get(p.number) for person in p.emulator.world.people.values()]
        assert sum(c.blocked for c in chats if c) > 10
        assert sum(c.reported for c in chats if c) > 5
        hidden = [m for m in p.receiver.messages() if "from" not in m]
        assert all(m["from_user_id"] for m in hidden)
        assert hidden

    play(scene)


def test_the_same_seed_gathers_the_same_crowd(play):
    async def scene(p):
        crowd = await crowd_of(p, 50, {"hides_number": 0.5}, countries={"39": 1, "44": 1})
        return await everyone(p, crowd)

    assert play(scene) == play(scene)
    assert play(scene) != play(scene, seed=2)


@pytest.mark.parametrize(
    "wish",
    [
        {"count": 0}, {"count": 10**9}, {"count": 1, "countries": {}},
        {"count": 1, "countries": {"x": 1}}, {"count": 1, "habits": {"reads": 2}},
        {"count": 1, "habits": {"sleeps": 1}}, {"count": 1, "habits": {"read_s": [5, 1]}},
        {"count": 1, "habits": []},
    ],
)  # fmt: skip
def test_a_crowd_that_cannot_be_is_refused_in_words(play, wish):
    async def scene(p):
        async with p.http.post(f"{p.url}/sim/crowds", json=wish) as reply:
            assert reply.status == 400
            assert (await reply.json())["error"]

    play(scene)


def test_a_person_who_changes_number_is_told_and_reached_there(play):
    async def scene(p):
        await p.says("Ciao")
        before = await p.sim("GET", f"people/{ANNA}")
        moved = await p.sim("POST", f"people/{ANNA}/change_number", {"to": "+393339876543"})
        assert moved["wa_id"] == "393339876543"
        assert moved["user_id"] != before["user_id"]
        await p.settle()
        told = [m for m in p.receiver.messages() if m["type"] == "system"]
        assert told[0]["from"] == ANNA
        assert told[0]["system"] == {
            "body": f"User Anna Bianchi changed from {ANNA} to 393339876543",
            "type": "user_changed_number",
            "wa_id": "393339876543",
        }
        assert told[1]["system"]["previous_user_id"] == before["user_id"]
        wamid = await p.text("Ancora lì?", to="+393339876543")
        await p.advance(5)
        assert p.receiver.statuses(wamid)[-1]["recipient_id"] == "393339876543"
        shown = await p.chat("393339876543")
        assert [m["text"] for m in shown][-1] == "Ancora lì?"
        body = {"to": "393471112202"}
        url = f"{p.url}/sim/people/393339876543/change_number"
        async with p.http.post(url, json=body) as reply:
            assert reply.status == 409

    play(scene)
