"""Template messages that are refused: buttons of another kind, signs, flows that are not well."""

import pytest

ANNA = "393471112201"
BODY = {
    "type": "BODY",
    "text": "Buongiorno {{1}}, la aspettiamo alle {{2}} di domani.",
    "example": {"body_text": [["Anna", "15:30"]]},
}
BUTTONS = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Confermo"},
        {"type": "FLOW", "text": "Apri", "flow_id": "777"},
    ],
}


def said(*buttons, anna="Anna"):
    parameters = [{"type": "text", "text": text} for text in (anna, "15:30")]
    components = [{"type": "body", "parameters": parameters}, *buttons]
    template = {"name": "modulo", "language": {"code": "it"}, "components": components}
    return {"type": "template", "template": template}


def button(sub_type, index, parameter):
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}


async def made(p):
    await p.template(name="modulo", components=[BODY, BUTTONS])


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([button("quick_reply", "0", {"type": "payload", "payload": "SI"})], None),
        ([button("url", "0", {"type": "text", "text": "x"})], 132012),
        ([{"type": "button", "index": "0", "parameters": []}], 100),
        ([button("quick_reply", "2", {"type": "payload", "payload": "SI"})], 132000),
    ],
)
def test_a_button_is_given_as_the_kind_that_it_is(play, buttons, code):
    async def scene(p):
        await made(p)
        status, answer = await p.send(said(*buttons))
        assert (status == 200) is (code is None)
        assert answer.get("error", {}).get("code") == code

    play(scene)


@pytest.mark.parametrize(
    ("word", "code"), [("a\u202eb", 132007), ("a\x07b", 132007), ("a\nb", 132018), ("è 😀", None)]
)
def test_signs_that_nobody_sees_are_refused(play, word, code):
    async def scene(p):
        await made(p)
        _, answer = await p.send(said(anna=word))
        assert answer.get("error", {}).get("code") == code

    play(scene)


def test_a_throttled_flow_takes_ten_messages_an_hour_and_a_blocked_one_none(play):
    async def scene(p):
        await made(p)
        await p.sim("PATCH", "flows/777", {"status": "THROTTLED"})
        codes = []
        for _ in range(11):
            _, answer = await p.send(said())
            codes.append(answer.get("error", {}).get("code"))
        assert codes == [None] * 10 + [132069]
        await p.advance(3_601)
        assert (await p.send(said()))[0] == 200
        await p.sim("PATCH", "flows/777", {"status": "BLOCKED"})
        assert (await p.send(said()))[1]["error"]["code"] == 132068
        await p.says("Ciao")
        flow = {
            "type": "flow",
            "body": {"text": "Compili il modulo"},
            "action": {
                "name": "flow",
                "parameters": {"flow_message_version": "3", "flow_id": "777", "flow_cta": "Apri"},
            },
        }
        _, answer = await p.send({"type": "interactive", "interactive": flow})
        assert answer["error"]["code"] == 132068
        await p.sim("PATCH", "flows/777", {"status": "PUBLISHED"})
        assert (await p.send({"type": "interactive", "interactive": flow}))[0] == 200

    play(scene)


def test_templates_are_found_by_name_or_content(play):
    async def scene(p):
        await made(p)
        path = f"{p.waba}/message_templates?name_or_content="
        for words, names in (("MODULO", ["modulo"]), ("aspettiamo", ["modulo"]), ("niente", [])):
            _, answer = await p.graph("GET", path + words)
            assert [t["name"] for t in answer["data"]] == names

    play(scene)
