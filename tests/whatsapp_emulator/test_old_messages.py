"""Messages beyond what is kept at hand: on disk, still read, still changed, at last forgotten."""

import pytest

from whatsapp_emulator.settings import Bounds

ANNA = "393471112201"
FEW = Bounds(messages=20, messages_on_disk=1_000)


async def thirty(p):
    """More messages than fit at hand, all of them read."""
    first = await p.says("Ciao")
    sent = []
    for index in range(30):
        sent.append(await p.text(str(index)))
        await p.advance(6)
    return first["id"], sent


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_chat_shows_what_lies_on_disk_in_its_order(play, tmp_path, on_disk):
    async def scene(p):
        await thirty(p)
        state = await p.sim("GET", "state")
        assert state["messages"] == 31
        assert state["messages_on_disk"] >= 11
        assert state["messages_dropped"] == 0
        shown = await p.chat()
        assert [m["text"] for m in shown] == ["Ciao", *map(str, range(30))]
        assert {m["status"] for m in shown} == {"read", "delivered"}
        assert (tmp_path / "messages.sqlite3").exists() == on_disk
        await p.sim("POST", "reset")
        assert not (tmp_path / "messages.sqlite3").exists()

    play(scene, bounds=FEW, data=tmp_path if on_disk else None)


def test_an_old_message_is_still_quoted_reacted_to_edited_and_marked_as_read(play):
    async def scene(p):
        first, sent = await thirty(p)
        reaction = {"type": "reaction", "reaction": {"message_id": first, "emoji": "🙏"}}
        status, _ = await p.send(reaction)
        assert status == 200
        liked = {"type": "reaction", "reaction": {"message_id": sent[0], "emoji": "👍"}}
        await p.sim("POST", f"people/{ANNA}/messages", liked)
        change = {"type": "text", "text": {"body": "Ciao!"}}
        edit = {"type": "edit", "edit": {"original_message_id": first, "message": change}}
        await p.sim("POST", f"people/{ANNA}/messages", edit)
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": first}
        status, _ = await p.graph("POST", f"{p.number}/messages", mark)
        assert status == 200
        await p.advance(5)
        shown = {m["id"]: m for m in await p.chat()}
        assert shown[first]["reactions"] == {"390612345678": "🙏"}
        assert (shown[first]["text"], shown[first]["edited"]) == ("Ciao!", True)
        assert shown[first]["status"] == "read"
        assert shown[sent[0]]["reactions"] == {ANNA: "👍"}
        assert len(shown) == 31

    play(scene, bounds=FEW)


def test_a_message_that_lay_on_disk_before_it_arrived_is_delivered_read_and_shown(play):
    async def scene(p):
        await p.sim("PATCH", f"people/{ANNA}", {"online": False})
        await p.says("Ciao")
        sent = []
        for index in range(40):
            sent.append(await p.text(str(index)))
            await p.advance(6)
        await p.sim("PATCH", f"people/{ANNA}", {"online": True})
        await p.advance(60)
        for wamid in sent:
            told = [s["status"] for s in p.receiver.statuses(wamid)]
            assert told == ["sent", "delivered", "read"]
        shown = await p.chat()
        assert [m["text"] for m in shown] == ["Ciao", *map(str, range(40))]
        assert all(m["status"] == "read" for m in shown[1:])
        people = (await p.sim("GET", "people"))["people"]
        assert people[0]["last"]["text"] == "39"

    play(scene, bounds=FEW)


def test_old_messages_follow_a_person_to_another_number(play):
    async def scene(p):
        await thirty(p)
        waiting = await p.text("ancora in viaggio")
        await p.sim("POST", f"people/{ANNA}/change_number", {"to": "+393339876543"})
        await p.advance(10)
        texts = [m["text"] for m in await p.chat("393339876543")]
        assert texts[:3] == ["Ciao", "0", "1"]
        assert p.receiver.statuses(waiting)[-1]["status"] == "read"

    play(scene, bounds=FEW)


def test_beyond_the_disk_the_oldest_are_forgotten_with_a_notice(play):
    async def scene(p):
        await thirty(p)
        state = await p.sim("GET", "state")
        assert state["messages_dropped"] > 0
        assert state["messages"] + state["messages_dropped"] == 31
        assert [m["text"] for m in await p.chat()][-1] == "29"
        (notice,) = (await p.sim("GET", "notices"))["notices"]
        assert "keeps 5 messages on disk" in notice["text"]

    play(scene, bounds=Bounds(messages=20, messages_on_disk=5))
